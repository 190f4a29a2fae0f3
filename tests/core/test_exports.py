"""Exports of very many rows: quick, and cell by cell what the table library reads."""

from typing import Any

import django_tables2 as tables
import pytest
from django.test import RequestFactory
from django_tables2 import utils

from governance.views.users import UserList
from martech.views.people import AccountList, DealList, PersonList
from mops.core.lists import ListTable
from planning.views import CampaignList
from tests.factories import make_account, make_campaign, make_deal, make_person, make_user

pytestmark = pytest.mark.django_db


def test_what_goes_into_a_file_is_what_the_table_library_reads_cell_by_cell() -> None:
    """All columns: words of choices, related rows, methods of columns and of tables."""
    acme = make_account(name="Acme", country="DE")
    person = make_person(account=acme, owner=make_user("sales_rep"), lifecycle_stage="mql", channel="email")
    make_person(), make_deal(account=acme, state="won"), make_deal(), make_campaign(owner=person.owner), make_campaign()
    request = RequestFactory().get("/")
    request.user = make_user("admin")
    for page in (PersonList, AccountList, DealList, CampaignList, UserList):
        view = page()
        view.setup(request)
        table = view.table_class(list(view.visible(request.user)))
        names = table.export_names()
        expected = [[row.get_cell_value(name) for name in names] for row in table.rows]
        assert len(expected) >= 1
        assert list(table.export_rows()) == expected, page


def test_the_signature_of_a_method_is_inspected_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    original = utils.inspect.signature
    monkeypatch.setattr(
        utils.inspect, "signature", lambda *args, **kwargs: asked.append(args) or original(*args, **kwargs)
    )

    class Table(ListTable):
        name = tables.Column()

        def value_name(self, value: str) -> str:
            return value.upper()

    rows = [{"name": f"row {number}"} for number in range(50)]
    assert list(Table(rows).export_rows())[-1] == ["ROW 49"]
    assert next(iter(Table(rows).export_rows())) == ["ROW 0"]
    assert len(asked) == 1
