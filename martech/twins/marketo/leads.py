"""Leads: describe, search, upsert, delete, merge, static lists."""

import time
from typing import Any

from martech.twins.marketo.asking import document, fields_of, page_of_ids, parameters, rows_of
from martech.twins.marketo.envelope import Refused, skipped, succeeded
from martech.twins.marketo.state import ADDED, FIELDS, REMOVED, State
from martech.twins.serving import Answer, Call

MOST_MATCHES = 1_000
MOST_MERGED = 25


def describe(state: State, call: Call) -> Answer:
    fields = [
        {
            "name": one.name,
            "displayName": one.label,
            "dataType": one.type,
            **({"length": one.length} if one.length else {}),
            "updateable": one.is_updateable,
            "crmManaged": False,
        }
        for one in FIELDS.values()
    ]
    searchable = [[one.name] for one in FIELDS.values() if one.is_searchable]
    return succeeded([{"name": "API Lead", "searchableFields": searchable, "fields": fields}])


def shown(lead: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return {"id": lead["id"], **{name: lead.get(name) for name in names}}


def page_of(state: State, ids: list[int], said: dict[str, str], names: list[str]) -> Answer:
    chosen, more = page_of_ids(ids, said)
    return succeeded([shown(state.leads[number], names) for number in chosen], **more)


def search(state: State, call: Call) -> Answer:
    said = parameters(call)
    kind, values = said.get("filterType", ""), [one.strip() for one in said.get("filterValues", "").split(",")]
    if kind not in FIELDS or not FIELDS[kind].is_searchable:
        raise Refused("1003", f"Invalid filterType '{kind}'")
    if len(values) > 300:
        raise Refused("1003", "Maximum of 300 filterValues are allowed")
    names = fields_of(said)
    with state.lock:
        ids = sorted({number for value in values for number in state.find(kind, value)})
        if len(ids) > MOST_MATCHES:
            raise Refused("1003", "Too many results match the filter")
        return page_of(state, ids, said, names)


def one_lead(state: State, call: Call, number: str) -> Answer:
    names = fields_of(parameters(call))
    with state.lock:
        lead = state.leads.get(int(number))
        return succeeded([shown(lead, names)] if lead else [])


def upsert(state: State, call: Call) -> Answer:
    said = document(call)
    rows, action = rows_of(call), said.get("action", "createOrUpdate")
    lookup = said.get("lookupField", "email")
    if action not in ("createOrUpdate", "createOnly", "updateOnly", "createDuplicate"):
        raise Refused("1003", f"Invalid value for field 'action': {action}")
    if lookup not in FIELDS or not FIELDS[lookup].is_searchable:
        raise Refused("1003", f"Invalid lookupField '{lookup}'")
    with state.lock:
        found = [state.find(lookup, str(row.get(lookup) or "")) for row in rows]
    if state.race_seconds:
        time.sleep(state.race_seconds)
    with state.lock:
        return succeeded(
            [written(state, row, matches, action, lookup) for row, matches in zip(rows, found, strict=True)]
        )


def written(state: State, row: Any, matches: list[int], action: str, lookup: str) -> dict[str, Any]:
    """What became of a row. Matches of the same call's earlier rows count."""
    if not isinstance(row, dict) or not row.get(lookup):
        return skipped("1003", f"Value for the lookup field '{lookup}' is missing")
    if wrong := fault_of(row, lookup):
        return wrong
    values = {name: value for name, value in row.items() if name != "id"}
    if not matches and not state.race_seconds:
        matches = state.find(lookup, str(row[lookup]))
    matches = [number for number in matches if number in state.leads]
    if len(matches) > 1:
        return skipped("1007")
    if not matches or action == "createDuplicate":
        if action == "updateOnly" or lookup == "id":
            return skipped("1004")
        return {"id": state.add_lead(values), "status": "created"}
    if action == "createOnly":
        return {"id": matches[0], **skipped("1005")}
    state.change_lead(matches[0], values)
    return {"id": matches[0], "status": "updated"}


def fault_of(row: dict[str, Any], lookup: str) -> dict[str, Any] | None:
    for name, value in row.items():
        field = FIELDS.get(name)
        if field is None or (not field.is_updateable and name != lookup):
            return skipped("1006", f"Field '{name}' not found")
        if value in (None, ""):
            continue
        if field.length and len(str(value)) > field.length:
            return skipped("1003", f"Value for field '{name}' exceeds the maximum length of {field.length}")
        if field.type in ("integer", "score") and not isinstance(value, int) and not str(value).lstrip("-").isdecimal():
            return skipped("1003", f"Invalid value for field '{name}'")
        if field.type == "email" and "@" not in str(value):
            return skipped("1003", f"Invalid value for field '{name}'")
    return None


def delete(state: State, call: Call) -> Answer:
    with state.lock:
        return succeeded([deleted(state, row) for row in rows_of(call)])


def deleted(state: State, row: dict[str, Any]) -> dict[str, Any]:
    number = int(row.get("id", 0))
    if number not in state.leads:
        return {"id": number, **skipped("1004")}
    state.delete_lead(number)
    return {"id": number, "status": "deleted"}


def merge(state: State, call: Call, winner: str) -> Answer:
    said = parameters(call)
    losers = [int(one) for one in (said.get("leadIds") or said.get("leadId") or "").split(",") if one.strip()]
    with state.lock:
        if len(losers) > MOST_MERGED:
            raise Refused("1080")
        if not losers or any(number not in state.leads for number in (int(winner), *losers)):
            raise Refused("1004")
        state.merge_leads(int(winner), losers)
    return succeeded(None)


def lists(state: State, call: Call) -> Answer:
    with state.lock:
        found = [{"id": one.id, "name": one.name, "workspaceName": "Default"} for one in state.lists.values()]
    return succeeded(found)


def list_leads(state: State, call: Call, number: str) -> Answer:
    said = parameters(call)
    with state.lock:
        one = state.lists.get(int(number))
        if one is None:
            raise Refused("610")
        return page_of(state, sorted(one.members), said, fields_of(said))


def change_list(state: State, call: Call, number: str) -> Answer:
    """Add leads to a static list, or with DELETE take them out."""
    removes = call.method == "DELETE" or parameters(call).get("_method") == "DELETE"
    with state.lock:
        one = state.lists.get(int(number))
        if one is None:
            raise Refused("610")
        result = []
        state.on_change("list", number)
        for row in rows_of(call):
            lead = int(row.get("id", 0))
            if lead not in state.leads:
                result.append({"id": lead, **skipped("1004")})
                continue
            if removes:
                one.members.discard(lead)
            else:
                one.members.add(lead)
            state.note(lead, REMOVED if removes else ADDED, state.clock.now(), one.id, one.name)
            result.append({"id": lead, "status": "removed" if removes else "added"})
        return succeeded(result)
