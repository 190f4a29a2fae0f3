"""Dead letters with one cause are corrected together: proposed with what would change, applied, and tried again."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from governance.models import User
from martech.connectors.port import FieldType, RemoteField
from martech.models import Connection, DeadLetter, RemoteOwner, RemoteRow, Stage, SyncObject
from martech.selectors.sync_letters import letter_address, letter_name, letter_rows
from martech.services.sync.course import Course, course_of
from martech.services.sync.dead_letters import retry_letters
from martech.services.sync.mappings import publish_mapping, save_mapping_draft
from martech.services.sync.owners import choose_owner
from martech.services.sync.taking import LOCALS
from martech.sync.corrections import Cause, Way, corrected, likely, ways_of
from martech.sync.fields import our_field
from martech.sync.value_maps import pairs_of
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording
from mops.core.versions import draft_among, published_among

LOOKED_AT = 20_000
"""Open letters of an object that are looked at together."""


@dataclass(frozen=True)
class Correction:
    """A proposal. `letters` are the ids it is for; `choices` what may be chosen, by value and label; `others` are further
    ways than the likeliest."""

    object: SyncObject
    cause: Cause
    way: Way
    letters: Sequence[int]
    choices: Mapping[str, str]
    suggested: str = ""
    others: Sequence[Way] = ()

    def in_way(self, wanted: str) -> "Correction":
        """The same in another way that is offered; in the likeliest where none is named."""
        if not wanted or wanted == self.way:
            return self
        if wanted not in self.others:
            raise DomainError("Nothing was corrected.", errors={"way": ["Choose one of the ways."]})
        return replace(self, way=Way(wanted), others=[self.way])

    @property
    def key(self) -> str:
        cause = self.cause
        return "|".join((str(self.object.pk), cause.direction, cause.reason, cause.field, cause.value))


def corrections(connection: Connection | None = None) -> list[Correction]:
    """Every cause of open letters that can be corrected for all of them at once, the largest first."""
    waiting = DeadLetter.objects.filter(object=OuterRef("pk"), resolved_at=None)
    objects = SyncObject.objects.filter(Exists(waiting)).select_related("connection")
    if connection is not None:
        objects = objects.filter(connection=connection)
    found = [one for object in objects if (course := course_of(object)) for one in of_object(course)]
    return sorted(found, key=lambda one: (-len(one.letters), one.key))


def of_object(course: Course) -> list[Correction]:
    open_ = DeadLetter.objects.filter(object=course.object, resolved_at=None).order_by("pk")
    open_ = open_.exclude(retry_at__lte=timezone.now())  # corrected: the next round tries them
    rules = {row["theirs"]: row for row in course.version.document["fields"]}
    letters = [one for one in open_[:LOOKED_AT] if one.field in rules]
    values = values_at_fault(course, letters, rules)
    causes: dict[Cause, list[int]] = defaultdict(list)
    for one in letters:
        ours = str(rules[one.field]["ours"])
        causes[Cause(one.direction, one.reason, one.field, ours, values.get(one.pk, ""))].append(one.pk)
    found = []
    for cause, pks in causes.items():
        is_free = is_free_text(course.mapping.kind, cause.ours)
        if ways := ways_of(cause, rules[cause.field], is_ours_free=is_free):
            choices = choices_of(course, cause, ways[0], rules[cause.field])
            suggested = likely(cause.value, list(choices))
            found.append(Correction(course.object, cause, ways[0], pks, choices, suggested, ways[1:]))
    return [one for one in found if is_worth_proposing(one)]


def is_free_text(kind: str, name: str) -> bool:
    """Whether another system's word may stand in a field of ours as it is. A country of ours is its code."""
    known = our_field(kind, name)
    return known is not None and known.type is FieldType.TEXT and not known.is_read_only and name != "country"


def is_worth_proposing(found: Correction) -> bool:
    """There is something to choose, and the value at fault was not corrected meanwhile."""
    if found.way in (Way.PULL_ONLY, Way.LEAVE_OUT):
        return True
    return bool(found.choices) and not (found.way is Way.VALUE and found.cause.value in found.choices)


def values_at_fault(
    course: Course, letters: Sequence[DeadLetter], rules: Mapping[str, Mapping[str, Any]]
) -> dict[int, str]:
    """{letter: the value it is about}, as it is now."""
    ids = {one.local_id for one in letters if one.direction == "push" and one.local_id}
    with transaction.atomic():
        ours = LOCALS[course.mapping.kind].load(ids, [str(rule["ours"]) for rule in rules.values()]) if ids else {}
    read = [one.external_id for one in letters if one.direction == "pull"]
    rows = RemoteRow.objects.filter(object=course.object, external_id__in=read)
    theirs = dict(rows.values_list("external_id", "values"))
    found = {}
    for one in letters:
        if one.direction == "push":
            value = ours.get(one.local_id or 0, {}).get(str(rules[one.field]["ours"]))
        else:
            value = theirs.get(one.external_id, {}).get(one.field)
        if isinstance(value, str):
            found[one.pk] = value
    return found


def choices_of(course: Course, cause: Cause, way: Way, rule: Mapping[str, Any]) -> dict[str, str]:
    """What may be put in place of the value at fault."""
    if way is Way.OWNER:
        free = RemoteOwner.objects.filter(connection=course.connection, user=None, is_active=True)
        return {row.external_id: f"{row.name} {row.email}".strip() for row in free.order_by("name")}
    if way not in (Way.VALUE, Way.MAP):
        return {}
    remote = course.schema.get(cause.field)
    if cause.direction == "pull":
        known = dict.fromkeys(ours for ours, _theirs in pairs_of(rule.get("values")))
        stages = {value: str(label) for value, label in Stage.choices} if cause.ours == "lifecycle_stage" else {}
        if is_retired(cause, rule, remote):
            return {word: stages.get(word, word) for word in known}
        return stages or {word: word for word in dict.fromkeys([cause.value, *known])}
    return {option: remote.labels.get(option, option) for option in remote.options} if remote else {}


def is_retired(cause: Cause, rule: Mapping[str, Any], remote: RemoteField | None) -> bool:
    """Whether records over there keep a value that must not be written any more: only what is written as another word may be
    meant by it."""
    if remote is None or rule.get("direction") == "pull":
        return False
    return remote.is_restricted and bool(remote.options) and cause.value not in remote.options


def find_correction(key: str) -> Correction:
    """The proposal as it is now. Raises ConflictError when nothing waits for it any more."""
    pk = key.partition("|")[0]
    object = SyncObject.objects.select_related("connection").filter(pk=int(pk) if pk.isdecimal() else 0).first()
    course = course_of(object) if object else None
    found = next((one for one in of_object(course) if one.key == key), None) if course else None
    if found is None:
        raise ConflictError("Nothing waits for this correction any more.")
    return found


def apply_correction(*, key: str, choice: str, actor: User | None, way: str = "") -> int:
    """Correct the cause and let all of its letters be tried with the next round; answers how many.

    Raises DomainError for a choice or way that is none, ConflictError while somebody changes the mapping.
    """
    found = find_correction(key).in_way(way)
    if found.choices and choice not in found.choices:
        raise DomainError("Nothing was corrected.", errors={"choice": ["Choose one of the list."]})
    with transaction.atomic(), recording("apply_correction", actor=actor):
        letters = DeadLetter.objects.filter(pk__in=found.letters, resolved_at=None)
        if found.way is Way.VALUE:
            correct_values(found, list(letters), choice)
        elif found.way is Way.OWNER:
            say_who(found, choice)
        else:
            change_mapping(found, choice, actor)
        return retry_letters(letters)


def correct_values(found: Correction, letters: Sequence[DeadLetter], choice: str) -> None:
    """Put the right value into our records, where it still is the wrong one."""
    course = course_of(found.object)
    if course is None:
        raise ConflictError("The object has no mapping any more.")
    local, name = LOCALS[course.mapping.kind], found.cause.ours
    known = our_field(course.mapping.kind, name)
    if known is not None and len(choice) > known.longest:
        reason = f"It has {len(choice):,} characters; {known.label} takes {known.longest:,}."
        raise DomainError("Nothing was corrected.", errors={"choice": [reason]})
    now = local.load({one.local_id for one in letters if one.local_id}, [name])
    local.change(course, {pk: {name: choice} for pk, values in now.items() if values.get(name) == found.cause.value})


def say_who(found: Correction, choice: str) -> None:
    owner = RemoteOwner.objects.get(connection=found.object.connection, external_id=choice)
    user = User.objects.filter(email=found.cause.value).first()
    if user is None:
        raise ConflictError(f"{found.cause.value} is nobody here any more; give their records to a colleague first.")
    choose_owner(owner=owner, user=user)


def change_mapping(found: Correction, choice: str, actor: User | None) -> None:
    versions = found.object.versions.all()
    version = published_among(versions)
    if version is None or draft_among(versions) is not None:
        raise ConflictError("Somebody is changing this mapping; publish or discard that draft first.")
    document = corrected(version.document, found.cause, found.way, choice, list(found.choices))
    save_mapping_draft(object=found.object, document=document, actor=actor)
    publish_mapping(object=found.object, actor=actor)


@dataclass(frozen=True)
class Change:
    """One record in the preview of a correction, with the page it has here."""

    record: str
    now: str
    then: str
    url: str = ""


def preview(found: Correction, choice: str, user: Any, limit: int = 20) -> list[Change]:
    """What would be said of the first records, in the words of the side that is written."""
    rows = letter_rows(user).filter(pk__in=found.letters).order_by("pk")[:limit]
    then = {Way.PULL_ONLY: "only read, never written", Way.LEAVE_OUT: "left out"}.get(found.way, said_of(found, choice))
    return [Change(letter_name(row), found.cause.value or found.cause.field, then, letter_address(row)) for row in rows]


def said_of(found: Correction, choice: str) -> str:
    """What is chosen, as it is written; and what an option is called over there, where that is something else."""
    label = found.choices.get(choice, choice)
    is_option = found.cause.direction == "push" and found.way in (Way.VALUE, Way.MAP)
    return f"{choice} (called {label} there)" if is_option and label != choice else label
