"""Deny by default: every address is listed here with its right, and every role gets exactly what its right says."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from governance.policies import Role
from mops.core.rights import PUBLIC, SIGNED_IN, can, permissions, right_of
from tests.factories import make_user

THIRD_PARTY = ("allauth.", "django.contrib.admin", "unfold.", "django.views.generic.base", "django.contrib.staticfiles")
PUBLIC_NAMES = {"healthz", "readyz", "tracking", "webhook", "webhook-without-slash"}


def addresses(resolver: Any = None, prefix: str = "", names: str = "") -> Iterator[tuple[str, str, Any]]:
    """(name, route, view) of every address."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            space = f"{names}{entry.namespace}:" if entry.namespace else names
            yield from addresses(entry, route, space)
        elif isinstance(entry, URLPattern):
            yield f"{names}{entry.name}", route, entry.callback


OURS = [
    entry
    for entry in addresses()
    if not entry[2].__module__.startswith(THIRD_PARTY) and not entry[1].startswith("admin/")
]


def test_every_address_declares_a_right_that_exists() -> None:
    known = {permission.key for permission in permissions()} | {PUBLIC, SIGNED_IN}
    wrong = {}
    for name, _route, view in OURS:
        right = right_of(view)
        keys = set(right.values()) if isinstance(right, dict) else {right}
        if not keys <= known:
            wrong[name] = right
    assert wrong == {}


def test_only_probes_and_what_a_key_or_signature_opens_are_public() -> None:
    assert {name for name, _route, view in OURS if right_of(view) == PUBLIC} == PUBLIC_NAMES


def test_addresses_have_names_of_their_own() -> None:
    names = [name for name, _route, _view in OURS]
    assert sorted({name for name in names if names.count(name) > 1}) == []


PLAIN = [(name, "/" + route, view) for name, route, view in OURS if "<" not in route]


def bare(request: HttpRequest, status: int, exception: Exception | None = None) -> HttpResponse:
    """In place of the page that says so: how it looks is shown in tests/browser, once instead of for every address."""
    return HttpResponse(status=status)


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_a_role_opens_exactly_the_pages_its_rights_name(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client, user = Client(), make_user(role)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/governance/profile/").status_code == 200
    monkeypatch.setattr("mops.core.pages.problem", bare)
    monkeypatch.setattr("mops.core.pages.Shell.groups", [])  # the sidebar is the same on every page
    wrong = {}
    for name, path, view in PLAIN:
        right = right_of(view)
        wanted = right.get("GET") if isinstance(right, dict) else right
        if wanted is None:
            continue
        status = client.get(path).status_code
        is_let_in = status != 403
        if is_let_in != can(user, wanted) or status >= 500:
            wrong[name] = status
    assert wrong == {}


@pytest.mark.django_db
def test_a_stranger_is_led_to_the_sign_in_page_or_told_401() -> None:
    client = Client()
    wrong = {}
    for name, path, view in PLAIN:
        if right_of(view) == PUBLIC:
            continue
        answer = client.get(path)
        expected = 401 if path.startswith("/api/") else 302
        if answer.status_code not in (expected, 405):
            wrong[name] = answer.status_code
    assert wrong == {}


@pytest.mark.django_db
def test_a_deactivated_user_gets_nothing() -> None:
    user = make_user(Role.ADMIN)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    user.is_active = False
    user.save()
    assert client.get("/martech/people/").status_code == 302
