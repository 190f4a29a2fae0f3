"""API of the match rules: what is in force and how well each rule does, a draft, its dry run, publishing."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from martech.api.routing import as_user
from martech.models import IdentityRules, RuleState
from martech.selectors.match_rules import rule_lines, rules_to_edit, samples_of, trial_of, veto_lines
from martech.services.identity.rules import discard_rules_draft, publish_rules, rules_in_force, save_rules_draft
from martech.services.identity.trials import start_trial
from mops.core.api.asking import takes_nothing
from mops.core.api.revisions import etag_of, seen_by

SEE, CHANGE = "martech.view_duplicates", "martech.edit_merge_rules"


class RuleLineSerializer(serializers.Serializer[Any]):
    """`right` of `total` verdicts were duplicates, at least `lower` of all its pairs are (95 %); `waiting` pairs are open."""

    key = serializers.CharField()
    name = serializers.CharField()
    words = serializers.CharField()
    treatment = serializers.ChoiceField(choices=["trusted", "ask", "weak", "off"])
    merges_alone = serializers.BooleanField()
    right = serializers.IntegerField()
    total = serializers.IntegerField()
    lower = serializers.FloatField()
    waiting = serializers.IntegerField()


class VetoLineSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    words = serializers.CharField()
    is_on = serializers.BooleanField()


class MatchRulesSerializer(serializers.Serializer[Any]):
    """The version in force, in words, and the number of the draft."""

    version = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    draft = serializers.IntegerField(allow_null=True)
    document = serializers.DictField()
    rules = RuleLineSerializer(many=True)
    vetoes = VetoLineSerializer(many=True)


class ClustersSerializer(serializers.Serializer[Any]):
    """How many clusters, and the ids of the people of up to ten of them."""

    clusters = serializers.IntegerField()
    samples = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))


class CountSerializer(serializers.Serializer[Any]):
    """People as they are, once merged by the rules in force, once merged by the draft; `id` is that of a segment."""

    id = serializers.IntegerField(required=False)
    name = serializers.CharField()
    today = serializers.IntegerField()
    in_force = serializers.IntegerField()
    draft = serializers.IntegerField()


class TrialOutcomeSerializer(serializers.Serializer[Any]):
    people = serializers.IntegerField()
    clusters_before = serializers.IntegerField()
    clusters_after = serializers.IntegerField()
    made = ClustersSerializer()
    joined = ClustersSerializer()
    split = ClustersSerializer()
    stages = CountSerializer(many=True)
    segments = CountSerializer(many=True)


class TrialSerializer(serializers.Serializer[Any]):
    """How the dry run of the draft stands; `outcome` is there once it is done."""

    draft = serializers.IntegerField()
    state = serializers.ChoiceField(choices=["none", "running", "failed", "done"])
    share = serializers.FloatField(help_text="Which share of a dry run under way is done")
    outcome = TrialOutcomeSerializer(allow_null=True)


class MatchRulesView(APIView):
    """The rules by which people are taken for one, with what people's verdicts say of each."""

    right = {"GET": SEE}

    @extend_schema(responses=MatchRulesSerializer)
    def get(self, request: Request) -> Response:
        return Response(_in_force())


class RulesDraftView(APIView):
    """The rules being edited; without a draft, those in force. The ETag names their state.

    A PUT keeps a document as the draft, a DELETE drops the draft; with `If-Match` a change in between is 409.
    """

    right = {"GET": SEE, "PUT": CHANGE, "DELETE": CHANGE}
    reads_if_match = ("PUT", "DELETE")
    tells_etag = ("GET", "PUT")

    @extend_schema(responses={200: dict})
    def get(self, request: Request) -> Response:
        rules = rules_to_edit()
        return Response(rules.document, headers={"ETag": etag_of(rules.updated_at)})

    @extend_schema(request=dict, responses={200: dict})
    def put(self, request: Request) -> Response:
        draft = save_rules_draft(document=request.data, seen=seen_by(request), actor=as_user(request))
        return Response(draft.document, headers={"ETag": etag_of(draft.updated_at)})

    @extend_schema(responses={204: None})
    @takes_nothing
    def delete(self, request: Request) -> Response:
        if not discard_rules_draft(actor=as_user(request), seen=seen_by(request)):
            raise Http404
        return Response(status=204)


class RulesTrialView(APIView):
    """What the draft would change, counted in the background: a POST begins it, a GET tells how it stands."""

    right = {"GET": SEE, "POST": CHANGE}

    @extend_schema(responses=TrialSerializer)
    def get(self, request: Request) -> Response:
        return Response(_trial(request))

    @extend_schema(request=None, responses={202: TrialSerializer})
    @takes_nothing
    def post(self, request: Request) -> Response:
        start_trial(actor=as_user(request))
        return Response(_trial(request), status=202)


class PublishRulesView(APIView):
    """Puts the draft in force and compares everybody anew; 409 before it was tried, or when `If-Match` names another state."""

    right = {"POST": CHANGE}
    reads_if_match = ("POST",)

    @extend_schema(request=None, responses=MatchRulesSerializer)
    @takes_nothing
    def post(self, request: Request) -> Response:
        publish_rules(actor=as_user(request), seen=seen_by(request))
        return Response(_in_force())


def _draft() -> IdentityRules | None:
    return IdentityRules.objects.filter(state=RuleState.DRAFT).first()


def _in_force() -> dict[str, Any]:
    rules, draft = rules_in_force(), _draft()
    document = rules.document
    head = {"version": rules.number, "published_at": rules.published_at, "draft": draft.number if draft else None}
    lines = {"rules": rule_lines(document), "vetoes": veto_lines(document)}
    return dict(MatchRulesSerializer({**head, "document": document, **lines}).data)


def _trial(request: Request) -> dict[str, Any]:
    draft = _draft()
    if draft is None:
        raise Http404
    trial = trial_of(draft)
    state = "running" if trial.is_running else "failed" if trial.has_failed else "done" if draft.dry_run else "none"
    shown = {"draft": draft.number, "state": state, "share": 1.0 if draft.dry_run else trial.share}
    outcome = _outcome(request.user, draft.dry_run) if draft.dry_run and not trial.is_running else None
    return dict(TrialSerializer({**shown, "outcome": outcome}).data)


def _outcome(user: Any, kept: dict[str, Any]) -> dict[str, Any]:
    """The dry run as the draft keeps it, with the samples of whom the user may see."""
    samples = samples_of(user, kept)
    clusters = {
        kind: {"clusters": kept[kind]["clusters"], "samples": [[person.pk for person in group] for group in groups]}
        for kind, groups in samples.items()
    }
    names = ("name", "today", "in_force", "draft")
    stages = [dict(zip(names, row, strict=True)) for row in kept["stages"]]
    segments = [dict(zip(("id", *names), row, strict=True)) for row in kept["segments"]]
    counts = {"clusters_before": kept["before"], "clusters_after": kept["after"]}
    return {"people": kept["people"], **counts, **clusters, "stages": stages, "segments": segments}
