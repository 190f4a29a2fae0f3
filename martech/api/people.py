"""API of people."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from martech.api.identities import KNOWN_AS, known_as
from martech.api.survivors import PersonAPIView
from martech.models import AccountIdentity, Person, PersonEmail, PersonIdentity
from martech.selectors.likely_same import likely_same
from martech.selectors.searching import with_words
from martech.selectors.segments import in_segment
from martech.services.people import save_people, save_person, update_person
from mops.core.api.asking import refuse_unread
from mops.core.api.paging import CursorPages
from mops.core.api.revisions import etag_of, seen_by
from mops.core.api.words import OneOf
from mops.core.errors import DomainError
from mops.core.registry import trail_page
from mops.core.rights import hidden_fields
from mops.core.trails import CursorRefused

MOST_ROWS = 10_000


class IdentitySerializer(serializers.ModelSerializer[PersonIdentity]):
    class Meta:
        model = PersonIdentity
        fields = ("system", "object", "external_id")


class AccountReferenceSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    external_id = serializers.SerializerMethodField()
    name = serializers.CharField()
    domain = serializers.CharField()

    def get_external_id(self, account: Any) -> str | None:
        identities = list(account.identities.all())
        return identities[0].external_id if identities else None


class OwnerSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    email = serializers.EmailField()


class ScoreSerializer(serializers.Serializer[Any]):
    fit = serializers.IntegerField(source="score_fit")
    engagement = serializers.IntegerField(source="score_engagement")
    grade = serializers.CharField()


class PersonSerializer(serializers.ModelSerializer[Person]):
    """A person as the contract spells it out; fields the caller may not see are absent."""

    emails = serializers.SlugRelatedField(many=True, read_only=True, slug_field="address")  # type: ignore[var-annotated]
    account = AccountReferenceSerializer(allow_null=True)
    owner = OwnerSerializer(allow_null=True)
    score = ScoreSerializer(source="*")
    properties = serializers.DictField()
    identities = IdentitySerializer(many=True)

    class Meta:
        model = Person
        fields = (
            *("id", "email", "emails", "first_name", "last_name", "phone", "country", "job_title", "company"),
            *("source", "channel", "account", "owner", "lifecycle_stage", "score", "properties", "identities"),
            *("created_at", "updated_at"),
        )
        read_only_fields = fields

    def to_representation(self, instance: Person) -> dict[str, Any]:
        shown = super().to_representation(instance)
        for name in hidden_fields(self.context["request"].user, Person) & set(shown):
            del shown[name]
        return shown


class ConsentInputSerializer(serializers.Serializer[Any]):
    purpose = serializers.CharField(max_length=60)
    state = OneOf(choices=["requested", "granted", "refused", "withdrawn", "expired"])
    channel = serializers.CharField(max_length=20, required=False)


class PersonInputSerializer(serializers.Serializer[Any]):
    """What a call may send about a person; the service checks it."""

    email = serializers.EmailField(required=False, max_length=254)
    external_id = serializers.CharField(required=False, max_length=255)
    system = serializers.CharField(required=False, max_length=80)
    first_name = serializers.CharField(required=False, max_length=150, allow_blank=True)
    last_name = serializers.CharField(required=False, max_length=150, allow_blank=True)
    company = serializers.CharField(required=False, max_length=300, allow_blank=True)
    website = serializers.CharField(required=False, max_length=500, allow_blank=True)
    phone = serializers.CharField(required=False, max_length=40, allow_blank=True)
    country = serializers.CharField(required=False, max_length=60, allow_blank=True)
    city = serializers.CharField(required=False, max_length=120, allow_blank=True)
    job_title = serializers.CharField(required=False, max_length=200, allow_blank=True)
    linkedin_url = serializers.CharField(required=False, max_length=500, allow_blank=True)
    source = serializers.CharField(required=False, max_length=120, allow_blank=True)
    utm = serializers.DictField(child=serializers.CharField(), required=False)
    properties = serializers.DictField(required=False)
    consent = ConsentInputSerializer(many=True, required=False)
    created_at = serializers.DateTimeField(required=False)


class RowResultSerializer(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    status = serializers.ChoiceField(choices=["created", "updated", "rejected"])
    id = serializers.IntegerField(required=False)
    errors = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False)


def readable(user: Any) -> QuerySet[Person]:
    """People with everything the serializer shows, in a constant number of queries."""
    return (
        Person.objects.visible_to(user)
        .select_related("account", "owner")
        .prefetch_related(
            Prefetch("emails", PersonEmail.objects.order_by("id")),
            Prefetch("identities", PersonIdentity.objects.order_by("id")),
            Prefetch("account__identities", AccountIdentity.objects.order_by("id")),
        )
    )


def by_email(rows: QuerySet[Person], user: Any, text: str) -> QuerySet[Person]:
    """People who have exactly this address; nobody for users who may not see addresses."""
    if "email" in hidden_fields(user, Person):
        return rows.none()
    return rows.filter(emails__key=text.strip().lower())


class PeopleView(generics.ListAPIView[Person]):
    """Everybody you may see, newest first; a POST creates a person or completes the one we know."""

    right = {"GET": "martech.view_person", "POST": "martech.edit_person"}
    tells_etag = ("POST",)
    serializer_class = PersonSerializer
    page_order = ("-created_at", "-id")
    narrowed_by = {
        "email": "Exactly this address",
        "grade": "Grades, several with commas: A1,A2",
        "segment": "Members of this segment, by id or key",
        "q": "Words in name, address or company",
        **KNOWN_AS,
    }

    def get_queryset(self) -> QuerySet[Person]:
        user, query = self.request.user, self.request.query_params
        rows = known_as(readable(user), query)
        if email := query.get("email"):
            rows = by_email(rows, user, email)
        if segment := query.get("segment"):
            rows = in_segment(rows, segment)
        if wanted := query.get("grade"):
            rows = rows.filter(grade__in=wanted.upper().replace("\x00", "").split(","))
        return with_words(rows, query.get("q", ""), hidden_fields(user, Person))

    @extend_schema(request=PersonInputSerializer, responses={200: PersonSerializer, 201: PersonSerializer})
    def post(self, request: Request) -> Response:
        saved = save_person(data=request.data, actor=request.user)  # type: ignore[arg-type]
        person = readable(request.user).get(pk=saved.person.pk)
        code = status.HTTP_201_CREATED if saved.is_new else status.HTTP_200_OK
        return shown(person, request, code, Location=reverse("api:person", args=[person.pk]))


def shown(person: Person, request: Request, code: int = 200, **headers: str) -> Response:
    data = PersonSerializer(person, context={"request": request}).data
    return Response(data, status=code, headers={"ETag": etag_of(person.updated_at), **headers})


class PersonView(PersonAPIView):
    """One person; the ETag names their state. With `If-Match` a change of what was not seen is 409."""

    right = {"GET": "martech.view_person", "PATCH": "martech.edit_person"}
    reads_if_match = ("PATCH",)
    tells_etag = ("GET", "PATCH")

    @extend_schema(responses={200: PersonSerializer, 308: None})
    def get(self, request: Request, pk: int) -> Response:
        return shown(get_object_or_404(readable(request.user), pk=pk), request)

    @extend_schema(request=PersonInputSerializer(partial=True), responses={200: PersonSerializer, 308: None})
    def patch(self, request: Request, pk: int) -> Response:
        person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
        update_person(person=person, data=request.data, seen=seen_by(request), actor=request.user)  # type: ignore[arg-type]
        return shown(get_object_or_404(readable(request.user), pk=pk), request)


class BulkView(APIView):
    """Up to 10,000 people at once; every good row is kept, every refused one says why."""

    right = {"POST": "martech.edit_person"}

    @extend_schema(request=PersonInputSerializer(many=True), responses={200: RowResultSerializer(many=True)})
    def post(self, request: Request) -> Response:
        rows = request.data
        if not isinstance(rows, list) or not 0 < len(rows) <= MOST_ROWS:
            raise DomainError("Send a list of people.", errors={"non_field_errors": [f"Send 1 to {MOST_ROWS:,} rows."]})
        results = save_people(rows=rows, actor=request.user)  # type: ignore[arg-type]
        shown = [{k: v for k, v in vars(result).items() if v is not None} for result in results]
        return Response(shown)


class PersonCheckSerializer(PersonInputSerializer):
    """What is compared of a person."""

    external_id = system = source = utm = properties = consent = created_at = None  # type: ignore[assignment]


class LikelySerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    band = serializers.ChoiceField(choices=["auto", "review", "vetoed"])
    score = serializers.FloatField()
    rule = serializers.CharField()
    why = serializers.ListField(child=serializers.CharField())
    why_not = serializers.ListField(child=serializers.CharField())


class CheckView(APIView):
    """Whom a person may be of those we know, the surest first, with what speaks for it and against; nothing is stored."""

    right = {"POST": "martech.view_person"}

    @extend_schema(request=PersonCheckSerializer, responses={200: LikelySerializer(many=True)})
    def post(self, request: Request) -> Response:
        return Response(LikelySerializer(likely_same(request.data, request.user), many=True).data)


class TrailEntrySerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    title = serializers.CharField()
    detail = serializers.CharField()


class TrailPageSerializer(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = TrailEntrySerializer(many=True)


class TrailView(PersonAPIView):
    """Everything that happened to a person, newest first; follow `next` to what is older."""

    right = {"GET": "martech.view_person"}

    @extend_schema(
        parameters=[
            OpenApiParameter("cursor", str),
            OpenApiParameter("limit", int, description="1 to 500; 100 unless given"),
        ],
        responses=TrailPageSerializer,
    )
    def get(self, request: Request, pk: int) -> Response:
        refuse_unread(request, ("cursor", "limit"))
        person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
        limit = CursorPages().read_limit(request)
        try:
            page = trail_page(request.user, person, request.query_params.get("cursor", ""), limit)
        except CursorRefused as error:
            raise serializers.ValidationError(
                {"cursor": ["This is not a cursor; follow `next` as it was given."]}
            ) from error
        url = replace_query_param(request.build_absolute_uri(), "cursor", page.next) if page.next else None
        results = TrailEntrySerializer(page.entries, many=True).data
        return Response({"next": url, "previous": None, "results": results})
