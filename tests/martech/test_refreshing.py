"""What changed of people is taken up once a person, however often it changed."""

import pytest

from martech.models import ChangedPerson
from martech.services.refreshing import refresh_batch
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def test_everything_that_waits_about_somebody_is_taken_up_together() -> None:
    ana, bo = make_person(), make_person()
    ChangedPerson.objects.all().delete()
    for who in (ana, bo, ana, ana):
        ChangedPerson.objects.create(person_id=who.pk, fields=["country"])
    assert refresh_batch(1) == 3
    assert list(ChangedPerson.objects.values_list("person_id", flat=True)) == [bo.pk]
    assert refresh_batch(1) == 1
    assert refresh_batch(1) == 0
