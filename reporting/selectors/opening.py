"""The sentences an executive dashboard opens with: what is so, what moved it, and where to look first. Figures only."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from mops.core.money import format_money
from mops.core.templatetags.mops import money_compact

WORTH_A_LOOK = Decimal("0.10")
"""How much larger a channel's share of the spend is than its share of the revenue before it is named."""
OFF_PLAN = Decimal("0.05")


@dataclass(frozen=True)
class Figures:
    """One period: rows and amounts of the base currency."""

    leads: int
    revenue: Decimal
    spend: Decimal

    @property
    def cost_per_lead(self) -> Decimal | None:
        return self.spend / self.leads if self.leads and self.spend else None


@dataclass(frozen=True)
class Part:
    """A channel in both periods; `url` opens the rows behind its revenue."""

    label: str
    spend: Decimal
    revenue: Decimal
    revenue_before: Decimal
    url: str


def opening(
    now: Figures,
    before: Figures | None,
    compared_with: str,
    parts: Sequence[Part],
    plan: Decimal | None,
    unconverted: int = 0,
) -> SafeString:
    """Up to five sentences. Without a period before, nothing is said of change."""
    said = [won(now, before, compared_with, parts), left_out(unconverted)]
    said += [came(now, before), off_plan(now, plan), look_at(parts)]
    return format_html_join(" ", "{}", ((one,) for one in said if one))


def left_out(unconverted: int) -> SafeString | str:
    """Amounts that are in no sum: without this, what was won in another currency reads as nothing won."""
    if not unconverted:
        return ""
    number, whose = (f"{unconverted:,} amounts are", "their") if unconverted > 1 else ("1 amount is", "its")
    text = "{} left out, as no exchange rate to {} is known for {} day: <a href='{}'>add rates</a>."
    return format_html(text, number, settings.BASE_CURRENCY, whose, reverse("planning:rates"))


def change(now: Decimal | int, before: Decimal | int) -> str:
    """12% more, 24% less or as before; empty where nothing was there to compare with."""
    if not before:
        return ""
    share = (Decimal(now) - before) / before
    return "as before" if abs(share) < Decimal("0.005") else f"{abs(share):.0%} {'more' if share > 0 else 'less'}"


def won(now: Figures, before: Figures | None, compared_with: str, parts: Sequence[Part]) -> SafeString:
    """What was won, how that compares, and the channel that moved it most in the same direction."""
    moved = change(now.revenue, before.revenue) if before else ""
    start = format_html("<b>{} was won</b>", money_compact(now.revenue))
    if not moved:
        return format_html("{}.", start)
    than = f", {moved} in the {compared_with}" if moved == "as before" else f", {moved} than in the {compared_with}"
    is_up = before is not None and now.revenue > before.revenue
    mover = max(parts, key=lambda one: (one.revenue - one.revenue_before) * (1 if is_up else -1), default=None)
    if mover is None or moved == "as before" or (mover.revenue > mover.revenue_before) is not is_up:
        return format_html("{}{}.", start, than)
    by = money_compact(abs(mover.revenue - mover.revenue_before))
    what = "brought {} more" if is_up else "brought {} less"
    return format_html('{}{}: <a href="{}">{}</a> {}.', start, than, mover.url, mover.label, what.format(by))


def came(now: Figures, before: Figures | None) -> str:
    moved = change(now.leads, before.leads) if before else ""
    cost = now.cost_per_lead
    people = "1 lead came in" if now.leads == 1 else f"{now.leads:,} leads came in"
    return f"{people}{f', {moved}' if moved else ''}{f', at {format_money(round(cost, 2), settings.BASE_CURRENCY)} each' if cost else ''}."


def off_plan(now: Figures, plan: Decimal | None) -> str:
    """How far spend is from its plan, where that is worth a word."""
    if not plan or abs(now.spend - plan) < plan * OFF_PLAN:
        return ""
    return f"Spend is {abs(now.spend - plan) / plan:.0%} {'over' if now.spend > plan else 'under'} its plan of {money_compact(plan)}."


def look_at(parts: Sequence[Part]) -> SafeString | str:
    """The channel that takes far more of the spend than it brings of the revenue."""
    spend, revenue = sum(one.spend for one in parts), sum(one.revenue for one in parts)
    if not spend or not revenue:
        return ""
    worst = max(parts, key=lambda one: one.spend / spend - one.revenue / revenue)
    cost, brought = worst.spend / spend, worst.revenue / revenue
    if cost - brought < WORTH_A_LOOK:
        return ""
    text = "Look at <b>{}</b> first: it takes {} of the spend and brings {} of the revenue."
    return format_html(text, worst.label, f"{cost:.0%}", f"{brought:.0%}")
