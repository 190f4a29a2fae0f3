"""What a proof asks of both systems: everything, or the records of which a condition is true.

Here the condition is asked of the database. Over there each record is read into our terms as a pull reads it, by transforms
and value maps, and then asked the same. So only what the mapping carries can be asked; the rest is refused with why.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from martech.connectors.port import FieldType, Kind, Value
from martech.models import Segment, SegmentKind, Stage
from martech.selectors.segments import rule_of, versions_in_force
from martech.services.sync.course import Course
from martech.services.sync.deals import Stages
from martech.services.sync.incoming import Incoming
from martech.services.sync.taking import LOCALS
from martech.sync.fields import our_field
from martech.sync.rules import FieldRule
from mops.core.conditions import (
    AllOf,
    AnyOf,
    Catalogue,
    ConditionError,
    Leaf,
    Node,
    Not,
    Type,
    compile_predicate,
    dump,
    get_catalogue,
    leaves,
    parse,
    sentence,
    to_q,
)
from mops.core.conditions.catalogue import Field
from mops.core.conditions.matching import leaf_test
from mops.core.errors import DomainError

CATALOGUES: Mapping[str, str] = {Kind.PERSON: "segment", Kind.ACCOUNT: "account", Kind.DEAL: "deal_record"}
STATE = "deal.state"


def catalogue_of(kind: str) -> Catalogue:
    """The fields that a question about a kind of record may speak about."""
    return get_catalogue(CATALOGUES[kind])


def field_of(kind: str, key: str) -> str:
    """Our field that a field of conditions reads; empty for one about something else. A deal's state is its stage's."""
    if key == STATE:
        return "stage"
    name = key.removeprefix(f"{kind}.")
    return name if name != key and our_field(kind, name) else ""


def carried(course: Course) -> Catalogue:
    """The part of the fields that the mapping carries: what a builder offers."""
    kind, mapped = course.mapping.kind, {rule.ours for rule in course.mapping.rules}
    families = {f"{kind}.properties.*"} if any(name.startswith("properties.") for name in mapped) else set[str]()
    known = catalogue_of(kind)
    return Catalogue(
        f"{known.name} of {course.system}",
        known.model,
        [one for one in known.fields.values() if one.key in families or is_asked(course, one)],
    )


def is_asked(course: Course, field: Field) -> bool:
    rule = rule_for(course, field.key)
    return field.custom is None and rule is not None and (rule.type is not FieldType.REFERENCE or rule.ours == "owner")


def rule_for(course: Course, key: str) -> FieldRule | None:
    name = field_of(course.mapping.kind, key)
    rules = [rule for rule in course.mapping.rules if name and rule.ours == name]
    return next((rule for rule in rules if rule.pulls), rules[0] if rules else None)


@dataclass(frozen=True)
class Question:
    """A condition that the mapping carries, ready to be asked of either side at one moment."""

    course: Course
    node: Node

    def here(self, among: Collection[int] | None = None) -> set[int]:
        """Our records of which it is true, by id."""
        kind = self.course.mapping.kind
        rows = LOCALS[kind].model._default_manager.filter(to_q(self.node, catalogue_of(kind), now=self.course.now))
        if kind == Kind.PERSON:
            rows = rows.filter(merged_into=None)
        return set((rows if among is None else rows.filter(pk__in=list(among))).values_list("pk", flat=True))

    def there(self, row: Incoming) -> bool:
        """Whether it is true of a record of theirs."""
        return bool(self._passes(self._record(row), self.course.now))

    @cached_property
    def rules(self) -> tuple[FieldRule, ...]:
        """The rules of the fields it speaks about, each once."""
        found = [rule for leaf in leaves(self.node) if (rule := rule_for(self.course, leaf.field))]
        return tuple({rule.ours: rule for rule in found}.values())

    @cached_property
    def _passes(self) -> Callable[..., bool]:
        return compile_predicate(self.node)

    @cached_property
    def _columns(self) -> list[tuple[Leaf, FieldRule]]:
        found = [(leaf, rule) for leaf in leaves(self.node) if (rule := rule_for(self.course, leaf.field))]
        return list({leaf.field: (leaf, rule) for leaf, rule in found}.values())

    @cached_property
    def _stages(self) -> Stages:
        return Stages(self.course)

    def _record(self, row: Incoming) -> dict[str, Any]:
        """A record as conditions read it. A value of theirs that means nothing here is a value all the same."""
        record: dict[str, Any] = {}
        for leaf, rule in self._columns:
            value = row.ours[rule.ours] if rule.ours in row.ours else row.values.get(rule.theirs)
            if leaf.field == STATE:
                value = self._stages.state(str(value)) if value else None
            if leaf.spec.type is Type.JSON:
                record.setdefault(leaf.spec.record_key, {})[leaf.property_name] = value
            else:
                record[leaf.field] = in_type(leaf.spec.type, value)
        return record


def in_type(type_: Type, value: Value) -> Any:
    """A canonical value as conditions compare it. An empty switch says no, as ours does; what is no number is none."""
    if type_ is Type.BOOLEAN:
        return bool(value)
    if not isinstance(value, str):
        return value
    try:
        if type_ is Type.NUMBER:
            return Decimal(value)
        return datetime.fromisoformat(value) if type_ is Type.DATETIME else value
    except (ValueError, ArithmeticError):
        return None


def question_of(course: Course, condition: Any) -> Question | None:
    """The question of a stored condition; None where everything is compared. Raises DomainError as `askable`."""
    return None if condition is None else Question(course, askable(course, condition))


def askable(course: Course, condition: Any) -> Node:
    """A condition that both sides can be asked.

    Raises DomainError where they cannot: what it speaks about is not carried by the mapping, or not told apart over there.
    """
    node = read_condition(course, condition)
    wrong = list(dict.fromkeys(reason for leaf in leaves(node) if (reason := refusal(course, leaf))))
    if wrong:
        raise DomainError("This cannot be asked of both sides.", errors={"condition": wrong})
    return node


def read_condition(course: Course, condition: Any) -> Node:
    """A condition with the segments that it names spelled out."""
    try:
        return without_segments(parse(condition, catalogue_of(course.mapping.kind)))
    except ConditionError as error:
        reasons = [str(one) for one in error.findings]
        raise DomainError("The condition was not understood.", errors={"condition": reasons}) from error


def without_segments(node: Node) -> Node:
    """The condition with what the segments in it say in place of their names. Segments never name each other in a ring."""
    if isinstance(node, Not):
        return Not(without_segments(node.part))
    if isinstance(node, AllOf | AnyOf):
        return type(node)(tuple(without_segments(part) for part in node.parts))
    if node.field != "person.segment":
        return node
    keys: Sequence[str] = node.value if isinstance(node.value, tuple) else (node.value,)
    said = tuple(said_by(key) for key in keys)
    any_of = said[0] if len(said) == 1 else AnyOf(said)
    return Not(any_of) if node.op in ("ne", "not_in") else any_of


def said_by(key: str) -> Node:
    """The condition of a live segment, spelled out. DomainError for one that only lists people."""
    segment = Segment.objects.in_use().filter(key=key).first()
    if segment is None:
        raise refused(f"There is no segment “{key[:60]}” in use.")
    if segment.kind == SegmentKind.STATIC:
        raise refused(f"{segment} is a static segment: a list that only we keep, with no condition to ask over there.")
    version = versions_in_force([segment]).get(segment.pk)
    if version is None:
        raise refused(f"{segment} has no condition in force.")
    try:
        return without_segments(rule_of(version).node)
    except ConditionError as error:
        raise refused(f"{segment} is no longer usable: {error.findings[0]}") from error


def refused(reason: str) -> DomainError:
    return DomainError("This cannot be asked of both sides.", errors={"condition": [reason]})


def refusal(course: Course, leaf: Leaf) -> str:
    """Why a test cannot be asked over there; empty where it can."""
    kind, label = course.mapping.kind, leaf.label
    name = field_of(kind, leaf.field)
    if leaf.spec.custom is not None:
        return f"“{label}” is kept only here, so {course.system} cannot be asked. Leave it out."
    if not name:
        about = leaf.field.split(".")[0]
        if about != kind:
            return f"“{label}” is about the {about}: ask it of that object, or leave it out."
        return f"“{label}” is kept only here, so {course.system} cannot be asked. Leave it out."
    rule = rule_for(course, leaf.field)
    if rule is None:
        return not_carried(course, name, label)
    if rule.type is FieldType.REFERENCE and rule.ours != "owner":
        return f"“{label}” leads to another record, which has another id over there. Leave it out."
    return "" if leaf.field == STATE else not_told_apart(course, leaf, rule)


def not_carried(course: Course, name: str, label: str) -> str:
    """The mapping in force may have the field, and have it put aside."""
    for row in course.version.document.get("fields", []):
        if row.get("ours") == name and (why := course.object.set_aside.get(row.get("theirs"))):
            return f"“{label}” is put aside in the mapping of {course.object.name}: {why} Repair the mapping first."
    return f"“{label}” is not in the mapping of {course.object.name}. Map it there, or leave it out."


def not_told_apart(course: Course, leaf: Leaf, rule: FieldRule) -> str:
    """Words of ours that share one of theirs come back as one: a question that parts them has no answer there."""
    test, labels = leaf_test(leaf), leaf.spec.choice_labels()
    for theirs, ours in sharing(rule):
        passing = [word for word in ours if test(word, course.now)]
        if passing and len(passing) < len(ours):
            words = " and ".join(f"“{labels.get(word, word)}”" for word in ours)
            return (
                f"{words} are one over there (“{theirs}”), so “{leaf.label}” cannot part them. "
                "Ask for all of them at once, or for none."
            )
    return ""


def sharing(rule: FieldRule) -> Iterator[tuple[str, list[str]]]:
    """(their word, our words) where several of ours share one. Who owns is no matter of words."""
    if rule.ours == "owner":
        return
    groups: dict[str, list[str]] = {}
    for ours, theirs in rule.values.items():
        groups.setdefault(theirs, []).append(ours)
    yield from ((theirs, ours) for theirs, ours in groups.items() if len(ours) > 1)


def asked_for(course: Course, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What somebody asked, as a run keeps it: `{}` for everything, else the condition spelled out and its words.

    `asked` names one of `stage`, `segment` (a key) and `condition`. Raises DomainError where it cannot be asked.
    """
    given = {name: value for name, value in asked.items() if value not in (None, "")}
    if len(given) > 1:
        raise DomainError("Ask one thing.", errors={name: ["Send only one of these."] for name in given})
    if not given:
        return {}
    [(way, value)] = given.items()
    if way != "condition" and course.mapping.kind != Kind.PERSON:
        raise DomainError("Only people have it.", errors={way: ["Ask a condition of these records."]})
    try:
        node = askable(course, condition_of(way, value))
    except DomainError as error:  # said of what was sent, not of the condition that it stands for
        errors = {way if field == "condition" else field: reasons for field, reasons in error.errors.items()}
        raise DomainError(error.detail, errors=errors) from error
    return {"way": way, "asked": value, "condition": dump(node), "words": words_of(way, value, node)}


def condition_of(way: str, value: Any) -> Any:
    if way == "stage":
        if value not in Stage.values:
            raise DomainError("There is no such stage.", errors={"stage": [f"Use one of {', '.join(Stage.values)}."]})
        return {"field": "person.lifecycle_stage", "op": "eq", "value": value}
    return {"field": "person.segment", "op": "eq", "value": value} if way == "segment" else value


def words_of(way: str, value: Any, node: Node) -> str:
    """The question as people read it."""
    if way == "segment":
        return f"Segment “{Segment.objects.get(key=value)}”: {sentence(node)}"
    return sentence(node)
