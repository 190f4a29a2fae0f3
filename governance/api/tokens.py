"""API tokens."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from governance.models import ApiToken, Scope
from governance.services import create_token, revoke_token
from mops.core.api.asking import checked, takes_nothing
from mops.core.api.words import OneOf


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    """A token without its text."""

    class Meta:
        model = ApiToken
        fields = ("id", "name", "prefix", "scope", "created_at", "expires_at", "last_used_at")
        read_only_fields = ("id", "prefix", "created_at", "last_used_at")

    scope = OneOf(choices=Scope.choices, default=Scope.READ)
    name = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")


class NewTokenSerializer(TokenSerializer):
    """A token just made: the only answer that ever holds its text."""

    token = serializers.CharField(read_only=True)

    class Meta(TokenSerializer.Meta):
        fields = (*TokenSerializer.Meta.fields, "token")


class TokenList(generics.ListCreateAPIView[ApiToken]):
    """Your own tokens."""

    right = {"GET": "governance.own_token", "POST": "governance.own_token"}
    serializer_class = TokenSerializer
    page_order = ("-created_at", "-id")

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return ApiToken.objects.none()
        return ApiToken.objects.filter(user=self.request.user, revoked_at=None)

    @extend_schema(responses={201: NewTokenSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        given = checked(TokenSerializer(data=request.data))
        row, text = create_token(user=request.user, actor=request.user, **given)  # type: ignore[arg-type]
        return Response({**TokenSerializer(row).data, "token": text}, status=status.HTTP_201_CREATED)


class TokenDetail(generics.DestroyAPIView[ApiToken]):
    """One of your own tokens."""

    right = {"DELETE": "governance.own_token"}
    serializer_class = TokenSerializer

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return ApiToken.objects.none()
        return ApiToken.objects.filter(user=self.request.user, revoked_at=None)

    @takes_nothing
    def delete(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().delete(request, *args, **kwargs)

    def perform_destroy(self, instance: ApiToken) -> None:
        revoke_token(token=instance, actor=self.request.user)  # type: ignore[arg-type]
