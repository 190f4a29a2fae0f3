"""Policy documents and published policies for the tests of routing."""

from collections.abc import Sequence
from typing import Any

from governance.models import User
from martech.models import PolicyVersion, RoutingPolicy
from martech.services.policies import create_policy, publish_policy, save_draft
from mops.core import work
from tests.factories import make_user

GERMANS = {"field": "person.country", "op": "in", "value": ["DE", "AT"]}


def make_reps(*names: str) -> list[User]:
    return [make_user("sales_rep", name=name, email=f"{name.lower()}@example.com") for name in names]


def document(users: Sequence[User], weights: Sequence[int] | None = None, **pool: Any) -> dict[str, Any]:
    """One rule for German speakers and a fallback, both into one pool of the given users."""
    members: list[dict[str, Any]] = [{"user": user.email} for user in users]
    for member, weight in zip(members, weights or (), strict=False):
        member["weight"] = weight
    strategy = "weighted" if weights else "round_robin"
    return {
        "name": "Inbound",
        "hit": "first",
        "keep_owner": True,
        "rules": [{"name": "German", "when": {"all": [GERMANS]}, "to": "desk"}],
        "otherwise": "desk",
        "pools": {"desk": {"strategy": strategy, "members": members, **pool}},
    }


def overlapping(users: Sequence[User]) -> dict[str, Any]:
    """Exactly one rule may match, and two take a size of 50.5, which nobody can foresee."""

    def size(op: str, value: float) -> dict[str, Any]:
        return {"field": "person.properties.size", "op": op, "value": value}

    rules = {"Middle": [size("gt", 50), size("lt", 51)], "Upper": [size("gt", 50.4), size("lt", 60)]}
    named = [{"name": name, "when": {"all": tests}, "to": "desk"} for name, tests in rules.items()]
    return {**document(users), "hit": "unique", "rules": named}


def publish(text: dict[str, Any], key: str = "inbound") -> PolicyVersion:
    policy = RoutingPolicy.objects.filter(key=key).first() or create_policy(key=key, name="Inbound", actor=None)
    save_draft(policy=policy, document=text, actor=None)
    version, _findings = publish_policy(policy=policy, actor=None)
    return version


def route() -> int:
    return work.run_due("routing")
