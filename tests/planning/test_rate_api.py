"""Exchange rates by API: with the rights of their page, and never over what was not seen."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from governance.models import User
from planning.models import ExchangeRate
from planning.services import set_exchange_rate
from tests.api import Api

pytestmark = pytest.mark.django_db
RATES = "planning/exchange-rates/"


def kept(currency: str = "USD", day: date = date(2026, 1, 1), rate: str = "0.9") -> ExchangeRate:
    return set_exchange_rate(currency=currency, day=day, rate=Decimal(rate), actor=None)[0]


def rates() -> list[tuple[str, str, str]]:
    rows = ExchangeRate.objects.order_by("currency", "date")
    return [(row.currency, row.date.isoformat(), str(row.rate)) for row in rows]


def test_a_rate_is_added_and_sent_again_is_that_of_its_day() -> None:
    call = Api()
    first = call("POST", RATES, {"currency": "usd", "date": "2026-01-01", "rate": "0.92"})
    row = ExchangeRate.objects.get()
    shown = {"id": row.pk, "currency": "USD", "date": "2026-01-01", "rate": "0.92000000", "base": "EUR"}
    assert (first.status_code, first.json(), first["ETag"]) == (201, shown, '"0.92"')
    again = call("POST", RATES, {"currency": "USD", "date": "2026-01-01", "rate": "0.93"})
    assert (again.status_code, again.json()) == (200, {**shown, "rate": "0.93000000"})
    assert rates() == [("USD", "2026-01-01", "0.93000000")]
    assert call("GET", f"{RATES}{row.pk}/").json() == again.json()


def test_the_list_is_narrowed_by_currency_and_days() -> None:
    for month in (1, 2, 3):
        kept(day=date(2026, month, 1), rate=f"0.9{month}")
    kept("GBP", date(2026, 2, 1), "1.2")
    call = Api()

    def listed(query: str) -> list[tuple[str, str]]:
        return [(row["currency"], row["date"]) for row in call("GET", f"{RATES}?{query}").json()["results"]]

    assert listed("currency=usd&from=2026-02-01") == [("USD", "2026-03-01"), ("USD", "2026-02-01")]
    assert listed("to=2026-01-01") == [("USD", "2026-01-01")]
    assert len(listed("")) == 4
    assert call("GET", f"{RATES}?from=May").json()["errors"] == {"from": ["Send a day, like 2026-11-30."]}
    assert list(call("GET", f"{RATES}?code=USD").json()["errors"]) == ["code"]


def test_nobody_corrects_or_deletes_what_was_not_seen() -> None:
    row, call = kept(), Api()
    path = f"{RATES}{row.pk}/"
    seen = call("GET", path)["ETag"]
    changed = call("PATCH", path, {"rate": "0.95"}, **{"If-Match": seen})
    assert (changed.status_code, changed.json()["rate"], changed["ETag"]) == (200, "0.95000000", '"0.95"')
    for method, body in (("PATCH", {"rate": "0.97"}), ("DELETE", None)):
        late = call(method, path, body, **{"If-Match": seen})
        assert (late.status_code, late.json()["type"]) == (409, "urn:problem-type:mops:stale")
    assert rates() == [("USD", "2026-01-01", "0.95000000")]
    assert call("DELETE", path, **{"If-Match": changed["ETag"]}).status_code == 204
    assert rates() == []


@pytest.mark.parametrize("etag", ["yesterday", '"NaN"', '"-1"', '"1e400"', '"Infinity"', '""'])
def test_what_is_no_etag_of_a_rate_is_refused(etag: str) -> None:
    row, call = kept(), Api()
    refused = call("PATCH", f"{RATES}{row.pk}/", {"rate": "0.95"}, **{"If-Match": etag})
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["If-Match"])
    assert rates() == [("USD", "2026-01-01", "0.90000000")]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"currency": "USD", "date": "2026-01-01", "rate": "0.92", "day": "2026-01-01"}, ["day"]),
        ({"currency": "US", "date": "2026-01-01", "rate": "0.92"}, ["currency"]),
        ({"currency": "EUR", "date": "2026-01-01", "rate": "0.92"}, ["currency"]),
        ({"currency": "USD", "date": "1.1.2026", "rate": "much"}, ["date", "rate"]),
        ({"currency": "USD", "date": "2026-01-01", "rate": "0"}, ["rate"]),
        ({"currency": "USD", "date": "2026-01-01", "rate": "0.123456789"}, ["rate"]),
        ({"currency": "USD", "date": "1926-01-01", "rate": "0.92"}, ["date"]),
        ({}, ["currency", "date", "rate"]),
    ],
)
def test_a_wrong_rate_is_named_and_not_kept(body: dict[str, Any], fields: list[str]) -> None:
    refused = Api()("POST", RATES, body)
    assert (refused.status_code, sorted(refused.json()["errors"])) == (422, fields)
    assert rates() == []


def test_a_correction_takes_the_rate_alone() -> None:
    row, call = kept(), Api()
    refused = call("PATCH", f"{RATES}{row.pk}/", {"rate": "0.95", "currency": "GBP"})
    assert refused.json()["errors"] == {"currency": ["Unknown field; use rate."]}
    assert rates() == [("USD", "2026-01-01", "0.90000000")]


def test_rates_are_seen_and_changed_by_whom_their_page_lets() -> None:
    row = kept()
    reader, stranger = Api("analyst"), Api("sales_rep")
    assert reader("GET", f"{RATES}{row.pk}/").status_code == 200
    assert stranger("GET", RATES).status_code == 403
    for call in (reader, stranger):
        assert call("POST", RATES, {"currency": "GBP", "date": "2026-01-01", "rate": "1.2"}).status_code == 403
        assert call("PATCH", f"{RATES}{row.pk}/", {"rate": "1"}).status_code == 403
        assert call("DELETE", f"{RATES}{row.pk}/").status_code == 403
    assert rates() == [("USD", "2026-01-01", "0.90000000")]


def test_the_history_says_who_changed_a_rate_and_how() -> None:
    call = Api()
    pk = call("POST", RATES, {"currency": "USD", "date": "2026-01-01", "rate": "0.92"}).json()["id"]
    call("PATCH", f"{RATES}{pk}/", {"rate": "0.93"})
    call("DELETE", f"{RATES}{pk}/")
    events = ExchangeRate.pgh_event_model.objects.order_by("pgh_id")  # type: ignore[attr-defined]
    verbs = [event.pgh_context.metadata["verb"] for event in events]
    assert verbs == ["set_exchange_rate", "correct_exchange_rate", "delete_exchange_rate"]
    assert User.objects.filter(pk=events[0].pgh_context.metadata["user"]).exists()
