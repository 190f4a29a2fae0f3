"""A policy as text: the same in YAML and JSON, compared before it is saved, every refusal with its line."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from martech.models import PolicyVersion, RoutingPolicy
from martech.routing.text import policy_text
from mops.core.document_text import read_text
from tests.factories import make_token, make_user
from tests.martech.policies import document, make_reps, publish

pytestmark = pytest.mark.django_db
DRAFT = "/api/v1/routing/policies/inbound/draft/"
TEXT = "/martech/routing/inbound/text/"


def api(role: str = "ops_manager") -> Client:
    return Client(headers={"Authorization": f"Bearer {make_token(role=role)}"})


def page(role: str = "ops_manager") -> Client:
    client = Client()
    client.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


def put(text: str, kind: str = "application/yaml", **headers: str) -> Any:
    return api().generic("PUT", DRAFT, text, content_type=kind, headers=headers)


def test_a_policy_reads_in_the_order_of_its_decisions() -> None:
    text = policy_text(document(make_reps("Ana"), [2]))
    assert text.splitlines()[:8] == [
        "name: Inbound",
        "hit: first",
        "keep_owner: true",
        "otherwise: desk",
        "rules:",
        "  - name: German",
        "    when:",
        "      all:",
    ]


def test_yaml_goes_in_and_comes_out_as_it_was() -> None:
    text = policy_text(document(make_reps("Ana", "Bo"), [2, 1]))
    saved = put(text)
    assert (saved.status_code, saved.json()) == (200, read_text(text).document)
    for path, headers in ((f"{DRAFT}?format=yaml", {}), (DRAFT, {"Accept": "application/yaml"})):
        answer = api().get(path, headers=headers)
        assert (answer.headers["Content-Type"], answer.content.decode()) == ("application/yaml; charset=utf-8", text)
    assert json.loads(api().get(DRAFT).content) == read_text(text).document


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        ("name: a\nrules:\n  - &x 1\n", "application/yaml", "Line 3: anchors and aliases are not read"),
        ("name: a\nname: b\n", "application/yaml", "Line 2: “name” stands twice"),
        ('{"name": "a",\n"rules" []}', "application/json", "Line 2: this is not JSON"),
        (
            "# ours\nname: [Big\nhit: first\n",
            "application/yaml",
            "Line 3: did not find expected ',' or ']' at column 4",
        ),
        ("\xff", "application/yaml", "Line 1"),
    ],
)
def test_what_cannot_be_read_names_its_line_and_changes_nothing(text: str, kind: str, reason: str) -> None:
    answer = put(text, kind)
    errors = answer.json().get("errors", {})
    assert answer.status_code == 422
    assert reason in errors.get("document", [""])[0] or "policy" in errors
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not RoutingPolicy.objects.exists()


def test_a_refused_shape_names_the_line_of_its_place() -> None:
    answer = put("name: Inbound\nrules: all\n", Accept="application/yaml")
    assert answer.status_code == 422
    assert answer.json()["errors"]["rules"] == ["line 2: is not a list; write [ … ]"]
    assert not RoutingPolicy.objects.exists()


def test_the_interface_compares_without_saving() -> None:
    version = publish(document(make_reps("Ana")))
    changed = {**version.document, "otherwise": "nowhere"}
    answer = api().generic(
        "POST", "/api/v1/routing/policies/inbound/compare/", policy_text(changed), content_type="application/yaml"
    )
    found = answer.json()
    assert (found["against"], found["changed"]) == (1, True)
    assert [line for line in found["diff"].splitlines() if line[:1] in "+-"] == [
        "-otherwise: desk",
        "+otherwise: nowhere",
    ]
    assert [(one["line"], one["path"]) for one in found["findings"] if one["level"] == "error"] == [(4, "otherwise")]
    assert PolicyVersion.objects.count() == 1


def test_a_text_is_compared_first_and_saved_with_the_second_click() -> None:
    version = publish(document(make_reps("Ana")))
    client = page()
    text = policy_text({**version.document, "name": "Renamed"})
    sent = {"revision": 1, "document": text}
    first = client.post(TEXT, sent)
    assert first.status_code == 200
    assert "+name: Renamed" in first.content.decode()
    assert PolicyVersion.objects.count() == 1
    seen = first.context["seen"]
    changed = client.post(TEXT, {**sent, "document": text + "# and more\n", "seen": seen})
    assert (changed.status_code, PolicyVersion.objects.count()) == (200, 1)
    assert client.post(TEXT, {**sent, "seen": seen}).status_code == 302
    assert PolicyVersion.objects.get(state="draft").document == {**version.document, "name": "Renamed"}


def test_a_file_takes_the_place_of_the_text() -> None:
    version = publish(document(make_reps("Ana")))
    file = SimpleUploadedFile("policy.json", json.dumps({**version.document, "name": "From a file"}).encode())
    answer = page().post(TEXT, {"revision": 1, "document": "name: x", "file": file})
    assert "From a file" in answer.context["form"]["document"].value()


def test_a_text_that_somebody_else_overtook_is_kept_and_not_saved() -> None:
    version = publish(document(make_reps("Ana")))
    client, text = page(), policy_text({**version.document, "name": "Mine"})
    seen = client.post(TEXT, {"revision": 1, "document": text}).context["seen"]
    put(policy_text({**version.document, "name": "Theirs"}))
    answer = client.post(TEXT, {"revision": 1, "document": text, "seen": seen})
    assert answer.status_code == 422
    assert "name: Mine" in answer.content.decode()
    assert PolicyVersion.objects.get(state="draft").document["name"] == "Theirs"


@pytest.mark.parametrize("text_format", ["yaml", "json"])
def test_a_download_reads_back(text_format: str) -> None:
    version = publish(document(make_reps("Ana"), [3]))
    answer = page("analyst").get(f"/martech/routing/inbound/export/?format={text_format}")
    assert f'filename="inbound-v1.{text_format}"' in answer.headers["Content-Disposition"]
    assert read_text(answer.content.decode(), text_format).document == version.document


def test_comments_of_yaml_are_said_not_to_be_kept_before_the_text_is_saved() -> None:
    publish(document(make_reps("Ana")))
    text = page().get(TEXT).context["form"].initial["document"]
    said = "will not be kept"
    assert said not in page().post(TEXT, {"document": text, "revision": 1}).content.decode()
    commented = "# why\n" + text.replace("keep_owner: true", "keep_owner: true  # agreed in May")
    shown = page().post(TEXT, {"document": commented, "revision": 1}).content.decode()
    assert "The comments on lines 1, 4 will not be kept" in shown
