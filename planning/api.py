"""API of planning: campaigns, budget lines, entries, transfers."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mops.core.api.asking import checked, of_parent
from mops.core.api.words import OneOf
from planning.models import BudgetEntry, BudgetLine, Campaign, Channel, EntryKind, Region
from planning.selectors import campaigns_for, lines_for
from planning.services import (
    change_campaign,
    create_budget_line,
    create_campaign,
    move_campaign_state,
    post_entry,
    transfer_money,
)

CAMPAIGN = {"GET": "planning.view_campaign", "POST": "planning.edit_campaign", "PATCH": "planning.edit_campaign"}
BUDGET = {"GET": "planning.view_budget", "POST": "planning.edit_budget"}


class CampaignSerializer(serializers.ModelSerializer[Campaign]):
    name = serializers.CharField(max_length=200)
    channel = OneOf(choices=Channel.choices)
    region = OneOf(choices=Region.choices)
    owner = serializers.SlugRelatedField(slug_field="email", read_only=True)  # type: ignore[var-annotated]

    class Meta:
        model = Campaign
        fields = ("code", "name", "channel", "region", "state", "objective", "starts_on", "ends_on", "owner")
        read_only_fields = ("code", "state")


class CampaignChangeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200, required=False)
    objective = serializers.CharField(required=False, allow_blank=True)
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False)
    state = serializers.CharField(required=False)


class BudgetLineSerializer(serializers.ModelSerializer[BudgetLine]):
    campaign = serializers.SlugRelatedField(
        slug_field="code", queryset=Campaign.objects.all(), allow_null=True, required=False
    )
    plan = serializers.DecimalField(max_digits=16, decimal_places=2, read_only=True)
    committed = serializers.DecimalField(max_digits=16, decimal_places=2, read_only=True)
    actual = serializers.DecimalField(max_digits=16, decimal_places=2, read_only=True)
    remaining = serializers.DecimalField(max_digits=16, decimal_places=2, read_only=True)

    class Meta:
        model = BudgetLine
        fields = ("id", "name", "campaign", "fiscal_year", "currency", "plan", "committed", "actual", "remaining")
        validators: list[Any] = []


class EntrySerializer(serializers.ModelSerializer[BudgetEntry]):
    line = serializers.PrimaryKeyRelatedField(queryset=BudgetLine.objects.all())  # type: ignore[var-annotated]
    kind = OneOf(choices=EntryKind.choices)

    class Meta:
        model = BudgetEntry
        fields = ("id", "line", "kind", "month", "amount", "note", "document", "created_at")
        read_only_fields = ("created_at",)
        validators: list[Any] = []


class TransferSerializer(serializers.Serializer[Any]):
    source = serializers.PrimaryKeyRelatedField(queryset=BudgetLine.objects.all())  # type: ignore[var-annotated]
    target = serializers.PrimaryKeyRelatedField(queryset=BudgetLine.objects.all())  # type: ignore[var-annotated]
    month = serializers.DateField()
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class CampaignsView(generics.ListAPIView[Campaign]):
    """Campaigns, newest first; a POST creates one and gives it its code."""

    right = CAMPAIGN
    serializer_class = CampaignSerializer
    page_order = ("-created_at", "-id")

    def get_queryset(self) -> QuerySet[Campaign]:
        return campaigns_for(self.request.user)

    @extend_schema(request=CampaignSerializer, responses={201: CampaignSerializer})
    def post(self, request: Request) -> Response:
        made = create_campaign(**checked(CampaignSerializer(data=request.data)), owner=request.user, actor=request.user)
        return Response(CampaignSerializer(made).data, status=status.HTTP_201_CREATED)


class CampaignView(APIView):
    """One campaign by its code."""

    right = CAMPAIGN

    @extend_schema(responses={200: CampaignSerializer})
    def get(self, request: Request, code: str) -> Response:
        return Response(CampaignSerializer(get_object_or_404(campaigns_for(request.user), code=code)).data)

    @extend_schema(request=CampaignChangeSerializer, responses={200: CampaignSerializer})
    def patch(self, request: Request, code: str) -> Response:
        found = get_object_or_404(campaigns_for(request.user), code=code)
        changes = checked(CampaignChangeSerializer(data=request.data))
        state = changes.pop("state", None)
        if changes:
            change_campaign(campaign=found, actor=request.user, **changes)
        if state is not None:
            move_campaign_state(campaign=found, state=state, actor=request.user)
        return Response(CampaignSerializer(found).data)


class LinesView(generics.ListAPIView[BudgetLine]):
    """Budget lines with what is planned, committed, spent and left."""

    right = BUDGET
    serializer_class = BudgetLineSerializer

    def get_queryset(self) -> QuerySet[BudgetLine]:
        return lines_for(self.request.user)

    @extend_schema(request=BudgetLineSerializer, responses={201: BudgetLineSerializer})
    def post(self, request: Request) -> Response:
        made = create_budget_line(
            **checked(BudgetLineSerializer(data=request.data)), owner=request.user, actor=request.user
        )
        return Response(
            BudgetLineSerializer(lines_for(request.user).get(pk=made.pk)).data, status=status.HTTP_201_CREATED
        )


class EntriesView(generics.ListAPIView[BudgetEntry]):
    """Ledger entries; they are only ever added."""

    right = BUDGET
    serializer_class = EntrySerializer
    narrowed_by = {"line": "Entries of this budget line, by id"}

    def get_queryset(self) -> QuerySet[BudgetEntry]:
        rows = BudgetEntry.objects.filter(line__in=BudgetLine.objects.visible_to(self.request.user))
        return of_parent(rows, "line", self.request.query_params)

    @extend_schema(request=EntrySerializer, responses={201: EntrySerializer})
    def post(self, request: Request) -> Response:
        made = post_entry(**checked(EntrySerializer(data=request.data)), actor=request.user)
        return Response(EntrySerializer(made).data, status=status.HTTP_201_CREATED)


class TransfersView(EntriesView):
    """Entries of planned money that was moved. A POST moves some between two lines: both entries, or none."""

    def get_queryset(self) -> QuerySet[BudgetEntry]:
        return super().get_queryset().filter(kind__in=[EntryKind.TRANSFER_IN, EntryKind.TRANSFER_OUT])

    @extend_schema(request=TransferSerializer, responses={201: EntrySerializer(many=True)})
    def post(self, request: Request) -> Response:
        entries = transfer_money(**checked(TransferSerializer(data=request.data)), actor=request.user)
        return Response(EntrySerializer(entries, many=True).data, status=status.HTTP_201_CREATED)
