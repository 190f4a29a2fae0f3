"""Marketing campaigns with budget and spend items: /marketing/v3/campaigns and /marketing/campaigns/{date}."""

import uuid
from typing import TYPE_CHECKING, Any

from martech.twins.hubspot.answers import invalid, not_found
from martech.twins.hubspot.objects import names_of
from martech.twins.hubspot.stamps import to_text
from martech.twins.serving import Answer, Call, answer_json

if TYPE_CHECKING:
    from martech.twins.hubspot.twin import HubSpotTwin

Given = dict[str, Any]
DEFAULT = ("hs_name",)
READ_ONLY = {"hs_budget_items_sum_amount", "hs_spend_items_sum_amount", "hs_created_by_user_id"}


def identity(number: int) -> str:
    """The GUID of a seeded campaign, the same every time."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"campaign {number}"))


class Campaigns:
    """`rows` by GUID: properties, created, modified (milliseconds), budget and spend items."""

    def __init__(self, twin: "HubSpotTwin", rows: dict[str, Given]) -> None:
        self.twin, self.rows = twin, rows

    def routes(self) -> list[tuple[str, str, Any]]:
        one, item = r"(?P<id>[0-9a-f-]{36})", r"(?P<kind>budget|spend)"
        return [
            ("GET", "", self.listed),
            ("POST", "", self.create),
            ("POST", "/batch/read", self.batch_read),
            ("GET", f"/{one}", self.read),
            ("PATCH", f"/{one}", self.update),
            ("DELETE", f"/{one}", self.delete),
            ("GET", f"/{one}/budget/totals", self.totals),
            ("POST", f"/{one}/{item}", self.add_item),
            ("GET", rf"/{one}/{item}/(?P<item>\d+)", self.read_item),
            ("PUT", rf"/{one}/{item}/(?P<item>\d+)", self.change_item),
            ("DELETE", rf"/{one}/{item}/(?P<item>\d+)", self.delete_item),
        ]

    def need(self, right: str) -> None:
        self.twin.account.need(f"marketing.campaigns.{right}")

    def row(self, id: str) -> Given:
        if id not in self.rows:
            raise not_found("Campaign not found")
        return self.rows[id]

    def shown(self, id: str, row: Given, names: list[str]) -> Given:
        sums = {f"hs_{kind}_items_sum_amount": str(self.sum(row, kind)) for kind in ("budget", "spend")}
        values = {**row["properties"], **sums}
        found = {name: values[name] for name in (names or DEFAULT) if name in values}
        stamps = {"createdAt": to_text(row["created"]), "updatedAt": to_text(row["modified"])}
        return {"id": id, "properties": found, **stamps}

    def sum(self, row: Given, kind: str) -> float:
        return round(sum(item["amount"] for item in row[kind]), 2)

    def listed(self, call: Call) -> Answer:
        self.need("read")
        limit, after = int(call.first("limit", "50")), int(call.first("after", "0") or 0)
        if limit > 100:
            raise invalid("limit must not be greater than 100")
        key = call.first("sort", "createdAt")
        stamp = "modified" if key.lstrip("-") == "updatedAt" else "created"
        found = sorted(self.rows.items(), key=lambda pair: (pair[1][stamp], pair[0]), reverse=key.startswith("-"))
        chosen = [self.shown(id, row, names_of(call, "properties")) for id, row in found[after : after + limit]]
        more = {"paging": {"next": {"after": str(after + limit)}}} if len(found) > after + limit else {}
        return answer_json({"total": len(found), "results": chosen, **more})

    def batch_read(self, call: Call) -> Answer:
        self.need("read")
        ids = [given["id"] for given in self.twin.document(call).get("inputs", [])]
        names = names_of(call, "properties")
        found = [self.shown(id, self.rows[id], names) for id in ids if id in self.rows]
        now = to_text(self.twin.store.clock.milliseconds())
        return answer_json({"status": "COMPLETE", "results": found, "startedAt": now, "completedAt": now})

    def create(self, call: Call) -> Answer:
        self.need("write")
        values = self.clean(self.twin.document(call).get("properties") or {})
        if not values.get("hs_name"):
            raise invalid("hs_name is required")
        id, now = str(uuid.uuid4()), self.twin.store.clock.milliseconds()
        self.rows[id] = {"properties": values, "created": now, "modified": now, "budget": [], "spend": []}
        self.twin.note_campaign(id)
        return answer_json(self.shown(id, self.rows[id], list(values)), 201)

    def clean(self, values: Given) -> Given:
        if wrong := sorted(READ_ONLY & values.keys()):
            raise invalid(f"Read-only properties: {', '.join(wrong)}")
        return {name: str(value) for name, value in values.items()}

    def read(self, call: Call, id: str) -> Answer:
        self.need("read")
        return answer_json(self.shown(id, self.row(id), names_of(call, "properties")))

    def update(self, call: Call, id: str) -> Answer:
        self.need("write")
        row = self.row(id)
        row["properties"] |= self.clean(self.twin.document(call).get("properties") or {})
        self.touch(id, row)
        return answer_json(self.shown(id, row, list(row["properties"])))

    def touch(self, id: str, row: Given) -> None:
        row["modified"] = self.twin.store.clock.milliseconds()
        self.twin.note_campaign(id)

    def delete(self, call: Call, id: str) -> Answer:
        self.need("write")
        self.rows.pop(id, None)
        self.twin.note_campaign(id)
        return Answer(204)

    def totals(self, call: Call, id: str) -> Answer:
        self.need("read")
        row = self.row(id)
        budget, spend = self.sum(row, "budget"), self.sum(row, "spend")
        found = {"currencyCode": row["properties"].get("hs_currency_code", "EUR"), "budgetItems": row["budget"]}
        found |= {"spendItems": row["spend"], "budgetTotal": budget, "spendTotal": spend}
        return answer_json({**found, "remainingBudget": round(budget - spend, 2)})

    def add_item(self, call: Call, id: str, kind: str) -> Answer:
        self.need("write")
        row, body, now = self.row(id), self.twin.document(call), self.twin.store.clock.milliseconds()
        number = max((int(item["id"]) for r in self.rows.values() for item in (*r["budget"], *r["spend"])), default=0)
        item = item_of(
            number + 1, body["name"], float(body["amount"]), len(row[kind]), now, body.get("description", "")
        )
        row[kind].append(item)
        self.touch(id, row)
        return answer_json(item, 201)

    def item(self, id: str, kind: str, item: str) -> Given:
        for found in self.row(id)[kind]:
            if found["id"] == item:
                return found
        raise not_found(f"{kind.capitalize()} item not found")

    def read_item(self, call: Call, id: str, kind: str, item: str) -> Answer:
        self.need("read")
        return answer_json(self.item(id, kind, item))

    def change_item(self, call: Call, id: str, kind: str, item: str) -> Answer:
        self.need("write")
        found, body = self.item(id, kind, item), self.twin.document(call)
        found |= {name: body[name] for name in ("name", "amount", "order", "description") if name in body}
        found["updatedAt"] = self.twin.store.clock.milliseconds()
        self.touch(id, self.row(id))
        return answer_json(found)

    def delete_item(self, call: Call, id: str, kind: str, item: str) -> Answer:
        self.need("write")
        found = self.item(id, kind, item)
        self.row(id)[kind].remove(found)
        self.touch(id, self.row(id))
        return Answer(204)


def item_of(number: int, name: str, amount: float, order: int, at: int, description: str = "") -> Given:
    """A budget or spend item; its stamps are milliseconds."""
    stamps = {"createdAt": at, "updatedAt": at}
    return {"id": str(number), "name": name, "amount": amount, "order": order, "description": description, **stamps}
