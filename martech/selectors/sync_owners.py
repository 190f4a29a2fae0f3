"""Why our owner of a record is, or is not, its owner in another system."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from governance.models import User
from martech.models import HeldValue, RemoteOwner, RemoteRow, RunKind, SyncChange, SyncRun
from martech.services.sync.course import Course, course_of
from martech.services.sync.sendings import reconciled, split
from martech.sync.rules import FieldRule, Truth


@dataclass(frozen=True)
class OwnerThere:
    """What became of our owner, in a sentence or two. `written_at` and `run` where a push of ours wrote the one who is there;
    `url` where the rest can be put right."""

    text: str
    url: str = ""
    written_at: datetime | None = None
    run: SyncRun | None = None


@dataclass(frozen=True)
class Both:
    """One record on both sides: our owner, and theirs by id and name. `is_known`: theirs is somebody here."""

    course: Course
    rule: FieldRule
    row: RemoteRow
    ours: User | None
    theirs: str
    name: str
    is_known: bool

    @property
    def there(self) -> str:
        return f"{self.name or 'Nobody'} owns it there"

    @property
    def is_same(self) -> bool:
        if self.ours is None or not self.theirs:
            return self.ours is None and not self.theirs
        return self.course.owners.get(self.theirs, "").lower() == self.ours.email.lower()


def owner_there(row: RemoteRow, owner: User | None) -> OwnerThere | None:
    """None where there is nothing to say: the record is gone, owners do not travel and it has none, or none on both sides."""
    course = course_of(row.object) if not row.fate else None
    if course is None:
        return None
    rule = next((one for one in course.mapping.rules if one.ours == "owner"), None)
    if rule is None:
        return unmapped(course) if owner else None
    theirs = str(row.values.get(rule.theirs) or "")
    known = RemoteOwner.objects.filter(connection=course.connection, external_id=theirs).first() if theirs else None
    name = (known.name or known.email) if known else theirs
    both = Both(course, rule, row, owner, theirs, name, theirs in course.owners)
    if both.is_same:
        return same_on_both(both) if owner else None
    return held(both) or different(both)


def unmapped(course: Course) -> OwnerThere:
    """Why owners do not travel at all."""
    url = reverse("martech:mapping", args=[course.connection.name, course.object.name])
    if any(one["ours"] == "owner" for one in course.version.document.get("fields", [])):
        return OwnerThere("The field of the owner is put aside in the mapping: it is neither read nor written.", url)
    return OwnerThere("The mapping does not carry the owner, who stays what they are there.", url)


def same_on_both(both: Both) -> OwnerThere:
    said, theirs = f"{both.ours} owns it there, too.", both.rule.theirs
    changes = SyncChange.objects.filter(run__object=both.row.object, run__kind=RunKind.PUSH, after__has_key=theirs)
    written = changes.filter(external_id=both.row.external_id).select_related("run").order_by("-pk").first()
    if written is None or str(written.after[theirs] or "") != both.theirs:
        return OwnerThere(said)
    return OwnerThere(said, written_at=written.at, run=written.run)


def held(both: Both) -> OwnerThere | None:
    """Somebody has to decide, as the two differed when they met."""
    connection, id = both.course.connection, both.row.external_id
    if not HeldValue.objects.undecided().filter(object=both.row.object, external_id=id, field="owner").exists():
        return None
    url = f"{reverse('martech:first-contact')}?connection={connection.name}&q={id}"
    return OwnerThere(f"{both.there}. Somebody has to decide whose counts.", url)


def different(both: Both) -> OwnerThere:
    """What the rules make of the two now, and why."""
    course, pk = both.course, both.row.local_id or 0
    found = reconciled(course, both.row, pk)
    if found is not None and "owner" in found.take:
        return OwnerThere(f"{both.there}, which the next round takes: {found.why.get('owner', '')}.")
    if is_stranger_there(both):
        return OwnerThere(
            f"{both.there}. {both.ours} is no owner in {course.connection.name}: give them access there with the same "
            "address, or say on the page of the connection who they are.",
            both.course.connection.get_absolute_url(),
        )
    if found is None or "owner" not in found.send:
        url = "" if both.is_known or not both.theirs else both.course.connection.get_absolute_url()
        return OwnerThere(f"{both.there} and stays: {why_it_stays(both)}.", url)
    _sent, kept_back = split(course, pk, {"owner": found.send["owner"]})
    if kept_back:
        return OwnerThere(
            f"{both.there}: an undo took {both.ours} back. They are not written again before it changes here."
        )
    return OwnerThere(f"{both.there}; {both.ours or 'nobody'} is to be written in their place.")


def is_stranger_there(both: Both) -> bool:
    """Whether ours could go there by the mapping, and nobody there is them."""
    rule, may_win = both.rule, both.rule.truth not in (Truth.THEIRS, Truth.MANUAL)
    known = {address.lower() for address in rule.values}
    return both.ours is not None and rule.pushes and may_win and both.ours.email.lower() not in known


def why_it_stays(both: Both) -> str:
    """Why neither side gives way; the rule's reason, and that theirs is nobody here where that is it."""
    stranger = "" if both.is_known or not both.theirs else f", and {both.name} is nobody here"
    if not both.rule.pushes:
        return f"the mapping only reads the owner{stranger}"
    return {
        Truth.THEIRS: f"the mapping says that their word counts{stranger}",
        Truth.FILL: "the mapping only fills blanks, and both have one",
        Truth.MANUAL: "the mapping leaves it to people",
        Truth.NEWEST: f"it was given there last{stranger}",
    }.get(both.rule.truth, f"nobody is given here{stranger}")
