"""Programs with their costs, and who is in them."""

from datetime import UTC, datetime
from typing import Any

from martech.twins.marketo.asking import document, fields_of, page_of_ids, parameters, rows_of
from martech.twins.marketo.envelope import Refused, skipped, succeeded
from martech.twins.marketo.leads import shown
from martech.twins.marketo.state import PROGRESS, Program, State, iso
from martech.twins.serving import Answer, Call

NOTHING = ["No assets found for the given search criteria."]


def stamp(at: datetime) -> str:
    """The asset API writes the zone twice."""
    return iso(at) + "+0000"


def as_json(program: Program) -> dict[str, Any]:
    return {
        "id": program.id,
        "name": program.name,
        "description": program.description,
        "createdAt": stamp(program.created_at),
        "updatedAt": stamp(program.updated_at),
        "url": f"https://app.practice.example/#PG{program.id}A1",
        "type": "Default",
        "channel": program.channel,
        "folder": {"type": "Folder", "value": 1, "folderName": "Marketing"},
        "status": "",
        "workspace": "Default",
        "headStart": False,
    }


def browse(state: State, call: Call) -> Answer:
    said = parameters(call)
    most = min(int(said.get("maxReturn", "20")), 200)
    offset = int(said.get("offset", "0"))
    earliest, latest = moment(said.get("earliestUpdatedAt")), moment(said.get("latestUpdatedAt"))
    with state.lock:
        rows = [
            as_json(one)
            for one in state.programs.values()
            if (earliest is None or one.updated_at >= earliest) and (latest is None or one.updated_at <= latest)
        ]
    found = rows[offset : offset + most]
    return succeeded(found, errors=[], warnings=[]) if found else succeeded(None, errors=[], warnings=NOTHING)


def moment(text: str | None) -> datetime | None:
    if not text:
        return None
    found = datetime.fromisoformat(text.replace(" ", "+"))
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def one_program(state: State, call: Call, number: str) -> Answer:
    with state.lock:
        program = state.programs.get(int(number))
        if program is None:
            return succeeded(None, errors=[], warnings=NOTHING)
        more = {"tags": program.tags or None, "costs": program.costs or None}
        return succeeded([{**as_json(program), **more}], errors=[], warnings=[])


def members(state: State, call: Call, number: str) -> Answer:
    """Leads of a program, each with its membership."""
    said = parameters(call)
    names = fields_of(said)
    with state.lock:
        program = state.programs.get(int(number))
        if program is None:
            raise Refused("610")
        ids = sorted(lead for lead in program.members if lead in state.leads)
        chosen, more = page_of_ids(ids, said)
        rows = [{**shown(state.leads[lead], names), "membership": program.members[lead]} for lead in chosen]
    return succeeded(rows, **more)


def change_status(state: State, call: Call, number: str) -> Answer:
    status = document(call).get("statusName", "")
    with state.lock:
        program = state.programs.get(int(number))
        if program is None:
            raise Refused("610")
        result = []
        for index, row in enumerate(rows_of(call)):
            lead = int(row.get("leadId", 0))
            if lead not in state.leads:
                result.append({"seq": index, "leadId": lead, **skipped("1004")})
                continue
            is_new = lead not in program.members
            join(state, program, lead, status, state.clock.now())
            result.append({"seq": index, "leadId": lead, "status": "created" if is_new else "updated"})
        return succeeded(result)


def join(state: State, program: Program, lead: int, status: str, at: datetime) -> None:
    reached = status in ("Responded", "Attended", "Clicked", "Filled-out Form")
    program.members[lead] = {
        "progressionStatus": status,
        "membershipDate": iso(at),
        "reachedSuccess": reached,
        "isExhausted": False,
        "nurtureCadence": None,
        "stream": None,
    }
    state.on_change("program", str(program.id))
    said = (("New Status", status), ("Program Member ID", lead), ("Success", reached))
    state.note(lead, PROGRESS, at, program.id, program.name, said)
