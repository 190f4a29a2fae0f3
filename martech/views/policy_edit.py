"""The builder: every button and form changes the draft's document and comes back to the policy."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from martech.forms import add_errors
from martech.models import RoutingPolicy
from martech.routing import editing
from martech.routing_forms import (
    EditForm,
    MemberFormSet,
    PoolForm,
    RuleForm,
    SettingsForm,
    colleagues,
    member_initial,
    pool_from,
    settings_initial,
)
from martech.selectors.routing import document_to_edit, draft_of
from martech.services.policies import edit_draft
from martech.views.routing import crumbs, policy_by
from mops.core.errors import DomainError
from mops.core.pages import render_page, toast
from mops.core.rights import requires

Change = Callable[[dict[str, Any]], None]


def revision_seen(policy: RoutingPolicy) -> int:
    draft = draft_of(policy)
    return draft.revision if draft else 0


def saved(request: HttpRequest, policy: RoutingPolicy, form: forms.Form, change: Change) -> bool:
    """Whether the change went into the draft; a refusal stands on the form."""
    try:
        edit_draft(
            policy=policy,
            change=change,
            actor=request.user,  # type: ignore[arg-type]
            revision=form.cleaned_data["revision"],
        )
    except DomainError as error:
        add_errors(form, error)
        return False
    return True


def form_page(request: HttpRequest, policy: RoutingPolicy, title: str, form: forms.Form, **more: Any) -> HttpResponse:
    context = {"title": title, "form": form, "policy": policy, "crumbs": crumbs(policy)}
    context |= {"back": policy.get_absolute_url(), "submit": "Save in the draft", **more}
    template = "martech/policy_pool.html" if "members" in more else "martech/policy_form.html"
    return render_page(request, template, context, status=422 if form.errors else 200)


@requires("martech.edit_routing")
def rule(request: HttpRequest, key: str, number: int | None = None) -> HttpResponse:
    """Add a rule at the end, or change one."""
    policy = policy_by(key)
    document = document_to_edit(policy)
    rules = document.get("rules", [])
    if number is not None and not 1 <= number <= len(rules):
        raise Http404
    index = number - 1 if number else None
    first = rules[index] if index is not None else {"when": {"all": []}}
    initial = {**first, "revision": revision_seen(policy)}
    form = RuleForm(request.POST or None, initial=initial, pools=list(document.get("pools", {})))
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and saved(request, policy, form, lambda text: editing.put_rule(text, index, form.rule())):
        return redirect(policy)
    return form_page(request, policy, f"Rule {number}" if number else "New rule", form)


@requires("martech.edit_routing")
@require_POST
def change_rule(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Moves a rule up or down, or removes it."""
    policy = policy_by(key)
    changes: dict[str, Change] = {
        "up": lambda text: editing.move_rule(text, number - 1, -1),
        "down": lambda text: editing.move_rule(text, number - 1, 1),
        "remove": lambda text: editing.drop_rule(text, number - 1),
    }
    return _at_once(request, policy, changes.get(request.POST.get("do", "")))


def _at_once(request: HttpRequest, policy: RoutingPolicy, change: Change | None) -> HttpResponse:
    form = EditForm(request.POST)
    if change is None or not form.is_valid():
        raise Http404
    if not saved(request, policy, form, change):
        toast(request, "Somebody saved this draft meanwhile. Look at it and try again.", "error")
    return redirect(policy)


@requires("martech.edit_routing")
def pool(request: HttpRequest, key: str, pool: str | None = None) -> HttpResponse:
    """Add a pool, or change one and who is in it."""
    policy = policy_by(key)
    pools = document_to_edit(policy).get("pools", {})
    if pool is not None and pool not in pools:
        raise Http404
    first = pools.get(pool, {"when_absent": "hold", "returner": "keep_position"})
    initial = {**first, "revision": revision_seen(policy), **({"key": pool} if pool else {})}
    form = PoolForm(request.POST or None, initial=initial, pools=list(pools))
    known = [member.get("user", "") for member in first.get("members", [])]
    options = {"choices": colleagues(*known)}
    members = MemberFormSet(request.POST or None, initial=member_initial(first), prefix="m", form_kwargs=options)
    if request.method == "POST" and form.is_valid() and members.is_valid():
        made = pool_from(form, members)
        if saved(request, policy, form, lambda text: editing.put_pool(text, form.cleaned_data["key"], made)):
            return redirect(policy)
    return form_page(request, policy, f"Pool {pool}" if pool else "New pool", form, members=members, pool=pool)


@requires("martech.edit_routing")
@require_POST
def remove_pool(request: HttpRequest, key: str, pool: str) -> HttpResponse:
    return _at_once(request, policy_by(key), lambda text: editing.drop_pool(text, pool))


@requires("martech.edit_routing")
def settings(request: HttpRequest, key: str) -> HttpResponse:
    """Name, which rule decides, fallback, owners and the deadline."""
    policy = policy_by(key)
    document = document_to_edit(policy)
    initial = {**settings_initial(document), "revision": revision_seen(policy)}
    form = SettingsForm(request.POST or None, initial=initial, pools=list(document.get("pools", {})))
    if request.method == "POST" and form.is_valid():
        hops = (document.get("sla") or {}).get("max_hops", 0)
        if saved(request, policy, form, lambda text: editing.put_settings(text, form.settings(hops))):
            return redirect(policy)
    return form_page(request, policy, "Settings", form)
