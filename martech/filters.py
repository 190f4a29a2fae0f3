"""Filters of the market data's lists; the same ones serve page, export and saved view."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from governance.models import User
from martech.models import (
    Account,
    Connection,
    Deal,
    DealState,
    FindingState,
    Monitor,
    Person,
    QualityFinding,
    ResponseClock,
    Segment,
    Stage,
    TimeOff,
)
from martech.scoring.document import grades
from martech.selectors.owners import owners_to_filter_by
from martech.selectors.responses import due_within
from martech.selectors.routing import engine_of, published_version
from martech.selectors.segments import in_segment
from martech.selectors.sync_links import told_otherwise
from martech.selectors.time_off import due_in, visible_time_off
from martech.selectors.waiting import given_up, in_queue, parked, waiting_for
from mops.core.inputs import DayRangeFilter, FoundInput
from planning.models import Campaign, Channel


def colleagues(_request: Any) -> QuerySet[User]:
    return owners_to_filter_by()


def absences(request: Any) -> QuerySet[TimeOff]:
    """Of whom the reader may know that they are away or will be."""
    return visible_time_off(request.user).filter(ends_at__gt=timezone.now())


def pools_in_force() -> list[tuple[str, str]]:
    version = published_version()
    return [(key, key) for key in engine_of(version).policy.pools] if version else []


class PersonFilter(filters.FilterSet):
    stage = filters.MultipleChoiceFilter(field_name="lifecycle_stage", choices=Stage.choices, label="Stage")
    grade = filters.MultipleChoiceFilter(choices=[(grade, grade) for row in grades() for grade in row], label="Grade")
    channel = filters.MultipleChoiceFilter(choices=Channel.choices, label="Channel")
    source = filters.CharFilter(lookup_expr="iexact", label="Source")
    country = filters.CharFilter(lookup_expr="iexact", label="Country")
    owner = filters.ModelChoiceFilter(queryset=colleagues, label="Owner")
    mine = filters.BooleanFilter(method="by_reader", label="Mine")
    answer = filters.ChoiceFilter(
        choices=[
            ("mine", "From me"),
            ("late", "Late, from anybody"),
            ("soon", "Within 15 minutes"),
            ("hour", "Within an hour"),
            ("later", "Later"),
            ("due", "From anybody"),
        ],
        method="by_answer",
        label="Answer waited for",
    )
    due_in = filters.ModelChoiceFilter(queryset=absences, method="by_absence", label="Answer due in the time off of")
    waits = filters.ChoiceFilter(
        choices=[("queue", "In the queue"), ("parked", "Parked"), ("gave_up", "Routing gave up")],
        method="by_waiting",
        label="Waits for an owner",
    )
    waits_for = filters.ChoiceFilter(choices=pools_in_force, method="by_pool", label="Waits for the pool")
    unowned = filters.BooleanFilter(field_name="owner", lookup_expr="isnull", label="Without an owner")
    campaign = filters.ModelChoiceFilter(
        queryset=Campaign.objects.all(),
        to_field_name="code",
        label="Campaign",
        widget=FoundInput("planning:campaign-options"),
    )
    account = filters.ModelChoiceFilter(
        queryset=Account.objects.all(), label="Account", widget=FoundInput("martech:account-options")
    )
    account_match = filters.ChoiceFilter(
        field_name="account_match__outcome",
        choices=[("matched", "Matched"), ("ambiguous", "Ambiguous"), ("none", "No account fits")],
        label="Account match",
    )
    account_said_by = filters.ModelChoiceFilter(
        queryset=Connection.objects.all(), to_field_name="name", method="by_said_account", label="Another account in"
    )
    segment = filters.ModelChoiceFilter(
        queryset=Segment.objects.in_use(), to_field_name="key", method="by_segment", label="Segment"
    )
    created = DayRangeFilter(field_name="created_at", label="Came")
    recorded = DayRangeFilter(field_name="recorded_at", label="First heard of")

    class Meta:
        model = Person
        fields: list[str] = []

    def by_reader(self, rows: QuerySet[Person], _name: str, value: bool) -> QuerySet[Person]:
        return rows.filter(owner=self.request.user) if value else rows.exclude(owner=self.request.user)

    def by_answer(self, rows: QuerySet[Person], _name: str, value: str) -> QuerySet[Person]:
        """People whose response clock runs: with the reader, with anybody, or as soon as the value says."""
        running = ResponseClock.objects.filter(ended_at=None)
        whose = {"mine": Q(owner=self.request.user), "due": Q()}
        clocks = whose[value] if value in whose else due_within(value, timezone.now())
        return rows.filter(pk__in=running.filter(clocks).order_by().values("person"))

    def by_absence(self, rows: QuerySet[Person], _name: str, value: TimeOff) -> QuerySet[Person]:
        """People whose owner should answer them while away."""
        return rows.filter(pk__in=due_in([value.pk]).values("person"))

    def by_waiting(self, rows: QuerySet[Person], _name: str, value: str) -> QuerySet[Person]:
        """People in the queue of routing, those who were parked, or whom routing gave up on; they have no owner yet."""
        if value == "parked":
            return parked(rows)
        work = in_queue() if value == "queue" else given_up()
        return rows.filter(pk__in=work.values("person"))

    def by_pool(self, rows: QuerySet[Person], _name: str, value: str) -> QuerySet[Person]:
        return rows.filter(pk__in=waiting_for([value]).values("person"))

    def by_said_account(self, rows: QuerySet[Person], _name: str, value: Connection) -> QuerySet[Person]:
        """People whom the associations of a connection put to another account than ours."""
        return rows.filter(pk__in=told_otherwise(value).order_by().values("pk"))

    def by_segment(self, rows: QuerySet[Person], _name: str, value: Segment) -> QuerySet[Person]:
        return in_segment(rows, value.key)


class AccountFilter(filters.FilterSet):
    country = filters.CharFilter(lookup_expr="iexact", label="Country")
    industry = filters.CharFilter(lookup_expr="icontains", label="Industry")
    owner = filters.ModelChoiceFilter(queryset=colleagues, label="Owner")
    employees = filters.RangeFilter(label="Employees")

    class Meta:
        model = Account
        fields: list[str] = []


class DealFilter(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=DealState.choices, label="State")
    owner = filters.ModelChoiceFilter(queryset=colleagues, label="Owner")
    owner_name = filters.CharFilter(method="by_owner_name", label="Owner's name")
    region = filters.CharFilter(lookup_expr="iexact", label="Region")
    product = filters.CharFilter(lookup_expr="icontains", label="Product")
    opened = DayRangeFilter(field_name="opened_at", label="Opened")
    closed = DayRangeFilter(field_name="closed_at", label="Closed")

    class Meta:
        model = Deal
        fields: list[str] = []

    def by_owner_name(self, rows: QuerySet[Deal], _name: str, value: str) -> QuerySet[Deal]:
        return rows.filter(Q(owner__name__icontains=value) | Q(owner_name__icontains=value))


class FindingFilter(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=FindingState.choices, label="State")
    monitor = filters.ModelChoiceFilter(queryset=Monitor.objects.all(), label="Monitor")
    owner = filters.ModelChoiceFilter(queryset=User.objects.filter(is_active=True), label="Owner")
    unowned = filters.BooleanFilter(field_name="owner", lookup_expr="isnull", label="Without an owner")
    due = DayRangeFilter(field_name="due_on", label="Due")

    class Meta:
        model = QualityFinding
        fields: list[str] = []
