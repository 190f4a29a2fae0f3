"""Getting a new password by mail, and changing one's address: every step over HTTP."""

import re

import pytest
from django.core import mail
from django.test import Client

from governance.models import User
from governance.policies import Role
from tests.factories import make_user

pytestmark = pytest.mark.django_db
OLD, NEW = "amber-fjord-linden-4711", "copper-birch-harbour-0815"


@pytest.fixture
def maya() -> User:
    user = make_user(Role.ANALYST, email="maya@example.com")
    user.set_password(OLD)
    user.save()
    return user


def signs_in(password: str) -> bool:
    given = {"login": "maya@example.com", "password": password}
    return Client().post("/accounts/login/", given).status_code == 302


def test_a_forgotten_password_is_replaced_through_the_mailed_link_once(maya: User) -> None:
    client = Client()
    assert client.post("/accounts/password/reset/", {"email": maya.email}).status_code == 302
    link = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[0].body)
    assert link
    form = client.get(link[1], follow=True)
    assert "Choose a new password" in form.content.decode()
    address = form.request["PATH_INFO"]
    weak = client.post(address, {"password1": "short", "password2": "short"})
    assert "password1" in weak.context["form"].errors
    maya.refresh_from_db()
    assert maya.check_password(OLD)
    done = client.post(address, {"password1": NEW, "password2": NEW}, follow=True)
    assert "Your password is changed" in done.content.decode()
    assert (signs_in(OLD), signs_in(NEW)) == (False, True)
    assert "This link does not work" in Client().get(link[1], follow=True).content.decode()


def test_nobody_learns_which_addresses_have_an_account(maya: User) -> None:
    known = Client().post("/accounts/password/reset/", {"email": maya.email}, follow=True).content
    unknown = Client().post("/accounts/password/reset/", {"email": "nobody@example.com"}, follow=True).content
    assert b"Look into your mail" in known
    assert b"Look into your mail" in unknown


def test_a_new_address_counts_once_its_link_is_followed(maya: User) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": maya.email, "password": OLD})
    client.post("/accounts/email/", {"action_add": "", "email": "maya.kruger@example.com"})
    maya.refresh_from_db()
    assert maya.email == "maya@example.com"
    assert "waits for its link" in client.get("/accounts/email/").content.decode()
    link = re.search(r"https?://[^/]+(/accounts/confirm-email/\S+)", mail.outbox[-1].body)
    assert link
    client.post(link[1])
    maya.refresh_from_db()
    assert maya.email == "maya.kruger@example.com"


def test_the_profile_leads_to_every_page_of_the_account(maya: User) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": maya.email, "password": OLD})
    profile = client.get("/governance/profile/").content.decode()
    for path in ("/accounts/password/change/", "/accounts/email/", "/accounts/2fa/", "/accounts/2fa/webauthn/"):
        assert f'href="{path}"' in profile
        assert client.get(path).status_code == 200
