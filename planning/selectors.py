"""Campaigns and budgets as pages and the API read them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, F, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone

from governance.naming import InUse
from mops.core.registry import Due, Hit, Panel
from mops.core.rights import can
from planning.models import BudgetEntry, BudgetLine, Campaign, CampaignState, EntryKind
from planning.without_rate import WithoutRate, amounts_without_rate, lacking

MONEY: Any = DecimalField(max_digits=16, decimal_places=2)
ZERO = Value(Decimal("0.00"), output_field=MONEY)


def campaigns_for(user: Any) -> QuerySet[Campaign]:
    return Campaign.objects.visible_to(user).select_related("owner")


def campaign_names() -> Iterator[InUse]:
    """The names of all campaigns that are not cancelled, newest first."""
    rows = Campaign.objects.exclude(state=CampaignState.CANCELLED).order_by("-created_at", "-pk")
    for campaign in rows.only("code", "name").iterator(chunk_size=2000):
        yield InUse(campaign.name, campaign.get_absolute_url())


def total_of(*kinds: str, prefix: str = "entries__") -> Any:
    """The sum of entries of these kinds, less their reversals."""
    chosen = Q(**{f"{prefix}kind__in": kinds})
    undone = Q(**{f"{prefix}kind": EntryKind.REVERSAL, f"{prefix}reverses__kind__in": kinds})
    return Coalesce(Sum(f"{prefix}amount", filter=chosen | undone), ZERO, output_field=MONEY)


def targets_of(line: BudgetLine) -> QuerySet[BudgetLine]:
    """The lines that planned money of this one can go to."""
    return BudgetLine.objects.filter(currency=line.currency).exclude(pk=line.pk)


def lines_for(user: Any) -> QuerySet[BudgetLine]:
    """Budget lines with `plan`, `committed`, `actual` and `remaining`, summed in the database."""
    return (
        BudgetLine.objects.visible_to(user)
        .select_related("campaign", "owner")
        .annotate(
            plan=total_of(EntryKind.PLAN, EntryKind.TRANSFER_IN) - total_of(EntryKind.TRANSFER_OUT),
            committed=Greatest(total_of(EntryKind.COMMIT) - total_of(EntryKind.UNCOMMIT), ZERO, output_field=MONEY),
            actual=total_of(EntryKind.ACTUAL),
        )
        .annotate(remaining=F("plan") - F("committed") - F("actual"))
    )


@dataclass(frozen=True)
class Money:
    """Plan and use of one currency."""

    currency: str
    plan: Decimal
    committed: Decimal
    actual: Decimal

    @property
    def remaining(self) -> Decimal:
        return self.plan - self.committed - self.actual

    @property
    def used_share(self) -> float | None:
        return float(self.actual / self.plan) if self.plan else None


def budget_totals(lines: QuerySet[BudgetLine]) -> list[Money]:
    """The sums of these lines, a row a currency; currencies are never added to each other."""
    sums = (
        BudgetEntry.objects.filter(line__in=lines.order_by().values("pk"))
        .order_by("line__currency")
        .values("line__currency")
        .annotate(
            plan=total_of(EntryKind.PLAN, EntryKind.TRANSFER_IN, prefix="")
            - total_of(EntryKind.TRANSFER_OUT, prefix=""),
            committed=Greatest(
                total_of(EntryKind.COMMIT, prefix="") - total_of(EntryKind.UNCOMMIT, prefix=""),
                ZERO,
                output_field=MONEY,
            ),
            actual=total_of(EntryKind.ACTUAL, prefix=""),
        )
    )
    return [Money(s["line__currency"], s["plan"], s["committed"], s["actual"]) for s in sums]


def campaign_budget(user: Any, campaign: Campaign) -> list[Money]:
    if not can(user, "planning.view_budget"):
        return []
    found: dict[str, Money] = {}
    for line in lines_for(user).filter(campaign=campaign):
        old = found.get(line.currency, Money(line.currency, Decimal(0), Decimal(0), Decimal(0)))
        found[line.currency] = Money(
            line.currency, old.plan + line.plan, old.committed + line.committed, old.actual + line.actual
        )
    return list(found.values())


@dataclass(frozen=True)
class Month:
    """Plan and actual of one month of a line."""

    month: date
    plan: Decimal
    actual: Decimal

    @property
    def difference(self) -> Decimal:
        return self.plan - self.actual


def months_of(line: BudgetLine) -> list[Month]:
    rows = (
        BudgetEntry.objects.filter(line=line)
        .order_by("month")
        .values("month")
        .annotate(
            plan=total_of(EntryKind.PLAN, EntryKind.TRANSFER_IN, prefix="")
            - total_of(EntryKind.TRANSFER_OUT, prefix=""),
            actual=total_of(EntryKind.ACTUAL, prefix=""),
        )
    )
    return [Month(row["month"], row["plan"], row["actual"]) for row in rows]


def entries_without_rate() -> list[WithoutRate]:
    """Budget entries in currencies that plans cannot be converted from."""
    columns = {"currency": "line__currency", "day": "month", "amount": "amount"}
    return [WithoutRate("Budget entries", *found) for found in lacking(BudgetEntry.objects.all(), **columns)]


def rates_to_add(user: Any) -> Due | None:
    """Amounts that are in no sum, as nobody gave the rate of their currency."""
    found = amounts_without_rate()
    codes = ", ".join(dict.fromkeys(one.currency for one in found))
    number = sum(one.count for one in found)
    url, note = reverse("planning:rates"), f"in {codes}; they are in no sum"
    return Due("Amounts without an exchange rate", number, None, url, "coins", note=note, action="Add rates")


def elapsed_share(campaign: Campaign, today: date) -> float:
    """How much of a campaign's days is over, 0 to 1."""
    days = (campaign.ends_on - campaign.starts_on).days + 1
    return min(max(((today - campaign.starts_on).days + 1) / days, 0.0), 1.0)


def overdue_campaigns(user: Any) -> tuple[int, bool] | None:
    """Live campaigns whose last day is over: somebody should close them."""
    number = (
        Campaign.objects.visible_to(user).filter(state=CampaignState.LIVE, ends_on__lt=timezone.localdate()).count()
    )
    return (number, True) if number else None


def campaigns_to_close(user: Any) -> Due | None:
    """Live campaigns whose last day is over, since the first of these days."""
    rows = Campaign.objects.visible_to(user).filter(state=CampaignState.LIVE, ends_on__lt=timezone.localdate())
    total = rows.order_by().aggregate(number=Count("*"), first=Min("ends_on"))
    since = timezone.make_aware(datetime.combine(total["first"], time.max)) if total["first"] else None
    return Due(
        "Campaigns that ended and are still live",
        total["number"],
        since,
        reverse("planning:campaigns") + "?over=true",
        "speakerphone",
        action="Close",
    )


def overspent_lines(user: Any) -> Due | None:
    """Budget lines on which more is spent and ordered than planned."""
    number = lines_for(user).filter(remaining__lt=0).order_by().count()
    url, note = reverse("planning:budget") + "?overspent=true", "spent and ordered beyond their plan"
    return Due("Overspent budget lines", number, None, url, "coins", note=note, action="Look into")


def overdue_lines(user: Any) -> Due | None:
    """Budget lines with money still committed although their campaign is over: to be paid or released."""
    rows = lines_for(user).filter(is_overdue()).order_by()
    number, first = rows.count(), rows.order_by("campaign__ends_on").values_list("campaign__ends_on", flat=True).first()
    since = timezone.make_aware(datetime.combine(first, time.max)) if first else None
    url = reverse("planning:budget") + "?overdue=true"
    return Due(
        "Overdue budget lines", number, since, url, "calendar-due", note="campaign over", action="Pay or release"
    )


def is_overdue() -> Q:
    """For the rows of `lines_for`."""
    return Q(committed__gt=0, campaign__ends_on__lt=timezone.localdate())


def find_campaigns(user: Any, text: str, limit: int) -> list[Hit]:
    if not can(user, "planning.view_campaign"):
        return []
    rows = Campaign.objects.visible_to(user).filter(Q(name__icontains=text) | Q(code__icontains=text))[:limit]
    return [Hit(row.name, row.code, row.get_absolute_url(), "speakerphone") for row in rows]


def budget_panel(request: Any, campaign: Campaign) -> Panel | None:
    """The campaign's money, on its page."""
    money = campaign_budget(request.user, campaign)
    if not money:
        return None
    share = elapsed_share(campaign, timezone.localdate())
    lines = list(BudgetLine.objects.filter(campaign=campaign))
    return Panel("Budget", "planning/budget_panel.html", {"money": money, "elapsed": share, "lines": lines})
