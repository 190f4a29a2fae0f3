"""`check_invariants`: true of a healthy installation, and each one names what breaks it."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from martech.models import ChangedPerson, PersonEmail, ScoringState
from martech.services.assignment import assign_owner
from mops.core.invariants import Invariant, check, invariants, register_invariants
from planning.models import BudgetEntry, BudgetLine
from reporting.services import refresh_rollups
from tests.factories import make_campaign, make_deal, make_person, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def broken() -> dict[str, tuple[str, ...]]:
    """Every invariant that does not hold, with its first offenders."""
    found = [check(invariant) for invariant in invariants()]
    return {verdict.invariant.key: verdict.examples for verdict in found if not verdict.holds}


def behind_the_back(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = origin")


def test_a_healthy_installation_breaks_none(capsys: pytest.CaptureFixture[str]) -> None:
    admin = make_user("admin")
    assign_owner(person=make_person(), owner=admin, actor=admin)
    make_deal()
    call_command("check_invariants")
    out = capsys.readouterr().out
    assert "BROKEN" not in out
    assert out.endswith(f"all {len(invariants())} invariants hold\n")


def test_a_broken_one_is_named_with_its_offenders_and_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    make_user("admin")
    person = make_person()
    PersonEmail.objects.filter(person=person).delete()
    with pytest.raises(SystemExit) as ended:
        call_command("check_invariants")
    assert ended.value.code == 1
    assert f"are known by (1: {person.pk})" in capsys.readouterr().out


def test_an_address_of_somebody_merged_away_is_found() -> None:
    make_user("admin")
    survivor, merged = make_person(), make_person()
    behind_the_back("UPDATE martech_person SET merged_into_id = %s WHERE id = %s", survivor.pk, merged.pk)
    assert broken() == {"martech.addresses_belong_to_the_living": (str(merged.pk),)}


def test_a_chain_of_merges_is_found() -> None:
    make_user("admin")
    first, second, third = (make_person(email="") for _ in range(3))
    behind_the_back("UPDATE martech_person SET merged_into_id = %s WHERE id = %s", second.pk, first.pk)
    behind_the_back("UPDATE martech_person SET merged_into_id = %s WHERE id = %s", third.pk, second.pk)
    assert broken() == {"martech.merged_people_lead_to_living_ones": (str(first.pk),)}


def test_a_stage_nobody_entered_is_found() -> None:
    make_user("admin")
    person = make_person()
    person.stage_moves.create(stage="lead")
    behind_the_back(
        "UPDATE martech_person SET lifecycle_stage = 'sql', furthest_stage = 'sql' WHERE id = %s", person.pk
    )
    assert broken() == {"martech.stage_is_the_last_one_entered": (str(person.pk),)}


def test_a_furthest_stage_behind_the_current_one_is_found() -> None:
    make_user("admin")
    person = make_person()
    person.stage_moves.create(stage="sql")
    behind_the_back("UPDATE martech_person SET lifecycle_stage = 'sql' WHERE id = %s", person.pk)
    assert broken() == {"martech.furthest_stage_is_no_earlier": (str(person.pk),)}


def test_a_recount_that_differed_and_a_change_that_waits_too_long_are_found() -> None:
    make_user("admin")
    ChangedPerson.objects.create(person_id=7, at=timezone.now() - timedelta(hours=2))
    ScoringState.objects.create(day=date(2026, 3, 2), people=9, differing=1)
    assert broken() == {
        "martech.changes_are_counted": ("7",),
        "martech.scores_are_as_counted_again": ("2026-03-02",),
    }


def test_an_owner_nobody_decided_is_found() -> None:
    admin, other = make_user("admin"), make_user("sales_rep")
    person = make_person()
    assign_owner(person=person, owner=admin, actor=admin)
    behind_the_back("UPDATE martech_person SET owner_id = %s WHERE id = %s", other.pk, person.pk)
    assert broken() == {"martech.an_owner_was_decided": (str(person.pk),)}


def test_a_changed_campaign_code_is_found() -> None:
    make_user("admin")
    campaign = make_campaign()
    behind_the_back("UPDATE planning_campaign SET code = 'OTHER' WHERE id = %s", campaign.pk)
    assert broken() == {"planning.campaign_code_kept": ("OTHER",)}


def test_a_reversal_of_another_amount_is_found() -> None:
    make_user("admin")
    line = BudgetLine.objects.create(name="Ads", fiscal_year=2026, currency="EUR")
    entry = BudgetEntry.objects.create(line=line, kind="actual", month="2026-01-01", amount=100)
    wrong = BudgetEntry.objects.create(line=line, kind="reversal", month="2026-01-01", amount=-90, reverses=entry)
    assert broken() == {"planning.reversal_cancels": (str(wrong.pk),)}


def test_rollups_that_miss_somebody_are_found() -> None:
    make_user("admin")
    make_person()
    refresh_rollups()
    assert broken() == {}
    behind_the_back("UPDATE reporting_dailyrollup SET rows = 7 WHERE subject = 'people'")
    assert broken() == {"reporting.rollups_count_everybody": ("people",)}


def test_a_history_table_that_may_be_changed_is_found() -> None:
    make_user("admin")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'martech_personevent'::regclass AND tgname LIKE 'pgt%'"
        )
        (name,) = cursor.fetchone()
        cursor.execute(f"ALTER TABLE martech_personevent DISABLE TRIGGER {name}")
    try:
        assert broken() == {"governance.history_is_append_only": ("martech_personevent",)}
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE martech_personevent ENABLE TRIGGER {name}")


def test_two_invariants_of_one_name_are_a_mistake() -> None:
    with pytest.raises(Exception, match="registered twice"):
        register_invariants([Invariant("martech.import_counts_add_up", "", "")])
