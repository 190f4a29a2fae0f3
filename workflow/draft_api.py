"""API of drafts of requests: one's own alone, as on the page."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mops.core.api.asking import checked, refuse_unread, takes_nothing
from workflow.api import RequestSerializer
from workflow.models import FormVersion, RequestDraft
from workflow.questions import read_questions
from workflow.selectors import Draft, drafts_of, open_forms
from workflow.services import drop_draft, keep_draft, send_draft

RIGHT = "workflow.file_request"


class DraftSerializer(serializers.Serializer[Draft]):
    """What was filled in and not sent yet, as it was typed; `is_open` says whether its form can still be sent."""

    form = serializers.CharField(source="kept.form.key")
    title = serializers.CharField()
    answers = serializers.DictField(source="kept.answers")
    is_open = serializers.BooleanField()
    created_at = serializers.DateTimeField(source="kept.created_at")
    updated_at = serializers.DateTimeField(source="kept.updated_at")
    kept_until = serializers.DateTimeField(source="kept.kept_until", help_text="Deleted then, unless it is changed")


class DraftListSerializer(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = DraftSerializer(many=True)


class DraftInputSerializer(serializers.Serializer[Any]):
    """Every answer as text; those that are left out are not answered."""

    answers = serializers.DictField(child=serializers.CharField(allow_blank=True), allow_empty=False)


class DraftsView(APIView):
    """Your drafts, the latest first: at most one a form, so that all are on one page."""

    right = {"GET": RIGHT}

    @extend_schema(operation_id="workflow_drafts_list", responses=DraftListSerializer)
    def get(self, request: Request) -> Response:
        refuse_unread(request, ())
        rows = DraftSerializer(drafts_of(request.user), many=True).data
        return Response({"next": None, "previous": None, "results": rows})


class DraftView(APIView):
    """Your draft of a form. A PUT keeps these answers in place of what was kept, a DELETE forgets them."""

    right = {"GET": RIGHT, "PUT": RIGHT, "DELETE": RIGHT}

    @extend_schema(responses=DraftSerializer)
    def get(self, request: Request, key: str) -> Response:
        return Response(DraftSerializer(mine(request, key)).data)

    @extend_schema(request=DraftInputSerializer, responses=DraftSerializer)
    def put(self, request: Request, key: str) -> Response:
        version: FormVersion = get_object_or_404(open_forms(), form__key=key)
        answers = checked(DraftInputSerializer(data=request.data))["answers"]
        known = [question.key for question in read_questions(version.fields)[0]]
        errors = {
            f"answers.{key}": [f"This form does not ask that; it asks {', '.join(known)}."]
            for key in answers
            if key not in known
        }
        if not errors and not any(text.strip() for text in answers.values()):
            errors = {"answers": ["Answer something, or delete the draft."]}
        if errors:
            raise serializers.ValidationError(errors)
        keep_draft(form=version.form, answers=answers, opened=timezone.now(), user=request.user)  # type: ignore[arg-type]
        return self.get(request, key)

    @extend_schema(responses={204: None})
    @takes_nothing
    def delete(self, request: Request, key: str) -> Response:
        drop_draft(form=mine(request, key).kept.form, user=request.user)  # type: ignore[arg-type]
        return Response(status=status.HTTP_204_NO_CONTENT)


class SendDraftView(APIView):
    """Sends your draft of a form; the request is answered, and the draft is gone."""

    right = {"POST": RIGHT}

    @extend_schema(request=None, responses={201: RequestSerializer})
    @takes_nothing
    def post(self, request: Request, key: str) -> Response:
        made = send_draft(form=mine(request, key).kept.form, actor=request.user)  # type: ignore[arg-type]
        return Response(RequestSerializer(made).data, status=status.HTTP_201_CREATED)


def mine(request: Request, key: str) -> Draft:
    found = drafts_of(request.user, RequestDraft.objects.filter(form__key=key))
    if not found:
        raise Http404
    return found[0]
