"""The builder of a form in a browser: the preview follows, rows move by mouse and keyboard, Enter publishes nothing."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenIn, accessibility_findings
from workflow.models import FormVersion, IntakeForm
from workflow.services import create_default_forms

CONTENT = "/workflow/forms/content/"


def labels(page: Page) -> list[str]:
    return [field.input_value() for field in page.locator("[name$=-label]").all()]


def drag(page: Page, row: int, onto: int) -> None:
    """Bit by bit, as a hand does: a browser begins to drag with the first small movement."""
    handle, target = page.locator("[data-reorder-handle]").nth(row), page.locator("[data-reorder]").nth(onto)
    start, end = handle.bounding_box(), target.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(start["x"] + 5, start["y"] - 20, steps=5)
    page.mouse.move(end["x"] + 60, end["y"] + 14, steps=5)
    page.mouse.up()


def test_a_form_is_built_by_keyboard_and_mouse_with_the_preview_beside_it(open_in: OpenIn) -> None:
    form = create_default_forms(actor=None)[1]
    page = open_in(CONTENT).page
    page.set_viewport_size({"width": 1440, "height": 1600})  # all rows can be reached by the mouse
    first, second, third = labels(page)[:3]
    page.get_by_label("Question", exact=True).first.fill("What shall we make?")
    expect(page.locator("#form-preview label").first).to_contain_text("What shall we make?")
    expect(page.locator(".change-lines")).to_have_text(f"“{first}” is worded “What shall we make?”.")
    page.keyboard.press("Enter")
    expect(page.locator("#id_questions-0-label")).to_be_focused()
    assert form.versions.count() == 1
    page.get_by_role("button", name="Move question 1 down").press("Enter")
    expect(page.get_by_role("button", name="Move question 2 down")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move question 3 down")).to_be_focused()
    assert labels(page)[:3] == [second, third, "What shall we make?"]
    drag(page, 2, 0)
    expect(page.locator("#id_questions-0-label")).to_have_value("What shall we make?")
    page.get_by_role("button", name="Add question").press("Enter")
    expect(page.locator("#id_questions-6-label")).to_be_focused()
    page.keyboard.type("Which language?")
    page.locator("#id_questions-6-type").select_option("choice")
    page.get_by_role("button", name="Publish").first.click()
    expect(page.get_by_role("alert")).to_contain_text("List what can be chosen, one a line.")
    assert accessibility_findings(page) == []
    page.locator("#id_questions-6-choices").fill("English\nGerman")
    page.get_by_role("button", name="Publish").last.click()
    expect(page.locator("h1")).to_contain_text("Content")
    expect(page.locator(".toast-success")).to_contain_text("Version 2 is in force")
    version = FormVersion.objects.get(form=IntakeForm.objects.get(key="content"), state="published")
    assert [field["label"] for field in version.fields][::6] == ["What shall we make?", "Which language?"]


def test_the_questions_of_a_condition_follow_what_is_typed_above_it(open_in: OpenIn) -> None:
    create_default_forms(actor=None)
    page = open_in(CONTENT).page
    third = page.locator("#question-3")
    third.locator("summary").click()
    third.get_by_role("button", name="Add test").click()
    listed = third.get_by_label("Field").locator("option")
    before = listed.all_text_contents()
    assert len(before) == 2
    page.locator("#id_questions-0-label").fill("What shall we make?")
    expect(listed).to_have_text(["What shall we make?", before[1]])
    third.get_by_label("Field").select_option("What shall we make?")
    third.get_by_label("Value").fill("A film")
    expect(third.locator("summary")).to_contain_text("only when What shall we make? is A film")
    page.locator("#id_questions-0-label").fill("What shall we make? Please")
    expect(third.locator("summary")).to_contain_text("What shall we make? Please")
    page.locator("#id_questions-0-type").select_option("date")
    third.get_by_label("Operator").focus()
    expect(third.get_by_label("Operator").locator("option", has_text="in the last")).to_have_count(2)
    expect(third.get_by_label("Value")).to_have_attribute("type", "date")
    page.get_by_role("button", name="Add question").click()
    expect(page.locator("#id_questions-6-label")).to_be_focused()
    page.keyboard.type("Which language?")
    page.get_by_role("button", name="Add question").click()
    last = page.locator("#question-8")
    last.locator("summary").click()
    last.get_by_role("button", name="Add test").click()
    expect(last.get_by_label("Field").locator("option").nth(6)).to_have_text("Which language?")
    page.locator("#id_questions-6-label").fill("Which languages?")
    expect(last.get_by_label("Field").locator("option").nth(6)).to_have_text("Which languages?")
    assert accessibility_findings(page) == []
