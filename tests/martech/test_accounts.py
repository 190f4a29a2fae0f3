"""People and accounts in the database: one stored result, kept up to date whichever side changes."""

from typing import Any

import pytest
from django.test import Client

from governance.policies import Role
from governance.selectors.history import history_trail
from martech.models import Account, AccountChange, AccountKey, Person, PersonEmail, RoutingWork, RuleVersion
from martech.services.accounts import (
    choose_account,
    explain_match,
    match_people,
    publish_match_settings,
    rematch_everybody,
)
from martech.services.market import save_account
from martech.services.people import save_people, save_person, update_person
from mops.core import work
from mops.core.errors import DomainError
from mops.core.trails import Newest
from tests.factories import make_account, make_person, make_token, make_user
from tests.martech.account_hard_set import ACCOUNTS, ASK, LEADS, NOBODY

pytestmark = pytest.mark.django_db


def account_of(person: Person) -> str | None:
    person.refresh_from_db()
    return person.account.name if person.account else None


def come(**data: Any) -> Person:
    return save_person(data=data, actor=None).person


def rematch() -> None:
    while work.run_due("accounts"):
        pass


def test_somebody_who_comes_in_is_matched_and_the_reason_is_stored() -> None:
    make_account(name="Brightwater Inc.", domain="brightwater.com", country="US")
    person = come(email="jo@mail.brightwater.com", country="US")
    assert account_of(person) == "Brightwater Inc."
    assert person.account_match == {
        "outcome": "matched",
        "rule": "domain",
        "evidence": "brightwater.com",
        "signs": ["domain", "country"],
        "tie_breaker": "",
        "candidates": [],
        "reason": "",
    }


def test_the_trail_tells_the_account_and_not_how_it_was_looked_for() -> None:
    make_account(name="Brightwater Inc.", domain="brightwater.com", country="US")
    found, alone = come(email="jo@brightwater.com"), come(email="jo@nowhere.example")
    titles = [[entry.title for entry in history_trail(make_user(), person, Newest(10))] for person in (found, alone)]
    assert titles == [["Account set to Brightwater Inc.", "Created"], ["Created"]]


def test_an_ambiguous_person_has_no_account_but_the_candidates() -> None:
    first, second = make_account(name="Summit AG"), make_account(name="Summit GmbH")
    person = come(email="jo@gmail.com", company="Summit")
    assert account_of(person) is None
    assert person.account_match["outcome"] == "ambiguous"
    assert person.account_match["candidates"] == [
        {"id": first.pk, "name": "Summit AG"},
        {"id": second.pk, "name": "Summit GmbH"},
    ]


def test_somebody_of_whom_no_company_is_known_gets_no_result_at_all() -> None:
    make_account(name="Brightwater", domain="gmail.com")
    person = come(email="jo@gmail.com")
    assert (account_of(person), person.account_match) == (None, None)


def test_the_hard_set_in_the_database_gives_the_same_answers_in_one_go() -> None:
    rows = {}
    for known in ACCOUNTS:
        rows[known.id] = make_account(
            name=known.name, domain=known.domain, country=known.country, extra_domains=list(known.extra),
            former_names=list(known.former), parent=rows.get(known.parent),
        )  # fmt: skip
        for number, domain in enumerate([one for one in known.people for _twice in range(2)]):
            taught = make_person(email=f"t{number}@{domain}", account=rows[known.id])
            Person.objects.filter(pk=taught.pk).update(account_match={"outcome": "matched", "rule": "chosen"})
        for phone in [one for one in known.phones for _thrice in range(3)]:
            make_person(account=rows[known.id], phone=f"{phone}100", account_match={"rule": "chosen"})
    people = []
    for number, lead in enumerate(LEADS):
        values = {name: lead.given.get(name, "") for name in ("company", "website", "phone", "country")}
        person = Person.objects.create(email="", **values)
        if email := lead.given.get("email"):
            unique = f"{number}.{email}"
            PersonEmail.objects.create(person=person, address=unique, key=unique.lower())
        people.append(person)
    match_people(person.pk for person in people)
    by_pk = {row.pk: known for known, row in rows.items()}
    wrong = []
    for lead, person in zip(LEADS, people, strict=True):
        person.refresh_from_db()
        found = by_pk.get(person.account_id or 0, NOBODY)
        if not found and (person.account_match or {}).get("outcome") == "ambiguous":
            found = ASK
        if found != lead.expected:
            wrong.append((lead, person.account_match))
    assert wrong == []


def test_matching_many_takes_no_more_queries_than_matching_one(django_assert_max_num_queries: Any) -> None:
    for number in range(40):
        make_account(name=f"Firm {chr(65 + number % 26)}{number} Werke", domain=f"firm{number}.de")
    one = Person.objects.create(email="a@firm1.de")
    many = [Person.objects.create(email=f"a{n}@firm{n}.de", company=f"Firm {n}") for n in range(40)]
    match_people([one.pk])
    with django_assert_max_num_queries(24):
        match_people(person.pk for person in many)
    assert Person.objects.filter(account=None).count() == 0


def test_many_people_at_once_are_matched_too() -> None:
    make_account(name="Brightwater", domain="brightwater.com")
    save_people(rows=[{"email": f"p{number}@brightwater.com"} for number in range(5)], actor=None)
    assert Person.objects.filter(account__name="Brightwater", account_match__rule="domain").count() == 5


def test_a_change_of_the_person_matches_again() -> None:
    make_account(name="Brightwater", domain="brightwater.com")
    make_account(name="Nordlicht Energie")
    person = come(email="jo@gmail.com", company="Unknown Firm")
    assert account_of(person) is None
    update_person(person=person, data={"company": "Nordlicht Energie AG"}, actor=None)
    assert account_of(person) == "Nordlicht Energie"
    save_person(data={"email": "jo@gmail.com", "website": "brightwater.com", "company": "Brightwater"}, actor=None)
    assert account_of(person) == "Brightwater"


def test_a_new_account_takes_in_those_who_were_waiting_for_it() -> None:
    waiting = come(email="jo@brightwater.com", company="Brightwater")
    other = come(email="bo@elsewhere.com")
    assert account_of(waiting) is None
    save_account(data={"name": "Brightwater Inc", "domain": "brightwater.com"}, actor=None)
    assert AccountChange.objects.filter(state="pending").count() == 1
    rematch()
    assert account_of(waiting) == "Brightwater Inc"
    assert account_of(other) is None
    assert not AccountChange.objects.filter(state="pending").exists()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"domain": "other.com", "country": "DE"}, None),
        ({"name": "Another", "domain": ""}, None),
        ({"domain": "", "extra_domains": ["brightwater.com"]}, "Brightwater"),
        ({"domain": "", "name": "Renamed", "former_names": ["Brightwater"]}, "Renamed"),
    ],
)
def test_an_account_that_changed_by_whatever_way_lets_go_of_people_or_keeps_them(
    change: dict[str, Any], expected: str | None
) -> None:
    account = make_account(name="Brightwater", domain="brightwater.com", country="US")
    person = come(email="jo@brightwater.com", company="Brightwater", country="US")
    assert account_of(person) == "Brightwater"
    Account.objects.filter(pk=account.pk).update(**change)
    rematch()
    assert account_of(person) == expected


def test_a_second_account_of_the_same_domain_makes_its_people_a_question() -> None:
    make_account(name="Veridian", domain="veridian.com", country="US")
    person = come(email="jo@veridian.com")
    assert account_of(person) == "Veridian"
    make_account(name="Veridian France", domain="veridian.com", country="FR")
    rematch()
    assert account_of(person) is None
    assert person.account_match["outcome"] == "ambiguous"


def test_people_found_by_name_teach_the_account_their_domain() -> None:
    make_account(name="Waldheim Institut", country="AT")
    for name in ("ada", "bo"):
        come(email=f"{name}@waldheim-research.net", company="Waldheim Institut", country="AT")
    rematch()
    assert AccountKey.objects.filter(kind="people", key="waldheim-research.net").count() == 1
    newcomer = come(email="cy@waldheim-research.net")
    assert account_of(newcomer) == "Waldheim Institut"
    assert newcomer.account_match["rule"] == "people"


def test_what_was_chosen_by_hand_stays_until_it_is_given_back() -> None:
    make_account(name="Brightwater", domain="brightwater.com")
    own = make_account(name="Own Choice")
    person = come(email="jo@brightwater.com")
    choose_account(person=person, account=own, actor=make_user())
    rematch_everybody()
    rematch()
    assert account_of(person) == "Own Choice"
    choose_account(person=person, account=None, actor=None)
    assert account_of(person) == "Brightwater"


def test_an_account_that_came_with_the_data_is_left_alone() -> None:
    make_account(name="Brightwater", domain="brightwater.com")
    person = make_person(email="jo@brightwater.com", account=make_account(name="As The CRM Says"))
    assert match_people([person.pk]) == 0
    assert account_of(person) == "As The CRM Says"


def test_new_settings_are_in_force_for_everybody() -> None:
    make_account(name="Veridian", domain="veridian.com", country="US")
    make_account(name="Veridian France", domain="veridian.com", country="FR")
    person = come(email="jo@veridian.com")
    assert account_of(person) is None
    publish_match_settings(document={"tie_breakers": ["oldest"]}, seen=0, actor=None)
    rematch()
    assert account_of(person) == "Veridian"
    assert person.account_match["tie_breaker"] == "oldest"
    publish_match_settings(document={"ignored_domains": ["veridian.com"]}, seen=1, actor=None)
    rematch()
    assert account_of(person) is None
    with pytest.raises(DomainError):
        publish_match_settings(document={"rules": ["luck"]}, seen=2, actor=None)
    assert RuleVersion.objects.count() == 2


def test_matching_again_changes_nothing_and_says_so() -> None:
    make_account(name="Brightwater", domain="brightwater.com")
    person = come(email="jo@brightwater.com")
    before = Person.objects.values().get(pk=person.pk)
    assert match_people([person.pk]) == 0
    assert Person.objects.values().get(pk=person.pk) == before


def test_explaining_changes_nobody() -> None:
    account = make_account(name="Brightwater", domain="brightwater.com")
    found, names = explain_match({"email": "jo@brightwater.com"})
    assert (found.account, names) == (account.pk, {account.pk: "Brightwater"})
    assert not Person.objects.exists()
    assert not RoutingWork.objects.exists()


def test_the_api_explains_a_match_before_anything_is_stored() -> None:
    account = make_account(name="Brightwater", domain="brightwater.com")
    headers = {"Authorization": f"Bearer {make_token()}"}
    body = {"email": "jo@brightwater.com", "company": "Brightwater"}
    answer = Client().post("/api/v1/accounts/match/", body, content_type="application/json", headers=headers)
    assert answer.status_code == 200
    assert answer.json()["account"] == {"id": account.pk, "name": "Brightwater"}
    assert (answer.json()["outcome"], answer.json()["rule"]) == ("matched", "domain")
    wrong = Client().post("/api/v1/accounts/match/", {"shoe": 1}, content_type="application/json", headers=headers)
    assert (wrong.status_code, list(wrong.json()["errors"])) == (422, ["shoe"])


def signed_in(role: str = Role.OPS_MANAGER) -> Client:
    client = Client()
    client.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_page_of_a_person_says_why_and_lets_one_choose_among_the_tied() -> None:
    first = make_account(name="Summit AG")
    make_account(name="Summit GmbH")
    person = come(email="jo@gmail.com", company="Summit")
    client = signed_in()
    page = client.get(f"/martech/people/{person.pk}/").content.decode()
    assert "Summit AG" in page
    assert "Summit GmbH" in page
    address = f"/martech/people/{person.pk}/account/"
    assert signed_in(Role.LEADER).post(address, {"account": first.pk}).status_code == 403
    assert client.post(address, {"account": first.pk}).status_code == 302
    assert account_of(person) == "Summit AG"
    assert "Chosen by" in client.get(f"/martech/people/{person.pk}/").content.decode()
    assert client.post(address, {"account": ""}).status_code == 302
    assert account_of(person) is None
    assert client.post(address, {"account": "999999"}).status_code == 404


def test_a_wrong_match_is_corrected_by_name_or_domain_and_matching_leaves_it_alone() -> None:
    make_account(name="Summit AG", domain="summit.com")
    right = make_account(name="Peak Partners", domain="peak.com")
    make_account(name="Twin", domain="twin-a.com")
    make_account(name="Twin", domain="twin-b.com")
    person = come(email="jo@summit.com")
    client, address = signed_in(), f"/martech/people/{person.pk}/account/"
    assert account_of(person) == "Summit AG"
    for wrong in ("Nobody Ltd", "Twin"):
        client.post(address, {"named": wrong})
        assert account_of(person) == "Summit AG"
    client.post(address, {"named": "PEAK.com"})
    assert account_of(person) == "Peak Partners"
    match_people([person.pk])
    person.refresh_from_db()
    assert person.account == right
    assert "belongs to Peak Partners" in client.get(f"/martech/people/{person.pk}/").content.decode()


def test_the_settings_page_changes_the_order_and_tries_a_lead() -> None:
    client = signed_in()
    account = make_account(name="Brightwater", domain="brightwater.com")
    page = client.get("/martech/accounts/matching/", {"email": "jo@brightwater.com"})
    assert page.status_code == 200
    assert account.get_absolute_url() in page.content.decode()
    data = {"rules": "domain\nname", "tie_breakers": "country\nparent", "ignored_domains": "agency.com", "seen": 0}
    assert client.post("/martech/accounts/matching/", data).status_code == 302
    document = RuleVersion.objects.get().document
    assert document == {
        "rules": ["domain", "name"],
        "tie_breakers": ["country", "parent"],
        "ignored_domains": ["agency.com"],
    }
    assert client.post("/martech/accounts/matching/", {**data, "seen": 1, "rules": "luck"}).status_code == 422
    assert client.post("/martech/accounts/matching/", data).status_code == 422
