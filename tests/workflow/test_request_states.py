"""Any order of filing, verdicts, answers and remarks leaves requests that make sense."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from governance.models import Notification
from governance.policies import Role
from mops.core.errors import ConflictError, DomainError
from planning.models import Campaign
from tests.factories import make_user
from workflow.models import Request
from workflow.services import answer_question, comment_request, create_default_forms, file_request, triage_request

OPEN = {"submitted", "asked", "deferred"}
ALLOWED = {
    "accept": OPEN,
    "ask": {"submitted"},
    "merge": OPEN,
    "defer": {"submitted", "asked"},
    "decline": OPEN,
}
BECOMES = {"accept": "accepted", "ask": "asked", "merge": "merged", "defer": "deferred", "decline": "declined"}
ANSWERS = {
    "title": "Launch",
    "goal": "Demos",
    "channel": "email",
    "region": "DACH",
    "starts_on": "2026-05-01",
    "ends_on": "2026-05-31",
}


class Requests(RuleBasedStateMachine):
    """The model is the state of every request; the database must agree after every step, refusals included."""

    filed = Bundle("filed")

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.atomic()
        self.point.__enter__()
        create_default_forms(actor=None)
        self.requester, self.triager = make_user(Role.REQUESTER), make_user(Role.OPS_MANAGER)
        self.states: dict[int, str] = {}
        self.accepted = 0
        self.told = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.point.__exit__(None, None, None)

    @rule(target=filed)
    def file(self) -> int:
        request = file_request(form_key="campaign", answers=ANSWERS, actor=self.requester, today=date(2026, 3, 2))
        self.states[request.pk] = "submitted"
        return request.pk

    @rule(pk=filed, verdict=st.sampled_from(sorted(ALLOWED)), into=filed)
    def decide(self, pk: int, verdict: str, into: int) -> None:
        fields: dict[str, dict[str, Any]] = {
            "ask": {"question": "Which page?"},
            "merge": {"merge_into": Request.objects.get(pk=into)},
            "defer": {"defer_until": timezone.localdate() + timedelta(days=7)},
            "decline": {"reason": "No budget"},
        }
        request = Request.objects.get(pk=pk)
        is_allowed = self.states[pk] in ALLOWED[verdict]
        if verdict == "merge":
            is_allowed = is_allowed and pk != into and self.states[into] not in {"merged", "declined"}
        if self.is_done(
            is_allowed,
            lambda: triage_request(request=request, verdict=verdict, actor=self.triager, **fields.get(verdict, {})),
        ):
            self.states[pk] = BECOMES[verdict]
            self.accepted += verdict == "accept"
            self.told += 1

    @rule(pk=filed, text=st.sampled_from(["The pricing page", "  "]))
    def answer(self, pk: int, text: str) -> None:
        request = Request.objects.get(pk=pk)
        is_allowed = self.states[pk] == "asked" and bool(text.strip())
        if self.is_done(is_allowed, lambda: answer_question(request=request, text=text, actor=self.requester)):
            self.states[pk] = "submitted"

    @rule(pk=filed)
    def remark(self, pk: int) -> None:
        comment_request(request=Request.objects.get(pk=pk), text="Seen", actor=self.triager)

    def is_done(self, is_allowed: bool, act: Callable[[], Any]) -> bool:
        if is_allowed:
            act()
        else:
            with pytest.raises((ConflictError, DomainError)):
                act()
        return is_allowed

    @invariant()
    def the_database_is_where_the_model_is(self) -> None:
        assert dict(Request.objects.values_list("pk", "state")) == self.states

    @invariant()
    def every_acceptance_made_one_campaign_and_nothing_else_did(self) -> None:
        linked = Request.objects.exclude(campaign=None)
        assert set(linked.values_list("state", flat=True)) <= {"accepted"}
        assert Campaign.objects.filter(requests__isnull=False).count() == linked.count() == self.accepted
        assert Campaign.objects.count() == self.accepted

    @invariant()
    def what_a_state_needs_is_there_and_what_it_does_not_is_not(self) -> None:
        for row in Request.objects.all():
            assert bool(row.merged_into_id) == (row.state == "merged")
            assert bool(row.deferred_until) == (row.state == "deferred")
            assert bool(row.reason) == (row.state == "declined")
            assert row.state != "asked" or row.question == "Which page?"
            assert bool(row.decided_at) == bool(row.decided_by_id)

    @invariant()
    def a_merged_request_leads_to_one_that_is_not_merged(self) -> None:
        targets = Request.objects.exclude(merged_into=None).values_list("merged_into__state", flat=True)
        assert "merged" not in targets

    @invariant()
    def the_requester_heard_of_every_verdict_once(self) -> None:
        assert Notification.objects.filter(user=self.requester).count() == self.told

    @invariant()
    def numbers_have_no_gap(self) -> None:
        assert sorted(Request.objects.values_list("number", flat=True)) == list(range(1, len(self.states) + 1))


class TestRequestStates(TestCase):
    def test_any_order_of_steps_keeps_requests_sound(self) -> None:
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            Requests,
            settings=settings(
                max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )
