"""The pages of signing in and of one's account: in the product's look, in both themes and at both widths."""

from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Page, expect

from governance.models import User
from governance.policies import Role
from tests.browser.conftest import OpenIn, accessibility_findings, assert_sound
from tests.browser.looking import problems_of
from tests.factories import make_user

PASSWORD = "amber-fjord-linden-4711"
ENTRANCE = {
    "sign-in": "/accounts/login/",
    "reset": "/accounts/password/reset/",
    "reset-sent": "/accounts/password/reset/done/",
    "reset-used-link": "/accounts/password/reset/key/1-set-password/",
    "reset-finished": "/accounts/password/reset/key/done/",
    "sign-up-closed": "/accounts/signup/",
    "inactive": "/accounts/inactive/",
    "sso-cancelled": "/accounts/3rdparty/login/cancelled/",
    "address-sent": "/accounts/confirm-email/",
}
ACCOUNT = {
    "password": "/accounts/password/change/",
    "address": "/accounts/email/",
    "factors": "/accounts/2fa/",
    "app": "/accounts/2fa/totp/activate/",
    "keys": "/accounts/2fa/webauthn/",
    "new-key": "/accounts/2fa/webauthn/add/",
    "sign-out": "/accounts/logout/",
    "single-sign-on": "/accounts/3rdparty/",
}


@pytest.fixture
def person() -> User:
    user = make_user(Role.ANALYST, name="Maya Krüger", email="maya@example.com")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(page: Page, user: User) -> None:
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def confirm(page: Page) -> None:
    """Give the password once more, as every change of how somebody signs in asks for."""
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def test_every_page_before_the_door_is_sound(open_in: OpenIn, live_server: Any) -> None:
    assert problems_of(open_in("/accounts/login/", user=None), ENTRANCE, live_server.url) == {}


def test_a_stranger_sees_the_sign_in_page(open_in: OpenIn) -> None:
    visit = open_in("/martech/people/", user=None)
    assert visit.page.url.endswith("/accounts/login/?next=/martech/people/")
    assert_sound(visit)


def test_a_failed_single_sign_on_is_said_in_the_products_look(open_in: OpenIn) -> None:
    page = open_in("/accounts/3rdparty/login/error/", user=None).page
    expect(page.locator(".brand")).to_be_visible()
    assert accessibility_findings(page) == []


def test_every_page_of_the_account_is_sound(open_in: OpenIn, live_server: Any, person: User) -> None:
    visit = open_in("/accounts/login/?next=/governance/profile/", user=None)
    sign_in(visit.page, person)
    assert problems_of(visit, {"confirm": "/accounts/reauthenticate/"}, live_server.url) == {}
    confirm(visit.page)
    assert problems_of(visit, ACCOUNT, live_server.url) == {}


def test_somebody_adds_an_authenticator_app_and_keeps_the_recovery_codes(
    open_in: OpenIn, live_server: Any, person: User
) -> None:
    visit = open_in("/accounts/login/?next=/governance/profile/", user=None)
    page = visit.page
    sign_in(page, person)
    page.get_by_role("link", name="Manage factors").click()
    page.get_by_role("link", name="Set up an app").click()
    confirm(page)
    secret = page.locator("#authenticator_secret").input_value()
    code = format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))
    page.get_by_label("Authenticator code").fill(code)
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert len(page.locator("#recovery_codes").input_value().split()) == 10
    assert_sound(visit)
    page.goto(f"{live_server.url}/accounts/2fa/")
    expect(page.get_by_text("An app gives you a code at every sign-in.")).to_be_visible()
    assert_sound(visit)
