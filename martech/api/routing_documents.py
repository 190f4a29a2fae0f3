"""The shapes of the routing API."""

from functools import cached_property
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from martech.models import Person, PolicyVersion, RoutingDecision, RoutingPolicy
from martech.selectors.decisions import Line, explanations_of, why
from martech.selectors.verdicts import ResponseTold, responses_of
from mops.core.rights import hidden_fields
from mops.core.versions import VersionState

READ_AND_WRITE = {"GET": "martech.view_routing", "PUT": "martech.edit_routing"}


class ColleagueSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    email = serializers.EmailField()
    name = serializers.CharField()


class FindingSerializer(serializers.Serializer[Any]):
    level = serializers.ChoiceField(choices=["error", "warning", "info"])
    path = serializers.CharField()
    reason = serializers.CharField()
    remedy = serializers.CharField()


class ReasonLineSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    detail = serializers.CharField()


class LocatedFindingSerializer(FindingSerializer):
    line = serializers.IntegerField(allow_null=True)


class ComparisonSerializer(serializers.Serializer[Any]):
    against = serializers.IntegerField(allow_null=True, help_text="The version it was compared with")
    changed = serializers.BooleanField()
    diff = serializers.CharField(allow_blank=True)
    findings = LocatedFindingSerializer(many=True)


class PolicySerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    published = serializers.SerializerMethodField()
    published_at = serializers.SerializerMethodField()
    draft = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    def _version(self, policy: RoutingPolicy, state: str) -> PolicyVersion | None:
        return next((version for version in policy.versions.all() if version.state == state), None)

    def get_published(self, policy: RoutingPolicy) -> int | None:
        version = self._version(policy, VersionState.PUBLISHED)
        return version.number if version else None

    @extend_schema(responses=serializers.DateTimeField(allow_null=True))
    def get_published_at(self, policy: RoutingPolicy) -> str | None:
        version = self._version(policy, VersionState.PUBLISHED)
        return version.published_at.isoformat() if version and version.published_at else None

    def get_draft(self, policy: RoutingPolicy) -> int | None:
        version = self._version(policy, VersionState.DRAFT)
        return version.number if version else None


class CheckSerializer(serializers.Serializer[Any]):
    publishable = serializers.BooleanField()
    findings = FindingSerializer(many=True)


class PublishedSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    version = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    findings = FindingSerializer(many=True)


class DaysSerializer(serializers.Serializer[Any]):
    days = serializers.IntegerField(min_value=1, max_value=366, default=30)


class WaySerializer(serializers.Serializer[Any]):
    leads = serializers.IntegerField()

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "from": serializers.CharField(), "to": serializers.CharField()}


class ShareSerializer(serializers.Serializer[Any]):
    user = ColleagueSerializer()
    before = serializers.IntegerField()
    after = serializers.IntegerField()


class ReplaySerializer(serializers.Serializer[Any]):
    days = serializers.IntegerField()
    version = serializers.IntegerField()
    decisions = serializers.IntegerField()
    leads = serializers.IntegerField()
    moved = serializers.IntegerField()
    ways = WaySerializer(many=True)
    handed = serializers.IntegerField(help_text="Leads that somebody else would have")
    owners = serializers.ListField(child=serializers.DictField(), help_text="from, to (null is nobody yet), leads")
    handed_leads = serializers.ListField(child=serializers.DictField(), help_text="The first 500 of them")
    shares = ShareSerializer(many=True)
    fairness = serializers.DictField(child=serializers.FloatField(), help_text="Leads off the share, by pool")
    fairness_before = serializers.DictField(child=serializers.FloatField())
    sla = serializers.DictField(child=serializers.IntegerField(), help_text="Answers late then, and by these times")
    reproduced = serializers.DictField(help_text="Decisions this very document made, and those that came out otherwise")
    unknown_then = serializers.ListField(child=serializers.CharField())


class PreviewInputSerializer(serializers.Serializer[Any]):
    """`person` is an id or an object with the fields of a person; `policy` and `draft` choose another version."""

    person = serializers.JSONField()
    policy = serializers.CharField(required=False)
    draft = serializers.BooleanField(required=False, default=False)


class PreviewSerializer(serializers.Serializer[Any]):
    policy = serializers.CharField()
    version = serializers.IntegerField()
    outcome = serializers.CharField()
    rule = serializers.CharField(allow_blank=True)
    pool = serializers.CharField(allow_blank=True)
    owner = ColleagueSerializer(allow_null=True)
    why = ReasonLineSerializer(many=True)
    explanation = serializers.DictField()


def without_hidden(inputs: dict[str, Any], user: Any) -> dict[str, Any]:
    hidden = hidden_fields(user, Person)
    return {key: value for key, value in inputs.items() if key.removeprefix("person.") not in hidden}


def explained(explanation: dict[str, Any], user: Any) -> dict[str, Any]:
    """The explanation without sentences that quote a hidden value."""
    hidden = hidden_fields(user, Person)
    rules = [
        {**rule, "because": ""} if rule.get("field", "").removeprefix("person.") in hidden else rule
        for rule in explanation.get("rules", ())
    ]
    return {**explanation, "rules": rules} if "rules" in explanation else explanation


def as_json(found: list[Line]) -> list[dict[str, str]]:
    return [{"title": line.title, "detail": line.detail} for line in found]


class DecisionSerializer(serializers.ModelSerializer[RoutingDecision]):
    """A decision with its explanation; values of fields the caller may not see are left out."""

    policy = serializers.SerializerMethodField()
    version = serializers.SerializerMethodField()
    owner = ColleagueSerializer(allow_null=True)
    previous_owner = ColleagueSerializer(allow_null=True)
    inputs = serializers.SerializerMethodField()
    explanation = serializers.SerializerMethodField()
    why = serializers.SerializerMethodField()
    response = serializers.SerializerMethodField(help_text="The response time: state, working seconds and what counted")

    class Meta:
        model = RoutingDecision
        fields = (
            *("id", "outcome", "policy", "version", "rule", "pool", "owner", "previous_owner"),
            *("inputs", "explanation", "why", "arrived_at", "decided_at", "respond_by", "responded_at", "response"),
        )

    def get_policy(self, decision: RoutingDecision) -> str | None:
        return decision.version.policy.key if decision.version else None

    def get_version(self, decision: RoutingDecision) -> int | None:
        return decision.version.number if decision.version else None

    def get_inputs(self, decision: RoutingDecision) -> dict[str, Any]:
        return without_hidden(decision.inputs, self.context["request"].user)

    @property
    def rows(self) -> Any:
        return self.parent.instance if isinstance(self.parent, serializers.ListSerializer) else [self.instance]

    @cached_property
    def explanations(self) -> dict[int, dict[str, Any]]:
        return explanations_of(self.rows)

    @cached_property
    def responses(self) -> dict[int, ResponseTold]:
        return responses_of(self.rows)

    def get_response(self, decision: RoutingDecision) -> dict[str, Any] | None:
        told = self.responses.get(decision.pk)
        return told.as_json() if told else None

    def get_explanation(self, decision: RoutingDecision) -> dict[str, Any]:
        return explained(self.explanations[decision.pk], self.context["request"].user)

    @extend_schema(responses=ReasonLineSerializer(many=True))
    def get_why(self, decision: RoutingDecision) -> list[dict[str, str]]:
        return as_json(why(decision, self.context["request"].user, self.explanations[decision.pk]))
