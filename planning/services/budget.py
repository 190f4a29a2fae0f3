"""The budget ledger: entries are appended, never changed; a mistake is reversed; money moves by transfers."""

from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Q, Sum

from governance.models import User
from mops.core.duplicates import refusing_duplicates
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording
from mops.core.money import is_currency_code, quantize
from planning.models import BudgetEntry, BudgetLine, Campaign, Channel, EntryKind

ADDS = (EntryKind.PLAN, EntryKind.TRANSFER_IN)
TAKES = (EntryKind.TRANSFER_OUT,)
USES = (EntryKind.COMMIT, EntryKind.ACTUAL)
GUARDED = {EntryKind.COMMIT, EntryKind.TRANSFER_OUT}
"""What an entry may not do beyond the money available. An actual is a fact and is never refused."""
TAKEN = "This campaign has a line of that name, year and currency already."


def create_budget_line(
    *,
    name: str,
    fiscal_year: int,
    currency: str,
    actor: User | None,
    campaign: Campaign | None = None,
    channel: str = "",
    owner: User | None = None,
) -> BudgetLine:
    """Open a line for a campaign or an expense group. Raises DomainError, ConflictError."""
    refused = "The budget line was not created."
    if errors := line_errors(name, channel) | basis_errors(fiscal_year, currency):
        raise DomainError(refused, errors=errors)
    with (
        refusing_duplicates(refused, "name", TAKEN),
        transaction.atomic(),
        recording("create_budget_line", actor=actor),
    ):
        return BudgetLine.objects.create(
            name=name.strip(),
            campaign=campaign,
            channel=channel or (campaign.channel if campaign else ""),
            fiscal_year=fiscal_year,
            currency=currency,
            owner=owner,
        )


def line_errors(name: str, channel: str) -> dict[str, list[str]]:
    """What is wrong with how a line is called and with its channel, of which it needs none."""
    errors: dict[str, list[str]] = {}
    if not name.strip() or len(name) > 200:
        errors["name"] = ["Give a name of at most 200 characters."]
    if channel and channel not in Channel.values:
        errors["channel"] = [f"Use one of {', '.join(Channel.values)}."]
    return errors


def basis_errors(fiscal_year: int, currency: str) -> dict[str, list[str]]:
    """What is wrong with what the entries of a line rest on, which is never changed later."""
    errors: dict[str, list[str]] = {}
    if not 2000 <= fiscal_year <= 2100:
        errors["fiscal_year"] = ["Use a year from 2000 to 2100."]
    if not is_currency_code(currency):
        errors["currency"] = ["Use a currency code of three letters, like EUR."]
    return errors


def change_budget_line(
    *, line: BudgetLine, name: str, channel: str, owner: User | None, actor: User | None
) -> BudgetLine:
    """Change what a line is called and who owns it; campaign, year and currency are what its entries rest on.

    Raises DomainError, ConflictError.
    """
    refused = "The budget line was not changed."
    if errors := line_errors(name, channel):
        raise DomainError(refused, errors=errors)
    with (
        refusing_duplicates(refused, "name", TAKEN),
        transaction.atomic(),
        recording("change_budget_line", actor=actor),
    ):
        BudgetLine.objects.filter(pk=line.pk).update(name=name.strip(), channel=channel, owner=owner)
    line.refresh_from_db()
    return line


def available(line: BudgetLine) -> Decimal:
    """Plan and transfers less what is committed or spent; a reversal counts against the entry it reverses."""

    def total(*kinds: str) -> Decimal:
        rows = line.entries.filter(Q(kind__in=kinds) | Q(kind=EntryKind.REVERSAL, reverses__kind__in=kinds))
        return rows.aggregate(total=Sum("amount"))["total"] or Decimal(0)

    spent, committed = total(EntryKind.ACTUAL), total(EntryKind.COMMIT) - total(EntryKind.UNCOMMIT)
    return total(*ADDS) - total(*TAKES) - max(committed, Decimal(0)) - spent


def post_entry(
    *,
    line: BudgetLine,
    kind: str,
    month: date,
    amount: Decimal,
    actor: User | None,
    note: str = "",
    document: str = "",
) -> BudgetEntry:
    """Append one entry; `amount` is positive, in the line's currency. Raises DomainError, ConflictError (409).

    The line is locked first, so that parallel commitments together never exceed what is available.
    """
    refused = "The entry was not posted."
    if errors := entry_errors(line, kind, amount):
        raise DomainError(refused, errors=errors)
    posted = f"Document {document} is posted for this month already."
    with refusing_duplicates(refused, "document", posted), transaction.atomic(), recording("post_entry", actor=actor):
        locked = BudgetLine.objects.select_for_update().get(pk=line.pk)
        if kind in GUARDED:
            guard(locked, amount)
        return BudgetEntry.objects.create(
            line=locked,
            kind=kind,
            month=month.replace(day=1),
            amount=amount,
            note=note[:300],
            document=document[:200],
            actor=actor,
        )


def entry_errors(line: BudgetLine, kind: str, amount: Decimal) -> dict[str, list[str]]:
    """What is wrong with an entry before anything is known of the money available."""
    errors: dict[str, list[str]] = {}
    if kind not in EntryKind.values or kind == EntryKind.REVERSAL:
        kinds = [value for value in EntryKind.values if value != EntryKind.REVERSAL]
        errors["kind"] = [f"Use one of {', '.join(kinds)}; a mistake is reversed on its own entry."]
    if amount <= 0 or quantize(amount, line.currency) != amount:
        errors["amount"] = [f"Give a positive amount in whole minor units of {line.currency}."]
    return errors


def guard(line: BudgetLine, amount: Decimal) -> None:
    """Refuse to use more than is available, with the breakdown."""
    left = available(line)
    if amount > left:
        raise ConflictError(
            f"{line.name} has {left} {line.currency} available, {amount - left} less than asked for.",
            errors={
                "amount": [f"Use at most {max(left, Decimal(0))} {line.currency}, or plan or transfer more first."]
            },
            kind="over-budget",
        )


def reverse_entry(*, entry: BudgetEntry, actor: User | None, note: str = "") -> BudgetEntry:
    """Append the opposite of an entry; an entry is reversed once, and a reversal never."""
    if entry.kind == EntryKind.REVERSAL:
        raise DomainError("A reversal is not reversed.", errors={"entry": ["Post the original entry again."]})
    try:
        with transaction.atomic(), recording("reverse_entry", actor=actor):
            return BudgetEntry.objects.create(
                line_id=entry.line_id,
                kind=EntryKind.REVERSAL,
                month=entry.month,
                amount=-entry.amount,
                note=note[:300] or f"Reverses entry {entry.pk}",
                reverses=entry,
                actor=actor,
            )
    except IntegrityError as error:
        raise ConflictError("This entry is reversed already.") from error


def transfer_money(
    *, source: BudgetLine, target: BudgetLine, month: date, amount: Decimal, actor: User | None, note: str = ""
) -> tuple[BudgetEntry, BudgetEntry]:
    """Move planned money between two lines of one currency: both entries or none. Raises ConflictError."""
    if source.pk == target.pk or source.currency != target.currency:
        message = "Choose another line." if source.pk == target.pk else f"Choose a line in {source.currency}."
        raise DomainError("The money was not moved.", errors={"target": [message]})
    with transaction.atomic(), recording("transfer_money", actor=actor):
        # Both lines in one order, so that two opposite transfers never wait for each other.
        list(BudgetLine.objects.select_for_update().filter(pk__in=[source.pk, target.pk]).order_by("pk"))
        common = {"month": month, "amount": amount, "actor": actor}
        out = post_entry(line=source, kind=EntryKind.TRANSFER_OUT, note=note or f"To {target}", **common)
        into = post_entry(line=target, kind=EntryKind.TRANSFER_IN, note=note or f"From {source}", **common)
    return out, into
