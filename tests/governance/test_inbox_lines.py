"""Lines of the inbox are read by opening them."""

import pytest
from django.test import Client

from governance.models import Notification
from governance.services import notify_users
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_opening_a_line_leads_where_it_is_about_and_it_is_read() -> None:
    user, client = make_user("sales_rep"), Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for name in ("Zoe", "Yan"):
        notify_users(user_ids=[user.pk], kind="lead", title=f"New lead: {name}", url="/martech/people/7/")
    zoe = Notification.objects.get(title="New lead: Zoe")
    assert f'href="/governance/inbox/{zoe.pk}/"' in client.get("/governance/inbox/").content.decode()
    answer = client.get(f"/governance/inbox/{zoe.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, "/martech/people/7/")
    assert list(Notification.objects.filter(read_at=None).values_list("title", flat=True)) == ["New lead: Yan"]


def test_a_line_of_somebody_else_is_not_found_and_stays_unread() -> None:
    other, client = make_user("sales_rep"), Client()
    client.force_login(make_user("admin"), backend="django.contrib.auth.backends.ModelBackend")
    notify_users(user_ids=[other.pk], kind="lead", title="New lead", url="/martech/people/7/")
    line = Notification.objects.get()
    assert client.get(f"/governance/inbox/{line.pk}/").status_code == 404
    line.refresh_from_db()
    assert line.read_at is None
