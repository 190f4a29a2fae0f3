"""Taking a page of records in: one transaction, in sets; every record ends under exactly one count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import F

from martech.connectors.errors import Reason
from martech.connectors.port import RemoteRecord, Value
from martech.models import (
    AccountIdentity,
    DealIdentity,
    PersonIdentity,
    SyncChange,
    SyncObject,
    SyncRun,
)
from martech.services.sync.companies import Companies
from martech.services.sync.course import Course
from martech.services.sync.dead_letters import Death, bury, raise_up
from martech.services.sync.deals import Deals
from martech.services.sync.field_times import field_times
from martech.services.sync.first_contact import Meeting, keep_held, met_values
from martech.services.sync.incoming import Incoming, RecordReader
from martech.services.sync.keys import foreign_keys, link_by_key
from martech.services.sync.locals import Local
from martech.services.sync.mirror import Kept, Known, keep_rows, known_rows, open_echoes
from martech.services.sync.missed import settle_read
from martech.services.sync.people import People
from martech.services.sync.reconcile import Reconciled, reconcile
from martech.services.sync.referring import look_up_references, name_ours
from martech.services.sync.unknown import adopt_unknown
from mops.core.copying import copy_rows
from mops.core.history import recording
from mops.core.json_text import as_json
from mops.core.sql import array, execute, texts

LOCALS: Mapping[str, Local] = {local.kind: local for local in (People(), Companies(), Deals())}
IDENTITIES = {"person": PersonIdentity, "account": AccountIdentity, "deal": DealIdentity}
ADD_IDENTITIES = """
insert into {table} (system, object, created_at, external_id, {kind}_id)
select %s, %s, %s, * from unnest(%s::text[], %s::bigint[]) on conflict do nothing
"""
COUNTED = ("unchanged", "created", "updated", "skipped", "conflicted", "failed", "unknown")


@dataclass
class Tally:
    """What became of the records of a page."""

    unchanged: int = 0
    created: int = 0
    updated: int = 0
    skipped: int = 0
    conflicted: int = 0
    failed: int = 0
    unknown: int = 0
    touched: list[tuple[str, int]] = field(default_factory=list)
    """(their id, ours) of records that were created or updated."""

    def add_to(self, run: SyncRun) -> None:
        """Add to the counts of a run, in the database and here."""
        changed = {name: getattr(self, name) for name in COUNTED if getattr(self, name)}
        if changed:
            changed["read"] = sum(changed.values())
            SyncRun.objects.filter(pk=run.pk).update(**{name: F(name) + number for name, number in changed.items()})

    def plus(self, other: "Tally") -> "Tally":
        for name in COUNTED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.touched += other.touched
        return self


def take_in(
    course: Course,
    reader: RecordReader,
    records: Sequence[RemoteRecord],
    rows: Sequence[Incoming] | None = None,
    *,
    looks_twice: bool = False,
) -> Tally:
    """Take records in; a race is repeated, and a record that breaks everything else is found and put aside.

    `rows` are the records as they were read ahead: of use once, since taking them in writes on them. With `looks_twice` records that say what they said before are decided again: something of ours changed.
    """
    try:
        for attempt in range(3):
            try:
                with transaction.atomic():
                    read = rows if rows is not None and attempt == 0 else reader.read_all(records)
                    settle_read(course.object, [record.id for record in records])
                    return _take(course, reader, records, read, looks_twice)
            except IntegrityError:
                continue
        raise IntegrityError("somebody else writes the same records")
    except Exception as error:
        if len(records) == 1:
            return _put_aside(course, records[0], error)
    middle = len(records) // 2
    first = take_in(course, reader, records[:middle], looks_twice=looks_twice)
    return first.plus(take_in(course, reader, records[middle:], looks_twice=looks_twice))


def _put_aside(course: Course, record: RemoteRecord, error: Exception) -> Tally:
    reason = Reason.LOCKED if isinstance(error, IntegrityError) else Reason.OTHER
    message = f"{type(error).__name__} while it was taken in; the log tells more."
    bury(course.object, "pull", [Death(record.id, None, reason, "", message)], run=course.run)
    settle_read(course.object, [record.id])
    return Tally(failed=1)


def _take(
    course: Course,
    reader: RecordReader,
    records: Sequence[RemoteRecord],
    read: Sequence[Incoming],
    looks_twice: bool,
) -> Tally:
    page = _Page(course, reader, list(read))
    tally = Tally(unchanged=len(records) - len(page.rows))
    rows = page.sort_out(tally, looks_twice)
    if not rows:
        return tally
    with recording(f"sync_{course.run.kind if course.run else 'pull'}", connection=course.system):
        page.link(rows)
        page.create(rows, tally)
        page.change([row for row in rows if row.local_id and not row.is_new], tally)
        page.keep(tally)
    course.met.setdefault(course.object.name, {}).update({row.id: row.local_id for row in rows if row.local_id})
    return tally


@dataclass
class _Page:
    """Records of one page on their way through the steps."""

    course: Course
    reader: RecordReader
    rows: list[Incoming]
    known: dict[str, Known] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)
    changes: list[tuple[int, str, dict[str, Value] | None, dict[str, Value], dict[str, str]]] = field(
        default_factory=list
    )
    deaths: list[Death] = field(default_factory=list)
    held: list[Meeting] = field(default_factory=list)
    changed: dict[int, dict[str, Value]] = field(default_factory=dict)

    @property
    def local(self) -> Local:
        return LOCALS[self.course.mapping.kind]

    def sort_out(self, tally: Tally, looks_twice: bool) -> list[Incoming]:
        """The rows that are news; the others say what they said before."""
        ids = [alias for row in self.rows for alias in (row.id, *row.record.alias_ids)]
        self.known = known_rows(self.course.object, ids)
        news = []
        for row in self.rows:
            known = self.known.get(row.id)
            if looks_twice:
                news.append(row)
            elif known and known.local_id and known.values == row.values and not known.fate and not known.due_at:
                tally.unchanged += 1
            else:
                news.append(row)
        return news

    def link(self, rows: Sequence[Incoming]) -> None:
        """Find who each record is here: by the mirror, an older id of theirs, an id of ours, or a match field."""
        for row in rows:
            for one in (row.id, *row.record.alias_ids):
                if (known := self.known.get(one)) is not None and known.local_id:
                    row.local_id = known.local_id
                    break
        # What both last agreed on is said by ids of theirs as well.
        look_up_references(self.reader, [*(row.values for row in rows), *(one.values for one in self.known.values())])
        name_ours(self.reader, rows)
        link_by_key(self.course, rows)
        self.local.find(self.course, rows)
        adopt_unknown(self.course, rows)

    def create(self, rows: Sequence[Incoming], tally: Tally) -> None:
        """Make what nobody knows. Of several records with one address the first is made and the others join it."""
        fresh = [row for row in rows if row.local_id is None]
        if fresh and not self.course.mapping.create_here:
            tally.skipped += len(fresh)
            self.kept += [self._kept(row, None) for row in fresh]
            return
        leaders: dict[str, Incoming] = {}
        made: list[Incoming] = []
        joined: list[Incoming] = []
        for row in fresh:
            leader = leaders.setdefault(row.key or f"id {row.id}", row)
            (made if leader is row else joined).append(row)
        if made:
            self.local.create(self.course, made)
            self._identify([row for row in made if row.local_id])
        for row in joined:
            row.local_id = leaders[row.key].local_id
        for row in made:
            self.kept.append(self._kept(row, self._as_made(row)))
            self.changes.append((row.local_id or 0, row.id, None, {}, {}))
            self._note_faults(row)
            tally.touched.append((row.id, row.local_id or 0))
        tally.created += len(made)

    def _as_made(self, row: Incoming) -> Reconciled | None:
        """Of a value that could not be read here the two agree on nothing: once it can be, it is news and no change of ours."""
        return Reconciled(base=dict(row.ours)) if row.faults else None

    def _identify(self, rows: Sequence[Incoming]) -> None:
        """The other system's ids on the records that were made. Taken ids are a race, which repeats the page."""
        kind = self.course.mapping.kind
        columns = (f"{kind}_id", "system", "object", "external_id", "created_at")
        system, object, now = self.course.system, self.course.object.name, self.course.now.isoformat()
        copy_rows(IDENTITIES[kind], columns, ((row.local_id, system, object, row.id, now) for row in rows))

    def change(self, rows: Sequence[Incoming], tally: Tally) -> None:
        """Decide every field of the records that exist here, and set what is to be taken."""
        names = [rule.ours for rule in self.course.mapping.rules]
        ours = self.local.load({row.local_id for row in rows if row.local_id}, names)
        echoes = open_echoes(self.course.object, [row.id for row in rows])
        times = field_times(self.course.mapping.kind, ours)
        foreign = foreign_keys(self.course, rows)
        met = met_values(self.course.object, [row.id for row in rows])
        outcomes = []
        for row in rows:
            mine = ours.get(row.local_id or 0)
            if mine is None:
                self._lost(row, tally)
                continue
            known = self.known.get(row.id)
            found = reconcile(self.reader, row, known, mine, echoes=echoes, ours_at=times, foreign=foreign, met=met)
            outcomes.append((row, mine, found))
        self._refuse_taken_addresses(outcomes)
        self._leave_given_accounts(outcomes)
        for row, mine, found in outcomes:
            self._settle(row, mine, found, tally)
        if self.changed:
            self.local.change(self.course, self.changed)
        self._add_identities(rows)

    def _lost(self, row: Incoming, tally: Tally) -> None:
        """The record it was linked to is gone here."""
        tally.skipped += 1
        self.kept.append(self._kept(row, None))

    def _refuse_taken_addresses(self, outcomes: Sequence[tuple[Incoming, dict[str, Value], Reconciled]]) -> None:
        """An address that belongs to somebody else joins nobody; people decide."""
        local = self.local
        if not isinstance(local, People):
            return
        wanted = {row.local_id or 0: {"email": f.take["email"]} for row, _mine, f in outcomes if f.take.get("email")}
        for person, other in local.taken_addresses(wanted).items():
            for row, _mine, found in outcomes:
                if row.local_id == person and "email" in found.take:
                    found.conflicts["email"] = f"The address belongs to person {other}; merge the two or correct one."
                    del found.take["email"]

    def _leave_given_accounts(self, outcomes: Sequence[tuple[Incoming, dict[str, Value], Reconciled]]) -> None:
        """Whom a colleague put to an account stays there, whatever a field over there says; and who was given one by anybody
        stays there when the two records meet."""
        local = self.local
        moved = {row.local_id or 0: (row, found) for row, _mine, found in outcomes if "account" in found.take}
        if not moved or not isinstance(local, People):
            return
        for pk, is_chosen in local.given_accounts(list(moved)).items():
            row, found = moved[pk]
            known = self.known.get(row.id)
            if is_chosen or known is None or known.local_id is None:
                del found.take["account"]

    def _settle(self, row: Incoming, mine: dict[str, Value], found: Reconciled, tally: Tally) -> None:
        before = {name: mine.get(name) for name in found.take}
        if found.take:
            mine.update(found.take)
            self.changed.setdefault(row.local_id or 0, {}).update(found.take)
            self.changes.append((row.local_id or 0, row.id, before, found.take, found.why))
            tally.touched.append((row.id, row.local_id or 0))
        self.held += [Meeting(row.id, row.local_id or 0, name, met) for name, met in found.held.items()]
        if found.conflicts or found.is_undecided:
            tally.conflicted += 1
        elif found.take:
            tally.updated += 1
        else:
            tally.unchanged += 1
        for name, why in found.conflicts.items():
            self.deaths.append(Death(row.id, row.local_id, Reason.CONFLICT, name, why))
        self._note_faults(row)
        self.kept.append(self._kept(row, found))

    def _note_faults(self, row: Incoming) -> None:
        for fault in row.faults:
            self.deaths.append(Death(row.id, row.local_id, fault.reason, fault.field, fault.message))

    def _add_identities(self, rows: Sequence[Incoming]) -> None:
        kind = self.course.mapping.kind
        linked = [row for row in rows if row.local_id]
        fresh = [row for row in linked if (known := self.known.get(row.id)) is None or known.local_id is None]
        if fresh:
            sql = ADD_IDENTITIES.format(table=IDENTITIES[kind]._meta.db_table, kind=kind)
            ids, ours = texts(row.id for row in fresh), array(row.local_id for row in fresh)
            execute(sql, self.course.system, self.course.object.name, self.course.now, ids, ours)

    def _kept(self, row: Incoming, found: Reconciled | None) -> Kept:
        known, modified_at = self.known.get(row.id), row.record.modified_at
        times = known.times if known else self._met_now(row)
        if known and modified_at:
            stamp = modified_at.isoformat()
            changed = {n: stamp for n, value in row.values.items() if known.values.get(n) != value}
            times = {**times, **changed} if changed else times
        base = found.base if found else None
        return Kept(row.id, row.local_id, row.values, base, times, modified_at, bool(found and found.send))

    def _met_now(self, row: Incoming) -> dict[str, str]:
        """Of an owner who is nobody here: whoever is given the record here from now on counts as newer, whatever their stamp
        says, which comes late or of another clock."""
        rule = self.reader.owner_rule
        said = row.values.get(rule.theirs) if rule else None
        if rule is None or not said or str(said) in self.course.owners:
            return {}
        return {rule.theirs: self.course.now.isoformat()}

    def keep(self, tally: Tally) -> None:
        """Store mirror, changes and dead letters, then what follows from the changes."""
        course = self.course
        fresh = [row for row in self.kept if row.external_id not in self.known]
        keep_rows(course.object, [row for row in self.kept if row.external_id in self.known], fresh)
        if course.run:
            columns = ("run_id", "kind", "local_id", "external_id", "before", "after", "why", "at")
            kind = course.mapping.kind
            run, at = course.run.pk, course.now.isoformat()
            rows = (
                (run, kind, pk, one, as_json(before) if before is not None else None, after, why, at)
                for pk, one, before, after, why in self.changes
            )
            copy_rows(SyncChange, columns, rows)
        if self.rows and any(rule.theirs not in self.rows[0].record.values for rule in course.mapping.rules):
            # A field is gone over there: the next round looks at the schema.
            SyncObject.objects.filter(pk=course.object.pk).update(schema_at=None)
        keep_held(course.object, [row.external_id for row in self.kept], self.held, course.now)
        dead = {death.external_id for death in self.deaths}
        bury(course.object, "pull", self.deaths, run=course.run)
        raise_up(course.object, "pull", [row.external_id for row in self.kept if row.external_id not in dead])
        created = [row.local_id for row in self.rows if row.is_new and row.local_id]
        self.local.after(course, created=created, changed=self.changed)
