"""Every page of a small demo company, in both themes and at both widths: no error, no axe finding, no sideways scroll."""

import os
from datetime import UTC, datetime
from typing import Any

import pytest

from governance.models import Suppression, User
from martech.models import Account, Deal, Person, Segment, Tool
from mops.demo.seeding import seed_demo
from planning.models import BudgetLine, Campaign
from reporting.services import refresh_rollups
from tests.browser.conftest import OpenIn, Visit, accessibility_findings, assert_sound, shoot
from tests.martech.tracking.calls import make_source, post
from workflow.models import Request


def pages() -> dict[str, str]:
    """Name → address, with one object of every kind."""
    person, deal = Person.objects.order_by("pk").first(), Deal.objects.order_by("pk").first()
    account, line = Account.objects.order_by("pk").first(), BudgetLine.objects.order_by("pk").first()
    campaign, request = Campaign.objects.order_by("pk").first(), Request.objects.order_by("pk").first()
    segment, entry = Segment.objects.order_by("-pk").first(), Suppression.objects.order_by("pk").first()
    assert segment
    assert entry
    assert person
    assert deal
    assert account
    assert line
    assert campaign
    assert request
    tool = Tool.objects.get(name="Livestorm")
    source, key = make_source()
    post(key, "track", {"event": "Demo Requested", "userId": "u1"})
    post(key, "track", {"userId": "u1"})
    return {
        "dashboard": "/reporting/",
        "dashboard-narrowed": "/reporting/?channel=email&range=90d",
        "records": "/reporting/records/?metric=people_created",
        "due": "/due/",
        "people": "/martech/people/",
        "nobody": "/martech/people/?q=nobody-has-this-name",
        "person": person.get_absolute_url(),
        "new-person": "/martech/people/new/",
        "accounts": "/martech/accounts/",
        "account": account.get_absolute_url(),
        "deals": "/martech/deals/",
        "deal": deal.get_absolute_url(),
        "imports": "/martech/imports/",
        "segments": "/martech/segments/",
        "segment": segment.get_absolute_url(),
        "export-segment": f"{segment.get_absolute_url()}export/",
        "consent": "/governance/consent/",
        "purpose": "/governance/consent/purposes/newsletter/",
        "suppressions": "/governance/suppression/",
        "suppress": "/governance/suppression/add/",
        "suppression": f"/governance/suppression/{entry.pk}/",
        "routing": "/martech/routing/",
        "tools": "/martech/tools/",
        "tool": tool.get_absolute_url(),
        "new-tool": "/martech/tools/new/",
        "tool-overlap": "/martech/tools/overlap/",
        "tool-import": "/martech/tools/import/",
        "tool-survey": "/martech/tools/survey/",
        "sources": "/martech/sources/",
        "source": source.get_absolute_url(),
        "policy": "/martech/routing/inbound/",
        "board": "/martech/routing/board/",
        "outlook": "/martech/routing/outlook/",
        "decisions": "/martech/routing/decisions/",
        "duplicates": "/martech/duplicates/",
        "merge-rules": "/martech/people/merge-rules/",
        "account-matching": "/martech/accounts/matching/",
        "scoring": "/martech/scoring/",
        "lifecycle": "/martech/lifecycle/",
        "campaigns": "/planning/campaigns/",
        "campaign": campaign.get_absolute_url(),
        "edit-campaign": f"{campaign.get_absolute_url()}edit/",
        "new-campaign": "/planning/campaigns/new/",
        "calendar": "/planning/calendar/",
        "budget": "/planning/budget/",
        "budget-line": line.get_absolute_url(),
        "new-line": "/planning/budget/new/",
        "ask": "/workflow/ask/",
        "ask-campaign": "/workflow/ask/campaign/",
        "requests": "/workflow/requests/",
        "request": request.get_absolute_url(),
        "inbox": "/governance/inbox/",
        "profile": "/governance/profile/",
        "users": "/governance/users/",
        "new-user": "/governance/users/new/",
        "naming": "/governance/naming/",
        "history": f"/governance/history/planning.campaign/{campaign.pk}/",
        "search": "/search/?q=anna",
    }


@pytest.fixture
def person() -> User:
    """The administrator of the demo company, who sees every page."""
    until = datetime(2026, 11, 20, 12, tzinfo=UTC)
    seed_demo(people=150, months=4, seed=7, until=until, password="amber-fjord-linden-4711", say=lambda _text: None)
    refresh_rollups()
    return User.objects.get(email="ada.winter@brightline.example")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_sound(open_in: OpenIn, live_server: Any, theme: str, width: int) -> None:
    visit = open_in("/governance/inbox/", theme, width)
    assert problems_of(visit, pages(), live_server.url, f"{theme}-{width}") == {}


def problems_of(visit: Visit, addresses: dict[str, str], server: str, suffix: str) -> dict[str, str]:
    """What is wrong with each page, by its name."""
    problems: dict[str, str] = {}
    for name, path in addresses.items():
        visit.complaints.clear()
        answer = visit.page.goto(server + path, wait_until="load")
        if os.environ.get("MOPS_SHOTS"):
            shoot(visit.page, f"{name}-{suffix}")
        try:
            assert answer is not None
            assert answer.status == 200
            assert_sound(visit)
        except AssertionError as error:
            problems[name] = f"{str(error)[:80]} {visit.complaints or ''}{findings(visit)}"
    return problems


def findings(visit: Visit) -> str:
    wide = visit.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return str(accessibility_findings(visit.page)) + (f" wide by {wide}" if wide else "")


def test_a_stranger_sees_the_sign_in_page(open_in: OpenIn) -> None:
    visit = open_in("/martech/people/", user=None)
    assert visit.page.url.endswith("/accounts/login/?next=/martech/people/")
    assert_sound(visit)
