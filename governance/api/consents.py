"""Consent over the API: append what was said, read what stands."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.consent import GRANTED
from governance.models import SAYABLE, ConsentOrigin, ConsentRecord, Suppression
from governance.selectors.consents import Standing, standing_consents
from governance.services.consents import checked_consents, record_consents
from governance.subjects import subject_of
from mops.core.api.words import OneOf
from mops.core.emails import EmailRefused, email_key
from mops.core.errors import DomainError

STATES = [(state.value, state.label) for state in SAYABLE]


class ConsentEntrySerializer(serializers.Serializer[Any]):
    """What was said. `origin` says who said it; left out, it follows from `source`."""

    email = serializers.CharField()
    purpose = serializers.CharField(max_length=60)
    channel = serializers.CharField(max_length=20, required=False, default="email")
    state = OneOf(choices=STATES)
    origin = OneOf(choices=ConsentOrigin.choices, required=False)
    source = serializers.CharField(max_length=120, required=False)
    evidence = serializers.DictField(required=False)
    occurred_at = serializers.DateTimeField(required=False)
    valid_until = serializers.DateTimeField(required=False)


class StandingSerializer(serializers.Serializer[Any]):
    """The folded state of one purpose and channel, and the record that decided it."""

    purpose = serializers.CharField()
    channel = serializers.CharField()
    state = serializers.CharField()
    is_granted = serializers.BooleanField()
    since = serializers.DateTimeField()
    valid_until = serializers.DateTimeField(allow_null=True)
    origin = serializers.CharField()
    source = serializers.CharField()
    record = serializers.IntegerField()


class ConsentRecordSerializer(serializers.ModelSerializer[ConsentRecord]):
    """One appended record, and what stands since."""

    standing = StandingSerializer()

    class Meta:
        model = ConsentRecord
        fields = (
            *("id", "purpose", "channel", "state", "origin", "source", "evidence"),
            *("occurred_at", "received_at", "valid_until", "standing"),
        )


class FoldedSerializer(serializers.Serializer[Any]):
    """Everything that stands for an address; `suppressed` names the scopes in which it must not be contacted."""

    email = serializers.CharField()
    suppressed = serializers.ListField(child=serializers.CharField())
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = StandingSerializer(many=True)


def address_in(given: Any) -> str:
    """The canonical address. Raises DomainError naming the field."""
    if not isinstance(given, str) or not given.strip():
        raise DomainError("Whose consent?", errors={"email": ["Give an e-mail address."]})
    try:
        return email_key(given)
    except EmailRefused as refused:
        raise DomainError("The address was not understood.", errors={"email": [str(refused)]}) from refused


def shown(row: Standing) -> dict[str, Any]:
    return {
        "purpose": row.purpose,
        "channel": row.channel,
        "state": row.state,
        "is_granted": row.state == GRANTED,
        "since": row.said_at,
        "valid_until": row.valid_until,
        "origin": row.origin,
        "source": row.source,
        "record": row.pk,
    }


class ConsentList(APIView):
    """Consent of an e-mail address."""

    right = {"GET": "governance.view_consent", "POST": "governance.record_consent"}

    @extend_schema(
        parameters=[OpenApiParameter("email", str, required=True, description="Whose consent")],
        responses=FoldedSerializer,
    )
    def get(self, request: Request) -> Response:
        """What stands per purpose and channel; an address we never heard of has an empty list."""
        key = address_in(request.query_params.get("email"))
        subject = subject_of(key)
        body = {
            "email": key,
            "suppressed": [row.scope for row in Suppression.objects.in_force().filter(subject=subject)],
            "next": None,
            "previous": None,
            "results": [shown(row) for row in standing_consents([subject])],
        }
        return Response(FoldedSerializer(body).data)

    @extend_schema(request=ConsentEntrySerializer, responses={201: ConsentRecordSerializer})
    def post(self, request: Request) -> Response:
        """Append a record. The answer holds the record and what stands since: not every grant is enough."""
        if not isinstance(request.data, dict):
            raise DomainError("A record is an object.", errors={"non_field_errors": ["Send a JSON object."]})
        given = dict(request.data)
        key = address_in(given.pop("email", None))
        entries = checked_consents([given], path="")
        actor: Any = request.user
        [record] = record_consents(email_key=key, consents=entries, source="api", actor=actor)
        [standing] = standing_consents([record.subject], purpose=record.purpose, channel=record.channel)
        record.standing = shown(standing)  # type: ignore[attr-defined]
        return Response(ConsentRecordSerializer(record).data, status=status.HTTP_201_CREATED)
