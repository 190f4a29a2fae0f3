"""Pages that keep themselves up to date: what somebody is asked meanwhile is done, and buttons come with the state."""

from django.utils import timezone
from playwright.sync_api import expect

from martech.models import Connection, SyncObject, SyncRun
from tests.browser.conftest import OpenIn, accessibility_findings


def a_run(kind: str, state: str) -> SyncRun:
    crm = Connection.objects.create(name="crm", vendor="hubspot", state="active")
    contacts = SyncObject.objects.create(connection=crm, name="contacts", kind="person", backfilled_at=timezone.now())
    return SyncRun.objects.create(connection=crm, object=contacts, kind=kind, state=state)


def test_a_backfill_is_ended_by_somebody_who_thinks_about_the_question_for_a_while(open_in: OpenIn) -> None:
    run = a_run("backfill", "waiting")
    page = open_in("/governance/inbox/").page
    page.clock.install()
    page.goto(page.url.replace("/governance/inbox/", run.get_absolute_url()))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(3_000)
    page.get_by_role("button", name="End it").click()
    expect(page.locator("#dialog")).to_be_visible()
    before = len(asked)
    assert before == 1
    page.clock.run_for(7_000)
    page.evaluate("document.title")
    assert len(asked) == before
    page.locator("#dialog").get_by_role("button", name="End it").click()
    expect(page.locator("#state")).to_contain_text("Cancelled")
    run.refresh_from_db()
    assert run.state == "cancelled"


def test_a_plan_that_is_made_while_somebody_looks_can_be_approved_without_loading_the_page_anew(
    open_in: OpenIn,
) -> None:
    run = a_run("undo", "waiting")
    page = open_in("/governance/inbox/").page
    page.clock.install()
    page.goto(page.url.replace("/governance/inbox/", run.get_absolute_url()))
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    plan = {"rows": 1, "held_by": ["An undo always waits for approval."]}
    SyncRun.objects.update(state="held", plan=plan, plan_hash="5" * 64)
    page.clock.run_for(3_000)
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    assert accessibility_findings(page) == []
