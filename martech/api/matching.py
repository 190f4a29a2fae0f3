"""API of account matching."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from martech.services.accounts import explain_match
from mops.core.api.asking import checked


class MatchInputSerializer(serializers.Serializer[Any]):
    company = serializers.CharField(required=False, allow_blank=True, max_length=300)
    email = serializers.CharField(required=False, allow_blank=True, max_length=254)
    website = serializers.CharField(required=False, allow_blank=True, max_length=500)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=40)
    country = serializers.CharField(required=False, allow_blank=True, max_length=2)


class AccountNameSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class MatchSerializer(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=["matched", "ambiguous", "none"])
    account = AccountNameSerializer(allow_null=True)
    rule = serializers.CharField()
    evidence = serializers.CharField()
    signs = serializers.ListField(child=serializers.CharField())
    tie_breaker = serializers.CharField()
    candidates = AccountNameSerializer(many=True)
    reason = serializers.CharField()


class MatchView(APIView):
    """Which account somebody would belong to, and why; nobody is stored."""

    right = {"POST": "martech.view_account"}

    @extend_schema(request=MatchInputSerializer, responses={200: MatchSerializer})
    def post(self, request: Request) -> Response:
        found, names = explain_match(checked(MatchInputSerializer(data=request.data)))
        candidates = [{"id": pk, "name": names[pk]} for pk in found.tied]
        account = {"id": found.account, "name": names[found.account]} if found.account else None
        shown = {"outcome": str(found.outcome), "account": account, "candidates": candidates}
        parts = {"rule": found.rule, "evidence": found.evidence, "signs": found.signs, "reason": found.reason}
        return Response(MatchSerializer({**shown, **parts, "tie_breaker": found.tie_breaker}).data)
