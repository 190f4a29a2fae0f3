"""The learned score on real tables: history as it was, training in the background, publishing, pages and the API."""

import json
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from martech.learned.document import usual_document
from martech.models import Account, Deal, DealPerson, LearnedScore, LearnedVersion, LearnedWork, Person, Touch
from martech.selectors.learned import check_learned, explain_person, learned_page
from martech.selectors.learned_cases import cases_of
from martech.services.learned import (
    publish_learned,
    save_learned_draft,
    score_again,
    start_training,
    train_draft,
)
from mops.core import work
from mops.core.errors import ConflictError, DomainError
from tests.factories import make_account, make_person, make_token, make_user

pytestmark = pytest.mark.django_db
DOCUMENT = {**usual_document(), "fields": ["person.country", "person.city", "account.employees"]}


def closed_deal(person: Person, opened: datetime, state: str = "won") -> Deal:
    deal = Deal.objects.create(
        name="Deal", currency="EUR", stage="Closed", state=state, opened_at=opened, closed_at=opened + timedelta(days=5)
    )
    DealPerson.objects.create(deal=deal, person=person)
    return deal


def history_begins(person: Person, at: datetime) -> None:
    """As if the person had been recorded then; history itself is append-only for everybody else."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE martech_personevent SET pgh_created_at = %s WHERE pgh_obj_id = %s", [at, person.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")


def rule(**changes: Any) -> Any:
    from martech.selectors.learned import read_document

    found = read_document({**DOCUMENT, **changes})
    assert found.findings == ()
    return found.rule


def test_a_deal_knows_its_person_as_they_were_then_and_what_was_filled_later() -> None:
    now = timezone.now()
    person = make_person(country="DE", city="")
    history_begins(person, now - timedelta(days=100))
    person.country, person.city = "FR", "Lyon"
    person.save()
    for age, kind in ((60, "form"), (55, "page"), (40, "page"), (200, "form")):
        Touch.objects.create(person=person, at=now - timedelta(days=age), kind=kind)
    closed_deal(person, now - timedelta(days=50))
    (case,) = cases_of(rule()).cases
    assert case.sample.values == {"person.country": "DE", "person.city": "", "account.employees": None}
    assert case.sample.touches == {"form": 1, "page": 1}
    assert case.sample.days_since == pytest.approx(5, abs=0.01)
    assert case.filled_later == {"person.city": True}


def test_a_deal_before_history_is_left_out_unless_the_first_value_may_stand_in() -> None:
    person = make_person(country="DE", account=make_account(employees=40))
    person.country = "FR"
    person.save()
    closed_deal(person, timezone.now() - timedelta(days=50))
    strict = cases_of(rule())
    assert (len(strict.cases), strict.without_history) == (0, 1)
    found = cases_of(rule(before_history="first_value"))
    assert found.without_history == 1
    (case,) = found.cases
    assert case.sample.values["person.country"] == "DE"
    assert case.sample.values["account.employees"] == 40


def company(number: int = 240) -> None:
    """Deals of which German ones are mostly won."""
    rng = np.random.default_rng(5)
    now = timezone.now()
    people = Person.objects.bulk_create(
        Person(country="DE" if place % 2 else "FR", city="Berlin" if rng.random() < 0.5 else "")
        for place in range(number)
    )
    made = []
    for place, person in enumerate(people):
        is_won = rng.random() < (0.75 if person.country == "DE" else 0.2)
        opened = now - timedelta(days=number - place)
        made.append(
            Deal(
                name="D",
                currency="EUR",
                stage="x",
                state="won" if is_won else "lost",
                opened_at=opened,
                closed_at=opened,
            )
        )
    Deal.objects.bulk_create(made)
    DealPerson.objects.bulk_create(DealPerson(deal=d, person=p) for d, p in zip(made, people, strict=True))


def trained(**changes: Any) -> LearnedVersion:
    save_learned_draft(document={**DOCUMENT, "before_history": "first_value", **changes}, actor=make_user())
    start_training(actor=make_user())
    assert work.run_due("learned") == 1
    return LearnedVersion.objects.get(state="draft")


def test_it_is_trained_in_the_background_published_by_a_person_and_scores_everybody() -> None:
    company()
    draft = trained()
    assert draft.refusal == ""
    assert draft.report is not None
    weights = {(line[0], line[2]): line[3] for line in draft.report["lines"]}
    assert weights["person.country", "de"] > 0.5
    assert weights["person.country", "fr"] < -0.5
    assert {line[0] for line in draft.report["lines"][:2]} == {"person.country"}
    assert draft.report["without_history"] == 240
    assert "240 deals are known by values recorded only after they were opened" in [
        one.reason for one in check_learned(draft) if one.level == "warning"
    ]
    assert not LearnedScore.objects.exists()
    publish_learned(actor=make_user(), revision=draft.revision)
    work.run_due("learned")
    assert LearnedScore.objects.count() == Person.objects.count()
    german, french = (Person.objects.filter(country=code).first() for code in ("DE", "FR"))
    assert german
    assert french
    assert german.learned.probability > 0.6 > 0.35 > french.learned.probability
    found = explain_person(german)
    assert found
    assert found.probability == pytest.approx(german.learned.probability)
    assert found.effects[0].words in ("Country is Germany", "Country is not France")


def test_a_model_that_was_not_trained_as_it_is_is_not_published() -> None:
    company(120)
    draft = trained()
    save_learned_draft(document={**draft.document, "seed": 8}, actor=make_user())
    with pytest.raises(DomainError):
        publish_learned(actor=make_user())
    assert LearnedVersion.objects.get().state == "draft"


def test_what_is_being_trained_again_cannot_be_published_and_what_was_seen_before_never_is() -> None:
    company()
    seen = trained()
    start_training(actor=make_user())
    with pytest.raises(DomainError):
        publish_learned(actor=make_user())
    work.run_due("learned")
    with pytest.raises(ConflictError):
        publish_learned(actor=make_user(), revision=seen.revision)
    assert LearnedVersion.objects.get().state == "draft"


def test_a_draft_that_changes_while_it_is_trained_learns_nothing() -> None:
    company()
    save_learned_draft(document={**DOCUMENT, "before_history": "first_value"}, actor=make_user())
    start_training(actor=make_user())
    row = LearnedWork.objects.select_related("version").get()
    save_learned_draft(document={**DOCUMENT, "seed": 8}, actor=make_user())
    train_draft(row.version)
    draft = LearnedVersion.objects.get()
    assert (draft.trained, draft.report) == (None, None)
    assert draft.refusal == "The draft was changed while it was being trained."


def test_training_that_breaks_says_so_and_can_be_begun_again() -> None:
    company()
    save_learned_draft(document={**DOCUMENT, "before_history": "first_value"}, actor=make_user())
    start_training(actor=make_user())
    LearnedWork.objects.update(state="quarantined")
    assert learned_page().has_failed
    assert not learned_page().is_training
    start_training(actor=make_user())
    assert learned_page().is_training
    assert work.run_due("learned") == 1
    assert not learned_page().is_training
    assert LearnedVersion.objects.get().is_trained


def test_too_few_deals_are_refused_on_the_draft_and_nothing_goes_into_force() -> None:
    company(12)
    draft = trained(before_history="leave_out")
    assert draft.report is None
    assert "100 more closed deals" in draft.refusal
    assert "12 were opened before anything was recorded" in draft.refusal
    with pytest.raises(DomainError):
        publish_learned(actor=make_user())


def test_training_runs_once_at_a_time_and_scores_are_made_anew_after_a_day() -> None:
    company(120)
    save_learned_draft(document={**DOCUMENT, "before_history": "first_value"}, actor=make_user())
    start_training(actor=make_user())
    with pytest.raises(ConflictError):
        start_training(actor=make_user())
    work.run_due("learned")
    publish_learned(actor=make_user())
    work.run_due("learned")
    score_again()
    assert work.run_due("learned") == 0
    LearnedScore.objects.update(at=timezone.now() - timedelta(days=2))
    score_again()
    assert work.run_due("learned") == 1


@pytest.mark.parametrize(
    "change", [{"fields": ["person.grade"]}, {"fields": ["person.owner"]}, {"method": "magic"}, {"holdout": 90}]
)
def test_a_document_that_makes_no_sense_is_not_trained(change: dict[str, Any]) -> None:
    save_learned_draft(document={**DOCUMENT, **change}, actor=make_user())
    with pytest.raises(DomainError):
        start_training(actor=make_user())


def test_pages_and_api() -> None:
    company(160)
    client = Client()
    client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")
    page = "/martech/scoring/learned/"
    assert "Nothing learned yet" in client.get(page).content.decode()
    form = {name: value for name, value in DOCUMENT.items() if name != "fields"}
    sent = {**form, "fields_used": DOCUMENT["fields"], "revision": 0, "before_history": "first_value"}
    assert client.get(f"{page}edit/").status_code == 200
    assert client.post(f"{page}edit/", sent).status_code == 302
    assert "Being trained" in client.get(page).content.decode()
    work.run_due("learned")
    assert "What counts" in client.get(page).content.decode()
    client.post(f"{page}publish/", {"revision": 1})
    assert LearnedVersion.objects.get().state == "draft"
    client.post(f"{page}publish/", {"revision": LearnedVersion.objects.get().revision})
    assert LearnedVersion.objects.get().state == "published"
    work.run_due("learned")
    person = Person.objects.filter(country="DE").first()
    assert person
    assert "Probability of a won deal" in client.get(person.get_absolute_url()).content.decode()
    headers = {"Authorization": f"Bearer {make_token()}"}
    answer = client.get(f"/api/v1/people/{person.pk}/learned/", headers=headers).json()
    assert answer["probability"] == pytest.approx(person.learned.probability)
    assert client.get("/api/v1/scoring/learned/", headers=headers).json()["state"] == "published"
    draft = client.put(
        "/api/v1/scoring/learned/", json.dumps(DOCUMENT), content_type="application/json", headers=headers
    )
    assert draft.json()["findings"][0]["reason"] == "the draft was not trained as it is now"
    assert client.generic("POST", "/api/v1/scoring/learned/train/", headers=headers).status_code == 202
    assert client.generic("POST", "/api/v1/scoring/learned/publish/", headers=headers).status_code == 404
    work.run_due("learned")
    assert list(LearnedVersion.objects.order_by("number").values_list("state", flat=True)) == ["published", "draft"]
    assert Account.objects.count() == 0
