"""List pages: everything follows from the address, and nothing hidden gets out."""

import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import set_urlconf
from python_calamine import load_workbook

from governance.models import SavedView, Team, User
from governance.policies import Role
from mops.core import rights
from mops.core.lists import count_up_to
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.list_pages")]


@pytest.fixture
def admin() -> User:
    return make_user(Role.ADMIN, name="Zoe Admin", email="zoe@example.com", job_title="Boss")


@pytest.fixture
def page(admin: User) -> Client:
    client = Client()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def people() -> list[User]:
    team = Team.objects.create(name="North")
    rows = [("Ana", "light", "Analyst"), ("Bo", "dark", "Analyst"), ("Cy", "light", "Editor")]
    return [
        make_user(Role.ANALYST, name=name, email=f"{name.lower()}@example.com", theme=theme, job_title=title, team=team)
        for name, theme, title in rows
    ]


def names(response: Any) -> list[str]:
    return [row.record.name for row in response.context["table"].paginated_rows]


def columns(response: Any) -> list[str]:
    return [column.name for column in response.context["table"].columns]


def test_every_visible_row_is_listed_with_the_total(page: Client, people: list[User]) -> None:
    make_user(name="Invisible")
    response = page.get("/users/?sort=name")
    assert names(response) == ["Ana", "Bo", "Cy", "Zoe Admin"]
    assert "4 people work here." in response.content.decode()


def test_somebody_without_the_right_is_refused(people: list[User]) -> None:
    client = Client()
    client.force_login(people[0], backend="django.contrib.auth.backends.ModelBackend")
    response = client.get("/users/")
    assert response.status_code == 403
    assert b"bo@example.com" not in response.content


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=an", ["Ana"]),
        ("q=example+bo", ["Bo"]),
        ("theme=light", ["Ana", "Cy"]),
        ("theme=light&q=cy", ["Cy"]),
        ("job_title=analyst&sort=-name", ["Bo", "Ana"]),
        ("q=nobody", []),
        ("theme=no-such-theme", ["Ana", "Bo", "Cy", "Zoe Admin"]),
        ("page=99", ["Ana", "Bo", "Cy", "Zoe Admin"]),
        ("page=x&per_page=1", ["Ana", "Bo", "Cy", "Zoe Admin"]),
        ("sort=password", ["Ana", "Bo", "Cy", "Zoe Admin"]),
    ],
)
def test_the_address_decides_which_rows(page: Client, people: list[User], query: str, found: list[str]) -> None:
    assert names(page.get(f"/users/?{query}")) == found


def test_the_sorted_column_says_so(page: Client, people: list[User]) -> None:
    html = page.get("/users/?sort=-name").content.decode()
    assert html.count("aria-sort=") == 1
    assert 'aria-sort="descending"' in html


def test_filters_stand_as_chips_that_can_be_removed(page: Client, people: list[User]) -> None:
    chips = page.get("/users/?theme=light&job_title=edit&sort=name&page=1").context["chips"]
    assert [(chip.label, chip.value) for chip in chips] == [("Theme", "Light"), ("Title", "edit")]
    assert chips[0].remove == "?job_title=edit&sort=name"


def test_columns_are_chosen_in_the_address_and_fixed_ones_stay(page: Client, people: list[User]) -> None:
    assert columns(page.get("/users/?view=all")) == ["select", "name", "email", "team", "job_title"]
    assert columns(page.get("/users/?columns=theme")) == ["select", "name", "theme"]
    assert columns(page.get("/users/?columns=theme,email")) == ["select", "name", "email", "theme"]
    assert columns(page.get("/users/?columns=password")) == ["select", "name", "email", "team", "job_title"]


def test_htmx_gets_only_the_list(page: Client, people: list[User]) -> None:
    part = page.get("/users/?q=ana", headers={"HX-Request": "true", "HX-Target": "list"}).content.decode()
    assert part.strip().startswith('<div id="list"')
    assert "<html" not in part
    whole = page.get(
        "/users/?q=ana", headers={"HX-Request": "true", "HX-Target": "list", "HX-History-Restore-Request": "true"}
    )
    assert "<html" in whole.content.decode()


def test_first_use_and_no_result_are_different(page: Client, people: list[User]) -> None:
    assert "No colleagues yet" in page.get("/nobody/").content.decode()
    nothing = page.get("/users/?q=nobody-at-all").content.decode()
    assert "Nothing matches" in nothing
    assert "No colleagues yet" not in nothing


def test_the_number_of_queries_does_not_grow_with_the_rows(page: Client, people: list[User]) -> None:
    page.get("/users/?view=all")
    with CaptureQueriesContext(connection) as few:
        page.get("/users/?view=all")
    for number in range(20):
        make_user(name=f"More {number}", team=Team.objects.create(name=f"Team {number}"))
    with CaptureQueriesContext(connection) as many:
        assert len(names(page.get("/users/?view=all"))) == 24
    assert len(many) == len(few)


# --- hidden fields --------------------------------------------------------------------------------------------------


@pytest.fixture
def hidden_email(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rights, "hidden_fields", lambda user, model: frozenset({"email", "theme", "team"}))


@pytest.mark.usefixtures("hidden_email")
def test_a_hidden_field_is_nowhere(page: Client, people: list[User]) -> None:
    response = page.get("/users/?columns=email,secret,theme,team,job_title&theme=light&sort=theme")
    assert columns(response) == ["select", "name", "job_title"]
    assert len(names(response)) == 4
    assert list(response.context["list"].filterset.form.fields) == ["job_title"]
    assert names(page.get("/users/?q=example.com")) == []
    assert b"bo@example.com" not in response.content
    exported = page.get("/users/?columns=email,theme,secret&export=csv")
    assert b"@" not in b"".join(exported.streaming_content)


# --- export ---------------------------------------------------------------------------------------------------------


def test_csv_has_exactly_the_filtered_rows_and_visible_columns(page: Client, people: list[User]) -> None:
    response = page.get("/users/?theme=light&columns=email,theme&sort=-name&export=csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    assert text.splitlines() == ["Name,E-mail,Theme", "Cy,cy@example.com,Light", "Ana,ana@example.com,Light"]
    assert response["Content-Disposition"].startswith('attachment; filename="colleagues-')


def test_excel_has_the_same(page: Client, people: list[User]) -> None:
    response = page.get("/users/?theme=dark&columns=email&export=xlsx")
    rows = load_workbook(io.BytesIO(b"".join(response.streaming_content))).get_sheet_by_index(0).to_python()  # type: ignore[arg-type]
    assert rows == [["Name", "E-mail"], ["Bo", "bo@example.com"]]


def test_another_format_is_refused(page: Client) -> None:
    assert page.get("/users/?export=exe").status_code == 400


def test_export_needs_its_own_right(people: list[User]) -> None:
    client = Client()
    auditor = make_user(Role.AUDITOR, name="Au")
    client.force_login(auditor, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/users/")
    assert page.status_code == 200
    assert "Export" not in page.content.decode()
    assert client.get("/users/?export=csv").status_code == 403


# --- marked rows ----------------------------------------------------------------------------------------------------


def test_a_bulk_action_gets_the_marked_rows(page: Client, people: list[User]) -> None:
    assert page.post("/bulk/", {"pk": [people[0].pk, people[2].pk]}).content == b"Ana Cy"


def test_a_bulk_action_gets_all_rows_the_filters_match(page: Client, people: list[User]) -> None:
    assert page.post("/bulk/?job_title=analyst&q=a", {"all": "1", "pk": [people[2].pk]}).content == b"Ana Bo"


def test_nothing_marked_is_nothing(page: Client, people: list[User]) -> None:
    assert page.post("/bulk/", {}).content == b""


def test_a_row_out_of_sight_cannot_be_marked(page: Client, people: list[User]) -> None:
    unseen = make_user(name="Invisible")
    assert page.post("/bulk/", {"pk": [unseen.pk]}).content == b""


def test_the_bulk_bar_is_only_for_those_who_may(page: Client, people: list[User]) -> None:
    assert b"Deactivate" in page.get("/users/?view=all").content
    client = Client()
    client.force_login(make_user(Role.AUDITOR), backend="django.contrib.auth.backends.ModelBackend")
    response = client.get("/users/?view=all")
    assert b"Deactivate" not in response.content
    assert "select" not in columns(response)


# --- saved views ----------------------------------------------------------------------------------------------------


def save(page: Client, **data: str) -> Any:
    return page.post("/users/", {"intent": "save-view", "name": "Light ones", **data})


def test_a_view_keeps_the_address_without_its_page(page: Client, admin: User, people: list[User]) -> None:
    response = save(page, querystring="?theme=light&page=3&view=all")
    view = SavedView.objects.get()
    assert (view.user, view.page, view.querystring, view.is_shared) == (admin, "test.users", "theme=light", False)
    assert response["Location"] == f"/users/?theme=light&view={view.pk}"


def test_a_default_view_opens_the_list(page: Client, people: list[User]) -> None:
    save(page, querystring="theme=light", is_default="1")
    response = page.get("/users/")
    assert response["Location"] == f"/users/?theme=light&view={SavedView.objects.get().pk}"
    assert len(names(page.get("/users/?view=all"))) == 4


def test_a_view_without_a_name_is_not_saved(page: Client) -> None:
    save(page, name=" ", querystring="theme=light")
    assert SavedView.objects.count() == 0


def test_a_view_can_be_deleted_by_its_owner_only(page: Client, admin: User) -> None:
    save(page, querystring="theme=light", is_shared="1")
    view = SavedView.objects.get()
    other = Client()
    other.force_login(make_user(Role.AUDITOR), backend="django.contrib.auth.backends.ModelBackend")
    assert "Light ones" in other.get("/users/?view=all").content.decode()
    other.post("/users/", {"intent": "delete-view", "pk": view.pk})
    assert SavedView.objects.count() == 1
    page.post("/users/", {"intent": "delete-view", "pk": view.pk})
    assert SavedView.objects.count() == 0


def test_another_intent_is_refused(page: Client) -> None:
    assert page.post("/users/", {"intent": "drop"}).status_code == 422


# --- counting -------------------------------------------------------------------------------------------------------


def test_counting_is_exact_up_to_the_cap_and_an_estimate_above(people: list[User]) -> None:
    exact = count_up_to(User.objects.all(), cap=3)
    assert (exact.number, exact.reachable, exact.is_exact, str(exact)) == (3, 3, True, "3")
    roughly = count_up_to(User.objects.all(), cap=2)
    assert (roughly.reachable, roughly.is_exact) == (2, False)
    assert roughly.number >= 3


def test_counting_a_filter_on_nothing_is_zero() -> None:
    assert count_up_to(User.objects.none()).number == 0


@pytest.fixture(autouse=True)
def own_addresses() -> Any:
    yield
    set_urlconf(None)
