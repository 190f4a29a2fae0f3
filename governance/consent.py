"""The fold of consent: what stands, of everything that was ever said about one subject, purpose and channel. Pure.

A withdrawal is a ratchet: only a later grant by the person opens it again. Whatever order records arrive in, the same
records give the same state. `governance.selectors.consents` does the same for many subjects in one SQL statement.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

REQUESTED, GRANTED, REFUSED, WITHDRAWN, EXPIRED, VOIDED = (
    "requested",
    "granted",
    "refused",
    "withdrawn",
    "expired",
    "voided",
)
STRICTNESS = {EXPIRED: 1, REFUSED: 2, WITHDRAWN: 3}
"""The noes, by how strict they are. A request that waits for its confirmation is not a no."""

PERSON, COLLEAGUE, IMPORT, SYSTEM = "person", "colleague", "import", "system"
"""Who said it: the person, a colleague who writes down what they heard, a file, another system or mops itself."""

MACHINES = {
    IMPORT: ("import", "file", "csv", "xlsx", "upload", "migration", "backfill", "list"),
    SYSTEM: ("sync", "crm", "hubspot", "salesforce", "marketo", "merge", "system", "automation", "enrichment"),
    COLLEAGUE: ("colleague", "agent", "sales", "staff", "manual"),
}


@dataclass(frozen=True)
class Said:
    """One record. `voids` names the record that this one takes back; it says nothing else then."""

    pk: int
    state: str
    origin: str
    occurred_at: datetime
    received_at: datetime
    valid_until: datetime | None = None
    voids: int | None = None

    @property
    def said_at(self) -> datetime:
        """When it was said: a clock that runs ahead cannot date a record after we received it."""
        return min(self.occurred_at, self.received_at)


@dataclass(frozen=True)
class Stand:
    """The state and the record that decided it."""

    state: str
    by: Said


def origin_of(source: str) -> str:
    """Who speaks, where a caller names only a source: a machine's word makes it the machine, else the person."""
    words = source.lower().replace("-", " ").replace("_", " ").replace(":", " ").split()
    for origin, known in MACHINES.items():
        if any(word.startswith(known) for word in words):
            return origin
    return PERSON


def fold(records: Iterable[Said], at: datetime) -> Stand | None:
    """What stands at a moment, or None where nobody said anything.

    - A grant by the person stands until a later no; a no at the same moment wins.
    - A no (withdrawn, refused, expired) stands until a later grant by the person; of several the strictest stands.
    - A grant by anybody else counts only where nothing was said before, and never against a no, whatever its date; of
      several the one that ends first stands.
    - A request for confirmation takes no grant away.
    - A grant past its `valid_until` has expired.
    """
    known = list(records)
    taken_back = {record.voids for record in known if record.voids}
    heard = [r for r in known if r.state != VOIDED and r.pk not in taken_back and r.said_at <= at]
    stand: Stand | None = reduce(_step, sorted(heard, key=_order), None)
    if stand and stand.state == GRANTED and stand.by.valid_until and stand.by.valid_until <= at:
        return Stand(EXPIRED, stand.by)
    return stand


def _order(record: Said) -> tuple[datetime, int, float, int]:
    """By time; of one moment requests come first and noes last, so that doubt is decided against us."""
    end = record.valid_until.timestamp() if record.valid_until else float("inf")
    if record.state == REQUESTED:
        return record.said_at, 0, 0, record.pk
    if record.state == GRANTED and record.origin != PERSON:
        return record.said_at, 1, end, record.pk
    if record.state == GRANTED:
        return record.said_at, 2, -end, record.pk
    return record.said_at, 2 + STRICTNESS[record.state], 0, record.pk


def _step(stand: Stand | None, record: Said) -> Stand:
    if record.state in STRICTNESS:
        if stand and STRICTNESS.get(stand.state, 0) > STRICTNESS[record.state]:
            return stand
        return Stand(record.state, record)
    if record.state == GRANTED and (record.origin == PERSON or _ends_sooner(record, stand)):
        return Stand(GRANTED, record)
    return stand or Stand(record.state, record)


def _ends_sooner(record: Said, stand: Stand | None) -> bool:
    """Of two grants that others gave, the one that ends first stands: an older one must not lengthen it."""
    if stand is None or stand.state != GRANTED or stand.by.origin == PERSON or record.valid_until is None:
        return False
    return stand.by.valid_until is None or record.valid_until < stand.by.valid_until
