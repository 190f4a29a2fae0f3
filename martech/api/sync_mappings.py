"""API of field mappings: what a connection's object goes by, and whether a draft could be put in force."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from martech.api.routing_documents import FindingSerializer
from martech.models import SyncObject
from martech.services.sync.connections import MAPPED
from martech.services.sync.mappings import check_mapping, document_to_edit
from mops.core.api.asking import checked
from mops.core.documents import Finding
from mops.core.versions import draft_among, published_among, revision_among


class MappingSerializer(serializers.Serializer[Any]):
    """`document` is the draft, else what is in force, else a mapping without fields."""

    connection = serializers.CharField()
    object = serializers.CharField()
    in_force = serializers.IntegerField(allow_null=True, help_text="The number of the version in force")
    is_draft = serializers.BooleanField()
    revision = serializers.IntegerField()
    document = serializers.DictField()


class AskedCheckSerializer(serializers.Serializer[Any]):
    """The document to look at; without one, the draft is, or what is in force."""

    document = serializers.JSONField(required=False)


class MappingFindingSerializer(FindingSerializer):
    steps = serializers.ListField(
        child=serializers.CharField(), help_text="A story of edits and rounds without an end, step by step"
    )
    parties = serializers.ListField(child=serializers.CharField(), help_text="The other mappings that take part in it")


class MappingCheckSerializer(serializers.Serializer[Any]):
    publishable = serializers.BooleanField()
    findings = MappingFindingSerializer(many=True)


def mapped_object(connection: str, object: str) -> SyncObject:
    rows = SyncObject.objects.select_related("connection").filter(kind__in=MAPPED)
    return get_object_or_404(rows, connection__name=connection, name=object)


def told(finding: Finding) -> dict[str, Any]:
    return {**finding.as_json(), "steps": list(finding.steps), "parties": list(finding.parties)}


class MappingView(APIView):
    """The field mapping of an object of a connection, as it would be edited."""

    right = {"GET": "martech.edit_sync"}

    @extend_schema(responses=MappingSerializer)
    def get(self, request: Request, connection: str, object: str) -> Response:
        found = mapped_object(connection, object)
        versions = found.versions.all()
        in_force = published_among(versions)
        return Response(
            {
                "connection": connection,
                "object": object,
                "in_force": in_force.number if in_force else None,
                "is_draft": draft_among(versions) is not None,
                "revision": revision_among(versions),
                "document": document_to_edit(found),
            }
        )


class MappingCheckView(APIView):
    """Whether a mapping may be put in force: what its words, the two schemas and the convergence check say. Nothing is
    stored."""

    right = {"POST": "martech.edit_sync"}

    @extend_schema(request=AskedCheckSerializer, responses=MappingCheckSerializer)
    def post(self, request: Request, connection: str, object: str) -> Response:
        found = mapped_object(connection, object)
        given = checked(AskedCheckSerializer(data=request.data))
        findings = check_mapping(found, given.get("document", document_to_edit(found))).findings
        publishable = all(one.level != "error" for one in findings)
        return Response({"publishable": publishable, "findings": [told(one) for one in findings]})
