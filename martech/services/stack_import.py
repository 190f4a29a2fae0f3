"""An inventory from a file: each row a tool with its contract; wrong rows are named, good ones kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from governance.models import User
from martech.models import Tool
from martech.services.stack import connect_tools, save_contract, save_tool
from martech.stack.taxonomy import DATA, capability_of
from mops.core.errors import DomainError
from mops.core.history import recording
from mops.core.tabular import TableError, open_table, parse_date

COLUMNS = (
    *("name", "vendor", "owner", "website", "system", "capabilities", "holds", "sends_to"),
    *("yearly", "currency", "seats", "starts_on", "renews_on", "notice_days", "notes"),
)
MOST = 2_000
"""Rows that are read of one file."""


@dataclass
class Outcome:
    """Counts, and (row number, what is wrong) of each row that was not taken."""

    created: int = 0
    changed: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def import_tools(*, path: Path, actor: User | None) -> Outcome:
    """Read a CSV or XLSX with the columns of COLUMNS. A tool that is there is changed. Raises TableError, DomainError."""
    outcome, links = Outcome(), []
    with open_table(path) as table:
        names = [" ".join(column.lower().split()).replace(" ", "_") for column in table.columns]
        if "name" not in names:
            raise DomainError(
                "The file has no column “name”.", errors={"file": [f"Use the columns {', '.join(COLUMNS)}."]}
            )
        for number, row in islice(table.rows(), MOST):
            cells = {name: value.strip() for name, value in zip(names, row, strict=True)}
            try:
                links += import_row(cells, outcome, actor)
            except DomainError as refused:
                reasons = "; ".join(f"{name}: {found[0]}" for name, found in refused.errors.items())
                outcome.refused.append((number, reasons or refused.detail))
        outcome.refused += [(error.row or 0, str(error)) for error in table.row_errors]
    join(links, actor)
    return outcome


def import_row(cells: Mapping[str, str], outcome: Outcome, actor: User | None) -> list[tuple[str, str]]:
    """Save one tool; answers the (name, name) of those that it sends data to."""
    values, contract = read_tool(cells), read_contract(cells)
    known = Tool.objects.filter(name__iexact=values["name"]).first()
    with transaction.atomic(), recording("import_tools", actor=actor):
        tool = save_tool(tool=known, actor=actor, values=values)
        if contract:
            save_contract(tool=tool, contract=tool.contracts.first(), actor=actor, values=contract)
    if known is None:
        outcome.created += 1
    else:
        outcome.changed += 1
    return [(tool.name, other) for other in listed(cells.get("sends_to", ""))]


def listed(text: str) -> list[str]:
    return [part.strip() for part in text.replace("|", ";").split(";") if part.strip()]


def read_tool(cells: Mapping[str, str]) -> dict[str, Any]:
    errors: dict[str, list[str]] = {}
    values: dict[str, Any] = {
        name: cells[name] for name in ("name", "vendor", "website", "system", "notes") if cells.get(name)
    }
    values.setdefault("name", "")
    if email := cells.get("owner"):
        values["owner"] = User.objects.filter(email__iexact=email, is_active=True).first()
        if values["owner"] is None:
            errors["owner"] = [f"Nobody here has the address {email}."]
    if "capabilities" in cells:
        keys = [(part, capability_of(part)) for part in listed(cells["capabilities"])]
        values["capabilities"] = [key for _part, key in keys if key]
        if unknown := [part for part, key in keys if not key]:
            errors["capabilities"] = [f"Nobody knows the capability “{unknown[0]}”."]
    labels = {label.lower(): key for key, label in DATA} | {key: key for key, _label in DATA}
    held = listed(cells.get("holds", ""))
    if unknown := [part for part in held if part.lower() not in labels]:
        errors["holds"] = [f"Nobody knows the data “{unknown[0]}”."]
    elif held:
        values["holds"] = [labels[part.lower()] for part in held]
    if errors:
        raise DomainError("The tool was not saved.", errors=errors)
    return values


def read_contract(cells: Mapping[str, str]) -> dict[str, Any]:
    errors: dict[str, list[str]] = {}
    values: dict[str, Any] = {}
    if text := cells.get("yearly"):
        try:
            values["yearly"] = Decimal(text.replace(",", "").replace(" ", ""))
        except InvalidOperation:
            errors["yearly"] = [f"“{text}” is no amount."]
    for name in ("seats", "notice_days"):
        if text := cells.get(name):
            if text.isdecimal() and int(text) < 32_000:
                values[name] = int(text)
            else:
                errors[name] = [f"“{text}” is no whole number."]
    for name in ("starts_on", "renews_on"):
        if text := cells.get(name):
            values[name] = day_of(text)
            if values[name] is None:
                errors[name] = [f"“{text}” is no date; write it like 2027-03-31."]
    if errors:
        raise DomainError("The contract was not understood.", errors=errors)
    return {**values, "currency": cells.get("currency") or settings.BASE_CURRENCY} if values else {}


def day_of(text: str) -> date | None:
    try:
        found = parse_date(text, "DMY")
    except TableError:
        return None
    return found.date() if isinstance(found, datetime) else found


def join(links: list[tuple[str, str]], actor: User | None) -> None:
    """Integrations between tools that are there once the whole file is read."""
    tools = {tool.name.lower(): tool for tool in Tool.objects.all()}
    for start, end in links:
        one, other = tools.get(start.lower()), tools.get(end.lower())
        if one and other and one.pk != other.pk:
            connect_tools(start=one, end=other, what="", is_both_ways=False, actor=actor)
