"""API of routing: policies, previews and decisions."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.models import User
from martech.api.policy_text import JsonDocumentParser, YamlDocumentParser, YamlRenderer, lines_named, written_in
from martech.api.routing_documents import (
    CheckSerializer,
    ColleagueSerializer,
    ComparisonSerializer,
    DaysSerializer,
    DecisionSerializer,
    PolicySerializer,
    PreviewInputSerializer,
    PreviewSerializer,
    PublishedSerializer,
    ReplaySerializer,
    as_json,
    explained,
)
from martech.api.survivors import PersonAPIView
from martech.models import Person, PolicyVersion, RoutingDecision, RoutingPolicy
from martech.routing.replay import Handover, Replay
from martech.selectors.decisions import decisions_for, preview_lines
from martech.selectors.observed import all_findings
from martech.selectors.policy_text import compare_text
from martech.selectors.replaying import fairness_of_replay, replay_version
from martech.selectors.routing import (
    document_to_edit,
    draft_of,
    published_version,
)
from martech.services.policies import (
    Preview,
    create_policy,
    discard_draft,
    preview_decision,
    publish_policy,
    save_draft,
)
from mops.core.api.asking import checked, takes_nothing
from mops.core.api.revisions import seen_state
from mops.core.errors import DomainError
from mops.core.versions import VersionState, newest_among

READ_AND_WRITE = {"GET": "martech.view_routing", "PUT": "martech.edit_routing", "DELETE": "martech.edit_routing"}


def policy_by(key: str) -> RoutingPolicy:
    return get_object_or_404(RoutingPolicy, key=key)


class PoliciesView(generics.ListAPIView[RoutingPolicy]):
    """Routing policies with the number of the published version and of the draft."""

    right = {"GET": "martech.view_routing"}
    serializer_class = PolicySerializer
    page_order = ("-created_at", "-id")

    def get_queryset(self) -> QuerySet[RoutingPolicy]:
        living = PolicyVersion.objects.exclude(state=VersionState.SUPERSEDED)
        return RoutingPolicy.objects.prefetch_related(Prefetch("versions", living))


class DraftView(APIView):
    """The policy document being edited; without a draft, the newest version's. The ETag names its version and revision.

    As JSON or, with `Accept: application/yaml` or `?format=yaml`, as YAML; it is sent in either.
    """

    right = READ_AND_WRITE
    reads_if_match = ("PUT", "DELETE")
    tells_etag = ("GET", "PUT")
    renderer_classes = (JSONRenderer, YamlRenderer)
    parser_classes = (JsonDocumentParser, YamlDocumentParser)

    def get_parsers(self) -> list[Any]:
        is_call = self.request is not None and self.request.method == "DELETE"
        return [JSONParser()] if is_call else super().get_parsers()  # only a PUT sends a document

    @extend_schema(responses={200: dict})
    def get(self, request: Request, key: str) -> Response:
        policy = policy_by(key)
        return Response(document_to_edit(policy), headers={"ETag": etag_of(newest_among(policy.versions.all()))})

    @extend_schema(request=dict, responses={200: dict})
    def put(self, request: Request, key: str) -> Response:
        """Keep a document as the draft; an unknown key becomes a new policy. With `If-Match` a change in between is 409."""
        written = written_in(request)
        document, revision = written.document, seen_state(request, revision_of)
        policy = RoutingPolicy.objects.filter(key=key).first()
        with lines_named(written), transaction.atomic():
            if policy is None:
                name = document.get("name") if isinstance(document, dict) else None
                policy = create_policy(key=key, name=name if isinstance(name, str) else key, actor=as_user(request))
            draft = save_draft(policy=policy, document=document, revision=revision, actor=as_user(request))
        return Response(draft.document, headers={"ETag": etag_of(draft)})

    @extend_schema(request=None, responses={204: None})
    @takes_nothing
    def delete(self, request: Request, key: str) -> Response:
        """Drop the draft; what is in force stays. With `If-Match` a change in between is 409."""
        revision = seen_state(request, revision_of)
        if not discard_draft(policy=policy_by(key), actor=as_user(request), revision=revision):
            raise Http404
        return Response(status=204)


class CompareView(APIView):
    """What a document would change of the published version, in lines of YAML, and its findings; nothing is saved."""

    right = {"POST": "martech.view_routing"}
    parser_classes = (JsonDocumentParser, YamlDocumentParser)

    @extend_schema(request=dict, responses=ComparisonSerializer)
    def post(self, request: Request, key: str) -> Response:
        found = compare_text(RoutingPolicy.objects.filter(key=key).first(), written_in(request))
        findings = [{**finding.as_json(), "line": line} for line, finding in found.findings]
        against = found.against.number if found.against else None
        return Response({"against": against, "changed": bool(found.lines), "diff": found.diff, "findings": findings})


def etag_of(version: PolicyVersion | None) -> str:
    return f'"{version.number}.{version.revision}"' if version else '"0.0"'


def revision_of(etag: str) -> int:
    """The revision an ETag names. Raises ValueError for what is no ETag of ours."""
    return int(etag.rpartition(".")[2])


def as_user(request: Request) -> User:
    return request.user  # type: ignore[return-value]


class CheckView(APIView):
    """Findings of the draft: unreachable rules, empty pools, unknown fields, red examples."""

    right = {"POST": "martech.view_routing"}

    @extend_schema(request=None, responses=CheckSerializer)
    @takes_nothing
    def post(self, request: Request, key: str) -> Response:
        findings = [finding.as_json() for finding in all_findings(policy_by(key))]
        return Response({"publishable": all(one["level"] != "error" for one in findings), "findings": findings})


class PublishView(APIView):
    """Puts the draft into force; refused while a finding is an error, and 409 when `If-Match` names another revision."""

    right = {"POST": "martech.edit_routing"}
    reads_if_match = ("POST",)

    @extend_schema(request=None, responses=PublishedSerializer)
    @takes_nothing
    def post(self, request: Request, key: str) -> Response:
        revision = seen_state(request, revision_of)
        version, findings = publish_policy(policy=policy_by(key), actor=as_user(request), revision=revision)
        shown = {"key": key, "version": version.number, "published_at": version.published_at}
        return Response(PublishedSerializer({**shown, "findings": [one.as_json() for one in findings]}).data)


class ReplayView(APIView):
    """How the last days' leads would go under the draft; nothing is changed."""

    right = {"POST": "martech.view_routing"}

    @extend_schema(request=DaysSerializer, responses=ReplaySerializer)
    def post(self, request: Request, key: str) -> Response:
        days = checked(DaysSerializer(data=request.data))["days"]
        return Response(replay_as_json(version_of(policy_by(key), is_draft=True), days))


MOST_LEADS = 500
"""Of the leads that somebody else would have, so many are listed."""


def replay_as_json(version: PolicyVersion, days: int) -> dict[str, Any]:
    """The answer of a replay, for the API and the command line."""
    result, absent = replay_version(version, days)
    users = User.objects.filter(pk__in={*result.before, *result.after}).order_by("pk")
    names = {user.pk: ColleagueSerializer(user).data for user in users}
    fairness = fairness_of_replay(version, result)
    return {
        "days": days,
        "version": version.number,
        "decisions": result.decisions,
        "leads": result.leads,
        "moved": len(result.moved),
        "ways": [{"from": start, "to": end, "leads": number} for start, end, number in result.ways],
        **_hands_as_json(result, names),
        "shares": [
            {"user": name, "before": result.before[pk], "after": result.after[pk]} for pk, name in names.items()
        ],
        "fairness": {pool: after for pool, _before, after in fairness if after is not None},
        "fairness_before": {pool: before for pool, before, _after in fairness if before is not None},
        "sla": {"late_before": result.late_before, "late_after": result.late_after},
        "reproduced": {"decisions": result.own, "differing": result.differing},
        "unknown_then": absent,
        "simulated": {
            "pools": result.simulated,
            "caps": result.caps,
            "caps_by_today": result.caps_by_today,
            "caps_left_out": result.caps_left_out,
            "waited": result.waited,
            "waiting": result.waiting,
        },
    }


def _hands_as_json(result: Replay, names: Mapping[int, Any]) -> dict[str, Any]:
    """From whom to whom leads would go, in numbers and lead by lead; `names` are colleagues by id."""

    def place(one: Handover, side: int) -> dict[str, Any]:
        return {"pool": one.pools[side], "owner": names.get(one.owners[side] or 0)}

    return {
        "handed": len(result.handed),
        "owners": [
            {"from": names.get(start or 0), "to": names.get(end or 0), "leads": number}
            for start, end, number in result.hands
        ],
        "handed_leads": [
            {"person": one.person, "decision": one.decision, "from": place(one, 0), "to": place(one, 1)}
            for one in result.handed[:MOST_LEADS]
        ],
    }


def version_of(policy: RoutingPolicy, *, is_draft: bool) -> PolicyVersion:
    version = (draft_of(policy) if is_draft else None) or policy.versions.order_by("-number").first()
    if version is None:
        raise DomainError("This policy has no version yet.", errors={"policy": ["Save a draft first."]})
    return version


class PreviewView(APIView):
    """The decision that would be made for a person, with why and why not; nothing is written."""

    right = {"POST": "martech.view_routing"}

    @extend_schema(request=PreviewInputSerializer, responses=PreviewSerializer)
    def post(self, request: Request) -> Response:
        asked = checked(PreviewInputSerializer(data=request.data))
        whom, version = asked["person"], chosen_version(asked)
        person = seen_person(whom, request.user) if isinstance(whom, int) and not isinstance(whom, bool) else None
        preview = preview_decision(version=version, person=person, given=whom)
        return Response(preview_as_json(preview, request.user))


def chosen_version(asked: dict[str, Any]) -> PolicyVersion:
    """The version that routes now, or the one the call names."""
    if key := asked.get("policy"):
        policy = RoutingPolicy.objects.filter(key=key).first()
        if policy is None:
            reason = f"There is no policy “{key}”. GET routing/policies/ lists their keys."
            raise DomainError("No policy was asked.", errors={"policy": [reason]})
        in_force = policy.versions.filter(state=VersionState.PUBLISHED).first()
        return version_of(policy, is_draft=asked["draft"]) if asked["draft"] or in_force is None else in_force
    version = published_version()
    if version is None:
        raise DomainError("No policy routes yet.", errors={"policy": ["Publish one, or name one and say draft."]})
    return version_of(version.policy, is_draft=True) if asked["draft"] else version


def seen_person(pk: int, user: Any) -> Person:
    person = Person.objects.visible_to(user).filter(pk=pk).first() if pk < LARGEST_ID else None
    if person is None:
        reason = f"There is nobody with the id {pk}, or you may not see them. Send another id, or an object."
        raise DomainError("Whom?", errors={"person": [reason]})
    return person


LARGEST_ID = 2**63


def preview_as_json(preview: Preview, user: Any) -> dict[str, Any]:
    decision = preview.decision
    return {
        "policy": preview.version.policy.key,
        "version": preview.version.number,
        "outcome": decision.outcome,
        "rule": decision.rule,
        "pool": decision.pool,
        "owner": ColleagueSerializer(preview.owner).data if preview.owner else None,
        "why": as_json(preview_lines(preview.explanation, decision.outcome, user)),
        "explanation": explained(preview.explanation, user),
    }


class DecisionsView(PersonAPIView, generics.ListAPIView[RoutingDecision]):
    """How a person was routed, newest first."""

    right = {"GET": "martech.view_person"}
    serializer_class = DecisionSerializer
    page_order = ("-decided_at", "-id")

    def get_queryset(self) -> QuerySet[RoutingDecision]:
        if getattr(self, "swagger_fake_view", False):
            return RoutingDecision.objects.none()
        person = get_object_or_404(Person.objects.visible_to(self.request.user), pk=self.kwargs["pk"])
        return decisions_for(self.request.user).filter(person=person)  # type: ignore[arg-type]
