"""Signing in at the vendor's page, and coming back. The state says which connection, and that it was this browser."""

import secrets
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from martech.connectors.errors import VendorError
from martech.models import Connection
from martech.services.sync.signing_in import finish_sign_in, sign_in_address
from martech.views.sync import begun_test_of
from mops.core.addresses import public_address
from mops.core.errors import DomainError
from mops.core.pages import toast
from mops.core.rights import requires

SALT, KEPT, SECONDS = "martech.sync_sign_in", "sync_sign_in", 600


def back_address(request: HttpRequest) -> str:
    return public_address(request, reverse("martech:signed-in"))


@requires("martech.edit_sync")
def sign_in(request: HttpRequest, name: str) -> HttpResponse:
    """Off to the vendor."""
    connection = get_object_or_404(Connection, name=name)
    once = secrets.token_urlsafe(16)
    state = signing.TimestampSigner(salt=SALT).sign(f"{name}:{once}")
    try:
        address = sign_in_address(connection=connection, redirect_uri=back_address(request), state=state)
    except DomainError as refused:
        toast(request, refused.detail, "error")
        return redirect("martech:edit-connection", name=name)
    request.session[KEPT] = once
    return redirect(address)


@requires("martech.edit_sync")
def signed_in(request: HttpRequest) -> HttpResponse:
    """Back from there, with a code or a refusal; a state that is not ours changes nothing."""
    once = request.session.pop(KEPT, "")
    try:
        said = signing.TimestampSigner(salt=SALT).unsign(request.GET.get("state", ""), max_age=SECONDS)
    except signing.BadSignature:
        said = ""
    name, _, given = said.partition(":")
    if not said or not once or not constant_time_compare(given, once):
        toast(request, "This sign-in was not begun here, or too long ago; begin it again.", "error")
        return redirect("martech:connections")
    connection = get_object_or_404(Connection, name=name)
    if not (code := request.GET.get("code", "")):
        toast(
            request, f"No access was given: {request.GET.get('error_description', 'it was declined')[:200]}.", "error"
        )
        return redirect(connection)
    return keep(request, connection, code)


def keep(request: HttpRequest, connection: Connection, code: str) -> HttpResponse:
    user: Any = request.user
    try:
        finish_sign_in(connection=connection, redirect_uri=back_address(request), code=code, actor=user)
    except VendorError as refused:
        toast(request, f"{refused.detail} {refused.remedy}".strip(), "error")
        return redirect(connection)
    except DomainError as refused:
        toast(request, refused.detail, "error")
        return redirect(connection)
    toast(request, "Signed in.")
    return redirect(begun_test_of(connection))
