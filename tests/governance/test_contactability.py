"""The gate: who may be contacted for what, who is held back and why, and the proof of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.models import ContactCheck, HeldBack, Purpose, Suppression
from governance.policies import Role
from governance.selectors.contactability import Subject, contactable
from governance.services.consents import record_consents
from governance.services.contact_checks import screening
from governance.services.suppression import Scope, lift, suppress, suppress_list
from governance.subjects import subject_of
from mops.core.errors import ConflictError, DomainError
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def say(email: str, state: str, purpose: str = "newsletter", channel: str = "email", **more: Any) -> None:
    entry = {"purpose": purpose, "state": state, "channel": channel}
    record_consents(email_key=email, consents=[{**entry, **more}], source="form", actor=None)


def reasons(*subjects: Subject, purpose: str = "newsletter", channel: str = "email") -> list[str | None]:
    return [verdict.denial for verdict in contactable(subjects, purpose=purpose, channel=channel)]


ANA, BO = Subject(1, ("ana@example.com",)), Subject(2, ("bo@example.com", "bo@example.org"), ("+4930901820",))


def test_a_purpose_that_needs_a_grant_denies_whoever_never_gave_one() -> None:
    say("ana@example.com", "granted")
    assert reasons(ANA, BO) == [None, "no_consent"]


def test_a_purpose_on_another_basis_allows_until_somebody_says_no() -> None:
    say("ana@example.com", "withdrawn", "sales_outreach", "phone")
    numbered = Subject(1, ("ana@example.com",), ("+4930901821",))
    assert reasons(numbered, BO, purpose="sales_outreach", channel="phone") == ["withdrawn", None]


def test_a_purpose_in_the_table_takes_the_place_of_the_built_in_one() -> None:
    Purpose.objects.create(key="sales_outreach", label="Outreach", basis="opt_in")
    assert reasons(BO, purpose="sales_outreach", channel="phone") == ["no_consent"]


def test_a_no_at_any_address_is_a_no_of_the_person() -> None:
    say("bo@example.com", "granted")
    say("bo@example.org", "refused")
    assert reasons(BO) == ["refused"]


def test_a_request_waits_and_an_ended_grant_is_over() -> None:
    say("ana@example.com", "requested")
    say("bo@example.com", "granted", valid_until=timezone.now() - timedelta(minutes=1))
    assert reasons(ANA, BO) == ["requested", "expired"]


def test_consent_is_of_its_purpose_and_channel_only() -> None:
    say("ana@example.com", "granted")
    assert reasons(ANA, channel="sms") == ["no_address"]
    assert reasons(ANA, purpose="events") == ["no_consent"]


def test_suppression_comes_before_any_grant_and_holds_for_every_address() -> None:
    say("bo@example.com", "granted")
    suppress(address=" BO@example.org ", reason="asked", actor=None)
    assert reasons(BO) == ["suppressed"]
    assert reasons(BO, purpose="data_transfer", channel="data") == ["suppressed"]


def test_a_suppressed_number_holds_the_person_back_within_its_scope() -> None:
    say("bo@example.com", "granted")
    suppress(address="+49 30 901820", reason="register", actor=None, scope=Scope(channel="phone"))
    assert reasons(BO) == [None]
    assert reasons(BO, purpose="sales_outreach", channel="phone") == ["suppressed"]


def test_the_list_holds_no_address_and_an_entry_is_there_once() -> None:
    first = suppress(address="ana@example.com", reason="asked", actor=None)
    assert suppress(address="ANA@example.com", reason="legal", actor=None) == first
    assert "ana" not in str(Suppression.objects.values().get())
    assert first.subject == subject_of("ana@example.com")


def test_an_entry_is_lifted_with_a_reason_and_once() -> None:
    entry = suppress(address="ana@example.com", reason="asked", actor=None)
    with pytest.raises(DomainError):
        lift(suppression=entry, reason=" ", actor=None)
    assert reasons(ANA, purpose="sales_outreach", channel="post") == ["suppressed"]
    lift(suppression=entry, reason="They wrote to us again", actor=make_user(Role.PRIVACY_OFFICER))
    assert reasons(ANA, purpose="sales_outreach", channel="post") == [None]
    with pytest.raises(ConflictError):
        lift(suppression=entry, reason="Again", actor=None)


def test_a_list_is_taken_with_its_good_lines_and_names_the_others() -> None:
    suppress(address="ana@example.com", reason="asked", actor=None)
    lines = ["E-mail;Name", "ana@example.com;Ana", "bo@example.com", "", "nonsense", "+49 30 901820", "bo@example.com"]
    outcome = suppress_list(lines=lines, reason="register", actor=None)
    assert (outcome.added, outcome.known, [number for number, _why in outcome.refused]) == (2, 1, [5])
    assert Suppression.objects.count() == 3


@pytest.mark.parametrize("wrong", [{"reason": "mood"}, {"address": "nonsense"}, {"scope": Scope(channel="pigeon")}])
def test_a_wrong_entry_is_refused_and_nothing_is_kept(wrong: dict[str, Any]) -> None:
    with pytest.raises(DomainError):
        suppress(**{"address": "ana@example.com", "reason": "asked", "actor": None, **wrong})
    assert Suppression.objects.count() == 0


def test_every_use_of_the_gate_is_on_record_with_those_it_held_back() -> None:
    say("ana@example.com", "granted")
    user = make_user()
    with screening(purpose="newsletter", channel="email", use="Export of people", actor=user) as gate:
        assert gate.allowed([ANA]) == {1}
        assert gate.allowed([BO, Subject(3)]) == set()
    check = ContactCheck.objects.get()
    assert (check.asked, check.denied, check.reasons, check.actor) == (3, 2, {"no_consent": 1, "no_address": 1}, user)
    assert list(HeldBack.objects.values_list("ref", "reason")) == [("2", "no_consent"), ("3", "no_address")]
    assert (gate.denied, len(gate.sentences)) == (2, 2)


def test_the_gate_asks_as_many_statements_for_a_thousand_as_for_one() -> None:
    with CaptureQueriesContext(
        connection,
    ) as one:
        contactable([ANA], purpose="newsletter", channel="email")
    many = [Subject(number, (f"p{number}@example.com",)) for number in range(1000)]
    with CaptureQueriesContext(connection) as thousand:
        contactable(many, purpose="newsletter", channel="email")
    assert len(one) == len(thousand) == 3


def test_what_stood_on_a_past_day_can_be_asked_of_the_gate() -> None:
    start = timezone.now() - timedelta(days=10)
    say("ana@example.com", "granted", occurred_at=start)
    say("ana@example.com", "withdrawn", occurred_at=start + timedelta(days=5))
    [then] = contactable([ANA], purpose="newsletter", channel="email", at=start + timedelta(days=2))
    assert then.is_allowed
    assert reasons(ANA) == ["withdrawn"]
