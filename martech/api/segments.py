"""API of segments."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from martech.api.people import PersonSerializer, readable
from martech.models import Person, Segment, SegmentKind
from martech.selectors.segments import Freshness, freshness_of, in_segment, members_at, segments_for, versions_in_force
from martech.services.intake import read_moment
from martech.services.segments import (
    archive_segment,
    change_segment,
    create_segment,
    publish_segment,
    save_segment_draft,
)
from mops.core.api.asking import checked, takes_nothing
from mops.core.api.words import OneOf
from mops.core.conditions import ConditionError, get_catalogue, parse, sentence
from mops.core.errors import DomainError


class FreshnessSerializer(serializers.Serializer[Any]):
    """Everything that changed before `as_of` is in the members; null while they are counted for the first time."""

    as_of = serializers.DateTimeField(allow_null=True)
    lag_seconds = serializers.SerializerMethodField()
    is_counting = serializers.BooleanField()
    error = serializers.CharField()

    def get_lag_seconds(self, fresh: Freshness) -> int:
        return int(fresh.lag.total_seconds())


class SegmentSerializer(serializers.ModelSerializer[Segment]):
    condition = serializers.JSONField()
    sentence = serializers.CharField()
    version = serializers.IntegerField()
    count = serializers.IntegerField(source="members")
    freshness = FreshnessSerializer()
    people = serializers.CharField()

    class Meta:
        model = Segment
        fields = (
            *("id", "key", "name", "description", "kind", "condition", "sentence", "version"),
            *("count", "freshness", "people", "created_at"),
        )


class SegmentInputSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    condition = serializers.JSONField(required=False, help_text="Of a live segment")
    kind = OneOf(choices=SegmentKind.choices, required=False)
    description = serializers.CharField(max_length=400, required=False, allow_blank=True)


class SegmentChangeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120, required=False)
    condition = serializers.JSONField(required=False)
    description = serializers.CharField(max_length=400, required=False, allow_blank=True)


def dressed(segments: list[Segment], request: Request) -> list[Segment]:
    """The segments with what the serializer shows besides their columns, in two statements."""
    versions, fresh = versions_in_force(segments), freshness_of(segments)
    for segment in segments:
        version = versions.get(segment.pk)
        extra = {
            "condition": version.condition if version else None,
            "sentence": words_of(version.condition) if version else "",
            "version": version.number if version else 0,
            "freshness": fresh[segment.pk],
            "people": request.build_absolute_uri(reverse("api:segment-people", args=[segment.pk])),
        }
        for name, value in extra.items():
            setattr(segment, name, value)
    return segments


def words_of(condition: Any) -> str:
    """A condition as a sentence; one that mentions what is no more says so."""
    try:
        return sentence(parse(condition, get_catalogue("segment")))
    except ConditionError as error:
        return f"No longer usable: {error.findings[0]}"


class SegmentsView(generics.ListAPIView[Segment]):
    """Segments in use; a POST makes one and counts it."""

    right = {"GET": "martech.view_segment", "POST": "martech.edit_segment"}
    serializer_class = SegmentSerializer
    page_order = ("id",)

    def get_queryset(self) -> QuerySet[Segment]:
        return segments_for(self.request.user)

    def paginate_queryset(self, queryset: Any) -> Any:
        return dressed(super().paginate_queryset(queryset) or [], self.request)

    @extend_schema(request=SegmentInputSerializer, responses={201: SegmentSerializer})
    def post(self, request: Request) -> Response:
        given = checked(SegmentInputSerializer(data=request.data))
        actor: Any = request.user
        made = create_segment(
            name=given["name"],
            condition=given.get("condition"),
            kind=given.get("kind", SegmentKind.LIVE),
            description=given.get("description", ""),
            actor=actor,
        )
        [shown] = dressed([made.segment], request)
        return Response(SegmentSerializer(shown).data, status=status.HTTP_201_CREATED)


class SegmentView(APIView):
    """One segment; PATCH changes its name, description or condition, DELETE puts it out of use."""

    right = {
        "GET": "martech.view_segment",
        "PATCH": "martech.edit_segment",
        "DELETE": "martech.edit_segment",
    }

    @extend_schema(responses=SegmentSerializer)
    def get(self, request: Request, pk: int) -> Response:
        [shown] = dressed([get_object_or_404(segments_for(request.user), pk=pk)], request)
        return Response(SegmentSerializer(shown).data)

    @extend_schema(request=SegmentChangeSerializer, responses=SegmentSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        segment = get_object_or_404(segments_for(request.user), pk=pk)
        given = checked(SegmentChangeSerializer(data=request.data))
        actor: Any = request.user
        with transaction.atomic():
            if {"name", "description"} & set(given):
                texts = {name: given.get(name, getattr(segment, name)) for name in ("name", "description")}
                change_segment(segment=segment, **texts, actor=actor)
            if "condition" in given:
                save_segment_draft(segment=segment, condition=given["condition"], actor=actor)
                publish_segment(segment=segment, actor=actor)
        return self.get(request, pk)

    @extend_schema(responses={204: None})
    @takes_nothing
    def delete(self, request: Request, pk: int) -> Response:
        segment = get_object_or_404(segments_for(request.user), pk=pk)
        archive_segment(segment=segment, actor=request.user)  # type: ignore[arg-type]
        return Response(status=status.HTTP_204_NO_CONTENT)


class SegmentPeopleView(generics.ListAPIView[Person]):
    """The members you may see; with `at`, those of that moment."""

    right = {"GET": "martech.view_segment"}
    narrowed_by = {"at": "Who was in it at this time (RFC 3339)"}
    serializer_class = PersonSerializer
    page_order = ("-created_at", "-id")

    def get_queryset(self) -> QuerySet[Person]:
        if getattr(self, "swagger_fake_view", False):
            return Person.objects.none()
        segment = get_object_or_404(segments_for(self.request.user), pk=self.kwargs["pk"])
        rows = readable(self.request.user)
        errors: dict[str, list[str]] = {}
        if moment := read_moment(self.request.query_params, "at", errors):
            return rows.filter(pk__in=members_at(segment, moment).values("person"))
        if errors:
            raise DomainError("The time was not understood.", errors=errors)
        return in_segment(rows, str(segment.pk))
