"""The list of routing decisions."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet

from governance.models import User
from martech.models import DecisionOutcome, Person, RoutingDecision, RoutingPolicy
from martech.selectors.decisions import decisions_for
from mops.core.inputs import DayRangeFilter
from mops.core.lists import Empty, LinkedColumn, ListPage, ListTable, PillColumn, ReadyView, Total, WhenColumn
from mops.core.rights import called

OUTCOME_KINDS = {
    DecisionOutcome.ASSIGNED.label: "good",
    DecisionOutcome.MANUAL.label: "accent",
    DecisionOutcome.HELD.label: "warn",
    DecisionOutcome.PARKED.label: "bad",
}


class DecisionTable(ListTable):
    person = LinkedColumn(
        linkify=("martech:decision", [tables.A("pk")]), order_by=("person__last_name", "person__first_name")
    )
    outcome = PillColumn(accessor="get_outcome_display", order_by="outcome", kinds=OUTCOME_KINDS)
    owner = tables.Column()
    rule = tables.Column()
    pool = tables.Column()
    version = tables.Column(accessor="version__number", verbose_name="Version")
    decided_at = WhenColumn(verbose_name="Decided")
    arrived_at = WhenColumn(verbose_name="Arrived")
    respond_by = WhenColumn(verbose_name="Answer by")

    fixed = ("person",)
    default_columns = ("person", "outcome", "owner", "rule", "pool", "decided_at")

    class Meta(ListTable.Meta):
        model = RoutingDecision
        fields = ()

    def render_person(self, value: Person) -> str:
        return called(self.reader, value)


class DecisionFilter(filters.FilterSet):
    outcome = filters.MultipleChoiceFilter(choices=DecisionOutcome.choices, label="Outcome")
    owner = filters.ModelChoiceFilter(queryset=User.objects.all(), label="Owner")
    rule = filters.CharFilter(lookup_expr="iexact", label="Rule")
    pool = filters.CharFilter(lookup_expr="iexact", label="Pool")
    policy = filters.ModelChoiceFilter(
        field_name="version__policy", queryset=RoutingPolicy.objects.all(), to_field_name="key", label="Policy"
    )
    version = filters.NumberFilter(field_name="version__number", label="Version")
    decided = DayRangeFilter(field_name="decided_at", label="Decided")

    class Meta:
        model = RoutingDecision
        fields: list[str] = []


class DecisionList(ListPage):
    permission = "martech.view_person"
    model = RoutingDecision
    table_class = DecisionTable
    filterset_class = DecisionFilter
    search_fields = ("person__first_name", "person__last_name", "person__company")
    title = "Decisions"
    ready_views = (
        ReadyView("held", "Held", "outcome=held"),
        ReadyView("parked", "Parked", "outcome=parked"),
        ReadyView("by-hand", "By hand", "outcome=manual"),
    )
    empty = Empty(
        "No decisions yet", "Publish a routing policy; every decision is kept here with its reasons.", "route"
    )

    def visible(self, user: Any) -> QuerySet[RoutingDecision]:
        return decisions_for(user)

    def lede(self, total: Total) -> str:
        return "Who got whom, and why. Open one to see every rule and every colleague that was considered."
