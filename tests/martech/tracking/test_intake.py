"""At the door: keys, limits, repetitions, refusals that stay visible."""

import gzip
import html
import json
import threading
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from martech.connectors.cdp.bodies import BODY_BYTES
from martech.models import EventIntake, EventSource, RefusedEvent, SourceEvent, WriteKey
from martech.services.tracking import add_write_key, purge_events, revoke_write_key
from tests.factories import make_user
from tests.martech.tracking.calls import make_source, post, send

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("identify", {"traits": {"email": "ana@acme.example"}}),
        ("track", {"event": "Signed Up"}),
        ("page", {"name": "Pricing"}),
        ("screen", {"name": "Home"}),
        ("group", {"groupId": "acme"}),
        ("alias", {"previousId": "old"}),
    ],
)
def test_every_call_is_kept_as_it_came(kind: str, more: dict[str, Any]) -> None:
    source, key = make_source()
    answer = post(key, kind, {"userId": "u1", "messageId": "m1", **more})
    assert (answer.status_code, answer.json()) == (200, {"success": True, "accepted": 1, "repeated": 0, "refused": 0})
    event = SourceEvent.objects.get()
    assert (event.source, event.type, event.user_id, event.message_id) == (source, kind, "u1", "m1")
    assert event.payload == {"type": kind, "userId": "u1", "messageId": "m1", **more}
    assert EventIntake.objects.get().state == "pending"


@pytest.mark.django_db
def test_a_message_arrives_once_however_often_it_is_sent() -> None:
    _source, key = make_source()
    event = {"type": "track", "event": "Seen", "userId": "u1", "messageId": "m1"}
    assert send(key, event, event) == {"success": True, "accepted": 1, "repeated": 1, "refused": 0}
    assert send(key, event) == {"success": True, "accepted": 0, "repeated": 1, "refused": 0}
    assert SourceEvent.objects.count() == 1


@pytest.mark.django_db
def test_another_source_may_use_the_same_message_id() -> None:
    keys = [make_source(name=name)[1] for name in ("One", "Two")]
    assert [send(key, {"type": "page", "userId": "u", "messageId": "m"})["accepted"] for key in keys] == [1, 1]


@pytest.mark.django_db
def test_the_key_may_stand_in_the_body_and_is_not_kept_there() -> None:
    _source, key = make_source()
    assert post("", "track", {"event": "Seen", "userId": "u1", "writeKey": key}).status_code == 200
    assert key not in json.dumps(SourceEvent.objects.get().payload)


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "wk_nobody-has-this", "ümlaut"])
def test_without_a_valid_key_nothing_is_kept(key: str) -> None:
    make_source()
    answer = post(key, "track", {"event": "Seen", "userId": "u1"})
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_key")
    assert answer["WWW-Authenticate"].startswith("Basic")
    assert (SourceEvent.objects.count(), RefusedEvent.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_keys_are_changed_without_a_gap_and_a_revoked_one_is_refused_at_once() -> None:
    source, old = make_source()
    new = add_write_key(source=source, actor=None)
    assert [post(key, "page", {"userId": "u"}).status_code for key in (old, new)] == [200, 200]
    revoke_write_key(key=WriteKey.objects.get(prefix=old[:8]), actor=None)
    assert [post(key, "page", {"userId": "u"}).status_code for key in (old, new)] == [401, 200]
    assert not WriteKey.objects.filter(digest__in=(old, new)).exists()


@pytest.mark.django_db
def test_who_still_sends_with_a_revoked_key_or_from_another_origin_shows_on_the_page_of_the_source() -> None:
    source, old = make_source()
    add_write_key(source=source, actor=None)
    revoke_write_key(key=WriteKey.objects.get(prefix=old[:8]), actor=None)
    for _time in range(3):
        answer = post(old, "track", {"event": "Seen", "userId": "u1"})
        assert answer.json()["message"] == "The write key is missing, unknown or revoked."
    post("", "track", {"event": "Seen", "userId": "u1", "writeKey": old})
    kept = RefusedEvent.objects.get()
    assert (kept.source, kept.code) == (source, "revoked_key")
    assert kept.detail == f"The key {old[:8]}… was revoked; give whoever sends this a valid one."
    _other, key = make_source(name="Shop", system="shop", origins=["https://www.acme.example"])
    for origin in ("https://a.example", "https://a.example", "https://b.example"):
        assert post(key, "track", {"event": "Seen", "anonymousId": "a"}, origin=origin).status_code == 403
    assert sorted(RefusedEvent.objects.filter(code="bad_origin").values_list("detail", flat=True)) == [
        "Pages of https://a.example may not send to this source; add the origin to it.",
        "Pages of https://b.example may not send to this source; add the origin to it.",
    ]
    assert SourceEvent.objects.count() == 0


@pytest.mark.django_db
def test_an_event_that_is_a_little_too_large_is_not_said_to_have_what_it_may() -> None:
    _source, key = make_source()
    answer = post(key, "track", {"event": "Big", "userId": "u", "properties": {"text": "x" * 33_000}})
    assert answer.json()["message"] == "An event may have 32 KB; this one has 33."


@pytest.mark.django_db
def test_a_bad_event_of_a_batch_is_refused_with_its_reason_and_the_others_are_kept() -> None:
    source, key = make_source()
    answer = send(
        key,
        {"type": "track", "event": "Good", "userId": "u"},
        {"type": "dance", "userId": "u", "messageId": "m2"},
        {"type": "track", "event": "Nobody"},
        {"type": "track", "event": "Big", "userId": "u", "properties": {"text": "x" * 33_000}},
        {"type": "track", "event": "Nul", "userId": "u", "properties": {"text": "a\x00b"}},
        {"type": "track", "event": "Surrogate", "userId": "u", "properties": {"text": "\ud800"}},
        {"type": "page", "userId": "u", "properties": {"path": "C:\\u0000"}},
        "nonsense",
    )
    assert (answer["accepted"], answer["refused"]) == (2, 6)
    reasons = {error["index"]: error["code"] for error in answer["errors"]}
    assert reasons == {
        1: "unknown_type",
        2: "no_user_anon_id",
        3: "event_too_large",
        4: "not_storable",
        5: "not_storable",
        7: "no_object",
    }
    assert sorted(RefusedEvent.objects.values_list("code", flat=True)) == sorted(reasons.values())
    kept = RefusedEvent.objects.get(code="unknown_type")
    assert (kept.source, kept.type, kept.message_id) == (source, "dance", "m2")
    assert json.loads(kept.payload) == {"type": "dance", "userId": "u", "messageId": "m2"}


@pytest.mark.django_db
def test_a_single_bad_event_is_answered_400() -> None:
    _source, key = make_source()
    answer = post(key, "track", {"userId": "u"})
    assert (answer.status_code, answer.json()["code"]) == (400, "no_event")
    assert RefusedEvent.objects.get().code == "no_event"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "bad_json"),
        (b"[1]", "bad_json"),
        (b'{"batch": [], "x": NaN}', "bad_json"),
        (b'{"batch": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", "bad_json"),
        (b"{}", "no_batch"),
        (json.dumps({"batch": [{}] * 2_501}).encode(), "too_many_events"),
        (json.dumps({"batch": [], "more": "x" * BODY_BYTES}).encode(), "body_too_large"),
    ],
)
def test_a_body_that_cannot_be_taken_is_refused_and_its_beginning_kept(body: bytes, code: str) -> None:
    _source, key = make_source()
    answer = post(key, "batch", body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert RefusedEvent.objects.get().code == code
    assert SourceEvent.objects.count() == 0


@pytest.mark.django_db
def test_gzip_is_opened_and_never_beyond_the_limit() -> None:
    _source, key = make_source()
    good = gzip.compress(json.dumps({"batch": [{"type": "page", "userId": "u"}]}).encode())
    assert post(key, "batch", good, content_encoding="gzip").json()["accepted"] == 1
    bomb = gzip.compress(b" " * 30_000_000, 9)
    assert len(bomb) < BODY_BYTES
    assert post(key, "batch", bomb, content_encoding="gzip").json()["code"] == "body_too_large"
    broken = zlib.compress(b"{}")
    assert post(key, "batch", broken, content_encoding="gzip").json()["code"] == "bad_gzip"


@pytest.mark.django_db
def test_the_longest_body_and_event_that_fit_are_taken() -> None:
    _source, key = make_source()
    event = {"type": "track", "event": "e", "userId": "u", "messageId": "m", "properties": {"t": ""}}
    room = 32 * 1024 - len(json.dumps(event, separators=(",", ":")))
    event["properties"] = {"t": "x" * room}
    assert send(key, event)["accepted"] == 1
    event["properties"] = {"t": "x" * (room + 1)}
    assert send(key, {**event, "messageId": "n"})["refused"] == 1


@pytest.mark.django_db
def test_who_sends_too_fast_is_told_how_long_to_wait_and_may_come_again_then() -> None:
    _source, key = make_source(events_per_second=2)
    event = {"type": "page", "userId": "u"}
    with time_machine.travel(NOON, tick=False) as clock:
        assert [post(key, "page", event).status_code for _ in range(11)] == [200] * 10 + [429]
        answer = post(key, "page", event)
        assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (429, "5", "too_fast")
        clock.shift(timedelta(seconds=5))
        assert post(key, "page", event).status_code == 200
    assert SourceEvent.objects.count() == 11


@pytest.mark.django_db
def test_browsers_may_send_from_the_origins_of_the_source_only() -> None:
    _source, key = make_source(origins=["https://www.acme.example"])
    ask = Client().options("/cdp/v1/track", headers={"origin": "https://www.acme.example"})
    assert (ask.status_code, ask["Access-Control-Allow-Origin"]) == (204, "https://www.acme.example")
    assert "Authorization" in ask["Access-Control-Allow-Headers"]
    event = {"event": "Seen", "anonymousId": "a"}
    good = post(key, "t", event, origin="https://www.acme.example")
    assert (good.status_code, good["Access-Control-Allow-Origin"]) == (200, "https://www.acme.example")
    bad = post(key, "track", event, origin="https://elsewhere.example")
    assert (bad.status_code, bad.json()["code"]) == (403, "bad_origin")
    assert SourceEvent.objects.count() == 1


@pytest.mark.django_db
def test_only_the_calls_of_the_protocol_have_an_address() -> None:
    assert Client().post("/cdp/v1/dance").status_code == 404
    assert Client().get("/cdp/v1/track").status_code == 405


@pytest.mark.django_db
def test_old_events_go_once_their_repetitions_need_not_be_known() -> None:
    _source, key = make_source()
    send(
        key, {"type": "page", "userId": "u", "messageId": "done"}, {"type": "page", "userId": "u", "messageId": "held"}
    )
    post(key, "track", {"userId": "u"})
    SourceEvent.objects.filter(message_id="done").update(state="applied")
    SourceEvent.objects.filter(message_id="held").update(state="held")
    now = datetime.now(UTC)
    assert purge_events(now + timedelta(hours=71)) == 0
    purge_events(now + timedelta(hours=73))
    assert list(SourceEvent.objects.values_list("message_id", flat=True)) == ["held"]
    purge_events(now + timedelta(days=91))
    assert (SourceEvent.objects.count(), RefusedEvent.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_the_same_batches_sent_at_once_in_any_order_arrive_once() -> None:
    _source, key = make_source()
    events = [{"type": "page", "userId": "u", "messageId": f"m{number}"} for number in range(50)]
    answers: list[int] = []

    def deliver(turn: int) -> None:
        try:
            answers.append(send(key, *(events if turn % 2 else events[::-1]))["accepted"])
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver, args=(turn,)) for turn in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(answers), len(answers), SourceEvent.objects.count()) == (50, 8, 50)


def page(role: str = "ops_manager") -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


@pytest.mark.django_db
def test_a_source_is_made_on_its_page_and_shows_its_key_once() -> None:
    client = page()
    assert b"No source yet" in client.get("/martech/sources/").content
    answer = client.post("/martech/sources/", {"name": "Shop", "origins": "", "events_per_second": 100})
    source = EventSource.objects.get()
    text = answer.content.decode()
    key = text.split('id="new-key">')[1].split("<")[0]
    assert "Waiting for the first event" in text
    assert f'hx-get="{source.get_absolute_url()}"' in text
    assert post(key, "track", {"event": "Checked Out", "userId": "u"}).status_code == 200
    post(key, "track", {"userId": "u", "messageId": "bad"})
    shown = client.get(source.get_absolute_url()).content.decode()
    assert key not in shown
    assert "YOUR_WRITE_KEY" in shown
    assert "Waiting for the first event" not in shown
    assert "Checked Out" in shown
    assert "A track call needs the name of its event." in shown
    assert "Checked Out" not in client.get(source.get_absolute_url() + "?outcome=refused").content.decode()
    assert "Refuses some" in client.get("/martech/sources/").content.decode()


@pytest.mark.django_db
def test_the_examples_beside_a_new_key_send_an_event_as_they_stand() -> None:
    client = page()
    text = html.unescape(client.post("/martech/sources/", {"name": "Shop", "events_per_second": 100}).content.decode())
    key = text.split('id="new-key">')[1].split("<")[0]
    shell, web = (
        text.split(f'id="snippet-{name}" tabindex="0">')[1].split("</pre>")[0] for name in ("shell", "browser")
    )
    assert f"-u {key}: " in shell
    assert post(key, "track", json.loads(shell.split("-d '")[1].split("'")[0])).status_code == 200
    assert f'writeKey: "{key}"' in web
    assert "/cdp/v1/page" in web.replace('" + "', "")
    source = EventSource.objects.get()
    second = client.post(f"/martech/sources/{source.pk}/keys/add/").content.decode()
    assert f'hx-get="{source.get_absolute_url()}"' in second
    assert key not in second


@pytest.mark.django_db
def test_wrong_settings_of_a_source_are_named_and_nothing_is_saved() -> None:
    client = page()
    make_source(name="Shop")
    taken = client.post("/martech/sources/", {"name": "Shop", "events_per_second": 100})
    assert (taken.status_code, b"Choose another name" in taken.content) == (422, True)
    wrong = client.post("/martech/sources/", {"name": "Web", "origins": "acme.example", "events_per_second": 100})
    assert (wrong.status_code, b"is no web origin" in wrong.content) == (422, True)
    typo = client.post("/martech/sources/", {"name": "Web", "purpose": "newslettre", "events_per_second": 100})
    assert (typo.status_code, b"newslettre" in typo.content) == (422, True)
    assert EventSource.objects.count() == 1


@pytest.mark.django_db
def test_who_may_only_look_can_change_nothing() -> None:
    source, key = make_source()
    client = page("privacy_officer")
    assert client.get(source.get_absolute_url()).status_code == 200
    assert client.post("/martech/sources/", {"name": "Shop", "events_per_second": 1}).status_code == 200
    assert client.post(f"/martech/sources/{source.pk}/keys/add/").status_code == 403
    assert client.post(f"/martech/sources/{source.pk}/keys/{source.keys.get().pk}/revoke/").status_code == 403
    assert (EventSource.objects.count(), post(key, "page", {"userId": "u"}).status_code) == (1, 200)


@pytest.mark.django_db
def test_a_source_is_changed_on_its_page() -> None:
    source, _key = make_source()
    answer = page().post(
        f"/martech/sources/{source.pk}/edit/",
        {"name": "Shop", "system": "shop", "origins": "https://a.example/\n*", "events_per_second": 7},
    )
    assert answer.status_code == 302
    source.refresh_from_db()
    assert (source.name, source.system, source.origins, source.events_per_second) == (
        "Shop",
        "shop",
        ["https://a.example", "*"],
        7,
    )
