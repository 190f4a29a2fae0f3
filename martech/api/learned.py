"""API of the learned score: the report, training, and why somebody has their probability.

Publishing is not among it: a person does that on the page, having seen the report.
"""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from martech.api.routing_documents import FindingSerializer
from martech.api.survivors import PersonAPIView
from martech.models import LearnedVersion, Person
from martech.selectors.learned import check_learned, explain_person
from martech.services.learned import save_learned_draft, start_training
from mops.core.api.asking import takes_nothing
from mops.core.versions import newest_among


class LearnedSerializer(serializers.Serializer[Any]):
    """The newest version: `report` has AUC and Brier score of the model, the rules and the base rate on the deals held
    back, the calibration curve as [said, happened, deals], the leaks that were left out, and what counts."""

    version = serializers.IntegerField()
    state = serializers.CharField()
    document = serializers.DictField()
    progress = serializers.FloatField()
    is_trained = serializers.BooleanField()
    refusal = serializers.CharField(allow_blank=True)
    report = serializers.DictField(allow_null=True)
    findings = FindingSerializer(many=True)


def shown(version: LearnedVersion) -> dict[str, Any]:
    findings = [one.as_json() for one in check_learned(version)] if version.state == "draft" else []
    plain = {
        name: getattr(version, name) for name in ("state", "document", "progress", "is_trained", "refusal", "report")
    }
    return dict(LearnedSerializer({"version": version.number, **plain, "findings": findings}).data)


class LearnedView(APIView):
    """The newest version of the learned score; a PUT keeps a document as the draft."""

    right = {"GET": "martech.view_scoring", "PUT": "martech.edit_scoring"}

    @extend_schema(responses=LearnedSerializer)
    def get(self, request: Request) -> Response:
        version = newest_among(LearnedVersion.objects.all())
        if version is None:
            raise Http404("No learned score was ever drafted.")
        return Response(shown(version))

    @extend_schema(request=dict, responses=LearnedSerializer)
    def put(self, request: Request) -> Response:
        return Response(shown(save_learned_draft(document=request.data, actor=request.user)))  # type: ignore[arg-type]


class TrainLearnedView(APIView):
    """Trains the draft in the background; 409 while one is being trained."""

    right = {"POST": "martech.edit_scoring"}

    @extend_schema(request=None, responses={202: LearnedSerializer})
    @takes_nothing
    def post(self, request: Request) -> Response:
        return Response(shown(start_training(actor=request.user)), status=202)  # type: ignore[arg-type]


class EffectSerializer(serializers.Serializer[Any]):
    """`points` are log odds: above 0 speaks for a won deal."""

    words = serializers.CharField()
    points = serializers.FloatField()


class ExplainedLearnedSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(source="version.number")
    probability = serializers.FloatField()
    base = serializers.FloatField()
    effects = EffectSerializer(many=True)


class PersonLearnedView(PersonAPIView):
    """How probable a won deal is for a person, with what speaks for and against it; 404 without a model in force."""

    right = {"GET": "martech.view_person"}

    @extend_schema(responses=ExplainedLearnedSerializer)
    def get(self, request: Request, pk: int) -> Response:
        found = explain_person(get_object_or_404(Person.objects.visible_to(request.user), pk=pk))
        if found is None:
            raise Http404("No learned score is in force.")
        return Response(ExplainedLearnedSerializer(found).data)
