"""The maps of docs/examples on files in the shape of the public data they are for."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from martech.models import Deal, Person, StageMove
from mops.core.invariants import check, invariants

pytestmark = pytest.mark.django_db
EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
LEADS = "mql_id,first_contact_date,landing_page_id,origin\nm1,2018-02-01,l1,social\nm2,2018-02-03,l2,paid search\n"
CLOSED = (
    "mql_id,seller_id,sr_id,won_date,business_segment,declared_monthly_revenue\n"
    "m2,s9,r4,2018-02-26 19:58:54,pet,1200.0\n"
)


def imported(kind: str, name: str, text: str, folder: Path, capsys: Any) -> dict[str, Any]:
    path = folder / f"{name}.csv"
    path.write_text(text)
    call_command(f"import_{kind}", path, map=EXAMPLES / f"{name}.json", source="olist")
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_won_deal_of_olist_belongs_to_its_lead(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert imported("people", "olist-people", LEADS, tmp_path, capsys)["created"] == 2
    summary = imported("deals", "olist-deals", CLOSED, tmp_path, capsys)
    assert (summary["created"], summary["rejected"]) == (1, 0)
    deal = Deal.objects.get()
    assert (deal.state, str(deal.amount), deal.currency, deal.source) == ("won", "1200.00", "BRL", "paid search")
    assert list(deal.people.values_list("identities__external_id", flat=True)) == ["m2"]
    stages = dict(Person.objects.values_list("identities__external_id", "lifecycle_stage"))
    assert stages == {"m1": "mql", "m2": "customer"}


def test_a_deal_won_before_its_lead_came_moves_the_lead_on_the_day_it_came(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imported("people", "olist-people", LEADS, tmp_path, capsys)
    imported("deals", "olist-deals", CLOSED.replace("2018-02-26", "2018-01-31"), tmp_path, capsys)
    person = Person.objects.get(lifecycle_stage="customer")
    moves = StageMove.objects.filter(person=person).order_by("at", "id")
    assert list(moves.values_list("stage", "at")) == [
        (stage, person.created_at) for stage in ("mql", "opportunity", "customer")
    ]
    assert Deal.objects.get().closed_at < person.created_at  # type: ignore[operator]
    assert [verdict for verdict in map(check, invariants()) if not verdict.holds] == []


def test_an_open_deal_may_say_when_it_is_expected_to_close(tmp_path: Path) -> None:
    path = tmp_path / "pipeline.csv"
    path.write_text("external_id,name,stage,opened_at,closed_at\nd1,Rollout,Negotiation,2026-01-01,2026-12-31\n")
    call_command("import_deals", path)
    deal = Deal.objects.get()
    assert (deal.state, deal.closed_at is None) == ("open", False)
    assert [verdict for verdict in map(check, invariants()) if not verdict.holds] == []


def test_every_lead_again_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for outcome in ("created", "unchanged"):
        assert imported("people", "olist-people", LEADS, tmp_path, capsys)[outcome] == 2
