"""Settling what is to be decided about a tool: we keep it, or it is asked about again."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from martech.models import Contract
from martech.services.stack_keeping import keep_contract, reconsider_contract
from martech.stack_forms import KeepForm
from mops.core.errors import DomainError
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import require, requires


def contract_of(request: HttpRequest, pk: int, contract: int) -> Contract:
    """The contract, for its tool's owner and for those who change the inventory. Raises Http404, PermissionDenied."""
    found = get_object_or_404(Contract.objects.select_related("tool"), pk=contract, tool=pk)
    require(request.user, "martech.keep_tool", found.tool)
    return found


@requires("martech.keep_tool", object_rule=True)
def keep(request: HttpRequest, pk: int, contract: int) -> HttpResponse:
    """Say with a reason that a contract is to renew; the question comes back with the next date of renewal."""
    found = contract_of(request, pk, contract)
    form, user = KeepForm(request.POST or None), request.user
    if request.method == "POST" and form.is_valid():
        try:
            keep_contract(contract=found, reason=form.cleaned_data["reason"], actor=user)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, f"{found.tool} is kept. It is asked about again with its next date of renewal.")
            return redirect(found.tool)
    context: dict[str, Any] = {
        "title": f"Keep {found.tool}",
        "form": form,
        "contract": found,
        "crumbs": [Crumb(found.tool.name, found.tool.get_absolute_url())],
    }
    return render_page(request, "martech/stack/keep.html", context, status=422 if form.errors else 200)


@requires("martech.keep_tool", object_rule=True)
@require_POST
def reconsider(request: HttpRequest, pk: int, contract: int) -> HttpResponse:
    """Take back that a contract is kept."""
    found = contract_of(request, pk, contract)
    if reconsider_contract(contract=found, actor=request.user):  # type: ignore[arg-type]
        toast(request, f"It is asked about {found.tool} again.")
    return redirect(found.tool)
