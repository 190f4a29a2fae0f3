"""API of the tool inventory."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from governance.models import User
from martech.api.people import OwnerSerializer
from martech.models import Contract, Tool
from martech.models.stack import ToolState
from martech.services.stack import save_tool
from martech.stack.taxonomy import AREAS, CAPABILITIES, DATA
from mops.core.api.asking import checked
from mops.core.api.words import OneOf


class ContractSerializer(serializers.ModelSerializer[Contract]):
    class Meta:
        model = Contract
        fields = ("id", "yearly", "currency", "seats", "starts_on", "renews_on", "notice_days", "is_automatic")
        read_only_fields = fields


class ToolSerializer(serializers.ModelSerializer[Tool]):
    owner = OwnerSerializer(allow_null=True)
    capabilities = serializers.SlugRelatedField(slug_field="key", many=True, read_only=True)  # type: ignore[var-annotated]
    contracts = ContractSerializer(many=True)

    class Meta:
        model = Tool
        fields = (
            *("id", "name", "vendor", "area", "state", "owner", "website", "system", "holds", "notes"),
            *("capabilities", "contracts", "created_at", "updated_at"),
        )
        read_only_fields = fields


class ToolInputSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    vendor = serializers.CharField(max_length=120, required=False, allow_blank=True)
    area = OneOf(choices=list(AREAS), required=False)
    state = OneOf(choices=ToolState.values, required=False)
    owner = serializers.SlugRelatedField(
        slug_field="email", queryset=User.objects.filter(is_active=True), required=False, allow_null=True
    )
    website = serializers.CharField(max_length=300, required=False, allow_blank=True)
    system = serializers.CharField(max_length=20, required=False, allow_blank=True)
    holds = serializers.ListField(child=OneOf(choices=[key for key, _label in DATA]), required=False)
    capabilities = serializers.ListField(child=OneOf(choices=list(CAPABILITIES)), required=False)
    notes = serializers.CharField(required=False, allow_blank=True, max_length=10_000)


class ToolsView(generics.ListAPIView[Tool]):
    """Tools by name; a POST adds one (201) or changes the one of that name (200)."""

    right = {"GET": "martech.view_stack", "POST": "martech.edit_stack"}
    serializer_class = ToolSerializer
    page_order = ("name", "id")

    def get_queryset(self) -> QuerySet[Tool]:
        return Tool.objects.select_related("owner").prefetch_related("capabilities", "contracts")

    @extend_schema(request=ToolInputSerializer, responses={200: ToolSerializer, 201: ToolSerializer})
    def post(self, request: Request) -> Response:
        values = checked(ToolInputSerializer(data=request.data))
        known = Tool.objects.filter(name__iexact=values["name"]).first()
        saved = save_tool(tool=known, actor=request.user, values=values)
        code = status.HTTP_200_OK if known else status.HTTP_201_CREATED
        return Response(ToolSerializer(self.get_queryset().get(pk=saved.pk)).data, status=code)
