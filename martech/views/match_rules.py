"""The rules by which people are taken for one: changed in a draft, tried, published."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from governance.conflicts import on_top
from governance.models import User
from martech.match_rule_forms import MatchRulesForm, MatchRulesText
from martech.models import RuleState
from martech.selectors.match_rules import rules_to_edit, samples_of, still_to_compare, trial_of
from martech.services.identity.rules import (
    discard_rules_draft,
    publish_rules,
    rules_in_force,
    save_rules_draft,
)
from martech.services.identity.trials import start_trial
from martech.views.merging import refusal
from mops.core.errors import ConflictError, DomainError
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import requires
from mops.core.seen import SeenForm


@requires("martech.view_duplicates")
def match_rules(request: HttpRequest) -> HttpResponse:
    """What each rule does and how well; which vetoes hold; what the draft would change."""
    rules = rules_to_edit()
    context: dict[str, Any] = {
        "title": "Match rules",
        "rules": rules,
        "in_force": rules_in_force(),
        "draft": rules if rules.state == RuleState.DRAFT else None,
        "form": MatchRulesForm(rules=rules),
        "comparing": still_to_compare(),
        "trial": trial_of(rules),
        "crumbs": _crumbs()[:1],
    }
    if rules.dry_run:
        context |= {"outcome": rules.dry_run, "samples": samples_of(request.user, rules.dry_run)}
    return render_page(request, "martech/match_rules.html", context, partial="trial")


@requires("martech.edit_merge_rules")
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Keep in the draft what was chosen, as it was seen."""
    form = MatchRulesForm(request.POST, rules=rules_to_edit())
    if not form.is_valid():
        toast(request, "Nothing was saved: " + " ".join(str(one[0]) for one in form.errors.values()), "error")
    else:
        try:
            save_rules_draft(document=form.changed(), seen=form.cleaned_data["seen"], actor=_actor(request))
            toast(request, "Kept in the draft. Try it to see what it would change.")
        except DomainError as error:
            toast(
                request,
                f"{refusal(error)} Look at theirs and choose again." if _is_late(error) else refusal(error),
                "error",
            )
    return redirect("martech:match-rules")


@requires("martech.edit_merge_rules")
def text(request: HttpRequest) -> HttpResponse:
    """All of it as text."""
    rules = rules_to_edit()
    form = MatchRulesText(request.POST or None, initial=MatchRulesText.initial_of(rules))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            save_rules_draft(document=values["document"], seen=values["seen"], actor=_actor(request))
            return redirect("martech:match-rules")
        except ConflictError as error:
            on_top(form, error, rules_to_edit(), request.user)
        except DomainError as error:
            add_errors(form, error)
    context: dict[str, Any] = {"title": "Match rules as text", "form": form, "is_wide": True, "crumbs": _crumbs()}
    context |= {"back": reverse("martech:match-rules"), "submit": "Save in the draft"}
    context["lede"] = "Saved in the draft; nobody is compared by it before you publish."
    return render_page(request, "martech/policy_form.html", context, status=422 if form.errors else 200)


@requires("martech.edit_merge_rules")
@require_POST
def dry_run(request: HttpRequest) -> HttpResponse:
    """Have counted what the draft would change."""
    try:
        start_trial(actor=_actor(request))
    except DomainError as error:
        toast(request, refusal(error), "error")
    return redirect("martech:match-rules")


@requires("martech.edit_merge_rules")
@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Put the draft that was seen and tried in force."""
    form = SeenForm(request.POST)
    form.is_valid()
    try:
        version = publish_rules(actor=_actor(request), seen=form.cleaned_data["seen"])
        toast(request, f"Version {version.number} is in force; everybody is compared again in the background.")
    except DomainError as error:
        toast(request, refusal(error), "error")
    return redirect("martech:match-rules")


@requires("martech.edit_merge_rules")
@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Drop the draft."""
    form = SeenForm(request.POST)
    form.is_valid()
    try:
        if discard_rules_draft(actor=_actor(request), seen=form.cleaned_data["seen"]):
            toast(request, "The draft is gone; nothing else changed.")
    except DomainError as error:
        toast(request, refusal(error), "error")
    return redirect("martech:match-rules")


def _actor(request: HttpRequest) -> User:
    return cast(User, request.user)


def _is_late(error: DomainError) -> bool:
    return isinstance(error, ConflictError)


def _crumbs() -> list[Crumb]:
    return [
        Crumb("Possible duplicates", reverse("martech:duplicates")),
        Crumb("Match rules", reverse("martech:match-rules")),
    ]
