"""A mapping document: which fields are kept in step, whose word counts, and which records are made where.

    {"fields": [{"ours": "job_title", "theirs": "jobtitle", "direction": "both", "truth": "newest",
                 "transform": "", "values": [["mql", "marketingqualifiedlead"]], "blank_wins": false}],
     "match": ["email"], "create_here": true, "create_there": {condition} | true | false,
     "purpose": "marketing", "channel": "email"}

`match` names fields of ours by which a record that is new to us is looked for. `create_there` says whom of ours the
other system gets. With a `purpose` nobody is sent without consent to it. `values` are pairs of ours and theirs; of
several of ours that share one of theirs the first is what it comes back as, and of several of theirs that mean one of ours
the first is written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from martech.connectors.port import FieldType, Kind, RemoteField
from martech.sync.fields import our_field, our_label
from martech.sync.rules import Direction, FieldRule, Truth
from martech.sync.transforms import TRANSFORMS
from martech.sync.value_maps import read_values
from martech.sync.values import quoted
from mops.core.documents import Finding, Reader

KEYS = ("fields", "match", "create_here", "create_there", "purpose", "channel")
FIELD_KEYS = ("ours", "theirs", "direction", "truth", "transform", "values", "blank_wins")
MATCHES: Mapping[str, tuple[str, ...]] = {
    Kind.PERSON: ("email",),
    Kind.ACCOUNT: ("domain", "name"),
    Kind.DEAL: ("name",),
}
MOST_FIELDS = 300
ONE_OF_TWO = "keep one of the two"


@dataclass(frozen=True)
class FieldMapping:
    """A mapping that was read. `create_there` is a condition tree, or whether everybody or nobody is made there."""

    kind: str
    rules: tuple[FieldRule, ...]
    match: tuple[str, ...] = ()
    create_here: bool = True
    create_there: Any = False
    purpose: str = ""
    channel: str = "email"

    @property
    def their_fields(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(rule.theirs for rule in self.rules))

    def without(self, set_aside: Iterable[str]) -> "FieldMapping":
        """The mapping less the fields of theirs that are put aside."""
        aside = set(set_aside)
        rules = tuple(rule for rule in self.rules if rule.theirs not in aside)
        return FieldMapping(
            self.kind, rules, self.match, self.create_here, self.create_there, self.purpose, self.channel
        )


@dataclass
class Reading:
    mapping: FieldMapping
    findings: list[Finding] = field(default_factory=list)


def read_mapping(document: Any, kind: str, schema: Mapping[str, RemoteField] | None = None) -> Reading:
    """Read a document; with the other side's schema its fields are checked against it, too."""
    reader = Reader()
    given = reader.mapping(document, "", KEYS)
    rows = reader.items(given.get("fields", []), "fields", MOST_FIELDS)
    rules = [rule for i, row in enumerate(rows) if (rule := read_rule(reader, row, f"fields[{i}]", kind, schema))]
    refuse_doubled(reader, rules, kind, schema or {})
    match = [
        reader.one_of(name, f"match[{i}]", MATCHES.get(kind, ()), "")
        for i, name in enumerate(reader.items(given.get("match", []), "match", 5))
    ]
    mapping = FieldMapping(
        kind,
        tuple(rules),
        tuple(name for name in match if name),
        reader.switch(given.get("create_here"), "create_here", True),
        given.get("create_there", False),
        str(given.get("purpose") or ""),
        str(given.get("channel") or "email"),
    )
    if not rules:
        reader.refuse("fields", "is empty", "map at least one field")
    return Reading(mapping, reader.findings)


def read_rule(
    reader: Reader, row: Any, path: str, kind: str, schema: Mapping[str, RemoteField] | None
) -> FieldRule | None:
    given = reader.mapping(row, path, FIELD_KEYS)
    ours = reader.text(given.get("ours"), f"{path}.ours", "job_title")
    theirs = reader.text(given.get("theirs"), f"{path}.theirs", "jobtitle")
    direction = reader.one_of(given.get("direction"), f"{path}.direction", tuple(Direction), Direction.BOTH)
    truth = reader.one_of(given.get("truth"), f"{path}.truth", tuple(Truth), Truth.NEWEST)
    transform = reader.one_of(given.get("transform") or None, f"{path}.transform", tuple(TRANSFORMS), "")
    words = read_values(reader, given.get("values") or [], f"{path}.values")
    blank_wins = reader.switch(given.get("blank_wins"), f"{path}.blank_wins", False)
    known = our_field(kind, ours) if ours else None
    if ours and known is None:
        reader.refuse(f"{path}.ours", f"“{ours}” is no field of ours", "use a field of the list, or properties.<name>")
    if known is None or not theirs:
        return None
    remote = schema.get(theirs) if schema is not None else None
    type_ = FieldType.CHOICES if remote and remote.type is FieldType.CHOICES else known.type
    rule = FieldRule(
        ours,
        theirs,
        type_,
        Direction(direction),
        Truth(truth),
        transform,
        words.written,
        blank_wins,
        words.read,
    )
    check_rule(reader, rule, path, known.is_read_only, remote, schema is not None)
    return rule


def check_rule(
    reader: Reader, rule: FieldRule, path: str, is_read_only: bool, remote: RemoteField | None, has_schema: bool
) -> None:
    """What the two schemas forbid."""
    if is_read_only and rule.pulls:
        reader.refuse(
            f"{path}.direction",
            "This field is counted here",
            "let values go from here to there, where ours counts",
        )
    if rule.truth is Truth.APPEND and rule.type is not FieldType.CHOICES:
        reader.refuse(f"{path}.truth", "append needs a field of several choices", "use another rule")
    if not has_schema:
        return
    if remote is None:
        reader.refuse(
            f"{path}.theirs",
            f"“{rule.theirs}” does not exist over there, or we may not see it",
            "choose one of its fields",
        )
        return
    if rule.pushes and not remote.is_writable:
        # What is counted here cannot be read from there either: the pair as such is wrong.
        remedy = "choose another of its fields" if is_read_only else "let values go from there to here only (pull)"
        reader.refuse(f"{path}.direction", f"“{remote.label}” cannot be written over there", remedy)
    unknown = sorted(rule.words_written - set(remote.options)) if remote.options and remote.is_restricted else []
    if unknown:
        options = ", ".join(remote.options[:10])
        wrong = "is no option" if len(unknown) == 1 else "are no options"
        reader.refuse(f"{path}.values", f"{quoted(unknown)} {wrong} of {remote.label}", f"its options are {options}")
    if is_untranslated(rule, remote):
        options = ", ".join(remote.options[:4])
        reason = f"“{remote.label}” takes only its options ({options} …), and no value is translated"
        remedy = "say which of ours is which of theirs; every other value of ours becomes a dead letter"
        reader.findings.append(Finding(f"{path}.values", reason, remedy, "warning"))


def is_untranslated(rule: FieldRule, remote: RemoteField) -> bool:
    """Whether a text of ours is written as it is into a choice that takes no others."""
    is_text = rule.type in (FieldType.TEXT, FieldType.CHOICE)
    is_closed = bool(remote.options) and remote.is_restricted
    return rule.pushes and is_text and is_closed and not rule.values and not rule.transform


def refuse_doubled(reader: Reader, rules: Sequence[FieldRule], kind: str, schema: Mapping[str, RemoteField]) -> None:
    """A field of theirs is written by one rule, and one of ours is read into by one; what is read is written to no other."""
    pulled: dict[str, int] = {}
    pushed: dict[str, int] = {}

    def there(name: str) -> str:
        return schema[name].label if name in schema else name

    for index, rule in enumerate(rules):
        if rule.pulls and (first := pulled.setdefault(rule.ours, index)) != index:
            both = twice("from", there(rules[first].theirs), there(rule.theirs))
            reader.refuse(f"fields[{index}].ours", f"“{our_label(kind, rule.ours)}” is read {both}", ONE_OF_TWO)
        if rule.pushes and (first := pushed.setdefault(rule.theirs, index)) != index:
            both = twice("by", our_label(kind, rules[first].ours), our_label(kind, rule.ours))
            reader.refuse(f"fields[{index}].theirs", f"“{there(rule.theirs)}” is written {both}", ONE_OF_TWO)
    for index, rule in enumerate(rules):
        if not rule.pulls and rule.ours in pulled:
            name, other = our_label(kind, rule.ours), there(rules[pulled[rule.ours]].theirs)
            reason = (
                f"“{name}” is read from “{other}”, and what is read from there is not written to “{there(rule.theirs)}”"
            )
            reader.refuse(f"fields[{index}].ours", reason, f"{ONE_OF_TWO}, or let both go only from here to there")


def twice(word: str, one: str, other: str) -> str:
    return f"twice {word} “{one}”" if one == other else f"{word} “{one}” and {word} “{other}”"
