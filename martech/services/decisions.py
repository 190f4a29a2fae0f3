"""Decisions as they are stored, owners as they are given and told; many in one statement each."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from django.urls import reverse

from governance.services import Notice, send_notices
from martech.selectors.routing import Candidate
from mops.core.history import expect_many

_GIVE = """
UPDATE martech_person SET owner_id = given.owner, updated_at = %s
FROM unnest(%s::bigint[], %s::bigint[]) AS given (person, owner) WHERE martech_person.id = given.person
"""
_STORE = """
INSERT INTO martech_routingdecision (
    person_id, version_id, outcome, rule, pool, owner_id, previous_owner_id, inputs, trace, arrived_at, decided_at, written_at,
    respond_by)
SELECT * FROM unnest(
    %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::jsonb[], %s::jsonb[],
    %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[])
RETURNING id, person_id
"""


@dataclass
class NewDecision:
    """One row to be stored; `pk` is known afterwards. `hop` is how often the lead was taken from somebody before."""

    person: int
    version: int | None
    outcome: str
    rule: str
    pool: str
    owner: int | None
    previous_owner: int | None
    inputs: dict[str, Any]
    trace: dict[str, Any]
    arrived_at: datetime
    decided_at: datetime
    written_at: datetime
    respond_by: datetime | None = None
    hop: int = 0
    pk: int = field(default=0, init=False)


def store_decisions(rows: Sequence[NewDecision]) -> Sequence[NewDecision]:
    """Store one decision for each person and answer them with their ids."""
    if not rows:
        return rows
    columns: list[list[Any]] = [
        [getattr(row, name) for row in rows]
        for name in ("person", "version", "outcome", "rule", "pool", "owner", "previous_owner")
    ]
    columns += [[json.dumps(getattr(row, name), separators=(",", ":")) for row in rows] for name in ("inputs", "trace")]
    columns += [
        [getattr(row, name) for row in rows] for name in ("arrived_at", "decided_at", "written_at", "respond_by")
    ]
    with connection.cursor() as cursor:
        cursor.execute(_STORE, columns)
        ids = {person: pk for pk, person in cursor.fetchall()}
    for row in rows:
        row.pk = ids[row.person]
    return rows


def give_owners(given: Mapping[int, int], at: datetime) -> None:
    """Write `{person: owner}`; the people are locked by the caller."""
    if given:
        expect_many(len(given))
        with connection.cursor() as cursor:
            cursor.execute(_GIVE, [at, list(given), list(given.values())])


def tell_owners(given: Mapping[int, int], people: Mapping[int, Candidate], at: datetime) -> None:
    """One line for everybody who got leads, however many there are in the batch."""
    counts = Counter(given.values())
    newest = {owner: people[person] for person, owner in given.items()}
    send_notices([_notice(owner, number, newest[owner]) for owner, number in sorted(counts.items())], at=at)


def _notice(owner: int, number: int, person: Candidate) -> Notice:
    if number == 1:
        url = reverse("martech:person", args=[person.pk])
        return Notice(owner, "lead", f"New lead: {person.title}", person.detail, url)
    return Notice(owner, "lead", f"{number} new leads", "", f"{_people_address()}?owner={owner}")


@cache
def _people_address() -> str:
    return reverse("martech:people")
