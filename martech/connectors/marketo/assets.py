"""Programs, what they cost, who is in them; static lists and their members."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from martech.connectors.marketo.client import Client
from martech.connectors.marketo.feeds import ACTIVITIES, attributes_of, read_feed
from martech.connectors.marketo.schema import COST, LEAD, LIST_MEMBER, MEMBER, PROGRAM, moment, stamp
from martech.connectors.plain import code_in
from martech.connectors.port import Fate, Link, Page, Position, RemoteRecord, Tombstone, TombstonePage, Window

PAGE = 200
PROGRESS, ADDED, REMOVED = 104, 24, 25


def programs(client: Client, object: str, position: Position | None, *, window: Window | None = None) -> Iterator[Page]:
    """Programs or their costs. The list names neither costs nor tags, so each program is read by its id."""
    offset = int((position or {}).get("offset", 0))
    narrowed = {"earliestUpdatedAt": stamp(window.since), "latestUpdatedAt": stamp(window.until)} if window else {}
    while True:
        listed = (
            client.get("/rest/asset/v1/programs.json", maxReturn=PAGE, offset=offset, **narrowed).get("result") or []
        )
        found = [one_program(client, int(row["id"])) for row in listed]
        rows = [row for row in found if row]
        records = [one for row in rows for one in (costs_of(row) if object == COST else [program_of(row)])]
        offset += len(listed)
        is_over = len(listed) < PAGE
        stamps = [at for row in rows if (at := moment(row.get("updatedAt")))]
        covers = tuple(str(row["id"]) for row in rows) if object == COST else ()
        yield Page(records, None if is_over else {"offset": offset}, max(stamps, default=None), covers=covers)
        if is_over:
            return


def one_program(client: Client, number: int) -> dict[str, Any] | None:
    return (client.get(f"/rest/asset/v1/program/{number}.json").get("result") or [None])[0]


def tags_of(row: dict[str, Any]) -> list[str]:
    return [f"{one['tagType']}: {one['tagValue']}" for one in row.get("tags") or ()]


def program_of(row: dict[str, Any]) -> RemoteRecord:
    costs = [float(one.get("cost") or 0) for one in row.get("costs") or ()]
    plain = {name: row.get(name) for name in ("name", "description", "channel", "type", "status", "url")}
    values = {**plain, "code": code_in(row["name"]), "cost": sum(costs), "tags": tags_of(row)}
    return RemoteRecord(str(row["id"]), values, moment(row.get("updatedAt")), moment(row.get("createdAt")))


def costs_of(row: dict[str, Any]) -> list[RemoteRecord]:
    """One record a cost. A cost has no id of its own: the program, its month and its place among that month's make one."""
    seen: dict[str, int] = {}
    records = []
    currency = next((one["tagValue"] for one in row.get("tags") or () if one["tagType"] == "Currency"), "")
    for one in row.get("costs") or ():
        month = str(one["startDate"])[:10]
        seen[month] = seen.get(month, 0) + 1
        key = f"{row['id']}:{month}:{seen[month]}"
        values = {
            "programId": str(row["id"]),
            "programName": row["name"],
            "code": code_in(row["name"]),
            "channel": row.get("channel"),
            "startDate": month,
            "cost": float(one.get("cost") or 0),
            "currency": currency,
            "note": one.get("note") or "",
        }
        link = Link(COST, key, PROGRAM, str(row["id"]))
        records.append(RemoteRecord(key, values, moment(row.get("updatedAt")), links=(link,)))
    return records


def all_members(client: Client, object: str, position: Position | None) -> Iterator[Page]:
    """Everybody in every program (or static list), one after the other; resumable behind every page."""
    groups = lists(client) if object == LIST_MEMBER else program_names(client)
    place = dict(position or {})
    numbers = sorted(groups)
    todo = [number for number in numbers if number >= int(place.get("group", 0))]
    if not todo:
        yield Page([], None)
    for index, number in enumerate(todo):
        token = place.pop("token", "")
        while True:
            envelope = client.get(address_of(object, number), nextPageToken=token, fields="id,updatedAt")
            records = [member_of(object, number, groups[number], row) for row in envelope.get("result") or ()]
            token = envelope.get("nextPageToken") or ""
            following = todo[index + 1] if index + 1 < len(todo) else None
            here: Position | None = {"group": number, "token": token} if token else None
            yield Page(records, here or ({"group": following} if following else None))
            if not token:
                break


def address_of(object: str, number: int) -> str:
    return f"/rest/v1/lists/{number}/leads.json" if object == LIST_MEMBER else f"/rest/v1/leads/programs/{number}.json"


def lists(client: Client) -> dict[int, str]:
    found: dict[int, str] = {}
    token = ""
    while True:
        envelope = client.get("/rest/v1/lists.json", nextPageToken=token)
        found |= {int(row["id"]): row.get("name", "") for row in envelope.get("result") or ()}
        token = envelope.get("nextPageToken") or ""
        if not token:
            return found


def program_names(client: Client) -> dict[int, str]:
    found: dict[int, str] = {}
    while True:
        said = {"maxReturn": PAGE, "offset": len(found)}
        rows = client.get("/rest/asset/v1/programs.json", **said).get("result") or []
        found |= {int(row["id"]): row["name"] for row in rows}
        if len(rows) < PAGE:
            return found


def member_of(object: str, group: int, name: str, row: dict[str, Any]) -> RemoteRecord:
    lead = str(row["id"])
    if object == LIST_MEMBER:
        return membership(object, group, lead, {"listId": str(group), "leadId": lead, "list": name}, None)
    said = row.get("membership") or {}
    values = {
        "programId": str(group),
        "leadId": lead,
        "status": said.get("progressionStatus"),
        "reachedSuccess": bool(said.get("reachedSuccess")),
        "membershipDate": said.get("membershipDate"),
    }
    return membership(object, group, lead, values, moment(said.get("membershipDate")))


def membership(object: str, group: int, lead: str, values: dict[str, Any], at: datetime | None) -> RemoteRecord:
    key = f"{group}:{lead}"
    to = PROGRAM if object == MEMBER else "list"
    return RemoteRecord(key, values, at, links=(Link(object, key, LEAD, lead), Link(object, key, to, str(group))))


def changed_members(client: Client, object: str, window: Window, position: Position | None) -> Iterator[Page]:
    """Memberships that began or moved on, from the activities that say so."""
    type = ADDED if object == LIST_MEMBER else PROGRESS
    for batch in read_feed(
        client, ACTIVITIES, since=window.since, until=window.until, position=position, activityTypeIds=type
    ):
        yield Page([moved(object, row) for row in batch.rows], batch.position, batch.seen_until)


def left_lists(client: Client, window: Window, position: Position | None) -> Iterator[TombstonePage]:
    """Who was taken off static lists, from the activities that say so."""
    since, until = window.since, window.until
    for batch in read_feed(client, ACTIVITIES, since=since, until=until, position=position, activityTypeIds=REMOVED):
        gone = [
            Tombstone(
                f"{row['primaryAttributeValueId']}:{row['leadId']}", Fate.DELETED, moment(row.get("activityDate"))
            )
            for row in batch.rows
        ]
        yield TombstonePage(gone, batch.position)


def moved(object: str, row: dict[str, Any]) -> RemoteRecord:
    lead, group, said = str(row["leadId"]), int(row["primaryAttributeValueId"]), attributes_of(row)
    at = moment(row.get("activityDate"))
    if object == LIST_MEMBER:
        name = row.get("primaryAttributeValue")
        return membership(object, group, lead, {"listId": str(group), "leadId": lead, "list": name}, at)
    values = {
        "programId": str(group),
        "leadId": lead,
        "status": said.get("New Status"),
        "reachedSuccess": str(said.get("Success")).lower() == "true",
        "membershipDate": row.get("activityDate"),
    }
    return membership(object, group, lead, values, at)
