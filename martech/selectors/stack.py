"""The tool inventory as its pages read it: one pass over all tools, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from martech.models import Contract, Integration, Tool, ToolState, UsageQuestion
from martech.stack.drawing import Drawing, draw
from martech.stack.registry import all_evidence
from martech.stack.suggesting import Suggestion, suggest
from martech.stack.taxonomy import AREAS
from martech.stack.usage import Evidence, OverlapRow, ToolUse, judge, overlap, team_utilisation
from planning.models import ExchangeRate

SEEN_DAYS = 90


@dataclass(frozen=True)
class ToolLine:
    """A tool with its use and its contracts. `unconverted` names currencies without a rate."""

    tool: Tool
    use: ToolUse
    contracts: tuple[Contract, ...]
    unconverted: tuple[str, ...]

    @property
    def renews_on(self) -> date | None:
        return min((one.renews_on for one in self.contracts if one.renews_on), default=None)


@dataclass(frozen=True)
class Stack:
    lines: tuple[ToolLine, ...]
    suggestions: tuple[Suggestion, ...]
    utilisation: float | None
    known: int
    capabilities: int
    yearly: Decimal
    today: date

    @property
    def uses(self) -> list[ToolUse]:
        return [line.use for line in self.lines]

    @property
    def next_notice(self) -> ToolLine | None:
        coming = [line for line in self.lines if line.use.notice_on and line.use.notice_on >= self.today]
        return min(coming, key=lambda line: line.use.notice_on or date.max, default=None)

    @property
    def unconverted(self) -> list[str]:
        return sorted({currency for line in self.lines for currency in line.unconverted})

    def overlaps(self) -> list[OverlapRow]:
        return overlap(self.uses)


def stack(now: datetime | None = None) -> Stack:
    """Everything about all tools that are there."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    tools = list(Tool.objects.present().select_related("owner").prefetch_related("capabilities", "contracts"))
    evidence, answers, rates = evidence_by_system(now), answers_by_capability(), latest_rates(today)
    lines = tuple(line_of(tool, evidence, answers, rates, today) for tool in tools)
    uses = [line.use for line in lines]
    share, known, total = team_utilisation(uses)
    yearly = sum((use.cost for use in uses if use.cost is not None and not use.is_leaving), Decimal(0))
    return Stack(lines, tuple(suggest(uses, today)), share, known, total, yearly, today)


def evidence_by_system(now: datetime) -> dict[str, list[Evidence]]:
    found: dict[str, list[Evidence]] = defaultdict(list)
    for one in all_evidence(now - timedelta(days=SEEN_DAYS)):
        found[one.system].append(one)
    return found


def answers_by_capability() -> dict[int, dict[str, int]]:
    """`{tool capability: {answer: how many}}`"""
    rows = UsageQuestion.objects.exclude(answer="").order_by().values_list("capability", "answer")
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for capability, answer, number in rows.annotate(number=Count("pk")):
        found[capability][answer] = number
    return found


def latest_rates(today: date) -> dict[str, Decimal]:
    """The newest rate of each currency to the base currency, which itself is 1."""
    rows = ExchangeRate.objects.filter(date__lte=today).order_by("currency", "-date").distinct("currency")
    return {**{row.currency: row.rate for row in rows}, settings.BASE_CURRENCY: Decimal(1)}


def line_of(
    tool: Tool,
    evidence: Mapping[str, Sequence[Evidence]],
    answers: Mapping[int, Mapping[str, int]],
    rates: Mapping[str, Decimal],
    today: date,
) -> ToolLine:
    seen = tuple(evidence.get(tool.system, ())) if tool.system else ()
    contracts = tuple(tool.contracts.all())
    priced = [one for one in contracts if one.yearly is not None]
    missing = tuple(sorted({one.currency for one in priced if one.currency not in rates}))
    cost = sum((one.yearly * rates[one.currency] for one in priced if one.currency in rates and one.yearly), Decimal(0))
    signed_in = [one.people for one in seen if one.people is not None]
    notices = [one.notice_on for one in contracts if one.notice_on and one.is_automatic and one.notice_on >= today]
    seats = [one.seats for one in contracts if one.seats]
    use = ToolUse(
        tool.pk,
        tool.name,
        tuple(judge(one.key, seen, answers.get(one.pk, {})) for one in tool.capabilities.all()),
        cost.quantize(Decimal("0.01")) if priced and not missing else None,
        sum(seats) or None,
        max(signed_in) if signed_in else None,
        min(notices, default=None),
        tool.state == ToolState.LEAVING,
        seen,
    )
    return ToolLine(tool, use, contracts, missing)


def drawing() -> Drawing:
    """The map of integrations between the tools that are there."""
    tools = list(Tool.objects.present().values_list("pk", "name", "area"))
    links = Integration.objects.order_by("pk").values_list("start", "end", "what", "is_both_ways")
    return draw(tools, list(links), {key: label for key, (label, _rows) in AREAS.items()})
