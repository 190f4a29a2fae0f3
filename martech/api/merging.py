"""API of merges: several people become one, and become several again."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from martech.api.survivors import PersonAPIView
from martech.models import Person, PersonMerge
from martech.selectors.merging import merges_of, people_by_id, visible_merges
from martech.services.merging import latest_merge_of, merge_people, unmerge_people
from mops.core.api.asking import checked
from mops.core.errors import ConflictError


class MergeInputSerializer(serializers.Serializer[Any]):
    others = serializers.ListField(child=serializers.IntegerField(min_value=1), allow_empty=False, max_length=50)
    choices = serializers.DictField(child=serializers.IntegerField(min_value=1), required=False, default=dict)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")


class UnmergeInputSerializer(serializers.Serializer[Any]):
    merge = serializers.IntegerField(required=False, min_value=1)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")


class MergeSerializer(serializers.ModelSerializer[PersonMerge]):
    """A merge: who survived, who went into them, which person each value came from."""

    others = serializers.SlugRelatedField(many=True, read_only=True, slug_field="person_id")  # type: ignore[var-annotated]
    rules = serializers.IntegerField(source="rules.number", default=None)
    grants_ended = serializers.SerializerMethodField()

    class Meta:
        model = PersonMerge
        fields = (
            *("id", "survivor", "others", "at", "reason", "rules", "choices", "sources", "rows_moved"),
            *("grants_ended", "undone_at", "undone_reason"),
        )
        read_only_fields = fields

    def get_grants_ended(self, merge: PersonMerge) -> int:
        return len(merge.consents)


class MergeView(PersonAPIView):
    """Merge other people into this one."""

    right = {"POST": "martech.merge_people"}

    @extend_schema(request=MergeInputSerializer, responses={201: MergeSerializer})
    def post(self, request: Request, pk: int) -> Response:
        survivor = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
        given = checked(MergeInputSerializer(data=request.data))
        others = people_by_id(request.user, given.pop("others"))
        merge = merge_people(survivor=survivor, others=others, actor=request.user, **given)  # type: ignore[arg-type]
        return Response(MergeSerializer(visible_merges(request.user).get(pk=merge.pk)).data, status.HTTP_201_CREATED)


class UnmergeView(APIView):
    """Undo the last merge of a person: the one that took them in, or the last in which they took in somebody."""

    right = {"POST": "martech.merge_people"}

    @extend_schema(request=UnmergeInputSerializer, responses={200: MergeSerializer})
    def post(self, request: Request, pk: int) -> Response:
        given = checked(UnmergeInputSerializer(data=request.data))
        person = get_object_or_404(Person, pk=pk)
        number = given.pop("merge", None)
        merges = merges_of(request.user, person)
        merge = get_object_or_404(merges, pk=number) if number else latest_merge_of(person)
        if merge is None:
            raise ConflictError(f"Person {pk} is in no merge that stands.")
        get_object_or_404(merges, pk=merge.pk)
        done = unmerge_people(merge=merge, actor=request.user, **given)  # type: ignore[arg-type]
        return Response(MergeSerializer(visible_merges(request.user).get(pk=done.pk)).data)


class MergesView(PersonAPIView):
    """The merges a person was in, the last first; undone ones too."""

    right = {"GET": "martech.view_person"}

    @extend_schema(responses={200: MergeSerializer(many=True)})
    def get(self, request: Request, pk: int) -> Response:
        person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
        return Response(MergeSerializer(merges_of(request.user, person)[:200], many=True).data)
