"""Naming rules: the published one, its draft, what the draft would say about a name and about those in use."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from governance.models import NamingRule
from governance.naming import Impact, NamedKind, impact_on, named_kinds
from governance.naming_form import RuleForm
from governance.services.taxonomy import (
    checked_parts,
    discard_naming_draft,
    publish_naming_draft,
    save_naming_draft,
)
from governance.taxonomy import Grammar, NameRefused, grammar_of, parse
from mops.core.errors import ConflictError, DomainError
from mops.core.pages import Crumb, render_page, toast
from mops.core.rights import can, requires


def kind_or_404(key: str) -> NamedKind:
    kind = next((kind for kind in named_kinds() if kind.key == key), None)
    if kind is None:
        raise Http404
    return kind


@requires("governance.view_taxonomy")
def naming(request: HttpRequest) -> HttpResponse:
    """Every kind of object that rules may govern, with its rule."""
    published = {rule.kind: rule for rule in NamingRule.objects.filter(state=NamingRule.State.PUBLISHED)}
    drafted = set(NamingRule.objects.filter(state=NamingRule.State.DRAFT).values_list("kind", flat=True))
    rows = [
        {
            "kind": kind,
            "rule": published.get(kind.key),
            "grammar": grammar_in(published.get(kind.key)),
            "has_draft": kind.key in drafted,
        }
        for kind in named_kinds()
    ]
    return render_page(request, "governance/naming.html", {"title": "Naming rules", "rows": rows})


@requires("governance.view_taxonomy")
def rule(request: HttpRequest, kind: str) -> HttpResponse:
    """The rule of a kind. For those who may change it, the draft; a POST keeps the draft."""
    named = kind_or_404(kind)
    if not can(request.user, "governance.edit_taxonomy"):
        return answer(request, named, None)
    form = RuleForm(newest_of(kind), request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return answer(request, named, form, status=422 if request.method == "POST" else 200)
    try:
        save_naming_draft(kind=kind, delimiter=form.delimiter, parts=form.rows(), actor=request.user)  # type: ignore[arg-type]
    except DomainError as error:
        return answer(request, named, form, refusals=reasons_of(error), status=422)
    toast(request, "The draft was kept. Nothing changes until it is published.")
    return redirect("governance:naming-rule", kind=kind)


def newest_of(kind: str) -> NamingRule | None:
    """The draft of a kind; without one the published rule."""
    states = [NamingRule.State.DRAFT, NamingRule.State.PUBLISHED]
    return NamingRule.objects.filter(kind=kind, state__in=states).order_by("state").first()


def grammar_in(rule: NamingRule | None) -> Grammar | None:
    return grammar_of(rule.delimiter, rule.parts) if rule else None


def reasons_of(error: DomainError) -> list[str]:
    return [reason for reasons in error.errors.values() for reason in reasons] or [error.detail]


def impact_of(named: NamedKind, grammar: Grammar | None) -> Impact | None:
    return impact_on(grammar, named.names()) if grammar else None


def answer(
    request: HttpRequest, named: NamedKind, form: RuleForm | None, *, refusals: Any = (), status: int = 200
) -> HttpResponse:
    rules = list(NamingRule.objects.filter(kind=named.key))
    by_state = {rule.state: rule for rule in reversed(rules)}
    draft, published = by_state.get(NamingRule.State.DRAFT), by_state.get(NamingRule.State.PUBLISHED)
    context = {
        "title": f"Names of {named.label.lower()}",
        "crumbs": [Crumb("Naming rules", reverse("governance:naming"))],
        "kind": named,
        "form": form,
        "refusals": refusals,
        "draft": draft,
        "published": published,
        "grammar": grammar_in(published),
        "impact": impact_of(named, grammar_in(draft or published)),
        "versions": [rule for rule in rules if rule.state != NamingRule.State.DRAFT],
    }
    return render_page(request, "governance/naming_rule.html", context, status=status)


@requires("governance.edit_taxonomy")
@require_POST
def preview(request: HttpRequest, kind: str) -> HttpResponse:
    """What the rule on the screen says about the name to try and about the names in use; nothing is kept."""
    named, form = kind_or_404(kind), RuleForm(newest_of(kind), request.POST)
    if not form.is_valid():
        return render_page(request, "governance/naming_preview.html", {"refusals": ["Fill in what is marked first."]})
    try:
        grammar = grammar_of(form.delimiter, checked_parts(form.delimiter, form.rows()))  # type: ignore[arg-type]
    except DomainError as error:
        return render_page(request, "governance/naming_preview.html", {"refusals": reasons_of(error)})
    context = {"grammar": grammar, "sample": form.sample, "kind": named, "impact": impact_of(named, grammar)}
    return render_page(request, "governance/naming_preview.html", {**context, **reading_of(grammar, form.sample)})


def reading_of(grammar: Grammar, name: str) -> dict[str, Any]:
    """`read`: label and text of every part of the name; or `findings`: what is wrong with it."""
    if not name:
        return {}
    try:
        found = parse(grammar, name)
    except NameRefused as refused:
        return {"findings": refused.findings}
    return {"read": [(part.label, found[part.key]) for part in grammar.parts]}


@requires("governance.edit_taxonomy")
@require_POST
def publish(request: HttpRequest, kind: str) -> HttpResponse:
    """Publish the draft."""
    kind_or_404(kind)
    try:
        published = publish_naming_draft(kind=kind, actor=request.user)  # type: ignore[arg-type]
    except ConflictError as error:
        toast(request, error.detail, "error")
    else:
        toast(request, f"Version {published.version} is published. New names follow it from now on.")
    return redirect("governance:naming-rule", kind=kind)


@requires("governance.edit_taxonomy")
@require_POST
def discard(request: HttpRequest, kind: str) -> HttpResponse:
    """Throw the draft away."""
    kind_or_404(kind)
    is_gone = discard_naming_draft(kind=kind, actor=request.user)  # type: ignore[arg-type]
    toast(request, "The draft was discarded." if is_gone else "There was no draft.", "success" if is_gone else "info")
    return redirect("governance:naming-rule", kind=kind)
