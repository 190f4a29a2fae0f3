"""The page that asks for a completeness proof."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from martech.models import SyncObject
from martech.proof_forms import ProofForm, initial_of
from martech.selectors.sync_failing import object_label
from martech.selectors.sync_proofs import earlier_proofs, proofs, question_of_run
from martech.services.sync.connections import MAPPED
from martech.services.sync.course import course_of
from martech.services.sync.proving import request_proof
from mops.core.errors import DomainError
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import requires


@requires("martech.edit_sync")
def ask_proof(request: HttpRequest, name: str, object: str) -> HttpResponse:
    """Say what is to be compared; `?again=` begins with what an earlier proof was asked."""
    found = get_object_or_404(SyncObject.objects.select_related("connection"), connection__name=name, name=object)
    course = course_of(found) if found.kind in MAPPED else None
    if course is None:
        raise Http404
    form = ProofForm(course, request.POST or None, initial=initial_of(asked_before(request, found)))
    if request.method == "POST" and form.is_valid():
        user: Any = request.user
        try:
            run = request_proof(object=found, asked=form.asked, actor=user)
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, "The proof was asked for.")
            return redirect(run)
    context = {
        "title": f"Proof of {object_label(found.connection, found.name)}",
        "form": form,
        "connection": found.connection,
        "earlier": earlier_proofs(found),
        "crumbs": [Crumb("Connections", "/martech/sync/"), Crumb(name, found.connection.get_absolute_url())],
    }
    return render_page(request, "martech/proof.html", context, status=422 if form.errors else 200)


def asked_before(request: HttpRequest, object: SyncObject) -> dict[str, Any]:
    again = request.GET.get("again", "")
    if not (again.isascii() and again.isdigit() and len(again) < 19):
        return {}
    run = proofs().filter(object=object, pk=int(again)).first()
    return question_of_run(run) if run else {}
