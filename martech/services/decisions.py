"""Decisions as they are stored, owners as they are given and told; many in one statement each."""

import io
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from django.urls import reverse

from governance.models import User
from governance.services import Notice, send_notices
from martech.models import Person, RoutingDecision
from martech.policies import name_of_person
from martech.selectors.routing import Candidate
from martech.selectors.time_off import zone_of
from mops.core.copying import reserve_ids
from mops.core.history import expect_many
from mops.core.json_text import as_json
from mops.core.rights import hidden_fields
from mops.core.sql import array, execute

_GIVE = """
UPDATE martech_person SET owner_id = given.owner, updated_at = %s
FROM unnest(%s::bigint[], %s::bigint[]) AS given (person, owner) WHERE martech_person.id = given.person
"""
_COLUMNS = (
    "id, person_id, version_id, owner_id, previous_owner_id, outcome, rule, pool, inputs, trace, arrived_at, decided_at, "
    "written_at, respond_by"
)
NULL = r"\N"


@dataclass(slots=True)
class NewDecision:
    """One row to be stored; `pk` is known afterwards. `hop` is how often the lead was taken from somebody before."""

    person: int
    version: int | None
    outcome: str
    rule: str
    pool: str
    owner: int | None
    previous_owner: int | None
    inputs: Mapping[str, Any]
    trace: Mapping[str, Any]
    arrived_at: datetime
    decided_at: datetime
    written_at: datetime
    respond_by: datetime | None = None
    hop: int = 0
    pk: int = field(default=0, init=False)


def store_decisions(rows: Sequence[NewDecision]) -> Sequence[NewDecision]:
    """Store decisions in one COPY and answer them with their ids."""
    if not rows:
        return rows
    for row, pk in zip(rows, reserve_ids(RoutingDecision, len(rows)), strict=True):
        row.pk = pk
    with connection.cursor() as cursor:
        lines = io.StringIO("\n".join([_line(row) for row in rows]))
        cursor.copy_expert(f"COPY martech_routingdecision ({_COLUMNS}) FROM STDIN", lines)
    return rows


def _line(row: NewDecision) -> str:
    """The row as COPY reads it: tabs between columns, a backslash before what would mean something else."""
    ids = "\t".join(
        [NULL if pk is None else str(pk) for pk in (row.pk, row.person, row.version, row.owner, row.previous_owner)]
    )
    respond_by = row.respond_by.isoformat() if row.respond_by else NULL
    times = f"{row.arrived_at.isoformat()}\t{row.decided_at.isoformat()}\t{row.written_at.isoformat()}\t{respond_by}"
    texts = f"{row.outcome}\t{_escaped(row.rule)}\t{row.pool}\t{_json(row.inputs)}\t{_json(row.trace)}"
    return f"{ids}\t{texts}\t{times}"


def _json(value: Mapping[str, Any]) -> str:
    """JSON has no bare tabs or newlines, only backslashes need another."""
    return as_json(value).replace("\\", "\\\\")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def give_owners(given: Mapping[int, int], at: datetime) -> None:
    """Write `{person: owner}`; the people are locked by the caller."""
    if given:
        expect_many(len(given))
        execute(_GIVE, at, array(given), array(given.values()))


def tell_owners(
    given: Mapping[int, int],
    people: Mapping[int, Candidate],
    at: datetime,
    *,
    old: Collection[int] = (),
    due: Mapping[int, datetime] | None = None,
) -> None:
    """One line for everybody who got leads, however many there are in the batch.

    How many of them are `old` is said, and until when the first of those that are `due` waits for an answer.
    """
    counts, aged = Counter(given.values()), Counter(given[person] for person in old)
    named: dict[int, list[Candidate]] = defaultdict(list)
    for person, owner in given.items():
        if len(named[owner]) < NAMED:
            named[owner].append(people[person])
    until: dict[int, datetime] = {}
    for person, moment in (due or {}).items():
        until[given[person]] = min(moment, until.get(given[person], moment))
    readers = User.objects.only("roles", "is_active", "time_zone").in_bulk(list(counts))
    told = []
    for owner, number in sorted(counts.items()):
        hidden = hidden_fields(readers.get(owner), Person)
        names = [name_of_person(person, hidden) for person in named[owner]]
        told.append(
            _notice(owner, number, named[owner][0], names, aged[owner], _by(readers.get(owner), until.get(owner)))
        )
    send_notices(told, at=at)


def _by(reader: User | None, until: datetime | None) -> str:
    """Until when to answer, by the clock of who answers, its name included; empty where nothing is due."""
    return f"{until.astimezone(zone_of(reader)):%a %d %b %H:%M %Z}" if reader is not None and until is not None else ""


NAMED = 3
"""Of several leads at once so many are named."""


def _notice(owner: int, number: int, first: Candidate, names: Sequence[str], old: int, by: str) -> Notice:
    if number == 1:
        before, after = _around_the_number()
        title = f"Older lead without a response clock: {names[0]}" if old else f"New lead: {names[0]}"
        detail = ". ".join(filter(None, (first.detail, by and f"Answer by {by}")))
        return Notice(owner, "lead", title, detail, f"{before}{first.pk}{after}")
    more = f" and {number - len(names):,} more" if number > len(names) else ""
    aged = f". {old:,} of them came long ago: no response clock runs" if old else ""
    first_due = f". The first answer is due {by}" if by else ""
    detail = f"{', '.join(names)}{more}{aged}{first_due}"
    address = _answers_address() if by else f"{_people_address()}?owner={owner}"
    return Notice(owner, "lead", f"{number:,} new leads", detail, address)


@cache
def _people_address() -> str:
    return reverse("martech:people")


@cache
def _answers_address() -> str:
    """Where whoever opens it sees what waits for their answer, the first that is due on top."""
    return reverse("martech:my-leads")


@cache
def _around_the_number() -> tuple[str, str]:
    """The address of a person's page before and after their number."""
    before, _number, after = reverse("martech:person", args=[0]).partition("0")
    return before, after
