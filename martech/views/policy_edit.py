"""The builder: every button and form changes the draft's document and comes back to the policy."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from martech.models import RoutingPolicy
from martech.routing import editing
from martech.routing_forms import (
    CapsForm,
    CountForm,
    EditForm,
    MemberFormSet,
    PoolForm,
    ResponseForm,
    RuleForm,
    SettingsForm,
    caps_initial,
    colleagues,
    member_initial,
    pool_from,
    response_initial,
    settings_initial,
)
from martech.selectors.matching import DAYS, count_rule
from martech.selectors.policies import last_change
from martech.selectors.routing import document_to_edit
from martech.services.policies import edit_draft
from martech.views.member_rows import rows_asked, with_other_rows
from martech.views.routing import crumbs, policy_by
from mops.core.errors import ConflictError, DomainError
from mops.core.pages import render_page, toast
from mops.core.refusals import add_errors, refusal
from mops.core.rights import requires
from mops.core.versions import revision_among

Change = Callable[[dict[str, Any]], None]


def revision_seen(policy: RoutingPolicy) -> int:
    return revision_among(policy.versions.all())


def saved(request: HttpRequest, policy: RoutingPolicy, form: EditForm, change: Change) -> bool:
    """Whether the change went into the draft; a refusal stands on the form.

    When somebody saved meanwhile the form stays as it was filled in, says who, and goes on top of theirs when it is
    sent again.
    """
    try:
        edit_draft(
            policy=policy,
            change=change,
            actor=request.user,  # type: ignore[arg-type]
            revision=form.cleaned_data["revision"],
        )
    except ConflictError as error:
        form.add_error(
            None, f"{error.detail} {last_change(policy, request.user)} Your input is kept: save again to put it on top."
        )
        form.put_on_top_of(revision_seen(policy))
        return False
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
    initial = {**first, "revision": revision_seen(policy), "was": first.get("name", "")}
    form = RuleForm(request.POST or None, initial=initial, pools=list(document.get("pools", {})))
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and saved(
        request, policy, form, lambda text: editing.put_rule(text, index, form.rule(), form.cleaned_data["was"])
    ):
        return redirect(policy)
    more = {"response_of": f"?rule={number}"} if number else {}
    more["count_url"] = reverse(
        "martech:count-rule" if number else "martech:count-new-rule", args=filter(None, [key, number])
    )
    return form_page(request, policy, f"Rule {number}" if number else "New rule", form, **more)


@requires("martech.edit_routing")
@require_POST
def rule_count(request: HttpRequest, key: str, number: int | None = None) -> HttpResponse:
    """How many leads of the last 30 days a rule takes that is being written; nothing is saved."""
    form = CountForm(request.POST)
    context: dict[str, Any] = {"days": DAYS, "errors": []}
    if form.is_valid():
        index = number - 1 if number else None
        document = document_to_edit(policy_by(key))
        context["count"] = count_rule(document, index, form.cleaned_data["when"], request.user)
    else:
        context["errors"] = form.errors["when"]
    return render_page(request, "martech/rule_count.html", context)


@requires("martech.edit_routing")
@require_POST
def change_rule(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Moves a rule up or down or to a place, or removes it."""
    policy = policy_by(key)
    if not request.POST.get("place", "1").isdecimal():
        raise Http404
    changes: dict[str, Change] = {
        "up": lambda text: editing.move_rule(text, number - 1, -1),
        "down": lambda text: editing.move_rule(text, number - 1, 1),
        "remove": lambda text: editing.drop_rule(text, number - 1),
        "place": lambda text: editing.place_rule(text, number - 1, int(request.POST.get("place", number)) - 1),
    }
    do, rules = request.POST.get("do", ""), len(document_to_edit(policy).get("rules", []))
    return change_at_once(request, policy, changes.get(do), _button_after(do, number, rules))


def _button_after(do: str, number: int, rules: int) -> str:
    """The button that moves the rule on from where it is now, so that the keyboard stays with it; empty where none does."""
    place = {"up": number - 1, "down": number + 1}.get(do, 0)
    if not 1 <= place <= rules or rules < 2:
        return ""
    back = {"up": "down", "down": "up"}[do]
    return f"rule-{place}-{back if place == (1 if do == 'up' else rules) else do}"


def change_at_once(
    request: HttpRequest, policy: RoutingPolicy, change: Change | None, button: str = ""
) -> HttpResponse:
    """`button` is the id of what the keyboard is on afterwards."""
    form = EditForm(request.POST)
    if change is None or not form.is_valid():
        raise Http404
    revision = form.cleaned_data["revision"]
    try:
        edit_draft(policy=policy, change=change, actor=request.user, revision=revision)  # type: ignore[arg-type]
    except DomainError as error:
        say_refused(request, policy, error)
    return redirect(f"{policy.get_absolute_url()}#{button}" if button else policy)


def say_refused(request: HttpRequest, policy: RoutingPolicy, error: DomainError) -> None:
    """Why nothing was saved: who saved meanwhile, or the reason."""
    text = refusal(error)
    if isinstance(error, ConflictError):
        text = f"{error.detail} {last_change(policy, request.user)} Look at it and try again."
    toast(request, text, "error")


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
    members.extra = 0 if known else 1
    if rows_asked(request):
        form, members = with_other_rows(request, form, members)
    elif request.method == "POST" and form.is_valid() and members.is_valid():
        made = pool_from(form, members)
        if saved(request, policy, form, lambda text: editing.put_pool(text, form.cleaned_data["key"], made)):
            return redirect(policy)
    more = {
        "members": members,
        "known": known,
        "pool": pool,
        "response_of": f"?{urlencode({'pool': pool})}" if pool else "",
    }
    return form_page(request, policy, f"Pool {pool}" if pool else "New pool", form, **more)


@requires("martech.edit_routing")
@require_POST
def remove_pool(request: HttpRequest, key: str, pool: str) -> HttpResponse:
    return change_at_once(request, policy_by(key), lambda text: editing.drop_pool(text, pool))


@requires("martech.edit_routing")
def settings(request: HttpRequest, key: str) -> HttpResponse:
    """Name, which rule decides, fallback and owners."""
    policy = policy_by(key)
    document = document_to_edit(policy)
    initial = {**settings_initial(document), "revision": revision_seen(policy)}
    form = SettingsForm(request.POST or None, initial=initial, pools=list(document.get("pools", {})))
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and saved(request, policy, form, lambda text: editing.put_settings(text, form.settings())):
        return redirect(policy)
    return form_page(request, policy, "Settings", form, response_of="?")


@requires("martech.edit_routing")
def response(request: HttpRequest, key: str) -> HttpResponse:
    """The response time of the policy, or of `?pool=` or `?rule=` (its number)."""
    policy = policy_by(key)
    document = document_to_edit(policy)
    pool, rules = request.GET.get("pool", ""), document.get("rules", [])
    number = int(request.GET["rule"]) if request.GET.get("rule", "").isdecimal() else 0
    if (pool and pool not in document.get("pools", {})) or number > len(rules):
        raise Http404
    place = rules[number - 1] if number else document["pools"][pool] if pool else document
    initial = {**response_initial(place.get("sla")), "revision": revision_seen(policy)}
    form = ResponseForm(request.POST or None, initial=initial, is_general=place is document)
    if request.method == "POST" and form.is_valid():
        index = number - 1 if number else None
        if saved(request, policy, form, lambda text: editing.put_sla(text, form.sla(), rule=index, pool=pool)):
            return redirect(policy)
    of = f"rule {number}" if number else f"pool {pool}" if pool else "the policy"
    return form_page(request, policy, f"Response time of {of}", form)


@requires("martech.edit_routing")
def member_caps(request: HttpRequest, key: str, pool: str, user: str) -> HttpResponse:
    """The hours of a member of a pool and every cap, with those that need more than a number."""
    policy = policy_by(key)
    members = document_to_edit(policy).get("pools", {}).get(pool, {}).get("members", [])
    member = next((one for one in members if one.get("user") == user), None)
    if member is None:
        raise Http404
    form = CapsForm(request.POST or None, initial={**caps_initial(member), "revision": revision_seen(policy)})
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and saved(
        request,
        policy,
        form,
        lambda text: editing.put_member(text, pool, user, form.caps(), form.cleaned_data["calendar"]),
    ):
        return redirect("martech:edit-pool", key, pool)
    return form_page(request, policy, f"Hours and caps of {dict(colleagues(user)).get(user, user)} in {pool}", form)
