"""One row of a file as the values that will be stored, or the reasons why not, by column."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from martech.channels import channel_of
from martech.importing.fields import DATES, LIMITS, LISTS, NOTES, NUMBERS, WHOLE_NUMBERS
from martech.importing.mapping import PROPERTY, ImportMap
from martech.normalisation import (
    EmailRefused,
    clean_text,
    company_key,
    country_code,
    domain_of,
    email_key,
    phone_number,
    split_name,
)
from mops.core.errors import DomainError
from mops.core.money import is_currency_code, parse_amount
from mops.core.tabular import parse_date

Convert = Callable[[str], Any]
Values = dict[str, Any]
Reasons = dict[str, list[str]]
STAGES = ["subscriber", "lead", "mql", "sal", "sql", "opportunity", "customer", "recycled", "disqualified"]
CHANNELS = [
    "paid_search",
    "paid_social",
    "display",
    "email",
    "content",
    "organic_search",
    "social",
    "webinar",
    "event",
    "referral",
    "partner",
    "direct",
    "outbound",
]


class Remembered(dict[str, Any]):
    """What each cell of a column means, found once for each text: most columns say the same things again and again."""

    def __init__(self, convert: Convert) -> None:
        self.convert = convert

    def __missing__(self, cell: str) -> Any:
        value = self.convert(text) if (text := cell.strip()) else None
        if len(self) < REMEMBERED and len(cell) <= 100:
            self[cell] = value
        return value


REMEMBERED = 20_000
"""Texts of a column that are remembered; names of people, of which there are more, cost a look in vain."""


class RowReader:
    """Made once for a file; `read(cells)` answers the values by field and the reasons by column."""

    def __init__(self, plan: ImportMap, columns: Sequence[str], zone: str) -> None:
        self.plan, self.zone = plan, ZoneInfo(zone)
        self.takes: list[tuple[int, str, str, Convert]] = []
        self.rest: list[tuple[int, str]] = []
        for index, column in enumerate(columns):
            name = plan.columns.get(column)
            if name and name.startswith(PROPERTY):
                self.rest.append((index, name.removeprefix(PROPERTY)))
            elif name:
                self.takes.append((index, column, name, self.of_cell(name)))
            elif plan.rest == "properties" and not column.startswith(NOTES):
                self.rest.append((index, column))
        self.constants: Values = {}
        for name, text in plan.constants.items():
            if name.startswith(PROPERTY):
                continue
            try:
                self.constants[name] = self.converter(name)(text)
            except ValueError as refused:
                errors = {f"constants.{name}": [str(refused)]}
                raise DomainError("The import map does not fit.", errors=errors) from refused
        self.fixed = {n.removeprefix(PROPERTY): v for n, v in plan.constants.items() if n.startswith(PROPERTY)}

    def of_cell(self, name: str) -> Convert:
        """What turns a cell as it stands into the value, None for a blank one."""
        convert = self.converter(name)
        if name not in HARDLY_TWICE:
            return Remembered(convert).__getitem__
        return lambda cell: convert(text) if (text := cell.strip()) else None

    def converter(self, name: str) -> Convert:
        """What turns a text of this field into its value; raises ValueError or DomainError with the reason."""
        known: Mapping[str, Convert] = {
            "email": email_key_of,
            "person.email": email_key_of,
            "country": country_of,
            "lifecycle_stage": stage_of,
            "currency": currency_of,
        }
        if name in known:
            return self.translated(name, known[name])
        if name in DATES:
            return self.translated(name, self.day if name == "date" else self.moment)
        if name in NUMBERS:
            return self.translated(name, self.number)
        if name in WHOLE_NUMBERS:
            return self.translated(name, self.whole)
        if name in LISTS:
            return lambda text: [part.strip() for part in text.replace(";", "|").split("|") if part.strip()]
        limit = LIMITS.get(name, 1_000)
        return self.translated(name, lambda text: clean_text(text, limit))

    def translated(self, name: str, convert: Convert) -> Convert:
        pairs = self.plan.values.get(name)
        if not pairs:
            return convert
        return lambda text: convert(pairs.get(text.strip(), text))

    def day(self, text: str) -> date:
        found = parse_date(text, self.plan.dates)
        return found.date() if isinstance(found, datetime) else found

    def moment(self, text: str) -> datetime:
        """A day without a time is its midnight in the company's zone."""
        found = parse_date(text, self.plan.dates)
        if not isinstance(found, datetime):
            found = datetime.combine(found, time())
        return (found if found.tzinfo else found.replace(tzinfo=self.zone)).astimezone(UTC)

    def number(self, text: str) -> Decimal:
        amount = parse_amount(text, decimal=self.plan.decimal)
        if abs(amount) >= 10**12:
            raise ValueError("The amount has more than twelve digits.")
        return round(amount, 2)

    def whole(self, text: str) -> int:
        amount = parse_amount(text, decimal=self.plan.decimal)
        if amount != int(amount) or not 0 <= amount < 2**31:
            raise ValueError("Write a whole number of 0 or more.")
        return int(amount)

    def read(self, cells: Sequence[str]) -> tuple[Values, Reasons]:
        """Values by field, with `properties`; a blank cell is absent and blanks nothing."""
        values: Values = dict(self.constants)
        reasons: Reasons = {}
        for index, column, name, convert in self.takes:
            if cell := cells[index]:
                try:
                    value = convert(cell)
                except (ValueError, DomainError) as refused:
                    reasons[column] = [str(refused)]
                else:
                    if value is not None:
                        values[name] = value
        properties = dict(self.fixed)
        for index, name in self.rest:
            if text := cells[index]:
                properties[name] = text.replace("\x00", "")[:5_000]
        values["properties"] = properties
        if not reasons:
            finish(self.plan.kind, values, reasons)
        return values, reasons


HARDLY_TWICE = {"email", "person.email", "external_id", "person.external_id", "phone", "linkedin_url", "url"}


def email_key_of(text: str) -> tuple[str, str]:
    """The address as given and its key."""
    try:
        return text, email_key(text)
    except EmailRefused as refused:
        raise ValueError(str(refused)) from refused


def country_of(text: str) -> str:
    code = country_code(text)
    if code is None:
        raise ValueError(f"Nobody knows a country “{text[:60]}”; write a name or an ISO code like DE.")
    return code


def stage_of(text: str) -> str:
    if text.lower() not in STAGES:
        raise ValueError(f"“{text[:40]}” is no lifecycle stage; use one of {', '.join(STAGES)}.")
    return text.lower()


def currency_of(text: str) -> str:
    if not is_currency_code(text.upper()):
        raise ValueError(f"“{text[:20]}” is no currency; write a code of three letters, like EUR.")
    return text.upper()


def channel_named(text: str, medium: str = "") -> str:
    """One of our channels by its own name, or what a source of that name belongs to."""
    key = text.lower().replace(" ", "_").replace("-", "_")
    return key if key in CHANNELS else channel_of(text, medium)


def finish(kind: str, values: Values, reasons: Reasons) -> None:
    """What follows from several fields together."""
    FINISH[kind](values, reasons)


def finish_person(values: Values, reasons: Reasons) -> None:
    if full := values.pop("full_name", ""):
        first, last = split_name(full)
        values.setdefault("first_name", first)
        values.setdefault("last_name", last)
    if values.get("phone"):
        values["phone"] = phone_number(values["phone"], values.get("country", ""))
    if source := values.get("source") or values.get("medium"):
        values["channel"] = channel_of(source, values.get("medium", ""))
    if not values.get("external_id") and not values.get("email"):
        reasons["email"] = ["A person needs an e-mail address or an external_id, or nobody could find them again."]


def finish_account(values: Values, reasons: Reasons) -> None:
    if not values.get("name"):
        reasons["name"] = ["An account needs a name."]
        return
    values["name_key"] = company_key(values["name"])
    if domain := domain_of(values.get("domain") or values.get("website") or ""):
        values["domain"] = domain


def finish_deal(values: Values, reasons: Reasons) -> None:
    if not values.get("stage"):
        reasons["stage"] = ["A deal needs a stage; map a column to it or give it as a constant."]
    closed, opened = values.get("closed_at"), values.get("opened_at")
    if closed and opened and closed < opened:
        reasons["closed_at"] = ["The deal closes before it opens; correct one of the two."]
    if values.get("account"):
        values["account_key"] = company_key(values["account"])


def finish_spend(values: Values, reasons: Reasons) -> None:
    if "date" not in values:
        reasons["date"] = ["Spend needs a day."]
    values["channel"] = channel_named(values.get("channel", ""))


def finish_touch(values: Values, reasons: Reasons) -> None:
    if "at" not in values:
        reasons["at"] = ["A touch needs a time."]
    if not values.get("person.external_id") and not values.get("person.email"):
        reasons["person.email"] = ["Name the person: their address, or their id in the source."]
    values.setdefault("kind", "touch")
    given = values.get("channel", "")
    values["channel"] = channel_named(given or values.get("source", ""), values.get("medium", ""))


FINISH: Mapping[str, Callable[[Values, Reasons], None]] = {
    "people": finish_person,
    "accounts": finish_account,
    "deals": finish_deal,
    "spend": finish_spend,
    "touches": finish_touch,
}
