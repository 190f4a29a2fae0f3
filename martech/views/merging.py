"""Merging people by hand, taking it back, and the rules of it."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from martech.merge_forms import MergeRulesForm
from martech.models import Person
from martech.selectors.merging import candidates, likely_same, preview_merge, visible_merges
from martech.selectors.people import people_for
from martech.services.merging import merge_people, publish_merge_rules, rules_in_force, unmerge_people
from mops.core.errors import DomainError
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import called, requires


def chosen_people(request: HttpRequest, person: Person, given: Any) -> list[Person]:
    """The other people named in the address or the form, as far as they are living and may be seen."""
    ids = [int(text) for text in given.getlist("other") if text.isdigit() and len(text) < 19]
    return list(people_for(request.user).filter(pk__in=ids).exclude(pk=person.pk).order_by("pk"))


def chosen_values(request: HttpRequest, person: Person, others: Sequence[Person]) -> dict[str, int]:
    """Values chosen against the rules: `choice:phone=12` means the phone of person 12."""
    given = {
        name.removeprefix("choice:"): int(value)
        for name, value in request.POST.dict().items()
        if name.startswith("choice:") and value.isdigit() and len(value) < 19
    }
    by_rule = preview_merge(request.user, person, others, {})[0].survival.sources
    return {name: pk for name, pk in given.items() if by_rule.get(name) != pk}


@requires("martech.merge_people")
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Find who else this is, compare them side by side, choose what survives, and merge."""
    person = get_object_or_404(people_for(request.user), pk=pk)
    given = request.POST if request.method == "POST" else request.GET
    others = chosen_people(request, person, given)
    if request.method == "POST" and others:
        reason, choices = given.get("reason", "")[:300], chosen_values(request, person, others)
        try:
            merge_people(survivor=person, others=others, actor=request.user, reason=reason, choices=choices)  # type: ignore[arg-type]
        except DomainError as refused:
            toast(request, refusal(refused), "error")
        else:
            toast(
                request,
                f"{names(others, request.user)} merged into {called(request.user, person)}. It can be undone below.",
            )
            return redirect(person)
    return merge_page(request, person, others, given)


def merge_page(request: HttpRequest, person: Person, others: Sequence[Person], given: Any) -> HttpResponse:
    text, name = given.get("q", "").strip(), called(request.user, person)
    context: dict[str, Any] = {
        "title": f"Merge {name}",
        "person": person,
        "others": others,
        "q": text,
        "found": candidates(request.user, person, text) if text else likely_same(request.user, person),
        "crumbs": [Crumb(name, person.get_absolute_url())],
    }
    if others:
        plan, lines = preview_merge(request.user, person, others, {})
        context |= {"plan": plan, "lines": lines, "everybody": [person, *others]}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "martech/merge.html", context, status=status)


def names(people: Sequence[Person], user: Any) -> str:
    return ", ".join(called(user, person) for person in people)


def refusal(error: DomainError) -> str:
    reasons = (reason for reasons in error.errors.values() for reason in reasons)
    return " ".join([error.detail, *reasons])


@requires("martech.merge_people")
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a merge apart again."""
    found = get_object_or_404(visible_merges(request.user), pk=pk)
    try:
        unmerge_people(merge=found, actor=request.user)  # type: ignore[arg-type]
    except DomainError as refused:
        toast(request, refusal(refused), "error")
    else:
        toast(request, f"The merge into {called(request.user, found.survivor)} was undone.")
    return redirect("martech:person", pk=found.survivor_id)


@requires("martech.edit_merge_rules")
def rules(request: HttpRequest) -> HttpResponse:
    """Which value survives, field by field; every change is a new version."""
    version, in_force = rules_in_force()
    initial = MergeRulesForm.initial_of(in_force, version.number if version else 0)
    form = MergeRulesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = publish_merge_rules(
                document=form.document(),
                seen=form.cleaned_data["seen"],
                actor=request.user,  # type: ignore[arg-type]
            )
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, f"Version {made.number} of the merge rules is in force.")
            return redirect("martech:merge-rules")
    context = {"title": "Merge rules", "form": form, "version": version}
    return render_page(request, "martech/merge_rules.html", context, status=422 if form.errors else 200)
