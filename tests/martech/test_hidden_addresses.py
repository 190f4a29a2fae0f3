"""Whoever may not see how people are reached reads it nowhere: every page, list, file and answer is opened and searched."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from governance.models import Notification, User
from governance.policies import Role
from martech.models import DealPerson, Monitor, Person, ResponseClock, RoutingDecision, Touch
from martech.services.merging.merge import merge_people
from martech.services.people import update_person
from martech.services.policies import save_draft
from martech.services.refreshing import refresh_people
from martech.services.routing import enqueue_routing
from martech.services.segments import create_segment
from mops.core import work
from mops.core.rights import called, can, right_of
from tests.architecture.test_url_rights import OURS
from tests.factories import make_account, make_campaign, make_deal, make_person, make_token, make_user
from tests.martech.policies import document, make_reps, publish, route
from tests.martech.sync.conftest import Rig
from tests.martech.sync.scripted import Account, scripted

pytestmark = pytest.mark.django_db
MARKS = re.compile(r"hushed|9001234", re.IGNORECASE)
NUMBERED = re.compile(r"Person \d+")
LINKS = re.compile(r'(?:href|hx-get)="([^"]+)"')
GERMAN = {"field": "person.country", "op": "eq", "value": "DE"}
UNOPENED = {
    # They take what is posted.
    *("governance:inbox-read", "governance:profile-notices", "governance:revoke-token", "preferences"),
    *("workflow:comment", "workflow:drop-draft", "workflow:keep-draft"),
    *("tracking", "webhook", "webhook-without-slash"),
    # They are about no person: money, tools, forms and requests, of which this world has none.
    *("api:draft", "api:exchange-rate", "api:request", "martech:tool", "planning:budget-line", "planning:rate"),
    *("workflow:ask-form", "workflow:form", "workflow:form-version", "workflow:request"),
    # Numbers of scores, of a model and of a distribution that nobody here has; findings are a monitor's numbers.
    *("api:learned", "api:person-learned", "api:person-score", "api:quality-finding", "martech:failing-bucket"),
}
NAMING = (
    "martech/people/<int:pk>/",
    "martech/accounts/<int:pk>/",
    "martech/deals/<int:pk>/",
    "martech/segments/<int:pk>/",
    "martech/routing/",
    "martech/routing/board/",
    "martech/routing/decisions/",
    "martech/routing/decisions/?export=csv",
    "martech/routing/decisions/<int:pk>/",
    "martech/routing/<slug:key>/replay/?days=7",
    "reporting/records/?metric=people_created",
    "search/?q=Helio",
    "api/v1/people/<int:pk>/trail/",
)
NAMELESS = ("api/v1/routing/policies/<slug:key>/versions/1/",)
"""Pages with a second number, that name nobody."""
"""Where nameless people are named: were one of these empty, the first test would prove nothing of it."""


@pytest.fixture
def analyst() -> User:
    return make_user(Role.ANALYST, email="ines@example.com", name="Ines Costa")


def nameless(number: int, **fields: Any) -> Person:
    return make_person(
        **{
            "first_name": "",
            "last_name": "",
            "email": f"who{number}@hushed.example",
            "phone": f"+49309001234{number}",
            "linkedin_url": f"https://linkedin.com/in/hushed-{number}",
            "country": "DE",
            "company": "Helio",
            "created_at": timezone.now(),
            **fields,
        }
    )


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[Rig]:
    monkeypatch.setattr("martech.services.sync.patience.pause", lambda seconds: None)
    account = Account()
    with scripted(monkeypatch, main=account):
        made = Rig(account)
        made.map()
        yield made


@pytest.fixture
def world(analyst: User, rig: Rig) -> dict[str, Any]:
    """Nameless people wherever the product names somebody."""
    campaign, account = make_campaign(), make_account(name="Helio")
    people = [nameless(number, account=account, campaign=campaign) for number in range(4)]
    routed(people, analyst)
    merge_people(survivor=people[0], others=[people[3]], actor=None)
    update_person(person=people[0], data={"phone": "+493090012349"}, actor=None)
    deal = make_deal(account=account, campaign=campaign)
    DealPerson.objects.create(deal=deal, person=people[0], role="Champion")
    Touch.objects.create(person=people[0], at=timezone.now(), kind="form", campaign=campaign)
    segment = create_segment(name="Germans", condition=GERMAN, actor=None).segment
    refresh_people()
    runs = synced(rig)
    watched()
    return {
        **runs,
        "people": people[0].pk,
        "accounts": account.pk,
        "deals": deal.pk,
        "segments": segment.pk,
        "decisions": RoutingDecision.objects.order_by("pk").first().pk,  # type: ignore[union-attr]
        "campaigns": campaign.code,
        "routing": "inbound",
        "policies": "inbound",
        "monitors": Monitor.objects.order_by("pk")[0].key,
        "metrics": "people_created",
        "lifecycle": "mql",
    }


def routed(people: list[Person], analyst: User) -> None:
    """Two got an owner, one of them the analyst, who is told of it; one is late, and by the draft all would go elsewhere."""
    (rep,) = make_reps("Ana")
    version = publish(document([rep, analyst]))
    enqueue_routing([person.pk for person in people], cause="test")
    route()
    decision = RoutingDecision.objects.filter(owner=analyst).order_by("pk")[0]
    moments = {name: timezone.now() for name in ("started_at", "warn_at", "due_at")}
    ResponseClock.objects.filter(person=decision.person).delete()
    ResponseClock.objects.create(
        person=decision.person, decision=decision, owner=analyst, allowed_minutes=30, **moments
    )
    save_draft(policy=version.policy, document=document([rep]), actor=None)


def synced(rig: Rig) -> dict[str, int]:
    """An address that came, changed and differs again."""
    one = rig.account.put("contacts", {"email": "sync1@hushed.example", "jobtitle": "CMO"})
    rig.sync()
    rig.account.put("contacts", {"email": "sync2@hushed.example", "jobtitle": "CEO"}, one)
    pulled = rig.sync()["pull contacts"]
    rig.account.put("contacts", {"email": "sync3@hushed.example", "jobtitle": "CFO"}, one)
    return {"runs": pulled.pk, "proofs": rig.compare("contacts").pk}


def watched() -> None:
    client = signed_in(make_user(Role.OPS_MANAGER))
    client.post("/martech/quality/standard/")
    work.run_due("quality")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_an_analyst_reads_no_address_number_or_profile_of_nameless_people_anywhere(
    world: dict[str, Any], analyst: User
) -> None:
    seen = list(opened(world, analyst))
    told = {path: found[0] for path, _status, text in seen if (found := MARKS.search(text))}
    assert told == {}
    names = {resolve(path.partition("?")[0]).view_name for path, status, _text in seen if status in (200, 302)}
    gettable = {name for name, _route, view in OURS if may_get(analyst, view)}
    assert gettable - names == UNOPENED
    assert any("export=csv" in path and status == 200 for path, status, _text in seen)
    (notice,) = Notification.objects.filter(user=analyst)
    assert re.fullmatch(r"Person \d+, Person \d+", notice.detail)


def test_whoever_may_see_addresses_is_told_them_in_place_of_names_and_never_a_mere_number(
    world: dict[str, Any],
) -> None:
    user = make_user(Role.OPS_MANAGER)
    client = signed_in(user)
    for path in NAMING:
        assert "hushed.example" in body_of(client.get("/" + filled(path, world))), path
    numbered = {path: found[0] for path, _status, text in opened(world, user) if (found := NUMBERED.search(text))}
    assert numbered == {}


def test_the_admin_calls_people_as_its_reader_may_know_them(world: dict[str, Any]) -> None:
    client = signed_in(make_user(Role.OPS_MANAGER))
    decisions = reverse("admin:martech_routingdecision_changelist")
    decision = RoutingDecision.objects.get(pk=world["decisions"])
    for path in (decisions, reverse("admin:martech_routingdecision_change", args=[decision.pk])):
        text = body_of(client.get(path))
        assert decision.person.email in text
        assert NUMBERED.search(text) is None


@pytest.mark.parametrize("role", Role.values)
def test_a_nameless_person_is_called_by_the_address_only_where_it_may_be_seen(role: str) -> None:
    person = nameless(1)
    is_seen = role != Role.ANALYST
    assert called(make_user(role), person) == ("who1@hushed.example" if is_seen else f"Person {person.pk}")
    assert called(None, person) == str(person) == f"Person {person.pk}"
    assert called(make_user(role), nameless(2, first_name="Priya", last_name="Raman")) == "Priya Raman"


def opened(world: dict[str, Any], user: User) -> Iterator[tuple[str, int, str]]:
    """Every address of ours that the user may get, with its status and text; then every page these link to, once a kind."""
    client, api = signed_in(user), Client(headers={"Authorization": f"Bearer {make_token(user)}"})
    routes = [route for name, route, view in OURS if may_get(user, view) and name not in UNOPENED]
    waiting = ["/" + filled(route, world) for route in (*NAMING, *NAMELESS, *routes)]
    kinds: set[str] = set()
    while waiting:
        path = waiting.pop(0)
        kind = re.sub(r"\d+|(?<=monitors/)[\w-]+", "N", re.sub(r"=[^&]*", "", path))
        if "<" in path or kind in kinds or (path.count("&") > 1 and "export=" not in path):
            continue
        kinds.add(kind)
        answer = (api if path.startswith("/api/") else client).get(path)
        text = body_of(answer)
        yield path, answer.status_code, text
        if answer.status_code == 200 and "html" in answer.headers["Content-Type"]:
            waiting += [address for link in LINKS.findall(text) if (address := joined(path, unescape(link)))]


def joined(path: str, link: str) -> str:
    if link.startswith("?"):
        return path.partition("?")[0] + link
    return link.partition("#")[0] if link.startswith("/") and not link.startswith(("/static/", "/accounts/")) else ""


def filled(route: str, world: dict[str, Any]) -> str:
    """A route with the objects of the world in its places, as far as it has them."""
    return re.sub(
        r"(\w+)/<[^>]+>", lambda found: f"{found[1]}/{world.get(found[1], found[0].partition('/')[2])}", route
    )


def may_get(user: User, view: Any) -> bool:
    right = right_of(view)
    wanted = right.get("GET") if isinstance(right, dict) else right
    return wanted is not None and can(user, wanted)


def body_of(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode(errors="replace"))
