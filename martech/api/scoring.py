"""API of scores and stages: why somebody has their score, now or then; moving them; the documents of both rules."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from martech.api.people import PersonSerializer, readable
from martech.api.survivors import PersonAPIView
from martech.models import Person
from martech.scoring.counting import Contribution, Score
from martech.selectors.scoring import score_at, score_now, scoring_in_force
from martech.services.lifecycle import move_person
from mops.core.api.asking import checked


class ContributionSerializer(serializers.Serializer[Any]):
    """One rule's points: `points` now, `given` before they faded, `touches` how many they are for."""

    key = serializers.CharField()
    name = serializers.CharField()
    group = serializers.CharField()
    points = serializers.FloatField()
    given = serializers.FloatField()
    touches = serializers.IntegerField()


class ExplainedScoreSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    fit = serializers.IntegerField()
    engagement = serializers.IntegerField()
    grade = serializers.CharField()
    fit_contributions = ContributionSerializer(many=True)
    engagement_contributions = ContributionSerializer(many=True)


def contribution(line: Contribution) -> dict[str, Any]:
    rule = line.rule
    numbers = {"points": line.points, "given": line.given / 1000, "touches": len(line.events)}
    return {"key": rule.key, "name": rule.name, "group": rule.group, **numbers}


def explained(version: int, found: Score) -> dict[str, Any]:
    return {
        "version": version,
        "fit": found.fit,
        "engagement": found.engagement,
        "grade": found.grade,
        "fit_contributions": [contribution(line) for line in found.fit_lines],
        "engagement_contributions": [contribution(line) for line in found.engagement_lines],
    }


class MomentSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField(required=False)


class ScoreView(PersonAPIView):
    """The score of a person with every point explained; with `at` the one they had then. 404 before the first model."""

    right = {"GET": "martech.view_person"}

    @extend_schema(
        parameters=[OpenApiParameter("at", str, description="a past moment, RFC 3339")],
        responses={200: ExplainedScoreSerializer},
    )
    def get(self, request: Request, pk: int) -> Response:
        people = Person.objects.visible_to(request.user).select_related("account", "owner", "campaign")
        person = get_object_or_404(people, pk=pk)
        asked = MomentSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        moment, version = asked.validated_data.get("at"), scoring_in_force()
        if moment is not None and moment < timezone.now():
            then = score_at(person, moment)
            if then is None:
                raise Http404("No scoring model was in force then.")
            return Response(explained(then[0].number, then[1]))
        if version is None:
            raise Http404("No scoring model is in force.")
        return Response(explained(version.number, score_now(person, version)))


class StageInputSerializer(serializers.Serializer[Any]):
    stage = serializers.CharField(max_length=40)
    reason = serializers.CharField(max_length=200, allow_blank=True, default="")


class StageView(PersonAPIView):
    """Move a person to another stage by hand; the lifecycle must have the move, and the reason stays with them."""

    right = {"POST": "martech.edit_person"}

    @extend_schema(request=StageInputSerializer, responses={200: PersonSerializer})
    def post(self, request: Request, pk: int) -> Response:
        person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
        values = checked(StageInputSerializer(data=request.data))
        move_person(person=person, to=values["stage"], reason=values["reason"], actor=request.user)  # type: ignore[arg-type]
        fresh = get_object_or_404(readable(request.user), pk=pk)
        return Response(PersonSerializer(fresh, context={"request": request}).data)
