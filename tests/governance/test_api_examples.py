"""Every example of docs/api.md does what the page says it does."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from martech.models import Deal, Person
from planning.models import ExchangeRate
from tests.factories import make_token

pytestmark = pytest.mark.django_db
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()
EXAMPLE = re.compile(r"```sh\n(curl .*?)```\n+answers (\d+)", re.DOTALL)


def called(command: str, token: str) -> Any:
    """What the server answers to a curl command as it is printed."""
    deal = str(Deal.objects.values_list("pk", flat=True).first())
    rate = str(ExchangeRate.objects.values_list("pk", flat=True).first())
    text = command.replace("\\\n", " ")
    for name, value in {"$TOKEN": token, "$MOPS": "/api/v1", "$DEAL": deal, "$RATE": rate}.items():
        text = text.replace(name, value)
    words = shlex.split(text)[1:]
    given = {"-H": [], "-d": [], "-X": []}  # type: dict[str, list[str]]
    while words[0] in given:
        given[words.pop(0)].append(words.pop(0))
    (path,) = words
    headers = dict(line.split(": ", 1) for line in given["-H"])
    method = given["-X"][0] if given["-X"] else "POST" if given["-d"] else "GET"
    body, kind = "".join(given["-d"]), headers.pop("Content-Type", "application/json")
    return Client().generic(method, path, body, content_type=kind, headers=headers)


def test_every_example_answers_as_the_page_says() -> None:
    token = make_token()
    examples = EXAMPLE.findall(PAGE)
    assert len(examples) == PAGE.count("```sh\ncurl") == 13
    answers = [(command, called(command, token)) for command, _status in examples]
    assert [(command, answer.status_code) for command, answer in answers] == [
        (command, int(status)) for command, status in examples
    ]
    assert sorted(Person.objects.values_list("email", flat=True)) == [
        "ana@example.org",
        "bo@example.org",
        "cy@example.org",
    ]
    changed = [answer.json() for command, answer in answers if "-X PATCH" in command]
    assert (changed[0]["state"], changed[1]["rate"]) == ("won", "0.93000000")
    assert answers[-2][1].json()["results"] == [changed[1]]
    assert not Deal.objects.exists()
    assert not ExchangeRate.objects.exists()


def test_the_refusal_of_the_page_names_field_reason_and_remedy() -> None:
    (command,) = [command for command, status in EXAMPLE.findall(PAGE) if status == "422"]
    answer = called(command, make_token())
    assert answer["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == ["country"]


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        (
            {"channel": "telepathy", "region": "EMEA", "starts_on": "1.4.2026", "ends_on": "2026-04-30", "name": ""},
            {
                "name": "Send a text that is not empty.",
                "starts_on": "Send a day, like 2026-11-30.",
            },
        ),
        (
            {},
            dict.fromkeys(("name", "channel", "region", "starts_on", "ends_on"), "Send this field; it has no default."),
        ),
    ],
)
def test_a_wrong_value_is_answered_with_what_to_send(body: dict[str, str], errors: dict[str, str]) -> None:
    headers = {"Authorization": f"Bearer {make_token()}"}
    answer = Client().post("/api/v1/planning/campaigns/", body, content_type="application/json", headers=headers)
    assert answer.status_code == 422
    said = {name: reasons[0] for name, reasons in answer.json()["errors"].items()}
    assert said.items() >= errors.items()
    assert "telepathy" not in body.values() or "send " in said["channel"]


def test_times_are_told_in_utc_whatever_the_zone_of_the_company() -> None:
    headers = {"Authorization": f"Bearer {make_token()}"}
    sent = {"email": "ana@example.org", "created_at": "2026-07-01T12:00:00+02:00"}
    answer = Client().post("/api/v1/people/", sent, content_type="application/json", headers=headers).json()
    assert answer["created_at"] == "2026-07-01T10:00:00Z"
    assert answer["updated_at"].endswith("Z")
    early = {**sent, "created_at": "0001-01-01T00:00:00"}
    refused = Client().post("/api/v1/people/", early, content_type="application/json", headers=headers)
    assert refused.status_code == 422


def test_an_address_that_does_not_exist_and_a_segment_nobody_has_are_problems_too() -> None:
    headers = {"Authorization": f"Bearer {make_token()}"}
    missing = Client().get("/api/v1/nothing/", headers=headers)
    assert (missing.status_code, missing["Content-Type"]) == (404, "application/problem+json")
    assert missing.json()["detail"] == "There is no such address; /api/v1/docs/ lists every one."
    unknown = Client().get("/api/v1/people/?segment=nope", headers=headers)
    assert unknown.status_code == 422
    assert unknown.json()["errors"] == {"segment": ["There is no segment “nope”; segments/ lists them."]}
