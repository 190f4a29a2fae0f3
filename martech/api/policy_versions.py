"""API of what a policy said before: its versions, one by one."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from martech.api.policy_text import YamlRenderer
from martech.api.routing_documents import ColleagueSerializer
from martech.models import PolicyVersion, RoutingPolicy
from mops.core.versions import VersionState


class VersionSerializer(serializers.ModelSerializer[PolicyVersion]):
    """A version without its document; `revision` counts how often it was saved as the draft."""

    state = serializers.ChoiceField(choices=VersionState.choices)
    published_by = ColleagueSerializer(allow_null=True)

    class Meta:
        model = PolicyVersion
        fields = ("number", "state", "revision", "created_at", "updated_at", "published_at", "published_by")


class VersionDocumentSerializer(VersionSerializer):
    """A version with the policy document it says."""

    document = serializers.JSONField()

    class Meta(VersionSerializer.Meta):
        fields = (*VersionSerializer.Meta.fields, "document")


def versions_of(key: str) -> QuerySet[PolicyVersion]:
    policy = get_object_or_404(RoutingPolicy, key=key)
    return PolicyVersion.objects.filter(policy=policy).select_related("published_by")


class VersionsView(generics.ListAPIView[PolicyVersion]):
    """The versions of a policy, the newest first: the draft, the one in force, and all before them."""

    right = {"GET": "martech.view_routing"}
    serializer_class = VersionSerializer
    page_order = ("-number",)

    def get_queryset(self) -> QuerySet[PolicyVersion]:
        if getattr(self, "swagger_fake_view", False):
            return PolicyVersion.objects.none()
        return versions_of(self.kwargs["key"]).defer("document")


class VersionView(APIView):
    """What a version says. As YAML (`Accept: application/yaml` or `?format=yaml`) it is the document alone, ready to be put as the draft."""

    right = {"GET": "martech.view_routing"}
    renderer_classes = (JSONRenderer, YamlRenderer)

    @extend_schema(responses=VersionDocumentSerializer)
    def get(self, request: Request, key: str, number: int) -> Response:
        version = get_object_or_404(versions_of(key), number=number)
        is_text = isinstance(request.accepted_renderer, YamlRenderer)
        return Response(version.document if is_text else VersionDocumentSerializer(version).data)
