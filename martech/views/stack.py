"""The tool inventory: what there is, what it costs, what of it is used, and what to do about it."""

from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from governance.models import User
from martech.models import Answer, Contract, Integration, Tool, UsageQuestion
from martech.models.stack import questions_to, waiting_questions
from martech.selectors.stack import drawing, stack
from martech.services.stack import (
    answer_question,
    ask_colleagues,
    connect_tools,
    delete_contract,
    disconnect_tools,
    save_contract,
    save_tool,
)
from martech.services.stack_import import COLUMNS, import_tools
from martech.stack.drawing import Node
from martech.stack.taxonomy import CAPABILITIES, DATA
from martech.stack_forms import AskForm, ContractForm, IntegrationForm, InventoryForm, ToolForm
from martech.views.imports import keep_upload
from mops.core.errors import DomainError
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import SIGNED_IN, requires
from mops.core.tabular import TableError


@requires("martech.view_stack")
def overview(request: HttpRequest) -> HttpResponse:
    """All tools with cost and use, and what to cut or use better, by the money it is about."""
    return render_page(
        request, "martech/stack/overview.html", {"title": "Tools", "stack": stack(), "currency": settings.BASE_CURRENCY}
    )


@requires("martech.view_stack")
def tool(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Tool.objects.select_related("owner"), pk=pk)
    whole = stack()
    context: dict[str, Any] = {
        "title": found.name,
        "tool": found,
        "line": next((line for line in whole.lines if line.tool.pk == pk), None),
        "suggestions": [one for one in whole.suggestions if one.tool == pk],
        "labels": CAPABILITIES,
        "currency": settings.BASE_CURRENCY,
        "sends": list(found.sends.select_related("end")),
        "receives": list(found.receives.select_related("start")),
        "ask": AskForm(),
        "waiting": waiting_by_colleague(found),
        "link": IntegrationForm(tool=found),
    }
    return render_page(request, "martech/stack/tool.html", context)


def waiting_by_colleague(tool: Tool) -> list[tuple[User, list[UsageQuestion]]]:
    """Who was asked about a tool and has not answered yet, with the questions that wait."""
    waiting = waiting_questions(tool).select_related("user", "capability")
    return [(user, list(asked)) for user, asked in groupby(waiting, key=lambda one: one.user)]


def form_page(request: HttpRequest, form: Any, title: str, back: str, crumbs: list[Crumb]) -> HttpResponse:
    context = {"title": title, "form": form, "back": back, "crumbs": crumbs}
    return render_page(request, "martech/stack/form.html", context, status=422 if form.errors else 200)


@requires("martech.edit_stack")
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add a tool, or change one."""
    found = get_object_or_404(Tool, pk=pk) if pk else None
    form = ToolForm(request.POST or None, initial=ToolForm.initial_of(found) if found else None)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_tool(tool=found, actor=request.user, values=form.cleaned_data)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, f"{saved} was saved.")
            return redirect(saved)
    back = found.get_absolute_url() if found else reverse("martech:stack")
    crumbs = [Crumb(found.name, back)] if found else []
    return form_page(request, form, f"Edit {found}" if found else "Add a tool", back, crumbs)


@requires("martech.edit_stack")
def contract(request: HttpRequest, pk: int, contract: int | None = None) -> HttpResponse:
    """Add a contract to a tool, or change one."""
    found = get_object_or_404(Tool, pk=pk)
    known = get_object_or_404(Contract, pk=contract, tool=found) if contract else None
    form = ContractForm(request.POST or None, initial=ContractForm.initial_of(known) if known else None)
    if request.method == "POST" and form.is_valid():
        try:
            save_contract(tool=found, contract=known, actor=request.user, values=form.cleaned_data)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, "The contract was saved.")
            return redirect(found)
    context = {
        "title": f"Contract of {found}",
        "form": form,
        "contract": known,
        "back": found.get_absolute_url(),
        "crumbs": [Crumb(found.name, found.get_absolute_url())],
    }
    return render_page(request, "martech/stack/contract.html", context, status=422 if form.errors else 200)


@requires("martech.edit_stack")
@require_POST
def remove_contract(request: HttpRequest, pk: int, contract: int) -> HttpResponse:
    """Take away a contract that was entered by mistake."""
    known = get_object_or_404(Contract.objects.select_related("tool"), pk=contract, tool=pk)
    delete_contract(contract=known, actor=request.user)  # type: ignore[arg-type]
    toast(request, "The contract was removed.")
    return redirect(known.tool)


@requires("martech.edit_stack")
@require_POST
def connect(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Tool, pk=pk)
    form = IntegrationForm(request.POST, tool=found)
    if not form.is_valid():
        return form_page(request, form, f"Join {found} to a tool", found.get_absolute_url(), [])
    connect_tools(start=found, actor=request.user, **form.cleaned_data)  # type: ignore[arg-type]
    toast(request, f"{found} sends to {form.cleaned_data['end']}.")
    return redirect(found)


@requires("martech.edit_stack")
@require_POST
def disconnect(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    found = get_object_or_404(Integration, pk=link, start=pk)
    disconnect_tools(integration=found, actor=request.user)  # type: ignore[arg-type]
    toast(request, "The integration was removed.")
    return redirect("martech:tool", pk=pk)


@requires("martech.edit_stack")
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask colleagues what of a tool they use."""
    found = get_object_or_404(Tool, pk=pk)
    form = AskForm(request.POST)
    if not form.is_valid():
        return form_page(request, form, f"Ask about {found}", found.get_absolute_url(), [])
    asked = ask_colleagues(tool=found, users=form.cleaned_data["users"], actor=request.user)  # type: ignore[arg-type]
    if asked:
        toast(request, f"{asked} question{'s were' if asked != 1 else ' was'} asked.")
    else:
        toast(request, "Nothing was asked: they were asked before, or what it can do is seen in use.", "info")
    return redirect(found)


@requires("martech.view_stack")
def overlap(request: HttpRequest) -> HttpResponse:
    whole = stack()
    columns = [line.tool for line in whole.lines]
    rows = [
        (CAPABILITIES.get(row.capability, row.capability), row, list(zip(columns, row.cells, strict=True)))
        for row in whole.overlaps()
    ]
    held = [(label, [(one, key in one.holds) for one in columns]) for key, label in DATA]
    held = [(label, cells) for label, cells in held if any(is_held for _tool, is_held in cells)]
    context = {"title": "Overlaps", "columns": columns, "rows": rows, "held": held}
    return render_page(request, "martech/stack/overlap.html", context)


@requires("martech.view_stack")
def chart(request: HttpRequest) -> HttpResponse:
    """All integrations as a picture or as a list; `?tool=` those of one tool."""
    whole = drawing()
    chosen = next((node for node in whole.tools if str(node.pk) == request.GET.get("tool", "")), None)
    is_list = request.GET.get("as") == "list"
    context = {
        "title": "Map of integrations",
        "drawing": whole,
        "chosen": chosen,
        "near": whole.near(chosen.pk) if chosen else frozenset(),
        "listed": whole.around(chosen.pk) if chosen else whole,
        "is_list": is_list,
        "views": [way_of(chosen, "map", not is_list), way_of(chosen, "list", is_list)],
    }
    return render_page(request, "martech/stack/map.html", context)


def way_of(chosen: Node | None, way: str, is_active: bool) -> dict[str, Any]:
    """A way to look at the integrations, as the choice of ways shows it."""
    suffix = f"&tool={chosen.pk}" if chosen else ""
    return {"url": f"?as={way}{suffix}", "label": way.capitalize(), "is_active": is_active}


@requires(SIGNED_IN)
def survey(request: HttpRequest) -> HttpResponse:
    """What the user was asked, one click a question; an answer may be changed."""
    questions = questions_to(request.user).select_related("capability__tool")
    if request.method == "POST":
        asked = request.POST.get("question", "")
        found = get_object_or_404(questions, pk=asked if asked.isdecimal() and len(asked) < 19 else 0)
        try:
            answer_question(question=found, user=request.user, answer=request.POST.get("answer", ""))  # type: ignore[arg-type]
        except DomainError as error:
            toast(request, error.detail, "error")
        else:
            toast(request, f"Thank you. {found.capability} of {found.capability.tool}: your answer is kept.")
        return redirect("martech:stack-survey")
    context: dict[str, Any] = {
        "title": "What do you use?",
        "questions": list(questions.filter(answer="")),
        "answered": list(questions.exclude(answer="")),
        "answers": Answer.choices,
    }
    return render_page(request, "martech/stack/survey.html", context)


@requires("martech.edit_stack")
def inventory(request: HttpRequest) -> HttpResponse:
    """An inventory from a file; what was not taken stands there with its reason."""
    form = InventoryForm(request.POST or None, request.FILES or None)
    outcome = None
    if request.method == "POST" and form.is_valid():
        path = None
        try:
            path = keep_upload(form.cleaned_data["file"])
            outcome = import_tools(path=path, actor=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
        except TableError as error:
            form.add_error("file", str(error))
        finally:
            if path:
                path.unlink(missing_ok=True)
    context = {"title": "Import an inventory", "form": form, "outcome": outcome, "columns": COLUMNS}
    return render_page(request, "martech/stack/import.html", context, status=422 if form.errors else 200)
