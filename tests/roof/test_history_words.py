"""The history of an object says countries, channels, roles and the like in words, wherever they are kept as codes."""

from typing import Any

import pytest
from django.test import Client

from governance.models import ContactChannel, Suppression
from governance.policies import Role
from martech.models import Deal
from martech.models.stack import Tool
from tests.factories import make_account, make_person, make_user
from workflow.services import create_default_forms, file_request

pytestmark = pytest.mark.django_db


def history(obj: Any) -> str:
    client = Client()
    client.force_login(make_user(Role.ADMIN), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/governance/history/{obj._meta.label_lower}/{obj.pk}/")
    assert page.status_code == 200
    return " ".join(page.content.decode().split())


def changed(obj: Any, **values: Any) -> Any:
    for name, value in values.items():
        setattr(obj, name, value)
    obj.save()
    return obj


def test_countries_are_named() -> None:
    page = history(changed(make_person(country="DE"), country="FR"))
    assert "Germany" in page
    assert "France" in page
    assert "United Kingdom" in history(make_account(country="GB"))


def test_channels_roles_and_what_a_tool_holds_are_named() -> None:
    deal = Deal.objects.create(name="Deal", stage="open", amount=1, currency="EUR", channel="paid_search")
    assert "Paid search" in history(deal)
    assert "Marketing operations, Sales representative" in history(
        changed(make_user(), roles=["ops_manager", "sales_rep"])
    )
    tool = Tool.objects.create(name="CRM", system="hubspot", holds=["people", "staff"])
    page = history(tool)
    assert "People, Own staff" in page
    assert "HubSpot" in page


def test_scopes_of_suppressions_are_named() -> None:
    row = Suppression.objects.create(subject="x" * 64, kind="email", purpose="product_news", channel=ContactChannel.SMS)
    page = history(row)
    assert "Product news" in page
    assert "Text message" in page


def test_answers_to_a_request_are_told_with_channels_and_regions_in_words() -> None:
    create_default_forms(actor=None)
    answers = {"title": "Launch", "goal": "Demos", "channel": "paid_social", "region": "DACH"}
    days = {"starts_on": "2036-05-01", "ends_on": "2036-05-31"}
    request = file_request(form_key="campaign", answers={**answers, **days}, actor=make_user())
    page = history(request)
    assert "Channel: Paid social" in page
    assert "paid_social" not in page
    assert "Ends on: 31 May 2036" in page
    assert "Campaign, version 1" in page
