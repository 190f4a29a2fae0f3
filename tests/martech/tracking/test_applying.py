"""From events to people, companies and touches."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from governance.models import ConsentRecord
from martech.models import Account, EventState, Person, PersonEmail, PersonIdentity, SourceEvent, Touch
from martech.services.merging import merge_people
from martech.services.people import save_person
from tests.factories import make_campaign, make_person, make_user
from tests.martech.tracking.calls import apply, make_source, post, send


def identify(user: str = "u1", anonymous: str = "", **traits: Any) -> dict[str, Any]:
    return {"type": "identify", "userId": user, "anonymousId": anonymous, "traits": traits}


def track(event: str = "Seen", **more: Any) -> dict[str, Any]:
    return {"type": "track", "event": event, **more}


def ids(person: Person) -> list[tuple[str, str, str]]:
    return sorted(person.identities.values_list("system", "object", "external_id"))


@pytest.mark.django_db
def test_an_identify_makes_a_person_and_a_later_one_adds_what_is_new() -> None:
    _source, key = make_source()
    send(key, identify(email="Ana@Acme.example", name="Ana Maria Silva", company={"name": "Acme"}, plan="pro"))
    apply()
    person = Person.objects.get()
    assert (person.email, person.first_name, person.last_name, person.company) == (
        "Ana@Acme.example",
        "Ana Maria",
        "Silva",
        "Acme",
    )
    assert person.properties == {"plan": "pro"}
    assert ids(person) == [("cdp", "user", "u1")]
    send(key, identify(title="Head of data", plan="team"))
    apply()
    person.refresh_from_db()
    assert (person.job_title, person.properties, person.company) == ("Head of data", {"plan": "team"}, "Acme")
    assert Person.objects.count() == 1


@pytest.mark.django_db
def test_somebody_known_by_their_address_is_found_again() -> None:
    known = make_person(email="ana@acme.example", first_name="Ana")
    _source, key = make_source()
    send(key, identify(email="ANA@acme.example"), track(userId="u1"))
    apply()
    assert (Person.objects.count(), Touch.objects.get().person) == (1, known)


@pytest.mark.django_db
def test_what_was_done_before_signing_in_belongs_to_the_person_afterwards() -> None:
    _source, key = make_source()
    send(key, {"type": "page", "anonymousId": "a1"}, track("Added", anonymousId="a1"))
    apply()
    assert set(SourceEvent.objects.values_list("state", flat=True)) == {EventState.HELD}
    assert (Person.objects.count(), Touch.objects.count()) == (0, 0)
    send(key, identify(anonymous="a1", email="ana@acme.example"))
    apply()
    person = Person.objects.get()
    assert sorted(person.touches.values_list("kind", flat=True)) == ["added", "page"]
    assert ids(person) == [("cdp", "anonymous", "a1"), ("cdp", "user", "u1")]
    assert set(SourceEvent.objects.values_list("state", "person")) == {("applied", person.pk)}


@pytest.mark.django_db
def test_an_alias_hands_over_what_was_done_under_the_previous_id_whichever_comes_first() -> None:
    _source, key = make_source()
    send(key, track(anonymousId="a1"))
    send(key, {"type": "alias", "previousId": "a1", "userId": "u1"})
    apply()
    assert Touch.objects.count() == 0
    send(key, identify(email="ana@acme.example"))
    apply()
    assert Person.objects.get().touches.count() == 1
    send(key, track(anonymousId="a2"))
    apply()
    send(key, {"type": "alias", "previousId": "a2", "userId": "u1"})
    apply()
    assert Person.objects.get().touches.count() == 2


@pytest.mark.django_db
def test_a_call_with_both_ids_joins_the_browser_to_the_user() -> None:
    _source, key = make_source()
    send(key, track("One", anonymousId="a1"), identify(email="ana@acme.example"))
    apply()
    send(key, track("Two", anonymousId="a1", userId="u1"))
    apply()
    assert sorted(Person.objects.get().touches.values_list("kind", flat=True)) == ["one", "two"]


@pytest.mark.django_db
def test_two_users_of_one_browser_stay_two_people() -> None:
    _source, key = make_source()
    send(key, identify("u1", "shared", email="ana@acme.example"))
    send(key, identify("u2", "shared", email="bo@acme.example"))
    send(key, track(userId="u2", anonymousId="shared"), track(anonymousId="shared"))
    apply()
    ana, bo = (PersonEmail.objects.get(key=f"{name}@acme.example").person for name in ("ana", "bo"))
    assert (ana != bo, ana.touches.count(), bo.touches.count()) == (True, 1, 1)


@pytest.mark.django_db
def test_a_user_whose_address_is_somebody_elses_is_changed_and_the_event_says_so() -> None:
    other = make_person(email="bo@acme.example")
    _source, key = make_source()
    send(key, identify(email="ana@acme.example"))
    apply()
    send(key, identify(email="bo@acme.example", city="Porto"))
    apply()
    ana = PersonEmail.objects.get(key="ana@acme.example").person
    assert (ana.city, PersonEmail.objects.get(key="bo@acme.example").person) == ("Porto", other)
    assert "belongs to another person" in SourceEvent.objects.latest("pk").note


@pytest.mark.django_db
def test_colleagues_at_one_desk_address_stay_apart() -> None:
    _source, key = make_source()
    send(key, identify("u1", email="info@acme.example", name="Ana Silva"))
    apply()
    send(key, identify("u2", email="info@acme.example", name="Bo Larsen"))
    apply()
    assert sorted(Person.objects.values_list("last_name", "email")) == [
        ("Larsen", "info@acme.example"),
        ("Silva", "info@acme.example"),
    ]


@pytest.mark.django_db
def test_a_trait_that_makes_no_sense_is_named_and_the_others_are_taken() -> None:
    _source, key = make_source()
    send(key, identify(email="not-an-address", firstName="Ana", country="Nowhere"))
    apply()
    person = Person.objects.get()
    assert (person.first_name, person.email, person.country) == ("Ana", "", "")
    assert person.properties == {"email": "not-an-address", "country": "Nowhere"}
    note = SourceEvent.objects.get().note
    assert "email:" in note
    assert "country:" in note


@pytest.mark.django_db
def test_rudderstacks_traits_are_found_in_the_context() -> None:
    _source, key = make_source()
    send(key, {"type": "identify", "userId": "u1", "context": {"traits": {"email": "ana@acme.example"}}})
    apply()
    assert Person.objects.get().email == "ana@acme.example"


@pytest.mark.django_db
def test_a_group_makes_an_account_and_its_person_belongs_there() -> None:
    _source, key = make_source()
    group = {"name": "Acme Robotics", "website": "https://acme-robotics.example", "employees": 120}
    send(key, identify(email="ana@acme-robotics.example"))
    send(key, {"type": "group", "userId": "u1", "groupId": "g1", "traits": {**group, "tier": "gold"}})
    apply()
    account, person = Account.objects.get(), Person.objects.get()
    assert (account.name, account.domain, account.employees) == ("Acme Robotics", "acme-robotics.example", 120)
    assert (account.properties, person.company) == ({"tier": "gold"}, "Acme Robotics")
    assert account.identities.get().external_id == "g1"
    send(key, {"type": "group", "userId": "u1", "groupId": "g1", "traits": {**group, "employees": 130}})
    apply()
    assert Account.objects.get().employees == 130


@pytest.mark.django_db
def test_traits_of_a_group_that_make_no_sense_are_kept_as_properties_and_said() -> None:
    _source, key = make_source()
    wrong = {"employees": "many", "country": "Narnia", "industry": ["Robots"]}
    send(key, {"type": "group", "userId": "u1", "groupId": "g1", "traits": {"name": "Acme", "tier": "gold", **wrong}})
    send(key, {"type": "group", "userId": "u1", "groupId": "g2", "traits": {"name": ["Acme"]}, "sentAt": "yesterday"})
    send(key, {"type": "group", "userId": "u1", "groupId": "g3", "traits": {"name": "Bolt", "employees": 120.0}})
    apply()
    acme, bolt = Account.objects.order_by("name")
    assert (acme.name, acme.employees, acme.country, acme.industry) == ("Acme", None, "", "")
    assert acme.properties == {"tier": "gold", **wrong}
    assert (bolt.employees, bolt.properties) == (120, {})
    notes = {event.payload["groupId"]: event.note for event in SourceEvent.objects.all()}
    assert notes["g1"] == (
        "Not taken: industry: Send text.; country: Nobody knows a country “Narnia”; use a name or an ISO code like DE.; "
        "employees: Send a whole number of 0 or more."
    )
    assert notes["g2"].startswith("sentAt cannot be read")
    assert notes["g2"].endswith("send its name as the trait “name”.")
    assert notes["g3"] == ""


@pytest.mark.django_db
def test_traits_of_a_person_that_are_no_text_are_kept_as_properties_and_said() -> None:
    _source, key = make_source()
    send(key, identify(email=["ana@acme.example"], title={"en": "Head"}, address="12 High Street", name="Ana Silva"))
    apply()
    person, event = Person.objects.get(), SourceEvent.objects.get()
    assert (person.email, person.job_title, person.last_name) == ("", "", "Silva")
    kept = {"email": ["ana@acme.example"], "job_title": {"en": "Head"}, "address": "12 High Street"}
    assert person.properties == kept
    assert event.note.startswith("Not taken: ")
    assert "email: " in event.note
    assert "job_title: " in event.note


@pytest.mark.django_db
def test_a_track_becomes_a_touch_with_its_campaign_by_code() -> None:
    campaign = make_campaign(code="26Q1-EMEA-WEB-0042")
    _source, key = make_source()
    page = {"url": "https://acme.example/pricing?utm_source=ignored", "referrer": "https://www.google.com/"}
    said = {"name": "26q1-emea-web-0042", "source": "newsletter", "medium": "email", "content": "top"}
    send(
        key,
        identify(email="ana@acme.example"),
        track("Form Submitted", userId="u1", properties={"form": "demo"}, context={"page": page, "campaign": said}),
    )
    apply()
    touch = Touch.objects.get()
    assert (touch.kind, touch.channel, touch.source, touch.medium, touch.campaign) == (
        "form",
        "email",
        "newsletter",
        "email",
        campaign,
    )
    assert touch.url == page["url"]
    assert touch.properties == {
        "form": "demo",
        "event": "Form Submitted",
        "utm_campaign": "26q1-emea-web-0042",
        "utm_source": "newsletter",
        "utm_medium": "email",
        "utm_content": "top",
    }


@pytest.mark.django_db
def test_an_event_of_a_clock_an_hour_ahead_is_placed_by_ours() -> None:
    _source, key = make_source()
    ahead = datetime.now(UTC) + timedelta(hours=1)
    post(key, "batch", {"batch": [identify(email="ana@acme.example")], "sentAt": ahead.isoformat()})
    event = track(userId="u1", timestamp=(ahead - timedelta(minutes=10)).isoformat())
    post(key, "batch", {"batch": [event], "sentAt": ahead.isoformat()})
    apply()
    assert abs(datetime.now(UTC) - timedelta(minutes=10) - Touch.objects.get().at) < timedelta(minutes=2)


@pytest.mark.django_db
def test_a_consent_is_recorded_only_for_a_source_that_stands_for_one() -> None:
    _source, key = make_source()
    send(key, identify(email="ana@acme.example"))
    apply()
    assert ConsentRecord.objects.count() == 0
    _source, key = make_source(name="Signup", purpose="newsletter")
    send(key, identify("u2", email="bo@acme.example"), identify("u2", email="bo@acme.example"))
    apply()
    record = ConsentRecord.objects.get()
    assert (record.purpose, record.state, record.source) == ("newsletter", "granted", "event source Signup")


@pytest.mark.django_db
def test_applying_costs_the_same_however_many_touches_there_are(django_assert_max_num_queries: Any) -> None:
    _source, key = make_source()
    send(key, *(identify(f"u{n}", email=f"p{n}@acme.example") for n in range(20)))
    apply()
    send(key, *(track(userId=f"u{n % 20}", messageId=f"m{n}") for n in range(400)))
    with django_assert_max_num_queries(45):
        apply()
    assert Touch.objects.count() == 400


@pytest.mark.django_db
def test_events_of_somebody_who_was_merged_go_to_the_survivor() -> None:
    _source, key = make_source()
    send(key, identify("u1", email="ana@acme.example"), identify("u2", email="ana@home.example"))
    apply()
    one, two = Person.objects.order_by("pk")
    merge_people(survivor=one, others=[two], actor=make_user())
    send(key, track(userId="u2"), identify("u2", city="Porto"))
    apply()
    one.refresh_from_db()
    assert (Touch.objects.get().person, one.city) == (one, "Porto")


@pytest.mark.django_db(transaction=True)
def test_sixteen_identifies_of_one_new_address_at_once_make_one_person() -> None:
    _source, key = make_source()
    broken: list[Exception] = []

    def run(turn: int) -> None:
        try:
            send(key, identify(f"u{turn}", email="ana@acme.example"), track(userId=f"u{turn}"))
            if turn % 2:
                save_person(data={"email": "ana@acme.example", "job_title": "Buyer"}, actor=None)
            apply()
        except Exception as error:
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(turn,)) for turn in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    apply()
    assert broken == []
    person = Person.objects.get()
    assert (person.job_title, person.touches.count()) == ("Buyer", 16)
    assert PersonIdentity.objects.filter(person=person, object="user").count() == 16
    assert set(SourceEvent.objects.values_list("state", flat=True)) == {"applied"}


@pytest.mark.django_db(transaction=True)
def test_the_same_address_saved_at_once_by_many_makes_one_person() -> None:
    def run(turn: int) -> None:
        try:
            save_person(data={"email": "ana@acme.example", "city": f"City {turn}"}, actor=None)
        finally:
            connection.close()

    for turns in range(3):
        Person.objects.all().delete()
        threads = [threading.Thread(target=run, args=(turn,)) for turn in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (turns, Person.objects.count(), PersonEmail.objects.count()) == (turns, 1, 1)


@pytest.mark.django_db
def test_a_time_that_cannot_be_read_is_named_on_the_event_which_counts_from_when_it_came() -> None:
    _source, key = make_source()
    send(key, identify(email="ana@acme.example"), track("Odd", userId="u1", timestamp="yesterday"))
    send(key, track("Right", userId="u1", timestamp="2026-01-31T12:00:00Z"))
    apply()
    odd = SourceEvent.objects.get(name="Odd")
    assert (odd.state, odd.at) == (EventState.APPLIED, odd.received_at)
    assert odd.note == "timestamp cannot be read; send it like 2026-01-31T12:00:00Z."
    assert SourceEvent.objects.get(name="Right").note == ""
