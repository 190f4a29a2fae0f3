"""What happened to leads: activities, changes, deletions. Pages are cut by what was looked at, not by what was found."""

from datetime import UTC, datetime
from typing import Any

from martech.twins.marketo.asking import from_token, page_size, parameters, to_token
from martech.twins.marketo.envelope import Refused, succeeded
from martech.twins.marketo.state import CHANGED, DELETED, FIELDS, NEW, TYPES, Happening, State
from martech.twins.serving import Answer, Call

MOST_TYPES = 10
LIST_CAP = 10_000
CAP_FROM = datetime(2026, 12, 30, tzinfo=UTC)


def types(state: State, call: Call) -> Answer:
    return succeeded(
        [{"id": number, "name": name, "description": name, "attributes": []} for number, name in TYPES.items()]
    )


def paging_token(state: State, call: Call) -> Answer:
    said = parameters(call).get("sinceDatetime", "")
    try:
        since = datetime.fromisoformat(said.replace(" ", "+"))
    except ValueError:
        raise Refused("1003", f"Invalid value for sinceDatetime: '{said}'") from None
    since = since.replace(tzinfo=UTC) if since.tzinfo is None else since
    with state.lock:
        at = next((n for n, one in enumerate(state.happenings) if one.at >= since), len(state.happenings))
    return succeeded(None, nextPageToken=to_token(since=since.isoformat(), at=at))


def looked_at(state: State, said: dict[str, str]) -> tuple[list[Happening], dict[str, Any]]:
    """The next visible activities of all types behind the token, and where the feed goes on."""
    token = from_token(said.get("nextPageToken", ""))
    at, since = int(token.get("at", 0)), datetime.fromisoformat(token["since"])
    now, size = state.clock.now(), page_size(said)
    found: list[Happening] = []
    while at < len(state.happenings) and len(found) < size and state.happenings[at].visible_at <= now:
        if state.happenings[at].at >= since:
            found.append(state.happenings[at])
        at += 1
    is_more = at < len(state.happenings) and state.happenings[at].visible_at <= now
    return found, {"nextPageToken": to_token(since=token["since"], at=at), "moreResult": is_more}


def check_list(state: State, said: dict[str, str]) -> set[int] | None:
    """The members of the list that a read is narrowed to; None where it is not. Raises Refused 1003 for a large one."""
    if "listId" not in said:
        return None
    one = state.lists.get(int(said["listId"]))
    if one is None:
        raise Refused("610")
    if len(one.members) >= LIST_CAP and state.clock.now() >= CAP_FROM:
        raise Refused("1003", "The list has 10,000 or more members")
    return one.members


def activities(state: State, call: Call) -> Answer:
    said = parameters(call)
    wanted = {int(one) for one in said.get("activityTypeIds", "").split(",") if one.strip().isdecimal()}
    if not wanted or len(wanted) > MOST_TYPES:
        raise Refused("1003", "activityTypeIds has 1 to 10 ids")
    with state.lock:
        members = check_list(state, said)
        found, more = looked_at(state, said)
    kept = [one for one in found if one.type in wanted and (members is None or one.lead in members)]
    return succeeded([one.as_json() for one in kept], **more)


def changes(state: State, call: Call) -> Answer:
    said = parameters(call)
    names = [name for name in said.get("fields", "").split(",") if name]
    if not names:
        raise Refused("1003", "fields is required")
    for name in names:
        if name not in FIELDS:
            raise Refused("1006", f"Field '{name}' not found")
    with state.lock:
        members = check_list(state, said)
        found, more = looked_at(state, said)
    result = [
        change(one, names) for one in found if one.type in (NEW, CHANGED) and (members is None or one.lead in members)
    ]
    return succeeded([one for one in result if one["fields"] or one["activityTypeId"] == NEW], **more)


def change(one: Happening, names: list[str]) -> dict[str, Any]:
    fields = [
        {"id": list(FIELDS).index(name), "name": name, "newValue": new, "oldValue": old}
        for name, old, new in one.changes
        if name in names
    ]
    plain = one.as_json()
    del plain["primaryAttributeValueId"], plain["primaryAttributeValue"]
    return {**plain, "fields": fields}


def deleted(state: State, call: Call) -> Answer:
    with state.lock:
        found, more = looked_at(state, parameters(call))
    return succeeded([one.as_json() for one in found if one.type == DELETED], **more)
