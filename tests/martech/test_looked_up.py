"""A filter by one of very many accounts or campaigns: the page holds the chosen one, the rest is looked up."""

from typing import Any

import pytest
from django.test import Client

from tests.factories import make_account, make_campaign, make_person, make_user

pytestmark = pytest.mark.django_db
PEOPLE, OPTIONS = "/martech/people/", "/martech/accounts/options/"


def signed_in(role: str = "ops_manager", **fields: Any) -> Client:
    client = Client()
    client.force_login(make_user(role, **fields), backend="django.contrib.auth.backends.ModelBackend")
    return client


def texts(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [option["text"] for option in answer.json()["options"]]


def test_the_list_of_people_does_not_grow_with_the_accounts_there_are() -> None:
    client = signed_in()
    make_account(name="Acme"), make_campaign()
    few = len(client.get(PEOPLE).content)
    for number in range(60):
        make_account(name=f"Company of many {number}"), make_campaign()
    page = client.get(PEOPLE).content.decode()
    assert len(page) <= few + 100
    assert "Company of many" not in page
    assert f'data-options="{OPTIONS}"' in page


def test_the_chosen_one_stands_in_the_filter_and_narrows_the_list() -> None:
    acme, other = make_account(name="Acme"), make_account(name="Borealis")
    make_person(account=acme, first_name="Ana"), make_person(account=other, first_name="Bo")
    page = signed_in().get(f"{PEOPLE}?account={acme.pk}").content.decode()
    assert f'<option value="{acme.pk}" selected>Acme</option>' in " ".join(page.split())
    assert "Ana" in page
    assert ">Bo " not in page
    assert "Borealis" not in page


@pytest.mark.parametrize("wrong", ["Acme", "99999999", "1%00"])
def test_what_is_no_account_narrows_nothing_and_breaks_nothing(wrong: str) -> None:
    make_person(first_name="Ana")
    answer = signed_in().get(f"{PEOPLE}?account={wrong}")
    assert answer.status_code == 200
    assert "Ana" in answer.content.decode()


def test_accounts_are_looked_up_by_name_or_domain_at_most_twenty() -> None:
    make_account(name="Acme GmbH", domain="acme.example"), make_account(name="Borealis", domain="borealis.example")
    client = signed_in()
    assert texts(client.get(f"{OPTIONS}?q=acme")) == ["Acme GmbH"]
    assert texts(client.get(f"{OPTIONS}?q=BOREALIS.ex")) == ["Borealis"]
    assert texts(client.get(f"{OPTIONS}?q=nobody%00")) == []
    for number in range(30):
        make_account(name=f"Many {number:02}")
    assert texts(client.get(f"{OPTIONS}?q=many")) == [f"Many {number:02}" for number in range(20)]
    assert len(texts(client.get(OPTIONS))) == 20


def test_nobody_looks_up_what_they_may_not_see() -> None:
    rep = signed_in("sales_rep")
    make_account(name="Theirs", owner=make_user("sales_rep")), make_account(name="Nobody's")
    assert texts(rep.get(OPTIONS)) == ["Nobody's"]
    assert signed_in("requester").get(OPTIONS).status_code == 403


def test_campaigns_are_looked_up_by_name_or_code() -> None:
    spring = make_campaign(name="Spring fair", code="26Q1-EMEA-WEB-0042")
    client = signed_in()
    for text in ("spring", "web-0042"):
        answer = client.get(f"/planning/campaigns/options/?q={text}")
        assert answer.json()["options"] == [{"value": spring.code, "text": "26Q1-EMEA-WEB-0042 Spring fair"}]
