"""Records of the other system on their way in: read into canonical values and our terms, each fault at its field."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from martech.connectors.errors import Reason
from martech.connectors.port import FieldType, RemoteRecord, Value
from martech.normalisation import EmailRefused, country_code, domain_of, email_key, phone_number
from martech.services.sync.course import Course
from martech.sync.fields import OurField, our_field
from martech.sync.rules import UNSET, FieldRule
from martech.sync.values import canonical


@dataclass(frozen=True, slots=True)
class Fault:
    """One field of one record that could not be read."""

    field: str
    reason: str
    message: str


@dataclass(slots=True)
class Incoming:
    """A record being taken in. `values` is canonical by their field, `ours` in our terms by our field."""

    record: RemoteRecord
    values: dict[str, Value]
    ours: dict[str, Value]
    faults: list[Fault] = field(default_factory=list)
    key: str = ""
    local_id: int | None = None
    is_new: bool = False

    @property
    def id(self) -> str:
        return self.record.id


@dataclass(frozen=True, slots=True)
class _Said:
    """What a value of a column means: canonical, and in our terms; UNSET where it cannot be read or says nothing here."""

    value: Any = UNSET
    ours: Any = UNSET
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class _Column:
    """A rule, and what the texts met so far mean by it: most columns have few different ones."""

    rule: FieldRule
    type: FieldType
    known: OurField
    longest: int
    """Of a text that means itself here; 0 where a value has to be read."""
    met: dict[str, _Said] = field(default_factory=dict)


VERBATIM = frozenset({FieldType.TEXT, FieldType.EMAIL, FieldType.PHONE, FieldType.URL})


def _is_verbatim(rule: FieldRule, type: FieldType, known: OurField) -> bool:
    """Whether a text of theirs stands here as it is, without a map, a transform or a meaning of its own."""
    is_text = type in VERBATIM and known.type in VERBATIM and known.name != "country"
    return is_text and not rule.values and not rule.transform


REMEMBERED = 5_000
"""Different texts of a column that a reader keeps the meaning of."""


class RecordReader:
    """Made once for a run; `read(record)` answers the record in canonical values and in our terms."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.columns = [
            _Column(rule, type, known, known.longest if _is_verbatim(rule, type, known) else 0)
            for rule in course.mapping.rules
            if (known := our_field(course.mapping.kind, rule.ours)) is not None
            for type in [course.type_of(rule)]
        ]
        self._plain = [(c.rule.theirs, c.rule.ours, c.rule.pulls, c.longest, c) for c in self.columns]
        self.owner_rule = next((rule for rule in course.mapping.rules if rule.ours == "owner"), None)
        self.references: dict[str, dict[str, int]] = {}
        """By our field: {id of a record of theirs: ours}, as far as it was looked up."""

    def read(self, record: RemoteRecord) -> Incoming:
        found = Incoming(record, {}, {})
        raw, values, own = record.values, found.values, found.ours
        for theirs, ours, pulls, longest, column in self._plain:
            value = raw.get(theirs)
            if value is None or value == "":
                if theirs not in raw:
                    continue  # nothing is said of it
                values[theirs] = None
                if pulls:
                    own[ours] = None
                continue
            if type(value) is str:
                if (text := value.strip()) and len(text) <= longest and "\x00" not in text:
                    values[theirs] = own[ours] = text
                    continue
                said = column.met.get(value)
            else:
                said = None
            if said is None:
                said = self._meaning(column, value)
            if said.value is not UNSET:
                values[theirs] = said.value
            if said.ours is not UNSET:
                own[ours] = said.ours
            if said.fault is not None:
                found.faults.append(said.fault)
        self._finish(found)
        return found

    def _meaning(self, column: _Column, raw: Value) -> _Said:
        said = self._read_value(column, raw)
        if type(raw) is str and len(column.met) < REMEMBERED:
            column.met[raw] = said
        return said

    def _read_value(self, column: _Column, raw: Value) -> _Said:
        rule = column.rule
        try:
            value = canonical(column.type, raw)
        except ValueError as refused:
            return _Said(fault=Fault(rule.theirs, Reason.INVALID_VALUE, str(refused)))
        try:
            return _Said(value, self._in_our_terms(rule, column.known, value, column.type))
        except LookupError:
            return _Said(value)  # a reference to somebody or something unknown here says nothing about ours
        except ValueError as refused:
            reason = Reason.UNKNOWN_OPTION if rule.values else Reason.INVALID_VALUE
            return _Said(value, fault=Fault(rule.theirs, reason, str(refused)) if rule.pulls else None)

    def translated(self, rule: FieldRule, value: Value) -> Any:
        """A canonical value of theirs in our terms; UNSET where it means nothing here."""
        if value is None:
            return None
        known = our_field(self.course.mapping.kind, rule.ours)
        if known is None:
            return UNSET
        try:
            ours = self._in_our_terms(rule, known, value, None)
        except (LookupError, ValueError):
            return UNSET
        if rule.ours == "phone" and isinstance(ours, str):
            return phone_number(ours, "")
        if rule.ours in self.references:
            return str(self.references[rule.ours].get(str(ours), ours))
        return ours

    def _in_our_terms(self, rule: FieldRule, known: OurField, value: Value, type: FieldType | None) -> Value:
        """`type` is that of the canonical value where it is known."""
        if known.type is FieldType.REFERENCE:
            return self._reference(rule, value)
        ours = rule.pulled(value)
        if known.type is FieldType.NUMBER and not isinstance(ours, str):
            ours = canonical(FieldType.NUMBER, ours)
        elif known.type in (FieldType.BOOLEAN, FieldType.DATETIME) and (ours is not value or type is not known.type):
            ours = canonical(known.type, ours)
        elif known.name == "country" and isinstance(ours, str):
            ours = country_code(ours) or _refuse(f"“{ours[:60]}” is no country we know")
        if isinstance(ours, str) and len(ours) > known.longest:
            raise ValueError(f"{len(ours):,} characters are more than the {known.longest:,} that fit here")
        if isinstance(ours, list) and known.type is not FieldType.CHOICES:
            return ours
        return ours

    def _reference(self, rule: FieldRule, value: Value) -> Value:
        """An owner by address; another record stays their id until it is looked up. LookupError for somebody unknown."""
        if rule.ours == "owner":
            return self.course.owners[str(value)]
        return str(value)

    def _finish(self, found: Incoming) -> None:
        """What follows from several fields together."""
        ours = found.ours
        if (phone := ours.get("phone")) and isinstance(phone, str):
            ours["phone"] = phone_number(phone, str(ours.get("country") or ""))
        if address := ours.get("email"):
            try:
                found.key = email_key(str(address))
            except EmailRefused as refused:
                found.faults.append(Fault("email", Reason.INVALID_VALUE, str(refused)))
                del ours["email"]
        is_account = self.course.mapping.kind == "account"
        if is_account and not ours.get("domain") and (domain := domain_of(str(ours.get("website") or ""))):
            ours["domain"] = domain

    def read_ahead(self, records: Sequence[RemoteRecord]) -> list[Incoming] | None:
        """As `read_all`; None where a record broke it, which whoever takes them in finds out and puts aside."""
        try:
            return self.read_all(records)
        except Exception:
            return None

    def read_all(self, records: Sequence[RemoteRecord]) -> list[Incoming]:
        """The newest of each record, since pages may overlap."""
        newest: dict[str, RemoteRecord] = {}
        for record in records:
            known = newest.get(record.id)
            if known is None or stamp(record) >= stamp(known):
                newest[record.id] = record
        return [self.read(record) for record in newest.values()]


def stamp(record: RemoteRecord) -> float:
    moment: datetime | None = record.modified_at
    return moment.timestamp() if moment else 0.0


def _refuse(reason: str) -> str:
    raise ValueError(reason)
