"""`manage.py route [--all] [--replay DAYS]`"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from martech.api.routing import replay_as_json, version_of
from martech.models import DecisionOutcome, RoutingDecision, RoutingPolicy, RoutingWork
from martech.selectors.routing import published_version
from martech.services.routing import enqueue_everybody
from mops.core import work
from mops.core.errors import DomainError


class Command(BaseCommand):
    help = "Route what is due, or replay the draft policy against history; prints one JSON line"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="queue everybody without an owner first")
        parser.add_argument("--replay", type=int, metavar="DAYS", help="decide the last days anew, change nothing")
        parser.add_argument("--policy", help="key of the policy to replay; the one in force unless given")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = self.replay(options) if options["replay"] is not None else self.route(queue_all=options["all"])
        except DomainError as error:
            reasons = "; ".join(reason for found in error.errors.values() for reason in found)
            raise CommandError(f"{error.detail} {reasons}".strip()) from error
        self.stdout.write(json.dumps(result))

    def route(self, *, queue_all: bool) -> dict[str, int]:
        if published_version() is None:
            raise DomainError("No policy routes yet.", errors={"policy": ["Publish one under Routing."]})
        queued = enqueue_everybody() if queue_all else 0
        newest = RoutingDecision.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        work.run_due("routing")
        made = RoutingDecision.objects.filter(pk__gt=newest).order_by()
        counts = {str(outcome): made.filter(outcome=outcome).count() for outcome in DecisionOutcome}
        # What a worker has in hand meanwhile is not decided yet either.
        open_states = [work.WorkState.PENDING, work.WorkState.RUNNING]
        waiting = RoutingWork.objects.filter(state__in=open_states).count()
        return {"queued": queued, **counts, "waiting": waiting}

    def replay(self, options: dict[str, Any]) -> dict[str, Any]:
        in_force = published_version()
        policy = RoutingPolicy.objects.filter(key=options["policy"]).first() if options["policy"] else None
        if policy is None and (options["policy"] or in_force is None):
            raise DomainError("There is no such policy.", errors={"policy": ["Name one with --policy."]})
        chosen = policy or in_force.policy  # type: ignore[union-attr]
        return replay_as_json(version_of(chosen, is_draft=True), options["replay"])
