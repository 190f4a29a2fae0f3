"""Lifecycle pages: the graph with who is where, its draft, and moving people by hand."""

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from martech.lifecycle import editing
from martech.lifecycle.drawing import HEIGHT, WIDTH
from martech.models import LifecycleVersion, Person, Stage
from martech.scoring_forms import DocumentForm, MoveForm, StageForm
from martech.selectors.lifecycle import lifecycle_in_force, lifecycle_of, lifecycle_to_edit, stuck_people, targets_from
from martech.selectors.lifecycle_page import DAYS, lifecycle_page
from martech.services.lifecycle import (
    discard_lifecycle_draft,
    edit_lifecycle_draft,
    move_people,
    move_person,
    publish_lifecycle,
    save_lifecycle_draft,
)
from martech.views.drafts import say_dropped, say_published
from martech.views.people import PersonList
from martech.views.scoring import form_page as scoring_form_page
from mops.core.errors import DomainError
from mops.core.lists import Total
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import called, requires
from mops.core.versions import revision_among

HELP = "The document of docs/lifecycle.md. Keep it in version control if you like."
SAVED_IN = "Saved in the draft; nobody moves by it before you publish."


@requires("martech.view_scoring")
def lifecycle(request: HttpRequest) -> HttpResponse:
    """The graph, who is in which stage, how many come further and in how many days, and who is stuck."""
    page = lifecycle_page(request.user)
    context = {"title": "Lifecycle", "page": page, "width": WIDTH, "height": HEIGHT, "days": DAYS}
    return render_page(request, "martech/lifecycle.html", context)


def revision_seen() -> int:
    return revision_among(LifecycleVersion.objects.all())


def form_page(request: HttpRequest, title: str, form: forms.Form, **more: Any) -> HttpResponse:
    more = {"back": reverse("martech:lifecycle"), "lede": SAVED_IN, **more}
    return scoring_form_page(request, title, form, **more)


def saved(request: HttpRequest, form: forms.Form, change: Callable[[dict[str, Any]], None]) -> bool:
    try:
        edit_lifecycle_draft(change=change, actor=request.user, revision=form.cleaned_data["revision"])  # type: ignore[arg-type]
    except DomainError as error:
        add_errors(form, error)
        return False
    return True


@requires("martech.edit_scoring")
def stage(request: HttpRequest, key: str) -> HttpResponse:
    """What makes people enter a stage, and where they may go from it."""
    document = lifecycle_to_edit()
    keys = [str(one.get("key")) for one in document["stages"]]
    if key not in keys:
        raise Http404
    targets = [end for start, end in document.get("moves", []) if start == key]
    initial = {**document["stages"][keys.index(key)], "targets": targets, "revision": revision_seen()}
    form = StageForm(request.POST or None, initial=initial, stage=key, keys=keys)

    def change(text: dict[str, Any]) -> None:
        editing.put_stage(text, key, form.stage_fields(), form.cleaned_data["targets"])

    if request.method == "POST" and form.is_valid() and saved(request, form, change):
        return redirect("martech:lifecycle")
    return form_page(request, f"Stage {Stage(key).label}", form)


@requires("martech.edit_scoring")
def text(request: HttpRequest) -> HttpResponse:
    """The whole lifecycle as text."""
    shown = json.dumps(lifecycle_to_edit(), indent=2, ensure_ascii=False)
    initial = {"document": shown, "revision": revision_seen()}
    form = DocumentForm(request.POST or None, initial=initial, label="Lifecycle as text", help_text=HELP)
    if request.method == "POST" and form.is_valid():
        try:
            save_lifecycle_draft(**form.cleaned_data, actor=request.user)  # type: ignore[arg-type]
            return redirect("martech:lifecycle")
        except DomainError as error:
            add_errors(form, error)
    return form_page(request, "Lifecycle as text", form, is_wide=True)


@requires("martech.edit_scoring")
@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Puts the draft that was seen into force."""

    def put(revision: int) -> str:
        version, _ = publish_lifecycle(actor=request.user, revision=revision)  # type: ignore[arg-type]
        return f"Version {version.number} is in force; everybody is being looked at."

    say_published(request, put)
    return redirect("martech:lifecycle")


@requires("martech.edit_scoring")
@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Drops the draft."""
    say_dropped(request, discard_lifecycle_draft)
    return redirect("martech:lifecycle")


class StuckPeople(PersonList):
    """The people behind the number of those who are stuck in a stage."""

    key = "martech:stuck"
    actions = ()
    ready_views = ()
    bulk_actions = ()

    @property
    def days(self) -> int:
        stages = lifecycle_of(lifecycle_in_force()).stages
        found = next((one.stuck_after for one in stages if one.key == self.kwargs["key"]), None)
        if found is None:
            raise Http404
        return found

    def visible(self, user: Any) -> QuerySet[Person]:
        return stuck_people(user, self.kwargs["key"], self.days).select_related("account", "owner", "campaign")

    def lede(self, total: Total) -> str:
        return f"Who has been in {Stage(self.kwargs['key']).label} for more than {self.days} days."


@requires("martech.edit_person")
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Moves one person by hand, with the reason."""
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    form, name = (
        MoveForm(request.POST or None, targets=targets_from(person.lifecycle_stage)),
        called(request.user, person),
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            move_person(person=person, to=values["stage"], reason=values["reason"], actor=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, f"{name} is {person.get_lifecycle_stage_display()} now.")
            return redirect(person)
    crumbs = [Crumb(name, person.get_absolute_url())]
    lede = f"{name} is {person.get_lifecycle_stage_display()} now; how far they came is kept."
    more = {"back": person.get_absolute_url(), "submit": "Move", "crumbs": crumbs, "lede": lede}
    return scoring_form_page(request, "Move to another stage", form, **more)


@requires("martech.edit_person")
@require_POST
def move_many(request: HttpRequest) -> HttpResponse:
    """Moves the marked people of the list: asks where and why first."""
    people = PersonList.selected(request)
    keys = lifecycle_of(lifecycle_in_force()).keys
    is_answer = "stage" in request.POST
    form = MoveForm(request.POST if is_answer else None, targets=[Stage(key) for key in keys])
    if is_answer and form.is_valid():
        values = form.cleaned_data
        try:
            done = move_people(people=people, to=values["stage"], reason=values["reason"], actor=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, words_for(done, Stage(values["stage"])), "success" if done.moved else "warning")
            return back_to_list(request)
    note = "Who is where no such move begins stays there and is counted."
    return marked_page(request, people.count(), form, title="Move to another stage", submit="Move them", note=note)


def marked_page(request: HttpRequest, number: int, form: forms.Form, **words: str) -> HttpResponse:
    """Asks what to do with the people that are marked in the list; `words` are its title, its note and its button."""
    marked = {
        "pk": request.POST.getlist("pk"),
        "all": request.POST.get("all", "0"),
        "next": request.POST.get("next", ""),
    }
    context = {**words, "form": form, "number": number, "marked": marked}
    return render_page(request, "martech/marked_people.html", context, status=422 if form.errors else 200)


def words_for(done: Any, stage: Stage) -> str:
    parts = [f"{done.moved:,} moved to {stage.label}"]
    if done.already:
        parts.append(f"{done.already:,} were there already")
    parts += [f"{number:,} cannot go there from {Stage(key).label}" for key, number in done.refused.items()]
    return "; ".join(parts) + "."


def back_to_list(request: HttpRequest) -> HttpResponse:
    """To the list as it was filtered, and nowhere else."""
    people = reverse("martech:people")
    given = request.POST.get("next", "")
    return redirect(given if given.startswith(f"{people}?") else people)
