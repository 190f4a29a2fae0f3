"""Owners given by hand: of one person on their page, of many marked in the list."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from martech.assign_forms import AssignForm
from martech.models import Person
from martech.services.assignment import assign_owner, assign_owners, hand_back, hand_back_many
from martech.views.lifecycle import back_to_list, marked_page
from martech.views.people import PersonList
from mops.core.errors import DomainError
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import called, requires


def handed(person: Person, form: AssignForm, user: Any) -> str:
    """Give the person to whom the form says; answers what happened."""
    values, name = form.cleaned_data, called(user, person)
    if values["to"] == "routing":
        hand_back(person=person, actor=user, reason=values["reason"])
        return f"{name} is with routing again; the next by the policy gets them within seconds."
    assign_owner(person=person, owner=values["owner"], actor=user, reason=values["reason"])
    return f"{name} belongs to {person.owner or 'nobody'} now."


@requires("martech.edit_person")
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives a person to somebody by hand; routing keeps to it."""
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    form = AssignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            toast(request, handed(person, form, request.user))
            return redirect(person)
        except DomainError as error:
            add_errors(form, error)
    context = {"title": "Change the owner", "form": form, "back": person.get_absolute_url(), "submit": "Change owner"}
    context["crumbs"] = [Crumb(called(request.user, person), person.get_absolute_url())]
    return render_page(request, "martech/policy_form.html", context, status=422 if form.errors else 200)


def all_handed(people: list[int], form: AssignForm, user: Any) -> str:
    """Give the people to whom the form says; answers what happened."""
    values = form.cleaned_data
    if values["to"] == "routing":
        number = hand_back_many(people=people, actor=user, reason=values["reason"])
        return f"{_leads(number)} with routing again; the next by the policy get them within seconds."
    number = len(assign_owners(people=people, owner=values["owner"], actor=user, reason=values["reason"]))
    left = len(people) - number
    same = f" {_leads(left)} with them already." if left else ""
    return f"{_leads(number)} with {values['owner'] or 'nobody'} now.{same}"


def _leads(number: int) -> str:
    return "1 person is" if number == 1 else f"{number:,} people are"


@requires("martech.edit_person")
@require_POST
def assign_many(request: HttpRequest) -> HttpResponse:
    """Gives the marked people of the list to somebody, or back to routing: asks to whom and why first."""
    people = PersonList.selected(request)
    is_answer = "to" in request.POST
    form = AssignForm(request.POST if is_answer else None)
    if is_answer and form.is_valid():
        try:
            toast(request, all_handed(list(people.order_by().values_list("pk", flat=True)), form, request.user))
            return back_to_list(request)
        except DomainError as error:
            add_errors(form, error)
    note = "Each keeps a decision that says who gave them away and why; a response time that ran for them ends."
    return marked_page(request, people.count(), form, title="Hand on", submit="Hand them on", note=note)
