"""API of accounts, deals and touches."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from martech.api.identities import KNOWN_AS, known_as
from martech.api.people import IdentitySerializer, OwnerSerializer
from martech.models import Account, Deal, DealState, Touch
from martech.selectors.people import touches_for
from martech.services.market import (
    SavedObject,
    change_account,
    change_deal,
    delete_account,
    delete_deal,
    save_account,
    save_deal,
    save_touch,
)
from mops.core.api.asking import of_parent, takes_nothing
from mops.core.api.revisions import etag_of, seen_by


class AccountSerializer(serializers.ModelSerializer[Account]):
    owner = OwnerSerializer(allow_null=True)
    identities = IdentitySerializer(many=True)
    properties = serializers.DictField()

    class Meta:
        model = Account
        fields = (
            *("id", "name", "website", "domain", "country", "employees", "industry", "type", "owner", "owner_name"),
            *("source", "identities", "properties", "created_at", "updated_at"),
        )
        read_only_fields = fields


class AccountInputSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=300)
    system = serializers.CharField(max_length=80, required=False)
    external_id = serializers.CharField(max_length=255, required=False)
    website = serializers.CharField(max_length=500, required=False)
    domain = serializers.CharField(max_length=253, required=False)
    country = serializers.CharField(max_length=60, required=False)
    industry = serializers.CharField(max_length=120, required=False)
    type = serializers.CharField(max_length=60, required=False)
    source = serializers.CharField(max_length=120, required=False)
    employees = serializers.IntegerField(min_value=0, required=False)
    owner = serializers.EmailField(required=False, help_text="One of our users")
    properties = serializers.DictField(required=False)


class AccountChangeSerializer(AccountInputSerializer):
    """Only what is to change; null or an empty text blanks a field, a property that is not named stays."""

    system = external_id = None  # type: ignore[assignment]
    employees = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    owner = serializers.EmailField(required=False, allow_null=True)


class DealSerializer(serializers.ModelSerializer[Deal]):
    account = serializers.SerializerMethodField()
    people = serializers.SerializerMethodField(help_text="Ids of those on it")
    owner = OwnerSerializer(allow_null=True)
    campaign = serializers.SlugRelatedField(slug_field="code", read_only=True)  # type: ignore[var-annotated]
    identities = IdentitySerializer(many=True)
    properties = serializers.DictField()

    class Meta:
        model = Deal
        fields = (
            *("id", "name", "account", "amount", "currency", "stage", "state", "owner", "owner_name", "region"),
            *("product", "source", "channel", "campaign", "opened_at", "closed_at", "people", "identities"),
            *("properties", "created_at", "updated_at"),
        )
        read_only_fields = fields

    @extend_schema(responses={200: None})
    def get_account(self, deal: Deal) -> dict[str, Any] | None:
        return {"id": deal.account.pk, "name": deal.account.name} if deal.account else None

    @extend_schema(responses=serializers.ListField(child=serializers.IntegerField()))
    def get_people(self, deal: Deal) -> list[int]:
        return sorted(link.person_id for link in deal.contacts.all())


class DealInputSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=300)
    stage = serializers.CharField(max_length=80, help_text="As your CRM calls it")
    system = serializers.CharField(max_length=80, required=False)
    external_id = serializers.CharField(max_length=255, required=False)
    account = serializers.CharField(max_length=300, required=False, help_text="The account's name")
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, required=False)
    currency = serializers.CharField(max_length=3, required=False)
    owner = serializers.EmailField(required=False)
    region = serializers.CharField(max_length=60, required=False)
    product = serializers.CharField(max_length=120, required=False)
    source = serializers.CharField(max_length=120, required=False)
    campaign = serializers.CharField(max_length=40, required=False, help_text="The campaign's code")
    opened_at = serializers.DateTimeField(required=False)
    closed_at = serializers.DateTimeField(required=False)
    people = serializers.ListField(child=serializers.IntegerField(), required=False)
    properties = serializers.DictField(required=False)


class DealChangeSerializer(DealInputSerializer):
    """Only what is to change; null or an empty text blanks a field, `people` are those on it from now on."""

    system = external_id = None  # type: ignore[assignment]
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, required=False, allow_null=True)
    owner = serializers.EmailField(required=False, allow_null=True)
    account = serializers.CharField(max_length=300, required=False, allow_null=True, help_text="Its id or name")
    opened_at = serializers.DateTimeField(required=False, allow_null=True)
    closed_at = serializers.DateTimeField(required=False, allow_null=True)


class TouchSerializer(serializers.ModelSerializer[Touch]):
    campaign = serializers.SlugRelatedField(slug_field="code", read_only=True)  # type: ignore[var-annotated]
    properties = serializers.DictField()

    class Meta:
        model = Touch
        fields = ("id", "person", "at", "kind", "channel", "source", "medium", "campaign", "url", "properties", "key")
        read_only_fields = fields


class TouchInputSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=40)
    person = serializers.IntegerField(required=False)
    email = serializers.CharField(max_length=254, required=False)
    external_id = serializers.CharField(max_length=255, required=False)
    system = serializers.CharField(max_length=80, required=False)
    at = serializers.DateTimeField(required=False)
    channel = serializers.CharField(max_length=20, required=False)
    source = serializers.CharField(max_length=120, required=False)
    medium = serializers.CharField(max_length=120, required=False)
    campaign = serializers.CharField(max_length=40, required=False)
    url = serializers.CharField(max_length=1000, required=False)
    key = serializers.CharField(max_length=80, required=False, help_text="The same key is recorded once")
    properties = serializers.DictField(required=False)


class SavingView(generics.ListAPIView[Any]):
    """A list whose POST creates an object (201), or changes the one its external id names (200)."""

    save: Callable[..., SavedObject]
    tells_etag: tuple[str, ...] = ()

    def post(self, request: Request) -> Response:
        saved = type(self).save(data=request.data, actor=request.user)
        code = status.HTTP_201_CREATED if saved.is_new else status.HTTP_200_OK
        fresh = self.get_queryset().filter(pk=saved.object.pk).first() or saved.object
        return Response(self.get_serializer(fresh).data, status=code, headers=self.state_of(fresh))

    def state_of(self, obj: Any) -> dict[str, str]:
        """The header that names the state of an object which is changed later."""
        return {"ETag": etag_of(obj.updated_at)} if "POST" in self.tells_etag else {}


class ObjectView(generics.GenericAPIView[Any]):
    """One object; the ETag names its state. With `If-Match` a change or removal of what was not seen is 409."""

    change: Callable[..., None]
    delete_object: Callable[..., None]
    reads_if_match = ("PATCH", "DELETE")
    tells_etag = ("GET", "PATCH")

    def answer(self) -> Response:
        found = self.get_object()
        return Response(self.get_serializer(found).data, headers={"ETag": etag_of(found.updated_at)})

    def get(self, request: Request, pk: int) -> Response:
        return self.answer()

    def patch(self, request: Request, pk: int) -> Response:
        type(self).change(self.get_object(), data=request.data, seen=seen_by(request), actor=request.user)
        return self.answer()

    @takes_nothing
    def delete(self, request: Request, pk: int) -> Response:
        type(self).delete_object(self.get_object(), seen=seen_by(request), actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def accounts_for(user: Any) -> QuerySet[Account]:
    return Account.objects.visible_to(user).select_related("owner").prefetch_related("identities")


def deals_for(user: Any) -> QuerySet[Deal]:
    rows = Deal.objects.visible_to(user).select_related("owner", "account", "campaign")
    return rows.prefetch_related("identities", "contacts")


class AccountsView(SavingView):
    """Accounts, newest first."""

    right = {"GET": "martech.view_account", "POST": "martech.edit_account"}
    tells_etag = ("POST",)
    serializer_class = AccountSerializer
    page_order = ("-created_at", "-id")
    save = staticmethod(save_account)
    narrowed_by = {"domain": "Exactly this domain", "q": "Text in the name", **KNOWN_AS}

    def get_queryset(self) -> QuerySet[Account]:
        query = self.request.query_params
        rows = known_as(accounts_for(self.request.user), query)
        for name, lookup in (("domain", "domain__iexact"), ("q", "name__icontains")):
            if text := query.get(name, "").replace("\x00", "").strip():
                rows = rows.filter(**{lookup: text})
        return rows

    @extend_schema(request=AccountInputSerializer, responses={200: AccountSerializer, 201: AccountSerializer})
    def post(self, request: Request) -> Response:
        return super().post(request)


class AccountView(ObjectView):
    """One account. A PATCH changes what it names; a DELETE removes one that nothing rests on. With `If-Match` neither
    touches what was changed since it was read (409)."""

    right = {"GET": "martech.view_account", "PATCH": "martech.edit_account", "DELETE": "martech.edit_account"}
    serializer_class = AccountSerializer

    def get_queryset(self) -> QuerySet[Account]:
        return accounts_for(self.request.user)

    @staticmethod
    def change(account: Account, **given: Any) -> None:
        change_account(account=account, **given)

    @staticmethod
    def delete_object(account: Account, **given: Any) -> None:
        delete_account(account=account, **given)

    @extend_schema(request=AccountChangeSerializer, responses=AccountSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        return super().patch(request, pk)


def known_state(state: str) -> str:
    if state not in DealState.values:
        raise serializers.ValidationError({"state": [f"Use one of {', '.join(DealState.values)}."]})
    return state


class DealsView(SavingView):
    """Deals, newest first."""

    right = {"GET": "martech.view_deal", "POST": "martech.edit_deal"}
    tells_etag = ("POST",)
    serializer_class = DealSerializer
    page_order = ("-created_at", "-id")
    save = staticmethod(save_deal)
    narrowed_by = {
        "account": "Deals of this account, by id",
        "stage": "Exactly this stage, without case",
        "state": "open, won or lost",
        **KNOWN_AS,
    }

    def get_queryset(self) -> QuerySet[Deal]:
        query = self.request.query_params
        rows = of_parent(known_as(deals_for(self.request.user), query), "account", query)
        if (state := query.get("state")) is not None:
            rows = rows.filter(state=known_state(state))
        if stage := query.get("stage", "").replace("\x00", "").strip():
            rows = rows.filter(stage__iexact=stage)
        return rows

    @extend_schema(request=DealInputSerializer, responses={200: DealSerializer, 201: DealSerializer})
    def post(self, request: Request) -> Response:
        return super().post(request)


class DealView(ObjectView):
    """One deal. A PATCH changes what it names and moves the people on it as the lifecycle says; a DELETE removes one that
    no other system has. With `If-Match` neither touches what was changed since it was read (409)."""

    right = {"GET": "martech.view_deal", "PATCH": "martech.edit_deal", "DELETE": "martech.edit_deal"}
    serializer_class = DealSerializer

    def get_queryset(self) -> QuerySet[Deal]:
        return deals_for(self.request.user)

    @staticmethod
    def change(deal: Deal, **given: Any) -> None:
        change_deal(deal=deal, **given)

    @staticmethod
    def delete_object(deal: Deal, **given: Any) -> None:
        delete_deal(deal=deal, **given)

    @extend_schema(request=DealChangeSerializer, responses=DealSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        return super().patch(request, pk)


class TouchesView(SavingView):
    """Touches, newest first."""

    right = {"GET": "martech.view_touch", "POST": "martech.edit_touch"}
    serializer_class = TouchSerializer
    page_order = ("-id",)
    save = staticmethod(save_touch)
    narrowed_by = {"person": "Touches of this person, by id"}

    def get_queryset(self) -> QuerySet[Touch]:
        return of_parent(touches_for(self.request.user), "person", self.request.query_params)

    @extend_schema(request=TouchInputSerializer, responses={200: TouchSerializer, 201: TouchSerializer})
    def post(self, request: Request) -> Response:
        return super().post(request)
