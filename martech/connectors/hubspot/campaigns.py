"""Campaigns and their spend items, and owners: small lists that have no search, read newest first."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from martech.connectors.errors import Misconfigured, OutcomeUnknown
from martech.connectors.hubspot.calls import Calls, Refusal
from martech.connectors.hubspot.objects import CAMPAIGNS, SPEND
from martech.connectors.hubspot.paths import Paths
from martech.connectors.hubspot.reading import LIST_PAGE, after_of, max_stamp
from martech.connectors.hubspot.writing import failed
from martech.connectors.port import Action, Link, Outcome, Page, Position, RemoteRecord, Window, Write, WriteResult

LEAST = datetime(1970, 1, 1, tzinfo=UTC)


def moment(ms: Any) -> datetime:
    return datetime.fromtimestamp(int(ms) / 1000, UTC)


class Campaigns:
    def __init__(self, calls: Calls, paths: Paths) -> None:
        self.calls, self.paths = calls, paths

    def pages(
        self, object: str, fields: Sequence[str], *, window: Window | None, position: Position | None
    ) -> Iterator[Page]:
        """Newest change first, so that a campaign which changes meanwhile is read twice and none is missed."""
        since = window.since if window else LEAST
        after = str((position or {}).get("after", ""))
        while True:
            query = [
                ("limit", str(LIST_PAGE)),
                ("sort", "-updatedAt"),
                ("properties", ",".join(self.asked(object, fields))),
            ]
            answer = self.calls.get(self.paths.campaigns(), [*query, ("after", after)] if after else query)
            rows = [row for row in answer["results"] if datetime.fromisoformat(row["updatedAt"]) >= since]
            after = after_of(answer) if len(rows) == len(answer["results"]) else ""
            found = [record for row in rows for record in self.records(object, fields, row)]
            kept = [record for record in found if window is None or (record.modified_at or LEAST) < window.until]
            covers = tuple(row["id"] for row in rows) if object == SPEND and len(kept) == len(found) else ()
            yield Page(kept, {"after": after} if after else None, max_stamp(kept), covers=covers)
            if not after:
                return

    def asked(self, object: str, fields: Sequence[str]) -> Sequence[str]:
        return ("hs_name", "hs_currency_code") if object == SPEND else fields

    def records(self, object: str, fields: Sequence[str], row: Mapping[str, Any]) -> list[RemoteRecord]:
        if object == SPEND:
            return self.spend(fields, row["id"])
        return [campaign_of(row, fields)]

    def spend(self, fields: Sequence[str], campaign: str) -> list[RemoteRecord]:
        """The spend items of a campaign; their ids are the campaign's and their own."""
        totals = self.calls.get(self.paths.campaigns(f"/{campaign}/budget/totals"))
        found = []
        for item in totals.get("spendItems", []):
            created = moment(item["createdAt"])
            values = {
                "campaign_id": campaign,
                "name": item["name"],
                "amount": item["amount"],
                "currency": totals.get("currencyCode"),
                "description": item.get("description"),
                "created_at": created.isoformat(),
            }
            link = Link(SPEND, f"{campaign}:{item['id']}", CAMPAIGNS, campaign)
            kept = {name: values.get(name) for name in fields}
            found.append(RemoteRecord(link.from_id, kept, moment(item["updatedAt"]), created, links=(link,)))
        return found

    def read(self, object: str, fields: Sequence[str], ids: Sequence[str]) -> list[RemoteRecord]:
        if object == SPEND:
            campaigns = dict.fromkeys(id.partition(":")[0] for id in ids)
            return [record for campaign in campaigns for record in self.spend(fields, campaign) if record.id in ids]
        found = []
        for id in ids:
            try:
                row = self.calls.get(self.paths.campaigns(f"/{id}"), [("properties", ",".join(fields))])
            except Misconfigured as error:
                if error.code != "OBJECT_NOT_FOUND":
                    raise
            else:
                found.append(campaign_of(row, fields))
        return found

    def write(self, rows: Sequence[Write]) -> list[WriteResult]:
        return [self.write_one(row) for row in rows]

    def write_one(self, row: Write) -> WriteResult:
        is_new = row.action is Action.CREATE
        path = self.paths.campaigns() if is_new else self.paths.campaigns(f"/{row.id}")
        try:
            _status, answer = self.calls.write("POST" if is_new else "PATCH", path, {"properties": dict(row.values)})
        except OutcomeUnknown as error:
            return WriteResult(row.key, Outcome.UNKNOWN, row.id, message=error.detail)
        except Refusal as refusal:
            return failed(row, refusal.said)
        return WriteResult(row.key, Outcome.CREATED if is_new else Outcome.UPDATED, str(answer["id"]))


def campaign_of(row: Mapping[str, Any], fields: Sequence[str]) -> RemoteRecord:
    values = {name: row["properties"].get(name) for name in fields}
    stamps = (datetime.fromisoformat(row["updatedAt"]), datetime.fromisoformat(row["createdAt"]))
    return RemoteRecord(row["id"], values, *stamps)
