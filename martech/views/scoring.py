"""Scoring pages: the matrix, the rules of the draft, what it would change, and publishing it."""

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from martech.models import ScoringVersion
from martech.routing_forms import EditForm
from martech.scoring import editing
from martech.scoring_forms import (
    PARTS,
    RULE_FORMS,
    DocumentForm,
    ScoringSettingsForm,
    groups_of,
    settings_initial,
)
from martech.selectors.scoring import scoring_to_edit
from martech.selectors.scoring_page import scoring_page
from martech.services.scoring import (
    discard_scoring_draft,
    edit_scoring_draft,
    publish_scoring,
    save_scoring_draft,
    try_scoring,
)
from martech.views.drafts import say_dropped, say_published
from mops.core.errors import DomainError
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import requires
from mops.core.versions import draft_among, revision_among

HELP = "The document of docs/scoring.md. Keep it in version control if you like."
SAVED_IN = "Saved in the draft; nobody is scored by it before you publish."


@requires("martech.view_scoring")
def scoring(request: HttpRequest) -> HttpResponse:
    """Who fits and who is engaged, and the rules that say so."""
    context = {"title": "Scoring", "page": scoring_page(request.user)}
    return render_page(request, "martech/scoring.html", context)


def revision_seen() -> int:
    return revision_among(ScoringVersion.objects.all())


def saved(request: HttpRequest, form: forms.Form, change: Callable[[dict[str, Any]], None]) -> bool:
    """Whether the change went into the draft; a refusal stands on the form."""
    try:
        edit_scoring_draft(change=change, actor=request.user, revision=form.cleaned_data["revision"])  # type: ignore[arg-type]
    except DomainError as error:
        add_errors(form, error)
        return False
    return True


def form_page(request: HttpRequest, title: str, form: forms.Form, **more: Any) -> HttpResponse:
    context = {"title": title, "form": form, "back": reverse("martech:scoring"), "submit": "Save in the draft"}
    context |= {"lede": SAVED_IN, **more}
    return render_page(request, "martech/policy_form.html", context, status=422 if form.errors else 200)


@requires("martech.edit_scoring")
def rule(request: HttpRequest, part: str, number: int | None = None) -> HttpResponse:
    """Add a rule of fit or engagement, or change one."""
    rules = scoring_to_edit().get(part, {}).get("rules", [])
    if part not in PARTS or (number is not None and not 1 <= number <= len(rules)):
        raise Http404
    index = number - 1 if number else None
    first = rules[index] if index is not None else {"when": {"all": []}, "half_life_days": 30, "window_days": 180}
    form = RULE_FORMS[part](request.POST or None, initial={**first, "revision": revision_seen()})
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and saved(request, form, lambda text: editing.put_rule(text, part, index, form.rule())):
        return redirect("martech:scoring")
    return form_page(request, f"{PARTS[part]}: rule {number}" if number else f"{PARTS[part]}: new rule", form)


@requires("martech.edit_scoring")
@require_POST
def remove_rule(request: HttpRequest, part: str, number: int) -> HttpResponse:
    form = EditForm(request.POST)
    if part not in PARTS or not form.is_valid():
        raise Http404
    if not saved(request, form, lambda text: editing.drop_rule(text, part, number - 1)):
        toast(request, "Somebody saved this draft meanwhile. Look at it and try again.", "error")
    return redirect("martech:scoring")


@requires("martech.edit_scoring")
def settings(request: HttpRequest) -> HttpResponse:
    """Where grades begin, and what groups are capped at."""
    document = scoring_to_edit()
    groups = groups_of(document)
    initial = {**settings_initial(document, groups), "revision": revision_seen()}
    form = ScoringSettingsForm(request.POST or None, initial=initial, groups=groups)

    def change(text: dict[str, Any]) -> None:
        editing.put_settings(text, form.cleaned_data["name"], form.grades(), form.caps())

    if request.method == "POST" and form.is_valid() and saved(request, form, change):
        return redirect("martech:scoring")
    return form_page(request, "Grades and caps", form)


@requires("martech.edit_scoring")
def text(request: HttpRequest) -> HttpResponse:
    """The whole model as text, to be changed or pasted."""
    shown = json.dumps(scoring_to_edit(), indent=2, ensure_ascii=False)
    initial = {"document": shown, "revision": revision_seen()}
    form = DocumentForm(request.POST or None, initial=initial, label="Model as text", help_text=HELP)
    if request.method == "POST" and form.is_valid():
        try:
            save_scoring_draft(**form.cleaned_data, actor=request.user)  # type: ignore[arg-type]
            return redirect("martech:scoring")
        except DomainError as error:
            add_errors(form, error)
    return form_page(request, "Model as text", form, is_wide=True)


@requires("martech.view_scoring")
def dry_run(request: HttpRequest) -> HttpResponse:
    """What publishing the draft would change: grades, and who meets the conditions of MQL."""
    draft = draft_among(ScoringVersion.objects.all())
    context: dict[str, Any] = {
        "title": "Dry run",
        "draft": draft,
        "crumbs": [Crumb("Scoring", reverse("martech:scoring"))],
    }
    try:
        context["result"] = try_scoring(draft.document) if draft else None
    except DomainError as error:
        context["refusal"] = error.detail
    return render_page(request, "martech/scoring_dry_run.html", context)


@requires("martech.edit_scoring")
@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Puts the draft that was seen into force."""

    def put(revision: int) -> str:
        version, _ = publish_scoring(actor=request.user, revision=revision)  # type: ignore[arg-type]
        return f"Version {version.number} is in force; everybody is being counted again."

    say_published(request, put)
    return redirect("martech:scoring")


@requires("martech.edit_scoring")
@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Drops the draft."""
    say_dropped(request, discard_scoring_draft)
    return redirect("martech:scoring")
