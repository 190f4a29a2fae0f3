"""API of time off, so that a system of human resources can tell who is away."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.models import User
from martech.api.routing import as_user
from martech.api.routing_documents import ColleagueSerializer
from martech.models import TimeOff
from martech.selectors.time_off import away_of, changeable_time_off, visible_time_off, zone_of
from martech.services.time_off import add_time_off, cancel_time_off, change_time_off
from martech.time_off import Away, problem_of
from mops.core.api.asking import checked, takes_nothing
from mops.core.api.revisions import etag_of, seen_by
from mops.core.rights import can

SEE, TAKE = "martech.view_time_off", "martech.take_time_off"


class TimeOffSerializer(serializers.Serializer[TimeOff]):
    """One absence as moments, and as days in the clock of whom it concerns."""

    id = serializers.IntegerField()
    user = ColleagueSerializer()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(help_text="Not included")
    first = serializers.DateField()
    last = serializers.DateField(help_text="Included")
    since = serializers.TimeField(allow_null=True, format="%H:%M", help_text="Null: the whole first day")
    until = serializers.TimeField(allow_null=True, format="%H:%M", help_text="Null: the whole last day")
    time_zone = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    updated_at = serializers.DateTimeField()

    def to_representation(self, instance: TimeOff) -> dict[str, Any]:
        zone = zone_of(instance.user)
        days = dict(zip(("first", "last", "since", "until"), away_of(instance).as_days(zone), strict=True))
        names = ("id", "user", "starts_at", "ends_at", "reason", "updated_at")
        plain = {name: getattr(instance, name) for name in names}
        return super().to_representation({**plain, **days, "time_zone": zone.key})  # type: ignore[arg-type]


class TimeOffInputSerializer(serializers.Serializer[Any]):
    """Days in the clock of whom it concerns, the last one included; `since` cuts the first, `until` the last."""

    first = serializers.DateField()
    last = serializers.DateField()
    since = serializers.TimeField(required=False, allow_null=True, default=None)
    until = serializers.TimeField(required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        when = (attrs["first"], attrs["last"], attrs["since"], attrs["until"])
        if problem := problem_of(*when, timezone.localdate()):
            raise serializers.ValidationError({problem[0]: [problem[1]]})
        return attrs

    def away(self, user: User) -> Away:
        given = self.validated_data
        times = (given["since"], given["until"])
        return Away.days(zone_of(user), given["first"], given["last"], *times, given["reason"])


@extend_schema_serializer(component_name="NewTimeOff")
class NewTimeOffSerializer(TimeOffInputSerializer):
    """`user` is the e-mail address of a colleague; without it, the caller."""

    user = serializers.SlugRelatedField(
        slug_field="email", queryset=User.objects.filter(is_active=True), required=False
    )

    def validate_user(self, user: User) -> User:
        me = self.context["request"].user
        if user != me and not can(me, "martech.edit_routing"):
            raise serializers.ValidationError("You tell your own time off; marketing operations tells that of others.")
        return user


class AbsencesView(generics.ListAPIView[TimeOff]):
    """Who is away and when, the latest first: everybody's for who runs routing or leads, one's own for the others. A POST adds one."""

    right = {"GET": SEE, "POST": TAKE}
    tells_etag = ("POST",)
    serializer_class = TimeOffSerializer
    page_order = ("-starts_at", "-id")
    narrowed_by = {
        "user": "E-mail address of a colleague",
        "from": "Only what ends after this moment or day",
        "to": "Only what starts before this moment or day",
    }

    def get_queryset(self) -> QuerySet[TimeOff]:
        rows, asked = visible_time_off(self.request.user), self.request.query_params
        if email := asked.get("user"):
            rows = rows.filter(user__email__iexact=email)
        for name, lookup in (("from", "ends_at__gt"), ("to", "starts_at__lt")):
            if text := asked.get(name):
                rows = rows.filter(**{lookup: _moment(name, text)})
        return rows

    @extend_schema(request=NewTimeOffSerializer, responses={201: TimeOffSerializer})
    def post(self, request: Request) -> Response:
        given = NewTimeOffSerializer(data=request.data, context={"request": request})
        user = checked(given).get("user", as_user(request))
        made = add_time_off(user=user, away=given.away(user), actor=as_user(request))
        return _answer(made, 201)


class AbsenceView(APIView):
    """One absence; the ETag names its state. A PUT changes its days, a DELETE takes it back; with `If-Match` a change in
    between is 409."""

    right = {"GET": SEE, "PUT": TAKE, "DELETE": TAKE}
    reads_if_match = ("PUT", "DELETE")
    tells_etag = ("GET", "PUT")

    @extend_schema(responses=TimeOffSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return _answer(_absence(request, pk))

    @extend_schema(request=TimeOffInputSerializer, responses=TimeOffSerializer)
    def put(self, request: Request, pk: int) -> Response:
        absence = _to_change(request, pk)
        given = TimeOffInputSerializer(data=request.data)
        checked(given)
        seen = seen_by(request) or absence.updated_at
        change_time_off(absence=absence, away=given.away(absence.user), seen=seen, actor=as_user(request))
        return _answer(_absence(request, pk))

    @extend_schema(responses={204: None})
    @takes_nothing
    def delete(self, request: Request, pk: int) -> Response:
        absence = _to_change(request, pk)
        cancel_time_off(absence=absence, seen=seen_by(request) or absence.updated_at, actor=as_user(request))
        return Response(status=204)


def _absence(request: Request, pk: int) -> TimeOff:
    return get_object_or_404(visible_time_off(request.user), pk=pk)


def _to_change(request: Request, pk: int) -> TimeOff:
    return get_object_or_404(changeable_time_off(request.user), pk=pk)


def _answer(absence: TimeOff, status: int = 200) -> Response:
    headers = {"ETag": etag_of(absence.updated_at)}
    return Response(TimeOffSerializer(absence).data, status=status, headers=headers)


def _moment(name: str, text: str) -> Any:
    """A moment, or a day as its beginning in the company's clock."""
    try:
        return serializers.DateTimeField().to_internal_value(text)
    except serializers.ValidationError as error:
        reason = f"“{text}” is no moment; send one like 2026-11-30T14:30:00Z, or a day like 2026-11-30."
        raise serializers.ValidationError({name: [reason]}) from error
