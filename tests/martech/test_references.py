"""Foreign keys checked once a statement: nothing names what is not there, whoever writes, deletes or waits."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from martech.models import Person, PersonEmail, RoutingDecision, StageMove
from mops.core.references import TRIGGERS, CheckReferences, Reference, references
from mops.core.sql import execute, fetch
from tests.factories import make_person, make_user

NOBODY = 987_654_321
NAMES_NOBODY = "martech_stagemove.person_id must name a row of martech_person"
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def move_of(person: int) -> StageMove:
    return StageMove(person_id=person, from_stage="", stage="lead", at=AT)


@pytest.mark.django_db
def test_every_such_key_has_its_triggers_an_index_for_deletions_and_no_constraint_of_rows() -> None:
    assert len(references()) == 22
    for one in references():
        made = fetch("select tgname from pg_trigger where tgname like %s", f"{one.name}!_%".replace("!", "\\"))
        assert {name for (name,) in made} == {f"{one.name}_{what}" for what in TRIGGERS}, one
        attribute = "select attnum from pg_attribute where attrelid = %s::regclass and attname = %s"
        [(number,)] = fetch(attribute, one.table, one.column)
        leading = (
            "select 1 from pg_index where indrelid = %s::regclass and indkey[0] = %s "
            "and coalesce(pg_get_expr(indpred, indrelid), %s) = %s"
        )
        named = f"({one.column} IS NOT NULL)"
        assert fetch(leading, one.table, number, named, named), one
        by_row = (
            "select 1 from pg_constraint where contype = 'f' and conrelid = %s::regclass and conkey = array[%s::int2]"
        )
        assert not fetch(by_row, one.table, number), one


@pytest.mark.django_db
def test_one_row_among_many_that_names_nobody_refuses_them_all() -> None:
    known = make_person()
    with pytest.raises(IntegrityError, match=NAMES_NOBODY), transaction.atomic():
        StageMove.objects.bulk_create([move_of(known.pk), move_of(NOBODY), move_of(known.pk)])
    assert StageMove.objects.count() == 0
    StageMove.objects.bulk_create([move_of(known.pk), move_of(known.pk)])
    assert StageMove.objects.count() == 2


@pytest.mark.django_db
def test_a_row_cannot_be_moved_to_nobody_but_to_somebody() -> None:
    first, second = make_person(email="a@acme.test"), make_person(email="b@acme.test")
    StageMove.objects.bulk_create([move_of(first.pk)])
    with pytest.raises(IntegrityError, match=NAMES_NOBODY), transaction.atomic():
        StageMove.objects.update(person_id=NOBODY)
    assert StageMove.objects.get().person_id == first.pk
    StageMove.objects.update(person=second)
    assert StageMove.objects.get().person_id == second.pk


@pytest.mark.django_db
def test_what_is_named_cannot_be_deleted_past_the_orm_and_the_orm_deletes_in_order() -> None:
    person = make_person()
    StageMove.objects.bulk_create([move_of(person.pk)])
    execute("delete from martech_personemail where person_id = %s", person.pk)
    with pytest.raises(IntegrityError, match=NAMES_NOBODY), transaction.atomic():
        execute("delete from martech_person where id = %s", person.pk)
    assert Person.objects.filter(pk=person.pk).exists()
    person.delete()
    assert (Person.objects.count(), StageMove.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_a_decision_may_name_no_owner_but_not_one_who_is_not_there() -> None:
    person, user = make_person(), make_user()
    RoutingDecision.objects.create(person=person, outcome="parked", arrived_at=AT)
    with pytest.raises(IntegrityError, match="owner_id must name a row of governance_user"), transaction.atomic():
        RoutingDecision.objects.create(person=person, owner_id=NOBODY, outcome="assigned", arrived_at=AT)
    RoutingDecision.objects.create(person=person, owner=user, outcome="assigned", arrived_at=AT)
    assert sorted(RoutingDecision.objects.values_list("owner", flat=True), key=str) == [user.pk, None]


@pytest.mark.django_db
def test_taking_the_check_back_leaves_the_constraint_and_doing_it_again_the_triggers() -> None:
    one = Reference("martech_syncchange", "run_id", "martech_syncrun")
    left = """select 'key', conname::text from pg_constraint where contype = 'f' and conrelid = 'martech_syncchange'::regclass
      union select 'trigger', tgname::text from pg_trigger where starts_with(tgname, 'holds_martech_syncchange') order by 1, 2"""
    before, check = fetch(left), CheckReferences([one])
    with connection.schema_editor(atomic=False) as editor:
        check.database_backwards("martech", editor, None, None)
    assert fetch(left) == [("key", one.name)]
    with connection.schema_editor(atomic=False) as editor:
        check.database_forwards("martech", editor, None, None)
    assert fetch(left) == before == [("trigger", f"{one.name}_{what}") for what in TRIGGERS]


@pytest.mark.django_db
@pytest.mark.parametrize("has_savepoint", [False, True])
def test_what_this_transaction_made_itself_is_not_locked_for_a_lock_would_write_it_again(has_savepoint: bool) -> None:
    with transaction.atomic() if has_savepoint else nullcontext():
        person = make_person()
    StageMove.objects.bulk_create([move_of(person.pk)])
    assert fetch("select xmax::text from martech_person where id = %s", person.pk) == [("0",)]


# --- what is claimed before it is there -----------------------------------------------------------------------------


OWED = "select count(*) from mops_owed_reference"
ADDRESS_OF_NOBODY = "martech_personemail.person_id must name a row of martech_person"


def claim(person: int, address: str = "ana@acme.test") -> None:
    PersonEmail.objects.bulk_create([PersonEmail(person_id=person, address=address, key=address)])


@pytest.mark.django_db(transaction=True)
def test_an_address_may_be_claimed_before_its_person_is_written() -> None:
    with transaction.atomic():
        claim(NOBODY)
        assert fetch(OWED) == [(1,)]
        Person.objects.create(pk=NOBODY)
    assert Person.objects.get().emails.get().key == "ana@acme.test"
    assert fetch(OWED) == [(0,)]


@pytest.mark.django_db(transaction=True)
def test_a_claim_for_somebody_who_is_never_written_takes_the_whole_transaction_back() -> None:
    def claims() -> None:
        claim(make_person(email="bo@acme.test").pk, "bo2@acme.test")
        claim(NOBODY)

    with pytest.raises(IntegrityError, match=ADDRESS_OF_NOBODY):
        transaction.atomic(claims)()
    assert (Person.objects.count(), PersonEmail.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_claim_that_is_given_back_owes_nothing() -> None:
    with transaction.atomic():
        claim(NOBODY)
        PersonEmail.objects.filter(person_id=NOBODY).delete()
    assert (PersonEmail.objects.count(), fetch(OWED)) == (0, [(0,)])


# --- two at the same moment -----------------------------------------------------------------------------------------


WAITING = "select 1 from pg_locks where not granted"


def meanwhile(pool: ThreadPoolExecutor, work: Callable[[], object]) -> "Future[str]":
    """The work on a connection of its own, begun and waiting for us; it answers what refused it."""

    def worked() -> str:
        try:
            work()
        except IntegrityError as error:
            return str(error).splitlines()[0]
        finally:
            connection.close()
        return ""

    begun = pool.submit(worked)
    until = time.monotonic() + 20
    while not fetch(WAITING):
        assert time.monotonic() < until, "nobody waits for us"
        time.sleep(0.005)
    return begun


@pytest.mark.django_db(transaction=True)
def test_a_row_waits_for_a_deletion_of_what_it_names_and_is_refused() -> None:
    person = make_person()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            execute("delete from martech_personemail where person_id = %s", person.pk)
            execute("delete from martech_person where id = %s", person.pk)
            refused = meanwhile(pool, lambda: StageMove.objects.bulk_create([move_of(person.pk)]))
        assert refused.result(20) == NAMES_NOBODY
    assert StageMove.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_claim_waits_for_a_deletion_of_its_person_and_is_refused_at_the_commit() -> None:
    person = make_person()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            execute("delete from martech_personemail where person_id = %s", person.pk)
            execute("delete from martech_person where id = %s", person.pk)
            refused = meanwhile(pool, lambda: claim(person.pk))
        assert refused.result(20) == ADDRESS_OF_NOBODY
    assert PersonEmail.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_deletion_waits_for_a_row_that_names_it_and_is_refused() -> None:
    person = make_person()
    execute("delete from martech_personemail where person_id = %s", person.pk)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            StageMove.objects.bulk_create([move_of(person.pk)])
            refused = meanwhile(pool, lambda: execute("delete from martech_person where id = %s", person.pk))
        assert refused.result(20) == NAMES_NOBODY
    assert Person.objects.filter(pk=person.pk).exists()
