"""People as the gate of consent and suppression wants them: every address and number they are known by."""

from collections import defaultdict
from collections.abc import Collection

from governance.selectors.contactability import Subject
from martech.models import Person, PersonEmail


def subjects_of(person_ids: Collection[int]) -> list[Subject]:
    """A subject for each living person, named by its primary key; two statements."""
    emails: dict[int, list[str]] = defaultdict(list)
    for person, key in PersonEmail.objects.filter(person__in=person_ids).order_by("id").values_list("person", "key"):
        emails[person].append(key)
    people = Person.objects.filter(pk__in=person_ids).order_by("pk").values_list("pk", "phone")
    return [Subject(pk, tuple(emails[pk]), (phone,) if phone else ()) for pk, phone in people]
