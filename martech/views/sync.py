"""Connections: their health, their set-up, and what somebody asks of them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from governance.models import User
from martech.connectors.registry import vendor as vendor_of
from martech.connectors.registry import vendors
from martech.models import Connection, ConnectionState, RemoteOwner, RunKind, SyncObject
from martech.selectors import sync as selectors
from martech.selectors.sync_absences import of_connection
from martech.selectors.sync_departures import departures, orphaned
from martech.selectors.sync_health import health_by_itself
from martech.selectors.sync_held import held_lines
from martech.selectors.sync_hints import hint_lines
from martech.selectors.sync_opening import sentence_of
from martech.selectors.sync_retirements import near_retirements, retirement_lines
from martech.selectors.sync_runs import last_runs
from martech.services.sync.connections import (
    MAPPED,
    change_connection,
    check_connection,
    pause_connection,
    resume_connection,
    save_connection,
)
from martech.services.sync.due_rounds import ask_for_round
from martech.services.sync.owners import choose_owner
from martech.services.sync.removing import remove_connection
from martech.services.sync.runs import request_run
from martech.services.sync.signing_in import can_sign_in
from martech.services.sync.streams import read_again, switch_stream
from martech.sync.guard import Guard
from martech.sync_forms import ConnectionForm, ConnectionSettingsForm
from mops.core.errors import DomainError
from mops.core.kept_secrets import KeptSecrets
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import requires


@requires("martech.view_sync")
def connections(request: HttpRequest) -> HttpResponse:
    """Every connection and how it is; what waits for somebody first."""
    lines = selectors.connection_lines()
    context = {
        "title": "Connections",
        "opening": lambda: sentence_of(lines, orphaned()),  # not for the part that renews itself
        "lines": lines,
        "reasons": selectors.reason_lines(),
        "runs": last_runs(),
        "vendors": list(vendors().values()),
        "ends": near_retirements(timezone.localdate()),
    }
    return render_page(request, "martech/connections.html", context, partial="health")


@requires("martech.edit_sync")
def new_connection(request: HttpRequest, vendor: str) -> HttpResponse:
    try:
        chosen = vendor_of(vendor)
    except KeyError as error:
        raise Http404 from error
    return connection_form(request, chosen, None, f"Connect {chosen.label}")


@requires("martech.edit_sync")
def edit_connection(request: HttpRequest, name: str) -> HttpResponse:
    found = get_object_or_404(Connection, name=name)
    return connection_form(request, vendor_of(found.vendor), found, f"Credentials of {name}")


def connection_form(request: HttpRequest, vendor: Any, found: Connection | None, title: str) -> HttpResponse:
    """Save, then test at once, so that the next page says what works."""
    kept = KeptSecrets(request.session, f"connection:{vendor.key}:{found.pk if found else 'new'}")
    if request.method != "POST":
        kept.forget()
    form = ConnectionForm(vendor, request.POST or None, connection=found, kept=kept.read())
    if request.method == "POST" and form.is_valid():
        name = found.name if found else form.cleaned_data["name"]
        try:
            saved, _is_new = save_connection(
                vendor=vendor.key,
                name=name,
                given=form.given(),
                base_url=form.cleaned_data["base_url"],
                actor=request.user,  # type: ignore[arg-type]
                only_new=found is None,
            )
            kept.forget()
            return redirect(begun_test_of(saved))
        except DomainError as error:
            add_errors(form, error)
        except ValidationError as error:
            form.add_error(None, error.messages)  # type: ignore[arg-type]
    if form.errors:
        kept.keep(form.kept)
    crumbs = [Crumb("Connections", "/martech/sync/")]
    context = {"title": title, "form": form, "back": found.get_absolute_url() if found else "/martech/sync/"}
    context["lede"] = f"The next page tests step by step whether {vendor.label} lets us in. Secrets are kept sealed."
    return render_page(
        request, "martech/connection_form.html", {**context, "crumbs": crumbs}, status=422 if form.errors else 200
    )


def begun_test_of(connection: Connection) -> str:
    return f"{reverse('martech:test-connection', args=[connection.name])}?begin=1"


def is_signed_out(connection: Connection) -> bool:
    """Its credentials were refused: nothing but new ones helps."""
    is_stopped = connection.state in (ConnectionState.BROKEN, ConnectionState.NEW)
    return is_stopped and connection.problem.get("class") == "SignInRefused"


def is_waiting(connection: Connection) -> bool:
    """It works, and rests until the other side answers again or has calls left."""
    until = connection.paused_until
    return connection.state == ConnectionState.ACTIVE and until is not None and until > timezone.now()


@requires("martech.edit_sync")
def test_connection(request: HttpRequest, name: str) -> HttpResponse:
    """The set-up assistant's last page: every step, and what to do about the one that failed. After credentials were
    saved (`?begin=`) the page asks for the test by itself."""
    found = get_object_or_404(Connection, name=name)
    steps = list(check_connection(found)) if request.method == "POST" else None
    context = {"title": f"Test {name}", "connection": found, "steps": steps}
    context["begins"] = steps is None and "begin" in request.GET
    context["is_signed_out"] = steps is not None and is_signed_out(found)
    context["can_sign_in"] = can_sign_in(found)
    is_whole = steps is not None and all(step.is_ok or step.is_part for step in steps)
    context["is_ok"] = is_whole and found.state in (ConnectionState.ACTIVE, ConnectionState.PAUSED)
    context["is_part"] = context["is_ok"] and not all(step.is_ok for step in steps or ())
    context["waits"] = steps is not None and not is_whole and is_waiting(found)
    context["crumbs"] = [Crumb("Connections", "/martech/sync/"), Crumb(name, found.get_absolute_url())]
    return render_page(request, "martech/connection_test.html", context)


@requires("martech.view_sync")
def connection(request: HttpRequest, name: str) -> HttpResponse:
    found = get_object_or_404(Connection, name=name)
    vendor = vendor_of(found.vendor)
    fresh = selectors.freshness("connection").get(found.pk)
    context = {
        "title": found.name,
        "connection": found,
        "vendor": vendor,
        "health": health_by_itself(found, fresh),
        "can_sign_in": can_sign_in(found),
        "is_signed_out": is_signed_out(found),
        "waits": is_waiting(found),
        "fresh_at": fresh,
        "objects": selectors.object_lines(found),
        "reasons": selectors.reason_lines(found),
        "undecided": held_lines(found),
        "runs": last_runs(found),
        "hints": hint_lines(found, vendor),
        "budgets": selectors.budget_lines(found, vendor),
        "retirements": retirement_lines(found, vendor, timezone.localdate()),
        # These not for the part that is asked for every ten seconds, which would empty what somebody is choosing.
        "owners": lambda: selectors.unknown_owners(found)[:20],
        "colleagues": lambda: User.objects.filter(is_active=True).order_by("name", "email"),
        "departures": lambda: departures(found),
        "crumbs": [Crumb("Connections", "/martech/sync/")],
    }
    return render_page(request, "martech/connection.html", context, partial="health")


@requires("martech.edit_sync")
@require_POST
def say_who(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Say who an owner over there is here."""
    owner = get_object_or_404(RemoteOwner, connection__name=name, pk=pk)
    user = get_object_or_404(User, pk=request.POST.get("user") or 0, is_active=True)
    choose_owner(owner=owner, user=user)
    toast(request, f"{owner} is {user}. Their records are looked at again.")
    return redirect("martech:connection", name=name)


@requires("martech.edit_sync")
def connection_settings(request: HttpRequest, name: str) -> HttpResponse:
    found = get_object_or_404(Connection, name=name)
    guard = Guard.of(found.guard)
    initial = {"every_seconds": found.every_seconds, "pushes_alone": found.pushes_alone}
    initial |= {"rows": guard.rows, "blank_outs": guard.blank_outs, "creates": guard.creates}
    initial |= {"percent": None if guard.share is None else round(guard.share * 100), "sensitive": guard.sensitive}
    form = ConnectionSettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        change_connection(connection=found, values=form.cleaned_data, actor=request.user)  # type: ignore[arg-type]
        toast(request, "The settings were saved.")
        return redirect(found)
    context = {"title": f"Settings of {name}", "form": form, "back": found.get_absolute_url()}
    context["lede"] = "How often it looks, and what it may write before somebody approves."
    context["removable"] = found
    context["crumbs"] = [Crumb("Connections", "/martech/sync/"), Crumb(name, found.get_absolute_url())]
    return render_page(request, "martech/connection_form.html", context, status=422 if form.errors else 200)


@requires("martech.edit_sync")
@require_POST
def remove(request: HttpRequest, name: str) -> HttpResponse:
    """Forget a connection whose name was typed."""
    found = get_object_or_404(Connection, name=name)
    user: Any = request.user
    try:
        remove_connection(connection=found, typed=request.POST.get("typed", ""), actor=user)
    except DomainError as refused:
        reasons = " ".join(reason for reasons in refused.errors.values() for reason in reasons)
        toast(request, f"{refused.detail} {reasons}".strip(), "error")
        return redirect("martech:connection-settings", name=name)
    toast(request, f"{name} was removed. Your records stay.")
    return redirect("martech:connections")


@requires("martech.edit_sync")
@require_POST
def connection_action(request: HttpRequest, name: str) -> HttpResponse:
    """Sync now, pause or resume."""
    found = get_object_or_404(Connection, name=name)
    user: Any = request.user
    match request.POST.get("do"):
        case "pause":
            pause_connection(connection=found, actor=user)
            toast(request, f"{name} is paused.")
        case "resume":
            resume_connection(connection=found, actor=user)
            toast(request, f"{name} goes on.")
        case "sync" if held := of_connection(found):
            toast(request, f"No round can begin. {held.text}", "error")
        case "sync":
            is_next = ask_for_round([found.pk])
            toast(request, "A round begins." if is_next else "Another round begins when the one under way ends.")
    return redirect(found)


@requires("martech.edit_sync")
@require_POST
def object_action(request: HttpRequest, name: str, object: str) -> HttpResponse:
    """Ask for a backfill, or leave an object out; what is not mapped is read again from the start."""
    found = get_object_or_404(SyncObject.objects.select_related("connection"), connection__name=name, name=object)
    kind, user = request.POST.get("do", ""), request.user
    if found.kind not in MAPPED or kind in ("read", "leave"):
        return stream_action(request, found, kind)
    if kind != RunKind.BACKFILL:
        raise Http404
    try:
        run = request_run(found.connection, kind, object=found, actor=user)  # type: ignore[arg-type]
    except DomainError as error:
        toast(request, error.detail, "error")
        return redirect(found.connection)
    toast(request, "The backfill was asked for.")
    return redirect(run)


def stream_action(request: HttpRequest, found: SyncObject, wish: str) -> HttpResponse:
    user: Any = request.user
    match wish:
        case "backfill":
            read_again(object=found)
            toast(request, "Everything is read again with the next round.")
        case "read" | "leave":
            switch_stream(object=found, is_enabled=wish == "read", actor=user)
            toast(request, "It is read with every round." if wish == "read" else "It is left out; what came stays.")
        case _:
            raise Http404
    return redirect(found.connection)
