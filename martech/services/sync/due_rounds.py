"""When rounds begin: as often as a connection says, and when somebody or something asks."""

from collections.abc import Iterable
from functools import partial

from django.db import connection, transaction
from django.utils import timezone

from martech.models import Connection
from mops.core.sql import array, fetch
from mops.core.work import wake

# One that is due while a round of it is under way stays due: what it is to bring may be behind that round already.
_BEGIN = """
with due as (
  update martech_connection c set next_run_at = %(now)s + every_seconds * interval '1 second'
  where state = 'active' and next_run_at <= %(now)s and (paused_until is null or paused_until <= %(now)s)
    and not exists (select from martech_syncwork w
      where w.connection_id = c.id and w.run_id is null and w.state in ('pending', 'running'))
  returning id
)
insert into martech_syncwork (connection_id, state, attempts, run_after, last_error, created_at)
select id, 'pending', 0, %(now)s, '', %(now)s from due on conflict do nothing
"""
_ASK = """
insert into martech_syncwork (connection_id, state, attempts, run_after, last_error, created_at)
select id, 'pending', 0, now(), '', now() from martech_connection
where id = any(%s::bigint[]) and state = 'active' order by id
on conflict do nothing returning connection_id
"""


def begin_due_rounds() -> int:
    """Put the connections whose time has come to work; answers how many."""
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, {"now": timezone.now()})
        return int(cursor.rowcount)


def ask_for_round(connections: Iterable[int]) -> bool:
    """Let a round of each of these begin, or another one when the one under way ends: it may have passed what the next is
    to bring. Answers whether all begin now."""
    asked = set(connections)
    if not asked:
        return True
    begun = {pk for (pk,) in fetch(_ASK, array(sorted(asked)))}
    if begun:
        wake("sync")
    if under_way := asked - begun:
        transaction.on_commit(partial(be_due, under_way))
    return not under_way


def be_due(connections: Iterable[int]) -> None:
    """Let the beat begin their next round when it looks the next time, or when the one under way has ended."""
    now = timezone.now()
    Connection.objects.filter(pk__in=list(connections), next_run_at__gt=now).update(next_run_at=now)
