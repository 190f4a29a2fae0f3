"""Exchange rates: added, corrected and imported in the app, and the amounts that lack one lead there."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from martech.models import Deal, Spend
from mops.core.errors import DomainError
from mops.core.registry import dues_for
from planning.models import ExchangeRate
from planning.rate_file import MOST, PLACES, read_rates
from planning.services import create_budget_line, import_exchange_rates, post_entry, set_exchange_rate
from planning.without_rate import amounts_without_rate
from reporting.services import refresh_rollups
from tests.factories import make_deal, make_user

TODAY = date(2026, 11, 20)


def read(text: str, **options: Any) -> Any:
    header, *lines = [line.split(";") for line in text.strip().splitlines()]
    rows = [(number, line) for number, line in enumerate(lines, 2)]
    return read_rates(header, rows, base="EUR", today=TODAY, **options)


def signed_in(role: str = "ops_manager") -> Client:
    client = Client()
    client.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


def rates() -> list[tuple[str, str, str]]:
    rows = ExchangeRate.objects.order_by("currency", "date")
    return [(row.currency, row.date.isoformat(), f"{row.rate.normalize():f}") for row in rows]


# --- files ---


def test_a_row_a_rate_and_a_column_a_currency_are_read_alike() -> None:
    long = read("Date;Currency;Rate\n2026-01-01;usd;0.92\n2026-01-02;GBP;1.15")
    wide = read("Date;USD;GBP\n2026-01-01;0.92;N/A\n2026-01-02;;1.15")
    assert long == wide
    assert long.rates == {("USD", date(2026, 1, 1)): Decimal("0.92"), ("GBP", date(2026, 1, 2)): Decimal("1.15")}


def test_what_one_of_ours_is_worth_is_turned_round() -> None:
    found = read("Date;USD\n2026-01-01;1.25", is_inverse=True)
    assert found.rates == {("USD", date(2026, 1, 1)): Decimal("0.8")}


def test_only_the_currencies_asked_for_are_taken() -> None:
    assert list(read("Date;USD;GBP\n2026-01-01;0.92;1.15", wanted=["GBP"]).rates) == [("GBP", date(2026, 1, 1))]


def test_a_decimal_comma_is_proven_by_the_file_or_refused() -> None:
    found = read("Date;USD;IDR\n2026-01-01;0,9217;16,500")
    assert found.rates["IDR", date(2026, 1, 1)] == Decimal("16.5")
    with pytest.raises(DomainError) as refused:
        read("Date;IDR\n2026-01-01;16,500")
    assert "can be read with a decimal comma or with thousands" in refused.value.errors["file"][0]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("yesterday;USD;0.9", "'yesterday' is not a date. Write it as 2026-12-24."),
        ("2026-01-01;USDX;0.9", "Use a currency code of three letters, like USD. The file has USDX 0.9."),
        ("2026-01-01;EUR;1", "EUR is the base currency; it is always worth one. The file has EUR 1."),
        ("2026-01-01;USD;0", "Give a rate above nought: what one USD is worth in EUR. The file has USD 0."),
        ("2026-01-01;USD;-2", "Give a rate above nought: what one USD is worth in EUR. The file has USD -2."),
        ("2026-01-01;USD;much", "Give a rate above nought: what one USD is worth in EUR. The file has USD much."),
        ("2062-01-01;USD;0.9", "Check the year: use a day since 1970 and at most a year ahead. The file has USD 0.9."),
    ],
)
@pytest.mark.parametrize("is_inverse", [False, True])
def test_a_wrong_row_is_named_and_the_others_are_kept(line: str, why: str, is_inverse: bool) -> None:
    found = read(f"date;currency;rate\n{line}\n2026-01-01;GBP;1.25", is_inverse=is_inverse)
    assert found.refused == [(2, why)]
    assert list(found.rates) == [("GBP", date(2026, 1, 1))]


@pytest.mark.parametrize("header", ["Date;Amount", "Currency;Rate", "Date;Currency;Price", "Day"])
def test_a_file_without_rates_says_which_columns_it_needs(header: str) -> None:
    with pytest.raises(DomainError) as refused:
        read(f"{header}\n2026-01-01;1;1")
    assert refused.value.errors["file"] == [
        "Use the columns date, currency and rate; or date, and a column for each currency under its code."
    ]


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12)), max_size=6), st.booleans())
def test_no_file_breaks_the_reader(cells: list[tuple[str, str, str]], is_inverse: bool) -> None:
    rows = [(number, cell) for number, cell in enumerate(cells, 2)]
    try:
        found = read_rates(("date", "currency", "rate"), rows, base="EUR", today=TODAY, is_inverse=is_inverse)
    except DomainError:
        return
    assert len(found.rates) + len(found.refused) <= len(cells)
    assert all(PLACES <= rate < MOST for rate in found.rates.values())


@pytest.mark.django_db
def test_an_imported_file_adds_replaces_and_knows_and_says_who() -> None:
    ops = make_user()
    set_exchange_rate(currency="USD", day=date(2026, 1, 1), rate=Decimal("0.9"), actor=None)
    file = b"date,currency,rate\n2026-01-01,USD,0.92\n2026-02-01,USD,0.91\nsoon,USD,1\n"

    def bring() -> tuple[int, int, int, int]:
        done = import_exchange_rates(file=BytesIO(file), name="r.csv", is_inverse=False, wanted=(), actor=ops)
        return done.added, done.replaced, done.unchanged, len(done.refused)

    assert (bring(), bring()) == ((1, 1, 0, 1), (0, 0, 2, 1))
    assert rates() == [("USD", "2026-01-01", "0.92"), ("USD", "2026-02-01", "0.91")]
    told = ExchangeRate.objects.get(date=date(2026, 2, 1)).events.get().pgh_context.metadata
    assert (told["verb"], told["user"]) == ("import_exchange_rates", ops.pk)


# --- pages ---


@pytest.mark.django_db
def test_a_rate_is_added_corrected_and_deleted_in_the_app() -> None:
    client = signed_in()
    client.post("/planning/rates/new/", {"currency": "usd", "date": "2026-01-01", "rate": "0.9"})
    row = ExchangeRate.objects.get()
    assert rates() == [("USD", "2026-01-01", "0.9")]
    page = client.get(row.get_absolute_url()).content.decode()
    assert "One USD is worth, in EUR" in page
    assert client.post(row.get_absolute_url(), {"rate": "0.92", "seen": "0.90000000"}).status_code == 302
    assert rates() == [("USD", "2026-01-01", "0.92")]
    late = client.post(row.get_absolute_url(), {"rate": "0.95", "seen": "0.90000000"}, follow=True)
    assert "Somebody changed this rate meanwhile" in late.content.decode()
    client.post(f"{row.get_absolute_url()}delete/", {"seen": "0.9"})
    assert rates() == [("USD", "2026-01-01", "0.92")]
    client.post(f"{row.get_absolute_url()}delete/", {"seen": "0.92"})
    assert rates() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({"currency": "EUR"}, "EUR is the base currency; it is always worth one."),
        ({"currency": "us"}, "Use a currency code of three letters, like USD."),
        ({"rate": "0"}, "Give a rate above nought: what one USD is worth in EUR."),
        ({"date": "1926-01-01"}, "Check the year"),
        ({"date": "2026-13-01"}, "Enter a day that exists"),
    ],
)
def test_a_wrong_rate_says_what_would_be_right(sent: dict[str, str], reason: str) -> None:
    answer = signed_in().post("/planning/rates/new/", {"currency": "USD", "date": "2026-01-01", "rate": "0.9", **sent})
    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert rates() == []


@pytest.mark.django_db
def test_a_file_is_imported_in_the_app_in_either_direction() -> None:
    client, file = signed_in(), b"Date,USD,GBP,\n2026-01-02,1.25,0.8,\n"
    sent = {"file": SimpleUploadedFile("ecb.csv", file), "direction": "per_base", "currencies": "usd"}
    page = client.post("/planning/rates/import/", sent).content.decode()
    assert "1 added, 0 replaced, 0 known so already" in page
    assert rates() == [("USD", "2026-01-02", "0.8")]
    wrong = client.post("/planning/rates/import/", {**sent, "file": SimpleUploadedFile("r.xlsx", b"PK no workbook")})
    assert wrong.status_code == 422
    nothing = client.post("/planning/rates/import/", {**sent, "file": SimpleUploadedFile("r.csv", b"a,b\n1,2\n")})
    assert "Use the columns date, currency and rate" in nothing.content.decode()
    codes = client.post(
        "/planning/rates/import/", {**sent, "file": SimpleUploadedFile("r.csv", file), "currencies": "dollar"}
    )
    assert "“DOLLAR” is no currency code" in codes.content.decode()


@pytest.mark.django_db
def test_who_may_only_see_budgets_sees_rates_and_changes_none() -> None:
    row, _is_new = set_exchange_rate(currency="USD", day=date(2026, 1, 1), rate=Decimal("0.9"), actor=None)
    client = signed_in("analyst")
    page = client.get("/planning/rates/").content.decode()
    assert "0.9" in page
    assert "New rate" not in page
    assert "correct it" in client.get(row.get_absolute_url()).content.decode()
    assert (
        client.post("/planning/rates/new/", {"currency": "GBP", "date": "2026-01-01", "rate": "1"}).status_code == 403
    )
    client.post(row.get_absolute_url(), {"rate": "1", "seen": "0.9"})
    assert client.post(f"{row.get_absolute_url()}delete/", {"seen": "0.9"}).status_code == 403
    assert rates() == [("USD", "2026-01-01", "0.9")]


# --- amounts that lack one ---


@pytest.fixture
def abroad(db: None) -> None:
    """Two deals in dollars, one of them won, one in pounds that has a rate, spend in reals, and a budget in dollars."""
    opened, closed = datetime(2026, 1, 10, 12, tzinfo=UTC), datetime(2026, 2, 9, 12, tzinfo=UTC)
    make_deal(amount=Decimal(100), currency="USD", opened_at=opened, state="won", stage="Won", closed_at=closed)
    make_deal(amount=Decimal(50), currency="USD", opened_at=closed)
    make_deal(amount=None, currency="USD", opened_at=opened)
    make_deal(amount=Decimal(70), currency="GBP", opened_at=closed)
    set_exchange_rate(currency="GBP", day=date(2026, 2, 1), rate=Decimal("1.2"), actor=None)
    Spend.objects.create(date=date(2026, 3, 6), channel="email", amount=Decimal(99), currency="BRL", key="1")
    line = create_budget_line(name="Fair", fiscal_year=2026, currency="USD", actor=None)
    post_entry(line=line, kind="plan", month=date(2026, 4, 1), amount=Decimal(1000), actor=None)


def missing() -> list[tuple[str, str, int, Decimal, date, date]]:
    return [(m.currency, m.subject, m.count, m.amount, m.first, m.last) for m in amounts_without_rate()]


@pytest.mark.django_db
def test_amounts_without_a_rate_are_counted_by_subject_and_currency(abroad: None) -> None:
    assert missing() == [
        ("USD", "Budget entries", 1, Decimal(1000), date(2026, 4, 1), date(2026, 4, 1)),
        ("USD", "Deals, by the day they were opened", 2, Decimal(150), date(2026, 1, 10), date(2026, 2, 9)),
        ("USD", "Deals won, by the day they were closed", 1, Decimal(100), date(2026, 2, 9), date(2026, 2, 9)),
        ("BRL", "Spend", 1, Decimal(99), date(2026, 3, 6), date(2026, 3, 6)),
    ]
    set_exchange_rate(currency="USD", day=date(2026, 2, 1), rate=Decimal("0.9"), actor=None)
    assert [row[:3] for row in missing()] == [
        ("BRL", "Spend", 1),
        ("USD", "Deals, by the day they were opened", 1),
    ]


@pytest.mark.django_db
def test_each_count_opens_its_rows_and_leads_to_the_rate_that_lacks(abroad: None) -> None:
    client = signed_in()
    page = client.get("/planning/rates/").content.decode()
    assert "/planning/rates/new/?currency=USD&amp;day=2026-01-10" in page
    for one in amounts_without_rate():
        if one.url:
            context = client.get(one.url).context
            assert context["count"] == one.count
            assert sum(row.amount for row, _line in context["lines"]) == one.amount
    form = client.get("/planning/rates/new/?currency=USD&day=2026-01-10").context["form"]
    assert (form["currency"].value(), form["date"].value()) == ("USD", "2026-01-10")


@pytest.mark.django_db
def test_the_dashboard_and_what_is_due_lead_to_the_rates(abroad: None) -> None:
    refresh_rollups()
    ops = make_user()
    (due,) = [one for one in dues_for(ops) if one.title == "Amounts without an exchange rate"]
    assert (due.count, due.url, due.note) == (5, "/planning/rates/", "in USD, BRL; they are in no sum")
    client = signed_in("leader")
    page = client.get("/reporting/?from=2026-01-01&to=2026-12-31").content.decode()
    assert (
        "4 amounts are left out, as no exchange rate to EUR is known for their day: <a href='/planning/rates/'>" in page
    )
    assert '<a href="/planning/rates/">4 amounts</a>' in page
    set_exchange_rate(currency="USD", day=date(2026, 1, 1), rate=Decimal("0.9"), actor=None)
    set_exchange_rate(currency="BRL", day=date(2026, 1, 1), rate=Decimal("0.2"), actor=None)
    refresh_rollups()
    page = client.get("/reporting/?from=2026-01-01&to=2026-12-31").content.decode()
    assert "left out" not in page
    assert not [one for one in dues_for(ops) if one.title == "Amounts without an exchange rate"]
    assert Deal.objects.filter(currency="USD").count() == 3


@pytest.mark.django_db
def test_a_rate_far_ahead_is_a_slip() -> None:
    with pytest.raises(DomainError) as refused:
        set_exchange_rate(currency="USD", day=date.today() + timedelta(days=400), rate=Decimal(1), actor=None)
    assert list(refused.value.errors) == ["date"]
