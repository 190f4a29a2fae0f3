"""Routing policies, their versions and decisions."""

import json
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from martech.models import Person, PolicyState, PolicyVersion, RoutingDecision, RoutingPolicy, RoutingWork
from martech.selectors.routing import check_document, draft_of, read_document
from martech.selectors.wheels import load_wheels
from martech.services.policies import create_policy, preview_decision, publish_policy, save_draft
from mops.core.conditions import sentence
from mops.core.errors import DomainError
from mops.core.pages import Crumb, render_page, toast
from mops.core.rights import requires

EMPTY_POLICY: dict[str, Any] = {"name": "Inbound", "hit": "first", "rules": [], "otherwise": "inbound", "pools": {}}


class DraftForm(forms.Form):
    """The policy document as text; its findings are shown beside it."""

    document = forms.CharField(widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "code"}))
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class PolicyForm(forms.Form):
    """A new policy."""

    key = forms.SlugField(max_length=60, help_text="Names it in the API, like inbound")
    name = forms.CharField(max_length=120)


class TryForm(forms.Form):
    """Whom to decide about, without writing anything."""

    person = forms.IntegerField(label="Person’s number", required=False)
    country = forms.CharField(max_length=2, required=False, help_text="ISO code")
    source = forms.CharField(max_length=120, required=False)
    employees = forms.IntegerField(min_value=0, required=False)


@requires("martech.view_routing")
def routing(request: HttpRequest) -> HttpResponse:
    """All policies, who waits, and the newest decisions."""
    decisions = RoutingDecision.objects.select_related("person", "owner").filter(
        person__in=Person.objects.visible_to(request.user)
    )
    context = {
        "title": "Routing",
        "policies": list(RoutingPolicy.objects.annotate(number=Count("versions"))),
        "published": PolicyVersion.objects.filter(state=PolicyState.PUBLISHED).select_related("policy").first(),
        "waiting": RoutingWork.objects.filter(state__in=["pending", "running"]).count(),
        "decisions": list(decisions[:25]),
        "form": PolicyForm(),
    }
    return render_page(request, "martech/routing.html", context)


@requires("martech.edit_routing")
@require_POST
def new_policy(request: HttpRequest) -> HttpResponse:
    """Create a policy with a first draft."""
    form = PolicyForm(request.POST)
    if form.is_valid():
        try:
            made = create_policy(**form.cleaned_data, actor=request.user)
            save_draft(policy=made, document={**EMPTY_POLICY, "name": made.name}, actor=request.user)
            return redirect(made)
        except DomainError as error:
            toast(request, error.detail, "error")
    return redirect("martech:routing")


def shown_rules(version: PolicyVersion) -> list[dict[str, Any]]:
    """The rules as sentences, with the leads each took in the last 30 days."""
    reading, _around = read_document(version.document)
    since = timezone.now() - timedelta(days=30)
    counts = dict(
        RoutingDecision.objects.filter(version__policy=version.policy_id, decided_at__gte=since)
        .values_list("rule")
        .annotate(number=Count("pk"))
        .order_by()
    )
    rules = [
        {
            "name": rule.name,
            "to": rule.to,
            "text": sentence(rule.condition) if rule.condition is not None else "never",
            "leads": counts.get(rule.name, 0),
        }
        for rule in reading.policy.rules
    ]
    return [*rules, {"name": "Everyone else", "to": reading.policy.otherwise, "text": "", "leads": counts.get("", 0)}]


def shown_pools(version: PolicyVersion) -> list[dict[str, Any]]:
    """The pools with every member's weight, what they got and whether they are there now."""
    reading, _around = read_document(version.document)
    now = timezone.now()
    wheels = load_wheels(reading.policy, version.policy_id, list(reading.policy.pools), now)
    states = {(s.pool, s.user_id): s for s in version.policy.member_states.select_related("user")}
    pools = []
    for key, pool in reading.policy.pools.items():
        wheel = wheels.get(key)
        members = [
            {"state": states.get((key, seat.user_id)), "seat": seat, "name": seat.name, "weight": seat.weight}
            for seat in (wheel.seats if wheel else ())
        ]
        pools.append({"key": key, "pool": pool, "members": members})
    return pools


@requires("martech.view_routing")
def policy(request: HttpRequest, key: str) -> HttpResponse:
    """One policy: its rules as sentences, its pools, its draft with findings."""
    found = get_object_or_404(RoutingPolicy, key=key)
    draft = draft_of(found)
    live = found.versions.filter(state=PolicyState.PUBLISHED).first()
    shown = draft or live or found.versions.order_by("-number").first()
    text = json.dumps(shown.document if shown else EMPTY_POLICY, indent=2, ensure_ascii=False)
    context = {
        "title": found.name,
        "policy": found,
        "version": shown,
        "draft": draft,
        "live": live,
        "findings": check_document(shown.document) if shown else [],
        "rules": shown_rules(shown) if shown else [],
        "pools": shown_pools(shown) if shown else [],
        "form": DraftForm(initial={"document": text, "revision": draft.revision if draft else None}),
        "try_form": TryForm(),
        "versions": list(found.versions.select_related("published_by")[:20]),
        "crumbs": [Crumb("Routing", reverse("martech:routing"))],
    }
    return render_page(request, "martech/policy.html", context)


@requires("martech.edit_routing")
@require_POST
def edit_policy(request: HttpRequest, key: str) -> HttpResponse:
    """Save the text as the draft; somebody else's save in between is a conflict, not overwritten."""
    found = get_object_or_404(RoutingPolicy, key=key)
    form = DraftForm(request.POST)
    try:
        if form.is_valid():
            document = json.loads(form.cleaned_data["document"])
            revision = form.cleaned_data["revision"]
            save_draft(policy=found, document=document, revision=revision, actor=request.user)
            toast(request, "The draft was saved; nothing routes by it before it is published.")
    except ValueError as error:
        toast(request, f"This is not JSON: {error}", "error")
    except DomainError as error:
        toast(request, error.detail, "error")
    return redirect(found)


@requires("martech.edit_routing")
@require_POST
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """Put the draft into force, unless its findings refuse it."""
    found = get_object_or_404(RoutingPolicy, key=key)
    try:
        version, _findings = publish_policy(policy=found, actor=request.user)
        toast(request, f"Version {version.number} of {found.name} routes from now on.")
    except DomainError as error:
        toast(request, error.detail, "error")
    return redirect(found)


@requires("martech.view_routing")
def try_policy(request: HttpRequest, key: str) -> HttpResponse:
    """The decision that would be made, with why and why not; nothing is written."""
    found = get_object_or_404(RoutingPolicy, key=key)
    version = draft_of(found) or found.versions.order_by("-number").first()
    form = TryForm(request.GET)
    context: dict[str, Any] = {"title": f"Try {found.name}", "policy": found, "form": form}
    context["crumbs"] = [Crumb("Routing", reverse("martech:routing")), Crumb(found.name, found.get_absolute_url())]
    if version and form.is_valid():
        values = form.cleaned_data
        person = Person.objects.visible_to(request.user).filter(pk=values["person"] or 0).first()
        given: dict[str, Any] = {k: values[k] for k in ("country", "source") if values[k]}
        if values["employees"] is not None:
            given["account"] = {"employees": values["employees"]}
        try:
            context["preview"] = preview_decision(version=version, person=person, given=given)
        except DomainError as error:
            context["refusal"] = error
    return render_page(request, "martech/try.html", context)


@requires("martech.view_routing")
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Why somebody got a lead: each rule with what failed, each member with why they were passed over."""
    rows = RoutingDecision.objects.select_related("person", "owner", "version__policy", "previous_owner")
    found = get_object_or_404(rows.filter(person__in=Person.objects.visible_to(request.user)), pk=pk)
    context = {
        "title": f"Why {found.owner or 'nobody'} got {found.person}",
        "decision": found,
        "explanation": found.explanation,
        "crumbs": [Crumb("Routing", reverse("martech:routing"))],
    }
    return render_page(request, "martech/decision.html", context)
