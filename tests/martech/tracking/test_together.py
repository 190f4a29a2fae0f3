"""Events of several requests are committed together, and none of them spoils another."""

import threading
from collections.abc import Sequence

import pytest
from django.db import connection

from martech.models import SourceEvent, WriteKey
from martech.services.tracking.together import Together
from tests.martech.tracking.calls import make_source, post


def in_threads(numbers: Sequence[int], together: Together[int, int]) -> dict[int, int | str]:
    found: dict[int, int | str] = {}

    def add(number: int) -> None:
        try:
            found[number] = together.add(number)
        except ValueError as error:
            found[number] = str(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=add, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_everybody_gets_their_own_answer_however_many_come_at_once() -> None:
    together: Together[int, int] = Together(lambda numbers: [number * 2 for number in numbers])
    assert in_threads(range(40), together) == {number: number * 2 for number in range(40)}


@pytest.mark.django_db(transaction=True)
def test_one_that_cannot_be_written_fails_alone() -> None:
    def write(numbers: Sequence[int]) -> list[int]:
        if 7 in numbers:
            raise ValueError("seven")
        return list(numbers)

    found = in_threads(range(12), Together(write))
    assert found == {**{number: number for number in range(12)}, 7: "seven"}


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_lost_is_opened_again_and_nothing_is_lost() -> None:
    _source, key = make_source()
    assert post(key, "page", {"userId": "u", "messageId": "before"}).status_code == 200
    connection.ensure_connection()
    connection.connection.close()
    assert post(key, "page", {"userId": "u", "messageId": "after"}).json()["accepted"] == 1
    assert set(SourceEvent.objects.values_list("message_id", flat=True)) == {"before", "after"}


@pytest.mark.django_db
def test_a_key_that_another_process_revoked_brings_nothing_although_it_is_remembered_here() -> None:
    _source, key = make_source()
    assert post(key, "page", {"userId": "u"}).status_code == 200
    WriteKey.objects.update(revoked_at="2026-03-02T12:00:00Z")
    assert post(key, "page", {"userId": "u"}).status_code == 401
    assert SourceEvent.objects.count() == 1
