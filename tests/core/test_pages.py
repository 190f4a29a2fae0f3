"""The frame: which entry is active, what a toast is, how a page looks to somebody."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, RequestFactory

from governance.models import User
from governance.policies import Role
from mops.core import registry
from mops.core.pages import LONG_SIDEBAR, Shell, handler500
from mops.core.search import find
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.list_pages")]
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def sidebar() -> Iterator[None]:
    with registry.empty_registry():
        registry.register_area("governance", "Governance", 1)
        registry.register_nav("governance", "Colleagues", "list", "users", "governance.view_users", order=1)
        registry.register_nav("governance", "Look", "preferences", "palette", count=lambda user: (3, True), order=2)
        registry.register_nav("governance", "Lost", "no-such-address", "ghost", order=3)
        registry.register_action("Invite somebody", "bulk", "governance.edit_users", "new user", "plus")
        yield


@pytest.fixture
def admin() -> User:
    return make_user(Role.ADMIN, name="Zoe")


def shell(user: Any, path: str = "/users/") -> Shell:
    request = RequestFactory().get(path)
    request.user = user
    return Shell(request)


def test_the_sidebar_shows_what_one_may_open_and_what_waits(admin: User) -> None:
    (group,) = shell(admin).groups
    assert [(link.label, link.count, link.is_late, link.is_active) for link in group.links] == [
        ("Colleagues", None, False, True),
        ("Look", 3, True, False),
    ]
    (group,) = shell(make_user(Role.REQUESTER)).groups
    assert [link.label for link in group.links] == ["Look"]


def governance_of(cookie: str) -> Any:
    request = RequestFactory().get("/users/")
    request.user = make_user(Role.ADMIN)
    request.COOKIES["mops-folded"] = cookie
    return next(group for group in Shell(request).groups if group.label == "Governance")


def test_a_long_sidebar_folds_what_is_opened_now_and_then_unless_something_waits_there() -> None:
    for number in range(LONG_SIDEBAR):
        registry.register_nav("", f"Everyday {number}", f"everyday-{number}", "file")
    for name, count in (("toasting", None), ("bulk", None), ("palette", lambda user: (2, False))):
        registry.register_nav("governance", name, name, "file", None, count, is_everyday=False)
    group = governance_of("")
    assert [link.label for link in group.links] == ["Colleagues", "Look", "palette"]
    assert [link.label for link in group.more] == ["bulk", "toasting"]
    assert (group.is_open, group.is_more_open) == (True, False)
    assert governance_of("governance-more").is_more_open


def test_a_short_sidebar_folds_nothing() -> None:
    for name in ("toasting", "bulk"):
        registry.register_nav("governance", name, name, "file", is_everyday=False)
    group = governance_of("")
    assert (len(group.links), list(group.more)) == (4, [])


@pytest.mark.parametrize(
    ("path", "active"), [("/users/", "Colleagues"), ("/users/7/edit/", "Colleagues"), ("/usersx/", None)]
)
def test_the_active_entry_is_the_one_the_address_lies_below(admin: User, path: str, active: str | None) -> None:
    item = shell(admin, path).active
    assert (item.label if item else None) == active


def test_breadcrumbs_lead_from_the_area(admin: User) -> None:
    assert [(crumb.label, crumb.url) for crumb in shell(admin, "/users/7/").crumbs] == [
        ("Governance", ""),
        ("Colleagues", "/users/"),
    ]


def test_the_theme_is_the_users_before_the_cookies(admin: User) -> None:
    admin.theme = "dark"
    frame = shell(admin)
    frame.request.COOKIES["mops-theme"] = "light"
    assert frame.theme == "dark"
    stranger = shell(None)
    stranger.request.COOKIES["mops-theme"] = "light"
    assert stranger.theme == "light"
    stranger = shell(None)
    stranger.request.COOKIES["mops-theme"] = '"><script>'
    assert stranger.theme == "system"


def test_a_page_carries_the_theme_before_any_script(admin: User, client: Client) -> None:
    admin.theme = "dark"
    admin.save()
    client.force_login(admin, backend=BACKEND)
    html = client.get("/users/?view=all").content.decode()
    assert 'data-bs-theme="dark"' in html
    assert "matchMedia" not in html


def test_the_script_of_the_system_theme_has_the_nonce_of_the_policy(admin: User, client: Client) -> None:
    client.force_login(admin, backend=BACKEND)
    response = client.get("/users/?view=all")
    nonce = response.content.decode().partition('<script nonce="')[2].partition('"')[0]
    assert f"'nonce-{nonce}'" in response["Content-Security-Policy"]
    assert len(nonce) > 20


def test_preferences_are_kept_with_the_user(admin: User, client: Client) -> None:
    saved: list[dict[str, Any]] = []
    registry.register_preference_saver(lambda **values: saved.append(values))
    client.force_login(admin, backend=BACKEND)
    response = client.post("/preferences/", {"theme": "dark", "next": "/users/"})
    assert response["Location"] == "/users/"
    assert saved == [{"user": admin, "theme": "dark", "density": "comfortable"}]
    assert client.cookies["mops-theme"].value == "dark"


def test_preferences_refuse_what_is_no_theme_and_lead_nowhere_else(admin: User, client: Client) -> None:
    saved: list[dict[str, Any]] = []
    registry.register_preference_saver(lambda **values: saved.append(values))
    client.force_login(admin, backend=BACKEND)
    assert client.post("/preferences/", {"theme": "pink"}).status_code == 422
    assert saved == []
    assert client.post("/preferences/", {"theme": "dark", "next": "https://evil.example/"})["Location"] == "/"
    assert client.get("/preferences/").status_code == 405


def test_messages_become_toasts_for_htmx_and_keep_other_triggers(admin: User, client: Client) -> None:
    client.force_login(admin, backend=BACKEND)
    triggers = json.loads(client.get("/toasting/", headers={"HX-Request": "true"})["HX-Trigger"])
    assert triggers == {
        "changed": None,
        "toasts": [{"text": "Saved", "kind": "success"}, {"text": "Careful", "kind": "warning"}],
    }
    assert "Saved" not in client.get("/users/?view=all").content.decode()


def test_messages_wait_for_the_next_page_without_htmx(admin: User, client: Client) -> None:
    client.force_login(admin, backend=BACKEND)
    assert client.get("/toasting/")["HX-Trigger"] == "changed"
    assert "Careful" in client.get("/users/?view=all").content.decode()


# --- search ---------------------------------------------------------------------------------------------------------


def test_search_finds_pages_commands_and_records_by_right(admin: User) -> None:
    registry.register_search("x", "Things", lambda user, text, limit: [registry.Hit(text, "", "/")][:limit])
    groups = find(admin, "new us")
    assert [(group.label, [hit.title for hit in group.hits]) for group in groups] == [
        ("Do", ["Invite somebody"]),
        ("Things", ["new us"]),
    ]
    assert [group.label for group in find(make_user(Role.REQUESTER), "invite")] == ["Things"]


def test_one_letter_searches_no_records(admin: User) -> None:
    asked: list[str] = []
    registry.register_search("x", "Things", lambda user, text, limit: asked.append(text) or [])  # type: ignore[func-returns-value]
    assert [group.label for group in find(admin, "c")] == ["Go to"]
    assert asked == []


def test_the_palette_answers_options_and_the_page_answers_a_page(admin: User, client: Client) -> None:
    client.force_login(admin, backend=BACKEND)
    hits = client.get("/search/?q=coll", headers={"HX-Request": "true", "HX-Target": "palette-hits"}).content.decode()
    assert 'role="option"' in hits
    assert "<html" not in hits
    assert "<html" in client.get("/search/?q=coll").content.decode()
    nothing = client.get("/search/", {"q": "<b>zzz"}, headers={"HX-Request": "true"}).content.decode()
    assert "Nothing found for “&lt;b&gt;zzz”" in nothing


# --- problem pages --------------------------------------------------------------------------------------------------


def test_what_is_not_there_says_what_to_do(admin: User, client: Client) -> None:
    client.force_login(admin, backend=BACKEND)
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert "<h1" in response.content.decode()


def test_the_500_page_needs_nothing_that_may_be_broken(django_assert_num_queries: Any) -> None:
    request = RequestFactory().get("/")
    request.id = "abc123"  # type: ignore[attr-defined]
    with django_assert_num_queries(0):
        response = handler500(request)
    assert response.status_code == 500
    assert "abc123" in response.content.decode()
