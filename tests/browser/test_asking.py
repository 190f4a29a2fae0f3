"""A form in a browser: questions come and go with the answers, and what was typed is there when it is opened again."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import OpenIn, accessibility_findings
from tests.factories import make_user
from workflow.models import FormVersion, RequestDraft
from workflow.services import build_form

FIELDS: list[dict[str, Any]] = [
    {"key": "title", "label": "What?", "type": "text", "required": True, "maps_to": "name"},
    {"key": "format", "label": "Format", "type": "choice", "required": True, "choices": ["Page", "Video"]},
    {
        "key": "length",
        "label": "How many minutes?",
        "type": "number",
        "required": True,
        "when": {"field": "format", "op": "eq", "value": "Video"},
    },
]


def test_questions_follow_the_answers_and_a_closed_browser_loses_nothing(open_in: OpenIn) -> None:
    build_form(name="Content", description="", is_active=True, fields=FIELDS, actor=make_user())
    page = open_in("/workflow/ask/content/").page
    minutes = page.get_by_label("How many minutes?")
    expect(minutes).to_be_hidden()
    page.get_by_label("What?").fill("A tour")
    page.get_by_label("Format").select_option("Video")
    expect(minutes).to_be_visible()
    expect(page.locator("[data-asked-status]")).to_have_text("1 question more")
    minutes.press_sequentially("4")
    expect(page.locator("[data-draft-status]")).to_contain_text("Draft kept at")
    page.get_by_label("Format").select_option("Page")
    expect(minutes).to_be_hidden()
    page.get_by_label("Format").select_option("Video")
    expect(minutes).to_have_value("4")
    expect(page.locator("[data-asked-status]")).to_have_text("1 question more")
    page.goto(page.url)
    expect(page.get_by_label("What?")).to_have_value("A tour")
    expect(minutes).to_have_value("4")
    assert accessibility_findings(page) == []
    page.get_by_role("button", name="Send to marketing").click()
    expect(page.locator("h1")).to_contain_text("A tour")
    assert not RequestDraft.objects.exists()


def test_a_condition_is_built_from_the_questions_above(open_in: OpenIn) -> None:
    bare = [{key: value for key, value in field.items() if key != "when"} for field in FIELDS]
    build_form(name="Content", description="", is_active=True, fields=bare, actor=make_user())
    page = open_in("/workflow/forms/content/").page
    row = page.locator("#question-3")
    row.locator("summary").click()
    row.get_by_role("button", name="Add test").click()
    row.get_by_label("Field").select_option("format")
    row.get_by_label("Value").select_option("Video")
    expect(page.locator(".change-lines")).to_have_text("“How many minutes?” is asked only when Format is Video now.")
    expect(page.locator(".asked-when")).to_have_text("Asked only when Format is Video")
    assert accessibility_findings(page) == []
    page.get_by_role("button", name="Publish").first.click()
    expect(page.locator(".toast-success")).to_contain_text("Version 2 is in force")
    fields = FormVersion.objects.get(state="published").fields
    assert fields[2]["when"] == {"all": [{"field": "format", "op": "eq", "value": "Video"}]}
