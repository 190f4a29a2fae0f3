"""Hostile and broken input by form, API and import: kept as a person would want it, or refused with the reason."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from martech.models import ImportReject, Person, PersonEmail, PersonIdentity
from martech.services.imports import run_file_import
from tests.factories import make_person, make_token, make_user

pytestmark = pytest.mark.django_db
SCRIPT = '<script>alert("x")</script>'
HOSTILE = {
    "a script": (SCRIPT, SCRIPT),
    "a quote for SQL": ("Robert'); DROP TABLE people;--", "Robert'); DROP TABLE people;--"),
    "a formula": ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
    "right to left": ("محمد بن سلمان", "محمد بن سلمان"),
    "an override of direction": ("Eva\u202egro.live", "Evagro.live"),
    "control characters": ("Jo\x07an\x1b[31m", "Joan[31m"),
    "a NUL": ("Jo\x00an", "Joan"),
    "half a character": ("Jo\ud83dan", "Joan"),
    "a number": ("12345", "12345"),
    "invisible edges": ("\u00a0\ufeff Ana \u2028", "Ana"),
    "an emoji": ("Ana 👩\u200d🚀", "Ana 👩\u200d🚀"),
    "combining marks": ("Zalgo" + "\u0301" * 40, "Zalgo" + "\u0301" * 40),
}


def api(body: Any, path: str = "people/") -> Any:
    headers = {"Authorization": f"Bearer {make_token()}"}
    return Client().post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)


def signed_in() -> Client:
    client = Client()
    client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def kept_names() -> dict[str, str]:
    return dict(Person.objects.values_list("email", "last_name"))


def addresses(*without: str) -> dict[str, tuple[str, str]]:
    """Address → what is given, and what a person would have meant."""
    listed = enumerate(pair for kind, pair in HOSTILE.items() if kind not in without)
    return {f"person{place}@example.org": pair for place, pair in listed}


def test_hostile_names_come_in_by_the_api_as_a_person_would_write_them() -> None:
    rows = addresses()
    sent = api([{"email": email, "last_name": given} for email, (given, _kept) in rows.items()], "people/bulk/")
    assert sent.status_code in (200, 207)
    assert kept_names() == {email: kept for email, (_given, kept) in rows.items()}
    pages = signed_in().get("/martech/people/").content.decode()
    assert SCRIPT not in pages
    assert "&lt;script&gt;" in pages


def test_and_by_the_form() -> None:
    client = signed_in()
    rows = addresses("a NUL", "half a character")
    for email, (given, _kept) in rows.items():
        assert client.post("/martech/people/new/", {"email": email, "last_name": given}).status_code == 302
    assert kept_names() == {email: kept for email, (_given, kept) in rows.items()}


def test_and_by_a_file(tmp_path: Path) -> None:
    rows = addresses("a NUL", "half a character")
    path = tmp_path / "people.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([["email", "last name"], *([email, given] for email, (given, _kept) in rows.items())])
    run_file_import(kind="people", path=path, source="crm", actor=None)
    assert kept_names() == {email: kept for email, (_given, kept) in rows.items()}


def test_a_form_refuses_a_nul_at_its_field_and_writes_nothing() -> None:
    answer = signed_in().post("/martech/people/new/", {"email": "ana@example.org", "last_name": "Jo\x00an"})
    assert answer.status_code == 422
    assert "Null characters are not allowed" in answer.content.decode()
    assert not Person.objects.exists()


LONG = "x" * 10_000


def test_ten_thousand_characters_are_refused_at_every_field_and_the_limit_is_told() -> None:
    names = ("first_name", "last_name", "company", "job_title", "city", "website", "phone", "source")
    answer = api({"email": "ana@example.org", **dict.fromkeys(names, LONG)})
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == set(names)
    assert "10,000 characters" in answer.json()["errors"]["company"][0]
    form = signed_in().post("/martech/people/new/", {"email": "a@b.org", **dict.fromkeys(names, LONG)})
    assert form.status_code == 422
    assert not Person.objects.exists()


UNSTORABLE: list[tuple[str, Any]] = [
    ("email", "ana\x00@example.org"),
    ("email", "ana\ud800@example.org"),
    ("email", "x" * 10_000 + "@example.org"),
    ("email", 5),
    ("first_name", 12345),
    ("first_name", ["Ana"]),
    ("external_id", "a\x00b"),
    ("external_id", "a\ud800b"),
    ("external_id", "x" * 10_000),
    ("properties", {"note": "a\x00b"}),
    ("properties", {"note": "a\ud800b"}),
    ("properties", {"no\x00te": "a"}),
    ("utm", {"source": "a\x00b"}),
    ("utm", {"source": "a\ud800b"}),
    ("created_at", "01/02/2026"),
    ("country", "Atlantis\x00\x00"),
]


def test_what_cannot_be_stored_is_refused_at_its_field_and_nothing_is_written() -> None:
    rows = [{"email": "ana@example.org", field: value} for field, value in UNSTORABLE]
    results = api(rows, "people/bulk/").json()
    for row, (field, value) in zip(results, UNSTORABLE, strict=True):
        assert (row["status"], list(row["errors"])) == ("rejected", [field]), (field, value)
    assert api({"email": "ana@example.org", "external_id": "a\x00b"}).status_code == 422
    assert (Person.objects.count(), PersonEmail.objects.count(), PersonIdentity.objects.count()) == (0, 0, 0)


def test_in_a_bulk_call_the_good_rows_are_kept() -> None:
    rows = [
        {"email": "ana@example.org"},
        {"email": "b\x00@example.org"},
        {"email": "cem@example.org", "city": "\ud800"},
    ]
    answer = api(rows, "people/bulk/")
    assert answer.status_code in (200, 207)
    assert sorted(Person.objects.values_list("email", "city")) == [("ana@example.org", ""), ("cem@example.org", "")]


def test_hostile_searches_and_filters_find_nothing_and_break_nothing() -> None:
    make_person(first_name="Ana")
    client = signed_in()
    for text in ("%00", "a%00b", "%27%22%3B--", "%25_%5C", "x" * 3_000, "%ED%A0%80", "%E2%80%AE"):
        assert client.get(f"/martech/people/?q={text}").status_code == 200, text
        assert client.get(f"/search/?q={text}").status_code == 200, text
    for query in ("stage=%00", "country=%00", "created_min=0000-00-00", "account=%00", "page=99999999999999"):
        assert client.get(f"/martech/people/?{query}").status_code == 200, query


def test_a_name_that_is_a_formula_stays_text_in_an_export() -> None:
    make_person(last_name="=1+1", email="ana@example.org")
    sent = signed_in().get("/martech/people/?export=csv")
    text = b"".join(sent.streaming_content).decode()  # type: ignore[attr-defined]
    assert "'=1+1" in text or "Priya =1+1" in text
    assert ",=1+1" not in text


def test_two_people_whose_addresses_a_file_swaps_are_refused_each_naming_the_other(tmp_path: Path) -> None:
    def bring(text: str) -> dict[str, Any]:
        path = tmp_path / "people.csv"
        path.write_text("external_id,first_name,last_name,email\n" + text, encoding="utf-8")
        return run_file_import(kind="people", path=path, source="crm", actor=None)

    bring("1,Ana,Silva,ana@example.org\n2,Cem,Kaya,cem@example.org\n3,Eva,Lind,eva@example.org\n")
    before = list(Person.objects.order_by("pk").values()), set(PersonEmail.objects.values_list("person", "key"))
    ana, cem = (Person.objects.get(first_name=name) for name in ("Ana", "Cem"))
    found = bring("1,Ana,Silva,cem@example.org\n2,Cem,Kaya,ana@example.org\n3,Eva,Lind,eva@example.org\n")
    assert (found["updated"], found["unchanged"], found["rejected"]) == (0, 1, 2)
    assert list(ImportReject.objects.order_by("row_number").values_list("row_number", "errors")) == [
        (
            row,
            {"email": [f"The id belongs to one person and the address to {who}; correct one, or merge the two first."]},
        )
        for row, who in ((2, f"Cem Kaya (person {cem.pk})"), (3, f"Ana Silva (person {ana.pk})"))
    ]
    after = list(Person.objects.order_by("pk").values()), set(PersonEmail.objects.values_list("person", "key"))
    assert after == before
