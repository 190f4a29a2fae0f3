"""Routing pages: the policies, one policy, its decisions."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from governance.models import User
from martech.models import Person, RoutingPolicy
from martech.routing_forms import NewPolicyForm
from martech.selectors.decisions import (
    candidates,
    decisions_for,
    explanations_of,
    headline,
    inputs_in_words,
    pools_asked,
    question,
    what_for,
    what_was_done,
    why,
)
from martech.selectors.matching import DAYS, since
from martech.selectors.policies import opened, people_of_rule, policies_with_versions, policy_page, waiting
from martech.selectors.replaying import fairness_of_replay, replay_version
from martech.selectors.routing import draft_of, published_version
from martech.services.policies import create_policy, discard_draft, publish_policy
from martech.services.routing import enqueue_everybody, route_given_up
from martech.views.drafts import say_dropped, say_published
from martech.views.people import PersonList
from mops.core.errors import DomainError
from mops.core.lists import Total
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import hidden_fields, requires


def policy_by(key: str) -> RoutingPolicy:
    return get_object_or_404(RoutingPolicy, key=key)


def crumbs(policy: RoutingPolicy) -> list[Crumb]:
    return [Crumb(policy.name, policy.get_absolute_url())]


@requires("martech.view_routing")
def policies(request: HttpRequest) -> HttpResponse:
    """All policies, which one routes, who waits, and what was decided last."""
    found = list(policies_with_versions())
    by_state = [(policy, {version.state: version for version in policy.versions.all()}) for policy in found]
    latest = decisions_for(request.user)[:8]  # type: ignore[arg-type]
    context = {
        "title": "Routing",
        "policies": by_state,
        "in_force": published_version(),
        "waiting": waiting(request.user),
        "latest": [(decision, headline(decision, request.user)) for decision in latest],
    }
    return render_page(request, "martech/routing.html", context)


@requires("martech.edit_routing")
def new_policy(request: HttpRequest) -> HttpResponse:
    """A name and a key; the rest is built on the policy's page."""
    form = NewPolicyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            policy = create_policy(**form.cleaned_data, actor=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, "Now add a pool: the people who get the leads.")
            return redirect(policy)
    context = {"title": "New policy", "form": form, "back": reverse("martech:routing"), "submit": "Create policy"}
    return render_page(request, "martech/policy_form.html", context, status=422 if form.errors else 200)


@requires("martech.view_routing")
def policy(request: HttpRequest, key: str) -> HttpResponse:
    """Rules as sentences with what they take, pools with who got what, findings where they apply."""
    found = policy_by(key)
    page = policy_page(found, request.user)
    versions = found.versions.select_related("published_by").defer("document").order_by("-number")[:20]
    shown = opened(page.pools, request.GET.get("pool", ""))
    context = {"title": found.name, "page": page, "versions": versions, "days": DAYS, "since": f"{since():%Y-%m-%d}"}
    context |= {"shown": shown, "is_one": len(shown) < len(page.pools)}
    return render_page(request, "martech/policy.html", context)


@requires("martech.edit_routing")
@require_POST
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """Puts the draft that was seen into force."""
    found = policy_by(key)

    def put(revision: int) -> str:
        version, _findings = publish_policy(policy=found, actor=request.user, revision=revision)  # type: ignore[arg-type]
        return f"Version {version.number} routes from now on."

    say_published(request, put)
    return redirect(found)


@requires("martech.edit_routing")
@require_POST
def discard(request: HttpRequest, key: str) -> HttpResponse:
    """Drops the draft."""
    found = policy_by(key)
    say_dropped(request, discard_draft, policy=found)
    return redirect(found)


@requires("martech.edit_routing")
@require_POST
def route_everybody(request: HttpRequest) -> HttpResponse:
    """Queues everybody who has no owner."""
    number = enqueue_everybody()
    text = f"{number:,} people are being routed." if number else "Nobody new was queued."
    toast(request, text, "success" if published_version() else "warning")
    return redirect("martech:routing")


@requires("martech.edit_routing")
@require_POST
def route_again(request: HttpRequest) -> HttpResponse:
    """Tries those again whom routing gave up on: the one named by `person`, or all."""
    people, pk = Person.objects.visible_to(request.user), request.POST.get("person", "")
    person = get_object_or_404(people, pk=pk) if pk.isdecimal() else None
    number = route_given_up(people if person is None else people.filter(pk=person.pk))
    toast(
        request,
        f"{number:,} {'lead is' if number == 1 else 'leads are'} tried again." if number else "Nobody was left.",
    )
    return redirect(person or "martech:routing")


@requires("martech.view_routing")
def replay(request: HttpRequest, key: str) -> HttpResponse:
    """The last days' leads under the draft: which would go elsewhere, and what it does to everybody's share."""
    found = policy_by(key)
    version = draft_of(found) or found.versions.order_by("-number").first()
    text = request.GET.get("days", str(DAYS))
    shown = MOST_SHOWN if "all" in request.GET else SHOWN
    context: dict[str, Any] = {"title": "Replay", "policy": found, "version": version, "days": text}
    context["is_all"] = "all" in request.GET
    if version is not None:
        try:
            context |= _replayed(version, int(text) if text.isdecimal() else 0, shown, request.user)
        except DomainError as error:
            context["refusal"] = " ".join(reason for listed in error.errors.values() for reason in listed)
    context["crumbs"] = crumbs(found)
    return render_page(request, "martech/policy_replay.html", context, partial="summary")


SHOWN, MOST_SHOWN, TOP = 25, 1_000, 10


def _replayed(version: Any, days: int, shown: int, reader: Any) -> dict[str, Any]:
    result, absent = replay_version(version, days)
    users = {user.pk: user for user in User.objects.filter(pk__in={*result.before, *result.after})}
    shares = [
        (user, result.before[pk], result.after[pk], result.after[pk] - result.before[pk])
        for pk, user in sorted(users.items(), key=lambda pair: str(pair[1]))
    ]
    shares.sort(key=lambda share: -abs(share[3]))
    gains, losses = ([one for one in shares if one[3] * sign > 0] for sign in (1, -1))
    people = Person.objects.visible_to(reader).in_bulk([one.person for one in result.handed[:shown]])
    return {
        "result": result,
        "absent": absent,
        "shares": shares,
        "most": shares if len(shares) <= TOP else [*gains[: TOP // 2], *losses[: TOP // 2]],
        "ways": result.ways[:TOP],
        "ways_left": len(result.ways[TOP:]),
        "number": len(result.moved),
        "hands": [(users.get(start or 0), users.get(end or 0), leads) for start, end, leads in result.hands[:SHOWN]],
        "handed": [
            (people[one.person], one, users.get(one.owners[0] or 0), users.get(one.owners[1] or 0))
            for one in result.handed[:shown]
            if one.person in people
        ],
        "more": min(len(result.handed), MOST_SHOWN) if shown < len(result.handed) and shown < MOST_SHOWN else 0,
        "fairness": fairness_of_replay(version, result),
    }


class RuleLeads(PersonList):
    """The people behind a rule's count: who came in the last 30 days and would be taken by it."""

    key = "martech:rule-leads"
    actions = ()
    ready_views = ()
    bulk_actions = ()

    @property
    def rule(self) -> int:
        return int(self.kwargs["number"]) - 1

    def visible(self, user: Any) -> QuerySet[Person]:
        rows = people_of_rule(policy_by(self.kwargs["key"]), self.rule, user)
        return rows.select_related("account", "owner", "campaign")

    def lede(self, total: Total) -> str:
        which = f"rule {self.rule + 1}" if self.rule >= 0 else "no rule, so everyone else’s pool,"
        return f"Who came in the last {DAYS} days and would be taken by {which} of {policy_by(self.kwargs['key'])}."


@requires("martech.view_person")
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Why somebody got a lead, and what would have had to be different for somebody else to get it."""
    user: User = request.user  # type: ignore[assignment]
    found = get_object_or_404(decisions_for(user), pk=pk)
    others = candidates(found)
    asked = next((one for one in others if str(one.pk) == request.GET.get("for")), others[0] if others else None)
    explanation = explanations_of([found])[found.pk]
    hidden = hidden_fields(user, Person)
    inputs = inputs_in_words({k: v for k, v in found.inputs.items() if k.removeprefix("person.") not in hidden})
    context = {
        "title": question(found, user),
        "decision": found,
        "done": what_was_done(found),
        "later": decisions_for(user).filter(person=found.person_id, decided_at__gt=found.decided_at).first(),
        "lines": why(found, user, explanation),
        "others": others,
        "asked": asked,
        "changes": what_for(found, asked, user) if asked else [],
        "inputs": inputs,
        "pools": pools_asked(explanation),
        "crumbs": [Crumb("Decisions", reverse("martech:decisions"))],
    }
    return render_page(request, "martech/decision.html", context)
