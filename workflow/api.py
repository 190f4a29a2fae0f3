"""API of workflow: forms and requests."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mops.core.api.asking import checked
from mops.core.api.words import OneOf
from planning.models import Campaign
from workflow.models import FormVersion, Verdict
from workflow.models import Request as Ask
from workflow.selectors import open_forms, requests_for
from workflow.services import file_request, triage_request


class FormSerializer(serializers.ModelSerializer[FormVersion]):
    key = serializers.CharField(source="form.key")
    name = serializers.CharField(source="form.name")
    fields_ = serializers.JSONField(source="fields")

    class Meta:
        model = FormVersion
        fields = ("id", "key", "name", "number", "fields_")

    def to_representation(self, instance: FormVersion) -> dict[str, Any]:
        shown = super().to_representation(instance)
        shown["fields"] = shown.pop("fields_")
        return shown


class RequestSerializer(serializers.ModelSerializer[Ask]):
    id = serializers.IntegerField(source="number")
    form = serializers.CharField(source="form_version.form.key")
    requester = serializers.SlugRelatedField(slug_field="email", read_only=True)  # type: ignore[var-annotated]
    campaign = serializers.SlugRelatedField(slug_field="code", read_only=True)  # type: ignore[var-annotated]
    answers = serializers.DictField()

    class Meta:
        model = Ask
        fields = (
            *(
                "id",
                "form",
                "title",
                "state",
                "answers",
                "requester",
                "needed_by",
                "answer_due_at",
                "question",
                "reason",
            ),
            *("deferred_until", "campaign", "decided_at", "created_at"),
        )
        read_only_fields = fields


class NewRequestSerializer(serializers.Serializer[Any]):
    form = serializers.SlugField()
    answers = serializers.DictField()


class TriageSerializer(serializers.Serializer[Any]):
    verdict = OneOf(choices=Verdict.choices)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=5_000)
    question = serializers.CharField(required=False, allow_blank=True, max_length=5_000)
    name = serializers.CharField(required=False, allow_blank=True, max_length=200)
    campaign = serializers.SlugRelatedField(slug_field="code", queryset=Campaign.objects.all(), required=False)
    merge_into = serializers.SlugRelatedField(slug_field="number", queryset=Ask.objects.all(), required=False)
    defer_until = serializers.DateField(required=False)


class FormsView(generics.ListAPIView[FormVersion]):
    """The forms that are open, in their published version."""

    right = {"GET": "workflow.view_form"}
    serializer_class = FormSerializer
    queryset = open_forms()


class RequestsView(generics.ListAPIView[Ask]):
    """Requests you may see, newest first; a POST files one."""

    right = {"GET": "workflow.view_request", "POST": "workflow.file_request"}
    serializer_class = RequestSerializer
    page_order = ("-created_at", "-id")

    def get_queryset(self) -> QuerySet[Ask]:
        return requests_for(self.request.user)

    @extend_schema(request=NewRequestSerializer, responses={201: RequestSerializer})
    def post(self, request: Request) -> Response:
        values = checked(NewRequestSerializer(data=request.data))
        made = file_request(form_key=values["form"], answers=values["answers"], actor=request.user)
        return Response(RequestSerializer(made).data, status=status.HTTP_201_CREATED)


class RequestView(APIView):
    """One request by its number."""

    right = {"GET": "workflow.view_request"}

    @extend_schema(responses={200: RequestSerializer})
    def get(self, request: Request, number: int) -> Response:
        return Response(RequestSerializer(get_object_or_404(requests_for(request.user), number=number)).data)


class TriageView(APIView):
    """Give a verdict; exactly one wins."""

    right = {"POST": "workflow.triage_request"}

    @extend_schema(request=TriageSerializer, responses={200: RequestSerializer})
    def post(self, request: Request, number: int) -> Response:
        found = get_object_or_404(requests_for(request.user), number=number)
        verdict = checked(TriageSerializer(data=request.data))
        return Response(RequestSerializer(triage_request(request=found, actor=request.user, **verdict)).data)
