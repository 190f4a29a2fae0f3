"""Trying a lead on a policy, and keeping it there as an example that every edit tries again."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from martech.models import Person, RoutingPolicy
from martech.routing import editing
from martech.routing_forms import ExampleForm, TryForm
from martech.selectors.decisions import preview_lines
from martech.selectors.routing import document_to_edit, draft_of
from martech.services.policies import Preview, preview_decision
from martech.views.policy_edit import change_at_once, form_page, revision_seen, saved
from martech.views.routing import crumbs, policy_by
from mops.core.errors import DomainError
from mops.core.pages import render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import can, hidden_fields, requires


@requires("martech.view_routing")
def try_lead(request: HttpRequest, key: str) -> HttpResponse:
    """What would happen to a lead, with why and why not; nothing is written."""
    found = policy_by(key)
    version = draft_of(found) or found.versions.order_by("-number").first()
    form = TryForm(request.GET if "country" in request.GET else None)
    preview = None
    if version is not None and form.is_bound and form.is_valid():
        try:
            person = known_as(form.cleaned_data["person"], request.user)
            preview = preview_decision(version=version, person=person, given=form.given())
        except DomainError as error:
            add_errors(form, error)
    lines = preview_lines(preview.explanation, preview.decision.outcome, request.user) if preview else []  # type: ignore[arg-type]
    context = {"title": "Try a lead", "policy": found, "version": version, "form": form}
    context |= {"preview": preview, "lines": lines, "crumbs": crumbs(found)}
    if preview and not form.cleaned_data["person"] and can(request.user, "martech.edit_routing"):
        context["example"] = example_form(found, form.given(), preview)
    return render_page(request, "martech/policy_try.html", context, status=422 if form.errors else 200)


def known_as(text: str, user: Any) -> Person | None:
    """Whom an address or a number means; None for no text. Raises DomainError when nobody visible does."""
    if not text:
        return None
    people = Person.objects.visible_to(user)
    is_number = text.isdecimal() and len(text) < 19
    may_find = is_number or "email" not in hidden_fields(user, Person)
    person = people.filter(pk=text) if is_number else people.filter(emails__key=text.lower())
    found = person.first() if may_find else None
    if found is None:
        raise DomainError("Nobody was found.", errors={"person": ["Nobody you may see has this address or number."]})
    return found


def example_form(policy: RoutingPolicy, given: dict[str, Any], preview: Preview) -> ExampleForm | None:
    """The form that keeps a lead which was described and tried, expecting what it got; None for a known person."""
    if not given:
        return None
    wanted = {"pool": preview.decision.pool, "rule": preview.decision.rule}
    return form_of(policy, initial={"given": given, "revision": revision_seen(policy), **wanted})


def form_of(policy: RoutingPolicy, *args: Any, **options: Any) -> ExampleForm:
    document = document_to_edit(policy)
    rules = [rule["name"] for rule in document.get("rules", []) if rule.get("name")]
    return ExampleForm(*args, pools=list(document.get("pools", {})), rules=rules, **options)


@requires("martech.edit_routing")
@require_POST
def keep(request: HttpRequest, key: str) -> HttpResponse:
    """Keep a described lead in the draft."""
    policy = policy_by(key)
    form = form_of(policy, request.POST)
    if form.is_valid() and saved(
        request, policy, form, lambda text: editing.put_example(text, form.cleaned_data["given"], form.expected())
    ):
        toast(request, "The example is kept in the draft; every edit tries it.")
        return redirect(policy)
    return form_page(request, policy, "Keep an example", form)


@requires("martech.edit_routing")
@require_POST
def remove(request: HttpRequest, key: str, number: int) -> HttpResponse:
    return change_at_once(request, policy_by(key), lambda text: editing.drop_example(text, number - 1))
