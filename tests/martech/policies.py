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


def publish(text: dict[str, Any], key: str = "inbound") -> PolicyVersion:
    policy = RoutingPolicy.objects.filter(key=key).first() or create_policy(key=key, name="Inbound", actor=None)
    save_draft(policy=policy, document=text, actor=None)
    version, _findings = publish_policy(policy=policy, actor=None)
    return version


def route() -> int:
    return work.run_due("routing")
