"""Sealed history: what is changed behind the system's back is found and named."""

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from governance.merkle import merkle_root
from governance.models import Seal
from governance.services import sealing
from governance.services.sealing import Fault, seal_history, verify_history
from martech.models import Person
from tests.factories import make_person

TABLE = "martech_personevent"
pytestmark = pytest.mark.django_db(transaction=True)


def behind_the_back(statement: str) -> None:
    """As somebody with the rights of the server would: without triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET session_replication_role = origin")


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three people, sealed one by one."""
    for name in ("Ana", "Bo", "Cy"):
        make_person(first_name=name)
        seal_history()


def test_everything_is_sealed_once(sealed: None) -> None:
    assert [seal.rows for seal in Seal.objects.filter(table=TABLE)] == [1, 1, 1]
    assert seal_history() == 0
    assert verify_history() == []


def test_a_changed_row_is_found(sealed: None) -> None:
    behind_the_back(f"UPDATE {TABLE} SET first_name = 'Eve' WHERE first_name = 'Bo'")
    (fault,) = verify_history()
    assert (fault.table, fault.seal) == (TABLE, 2)
    assert "was changed" in fault.reason


def test_a_row_that_is_gone_is_found(sealed: None) -> None:
    behind_the_back(f"DELETE FROM {TABLE} WHERE first_name = 'Ana'")
    assert verify_history() == [Fault(TABLE, 1, "0 of its 1 rows are there")]


def test_a_row_slipped_in_is_found(sealed: None) -> None:
    columns = ", ".join(f'"{name}"' for name in sealing.history_tables()[TABLE] if name != "pgh_id")
    old = columns.replace('"pgh_created_at"', "now() - interval '3 days'")
    behind_the_back(f"INSERT INTO {TABLE} ({columns}) SELECT {old} FROM {TABLE} WHERE first_name = 'Bo'")
    (fault,) = verify_history()
    assert fault.seal is None
    assert fault.reason.startswith("rows that no seal covers: ")


def test_a_seal_made_anew_over_a_change_is_found(sealed: None) -> None:
    behind_the_back(f"UPDATE {TABLE} SET first_name = 'Eve' WHERE first_name = 'Bo'")
    seal = Seal.objects.get(table=TABLE, number=2)
    root = merkle_root(leaf for _pk, leaf in sealing._leaves(seal))
    behind_the_back(f"UPDATE governance_seal SET root = '{root}' WHERE id = {seal.pk}")
    assert verify_history() == [Fault(TABLE, 2, "the seal itself was changed, or made with another key")]


def test_a_seal_that_was_taken_away_is_found(sealed: None) -> None:
    behind_the_back(f"DELETE FROM governance_seal WHERE \"table\" = '{TABLE}' AND number = 2")
    assert verify_history() == [Fault(TABLE, 2, "this seal is missing")]


def test_rows_of_a_transaction_that_lasts_are_sealed_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row with a lower number that commits later is neither forgotten nor taken for a forgery."""
    other = connection.copy()
    other.inc_thread_sharing()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(f"SELECT nextval(pg_get_serial_sequence('{TABLE}', 'pgh_id')), pg_current_xact_id()")
            (low, _xid) = cursor.fetchone()
            make_person(first_name="Ana")
            assert seal_history() == 0
            columns = ", ".join(f'"{name}"' for name in sealing.history_tables()[TABLE] if name != "pgh_id")
            cursor.execute(f"INSERT INTO {TABLE} (pgh_id, {columns}) SELECT {low}, {columns} FROM {TABLE} LIMIT 1")
        other.commit()
    finally:
        other.close()
    assert seal_history() == 2
    assert verify_history() == []


def test_the_command_says_what_holds(sealed: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("audit_verify")
    assert "all 3 seals hold; 0 rows were sealed just now" in capsys.readouterr().out
    Person.objects.update(first_name="Dee")
    behind_the_back(f"DELETE FROM {TABLE} WHERE first_name = 'Ana'")
    with pytest.raises(SystemExit) as ended:
        call_command("audit_verify")
    assert ended.value.code == 1
    assert f"BROKEN  {TABLE}, seal 1: 0 of its 1 rows are there" in capsys.readouterr().out


@given(st.lists(st.binary(max_size=8), max_size=20), st.data())
def test_any_change_of_the_leaves_changes_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    other = data.draw(st.lists(st.sampled_from([*leaves, b"other"]), max_size=20))
    assert (merkle_root(leaves) == merkle_root(other)) is (leaves == other)
