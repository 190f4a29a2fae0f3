"""Exchange rates as banks write them: a row a rate, or a column a currency; in either direction. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from mops.core.errors import DomainError
from mops.core.money import is_currency_code
from mops.core.tabular import TableError, guess_decimal, parse_date

DAYS = {"date", "day", "from", "time period", "time_period"}
CURRENCIES = {"currency", "code", "currency code"}
RATES = {"rate", "exchange rate", "value", "obs_value"}
EMPTY = {"", "-", "n/a", "na", "."}
PLACES = Decimal("0.00000001")
MOST = Decimal(10) ** 10
FIRST_DAY = date(1970, 1, 1)
AHEAD = timedelta(days=366)

Row = tuple[int, Sequence[str]]


@dataclass(frozen=True)
class Layout:
    """Where the day stands, and of each column with rates the currency; one of "" has it in the column `currency`."""

    day: int
    rates: tuple[tuple[int, str], ...]
    currency: int = -1


@dataclass
class RatesRead:
    """The rates by currency and day, the last one of a file counts; and (row, what is wrong) of what was not taken."""

    rates: dict[tuple[str, date], Decimal] = field(default_factory=dict)
    refused: list[tuple[int, str]] = field(default_factory=list)


def layout_of(columns: Sequence[str]) -> Layout:
    """Raises DomainError for a file that is neither."""
    names = [" ".join(column.lower().split()) for column in columns]

    def place(wanted: set[str]) -> int:
        return next((at for at, name in enumerate(names) if name in wanted), -1)

    day, currency, rate = place(DAYS), place(CURRENCIES), place(RATES)
    named = [(at, column.strip().upper()) for at, column in enumerate(columns) if at != day]
    codes = tuple((at, code) for at, code in named if is_currency_code(code))
    if day >= 0 and currency >= 0 and rate >= 0:
        return Layout(day, ((rate, ""),), currency)
    if day >= 0 and codes and currency < 0:
        return Layout(day, codes)
    reason = "Use the columns date, currency and rate; or date, and a column for each currency under its code."
    raise DomainError("The file has no exchange rates.", errors={"file": [reason]})


def read_rates(
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    base: str,
    today: date,
    is_inverse: bool = False,
    wanted: Iterable[str] = (),
) -> RatesRead:
    """What one unit of each currency is worth in the base currency. `is_inverse`: the file says it the other way round.

    `wanted` are the only currencies to be taken; all of them when empty. Raises DomainError for a file whose numbers can
    be read in two ways.
    """
    layout, found, chosen = layout_of(columns), RatesRead(), frozenset(wanted)
    cells = [cell for cell in _cells(layout, rows, found, today) if not chosen or cell.currency in chosen]
    decimal = _decimal_sign([cell.text for cell in cells])
    for cell in cells:
        rate = _number(cell.text, decimal)
        if rate is not None and rate > 0 and is_inverse:
            rate = 1 / rate
        problem = problem_of(cell.currency, cell.day, rate, base=base, today=today)
        if problem:
            found.refused.append((cell.row, f"{problem[1]} The file has {cell.currency} {cell.text[:40]}."))
        elif rate is not None:
            found.rates[cell.currency, cell.day] = rate.quantize(PLACES)
    found.refused.sort(key=lambda refused: refused[0])
    return found


def problem_of(currency: str, day: date, rate: Decimal | None, *, base: str, today: date) -> tuple[str, str] | None:
    """(field, what is wrong and what would be right) of a rate; None for one that can be kept."""
    if not is_currency_code(currency):
        return "currency", "Use a currency code of three letters, like USD."
    if currency == base:
        return "currency", f"{base} is the base currency; it is always worth one."
    if rate is None or rate.quantize(PLACES) <= 0 or rate >= MOST:
        return "rate", f"Give a rate above nought: what one {currency} is worth in {base}."
    if not FIRST_DAY <= day <= today + AHEAD:
        return "date", "Check the year: use a day since 1970 and at most a year ahead."
    return None


@dataclass(frozen=True)
class _Cell:
    row: int
    currency: str
    day: date
    text: str


def _cells(layout: Layout, rows: Iterable[Row], found: RatesRead, today: date) -> Iterator[_Cell]:
    for number, row in rows:
        try:
            moment = parse_date(row[layout.day], "DMY")
        except TableError as error:
            found.refused.append((number, f"{error.reason}. {error.remedy}."))
            continue
        day = moment.date() if isinstance(moment, datetime) else moment
        for at, code in layout.rates:
            currency = code or row[layout.currency].strip().upper()
            if row[at].strip().lower() not in EMPTY:
                yield _Cell(number, currency, day, row[at].strip())


def _decimal_sign(values: Sequence[str]) -> str:
    sign, proof = guess_decimal(values)
    if sign is None and any("," in value for value in values):
        example = next(value for value in values if "," in value)
        reason = f"“{example[:40]}” can be read with a decimal comma or with thousands ({proof}); write 16.5 or 16500."
        raise DomainError("The numbers can be read in two ways.", errors={"file": [reason]})
    return sign or "."


def _number(text: str, decimal: str) -> Decimal | None:
    other = "." if decimal == "," else ","
    plain = text.replace(" ", "").replace("\u00a0", "").replace("'", "").replace(other, "").replace(decimal, ".")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
