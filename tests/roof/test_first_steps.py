"""An empty installation greets its administrator with what to do first; each step is done when the data say so."""

import pytest
from django.test import Client
from django.urls import reverse

from governance.models import User
from governance.policies import Role
from martech.models import PolicyVersion, RoutingPolicy
from tests.factories import make_campaign, make_person, make_user
from workflow.models import FormVersion

pytestmark = pytest.mark.django_db
PAGE = "/first-steps/"


@pytest.fixture
def boss() -> User:
    return make_user(Role.ADMIN)


@pytest.fixture
def client(boss: User) -> Client:
    client = Client()
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    return client


def done(client: Client) -> dict[str, bool]:
    return {step.title: step.is_done for step in client.get(PAGE).context["steps"] if not step.is_optional}


def test_an_empty_installation_greets_its_administrator(client: Client) -> None:
    assert client.get("/")["Location"] == PAGE
    page = client.get(PAGE)
    assert "<b>0 of 5</b> done" in page.content.decode()
    assert set(done(client).values()) == {False}
    for step in page.context["steps"]:
        if step.url != reverse("first-form"):
            assert client.get(step.url).status_code == 200


def test_each_step_is_done_when_the_data_say_so_and_the_page_goes_when_all_are(client: Client) -> None:
    colleague = make_user(Role.OPS_MANAGER)
    assert done(client)["Create your colleagues"]
    make_person()
    assert done(client)["Import people"]
    policy = RoutingPolicy.objects.create(key="inbound", name="Inbound")
    version = PolicyVersion.objects.create(policy=policy, number=1, document={}, state="draft")
    assert not done(client)["Publish a routing policy"]
    PolicyVersion.objects.filter(pk=version.pk).update(state="published")
    assert done(client)["Publish a routing policy"]
    make_campaign()
    assert list(done(client).values()) == [True, True, True, True, False]
    assert client.post(reverse("first-form")).status_code == 302
    assert FormVersion.objects.filter(state="published").count() == 2
    assert client.get("/")["Location"] == "/due/"
    assert client.get(PAGE)["Location"] == "/"
    assert User.objects.get(pk=colleague.pk).is_active


def test_a_colleague_who_may_not_sign_in_does_not_count(client: Client) -> None:
    User.objects.filter(pk=make_user(Role.ANALYST).pk).update(is_active=False)
    assert not done(client)["Create your colleagues"]


def test_others_go_where_their_work_is() -> None:
    client = Client()
    client.force_login(make_user(Role.LEADER), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/")["Location"] == "/reporting/"
    assert client.get(PAGE).status_code == 403
    assert client.post(reverse("first-form")).status_code == 403
    assert FormVersion.objects.count() == 0
