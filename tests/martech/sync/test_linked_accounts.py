"""The account that an association gives somebody: never in place of one that another system or a colleague gave."""

import pytest
from django.test import Client
from django.utils import timezone

from governance.policies import Role
from martech.connectors.port import Link
from martech.models import Account as Company
from martech.models import Deal, Person, SyncObject
from martech.services.accounts.choosing import choose_account
from tests.factories import make_user
from tests.martech.sync.conftest import Rig
from tests.martech.sync.scripted import Account

pytestmark = pytest.mark.django_db
COMPANIES = {"fields": [{"ours": "name", "theirs": "name"}, {"ours": "domain", "theirs": "domain"}]}
DEALS = {"fields": [{"ours": "name", "theirs": "dealname"}], "match": ["name"]}


@pytest.fixture
def both(both: tuple[Rig, Rig], account: Account, second: Account) -> tuple[Rig, Rig]:
    """Two systems: the first puts Ana to Nordwind and was read, the second, not read yet, to Helio."""
    for rig in both:
        rig.map(COMPANIES, "companies")
    linked(account, "Nordwind")
    linked(second, "Helio")
    both[0].sync()
    return both


def company(account: Account, name: str) -> str:
    return account.put("companies", {"name": name, "domain": f"{name.lower()}.example"})


def linked(account: Account, name: str) -> None:
    """Ana with an association to a company of this name, and to no other."""
    ids = [id for id, row in account.objects["contacts"].items() if row.values["email"] == "ana@example.org"]
    ana = account.put("contacts", {"email": "ana@example.org", "firstname": "Ana"}, *ids[:1])
    account.links = [Link("contacts", ana, "companies", company(account, name), is_primary=True)]


def swept(rig: Rig) -> None:
    """A round that looks at every association anew."""
    SyncObject.objects.update(links_seen_at=None)
    rig.sync()


def account_of_ana() -> str:
    return str(Person.objects.get(email="ana@example.org").account)


def test_a_second_system_replaces_no_account_that_the_first_gave(both: tuple[Rig, Rig]) -> None:
    one, other = both
    other.sync()
    assert account_of_ana() == "Nordwind"
    for rig in (other, one, other):
        swept(rig)
        assert account_of_ana() == "Nordwind"


def test_the_system_that_gave_an_account_changes_it_at_once_and_in_steps(
    both: tuple[Rig, Rig], account: Account
) -> None:
    one, _other = both
    linked(account, "Sonnblick")
    one.sync()
    assert account_of_ana() == "Sonnblick"
    account.links = []
    swept(one)
    assert account_of_ana() == "Sonnblick"
    linked(account, "Tauern")
    swept(one)
    assert account_of_ana() == "Tauern"


def test_what_changes_over_there_after_the_two_met_counts(both: tuple[Rig, Rig], second: Account) -> None:
    one, other = both
    other.sync()
    linked(second, "Sonnblick")
    swept(other)
    assert account_of_ana() == "Sonnblick"
    swept(one)
    assert account_of_ana() == "Sonnblick"


def test_another_primary_company_is_a_change_although_both_stay(both: tuple[Rig, Rig], second: Account) -> None:
    _one, other = both
    (helio,) = second.links
    spare = Link("contacts", helio.from_id, "companies", company(second, "Sonnblick"))
    second.links = [helio, spare]
    other.sync()
    second.links = [
        Link("contacts", helio.from_id, "companies", link.to_id, is_primary=link is spare) for link in (helio, spare)
    ]
    swept(other)
    assert account_of_ana() == "Sonnblick"


def test_whom_a_colleague_put_to_an_account_stays_whatever_changes_over_there(
    both: tuple[Rig, Rig], account: Account
) -> None:
    one, _other = both
    choose_account(person=Person.objects.get(), account=Company.objects.create(name="Eigen"), actor=make_user())
    linked(account, "Sonnblick")
    swept(one)
    assert account_of_ana() == "Eigen"


def test_what_matching_guessed_gives_way_to_what_a_system_says(both: tuple[Rig, Rig]) -> None:
    _one, other = both
    guess = {"outcome": "matched", "rule": "domain", "evidence": "example.org"}
    Person.objects.update(account_match=guess, updated_at=timezone.now())
    other.sync()
    assert account_of_ana() == "Helio"


def test_a_deal_keeps_its_account_too(both: tuple[Rig, Rig], account: Account, second: Account) -> None:
    one, other = both
    for rig, name in ((one, "Nordwind"), (other, "Helio")):
        rig.map(DEALS, "deals")
        deal = rig.account.put("deals", {"dealname": "Renewal"})
        rig.account.links += [Link("deals", deal, "companies", company(rig.account, name), is_primary=True)]
    for rig in both:
        swept(rig)
    assert [str(deal.account) for deal in Deal.objects.all()] == ["Nordwind"]


def test_it_is_said_where_a_system_says_another_account_and_theirs_is_a_click(
    both: tuple[Rig, Rig], client: Client
) -> None:
    _one, other = both
    client.force_login(make_user(Role.OPS_MANAGER))
    assert "put to another account" not in client.get("/martech/sync/first-contact/").content.decode()
    other.sync()
    said = client.get("/martech/sync/first-contact/").content.decode()
    assert '<a href="/martech/people/?account_said_by=second">1 by second</a>' in said
    assert "ana@example.org" in client.get("/martech/people/?account_said_by=second").content.decode()
    assert "ana@example.org" not in client.get("/martech/people/?account_said_by=main").content.decode()
    ana, helio = Person.objects.get(), Company.objects.get(name="Helio")
    page = client.get(ana.get_absolute_url()).content.decode()
    assert f'second says <a href="{helio.get_absolute_url()}">Helio</a>' in page
    assert "Nordwind stays: second did not give it. Choose theirs if they are right." in page
    client.post(f"/martech/people/{ana.pk}/account/", {"account": helio.pk})
    assert account_of_ana() == "Helio"
    page = client.get(ana.get_absolute_url()).content.decode()
    assert "main says" in page
    assert "Helio stays: it was chosen by hand" in page
