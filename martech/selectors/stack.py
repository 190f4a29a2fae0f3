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
from martech.stack.taxonomy import AREAS, CAPABILITIES
from martech.stack.usage import Evidence, OverlapRow, ToolUse, Verdict, judge, overlap, team_utilisation
from planning.models import ExchangeRate

SEEN_DAYS = 90


@dataclass(frozen=True)
class ContractLine:
    """A contract on a day. `cost` is a year's in the base currency; None without a price or a rate."""

    tool: Tool
    contract: Contract
    cost: Decimal | None
    today: date

    @property
    def is_running(self) -> bool:
        return self.contract.is_running(self.today)

    @property
    def can_give_notice(self) -> bool:
        return self.contract.can_give_notice(self.today)

    @property
    def is_to_decide(self) -> bool:
        return self.contract.is_to_decide(self.today)

    @property
    def is_kept(self) -> bool:
        """Whether it is said to be kept for the renewal to come."""
        return self.can_give_notice and self.contract.is_kept

    @property
    def is_counted(self) -> bool:
        """Whether its price is part of a year's cost: it runs, and the tool stays."""
        return self.is_running and self.tool.state != ToolState.LEAVING

    @property
    def standing(self) -> str:
        if self.contract.has_ended(self.today):
            return "Ended"
        if not self.is_running:
            return "Not begun"
        return "Renewed, next date missing" if self.contract.renewed_on(self.today) else ""


@dataclass(frozen=True)
class ToolLine:
    """A tool with its use and its contracts. `unconverted` names currencies without a rate."""

    tool: Tool
    use: ToolUse
    contracts: tuple[ContractLine, ...]
    unconverted: tuple[str, ...]

    @property
    def cost(self) -> Decimal:
        """What is known of a year's cost, where one currency has no rate, too."""
        return sum((one.cost for one in self.contracts if one.is_running and one.cost is not None), Decimal(0))


@dataclass(frozen=True)
class CapabilityRow:
    """A capability of a tool that stays, and whether it is used."""

    tool: Tool
    verdict: Verdict

    @property
    def label(self) -> str:
        return CAPABILITIES.get(self.verdict.capability, self.verdict.capability)


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
    def dearest_first(self) -> list[ToolLine]:
        return sorted(self.lines, key=lambda line: (-line.cost, line.tool.name.lower()))

    @property
    def pressing(self) -> list[Suggestion]:
        return [one for one in self.suggestions if one.kind != "ask"]

    @property
    def asking(self) -> list[Suggestion]:
        """Those that only ask who uses a tool: of a new inventory as many as it has tools."""
        return [one for one in self.suggestions if one.kind == "ask"]

    @property
    def next_notice(self) -> ToolLine | None:
        """The tool that is decided about next."""
        coming = [line for line in self.lines if line.use.to_decide]
        return min(coming, key=lambda line: line.use.to_decide[1] if line.use.to_decide else date.max, default=None)

    @property
    def unconverted(self) -> list[str]:
        return sorted({currency for line in self.lines for currency in line.unconverted})

    @property
    def contracts(self) -> list[ContractLine]:
        return [one for line in self.lines for one in line.contracts]

    @property
    def counted(self) -> list[ContractLine]:
        """The contracts that add up to a year's cost."""
        return [one for one in self.contracts if one.is_counted]

    @property
    def capability_rows(self) -> list[CapabilityRow]:
        """What the team's utilisation counts: the capabilities of all tools that stay."""
        staying = [line for line in self.lines if not line.use.is_leaving]
        return [CapabilityRow(line.tool, verdict) for line in staying for verdict in line.use.verdicts]

    def overlaps(self) -> list[OverlapRow]:
        return overlap(self.uses)


def stack(now: datetime | None = None) -> Stack:
    """Everything about all tools that are there."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    tools = list(Tool.objects.present().select_related("owner").prefetch_related("capabilities", "contracts__kept_by"))
    evidence, answers, rates = evidence_by_system(now), answers_by_capability(), latest_rates(today)
    lines = tuple(line_of(tool, evidence, answers, rates, today) for tool in tools)
    uses = [line.use for line in lines]
    share, known, total = team_utilisation(uses)
    yearly = sum((line.cost for line in lines if not line.use.is_leaving), Decimal(0))
    return Stack(lines, tuple(suggest(uses, today)), share, known, total, yearly, today)


def evidence_by_system(now: datetime) -> dict[str, list[Evidence]]:
    found: dict[str, list[Evidence]] = defaultdict(list)
    for one in all_evidence(now - timedelta(days=SEEN_DAYS)):
        found[one.system].append(one)
    return found


def answers_by_capability() -> dict[int, dict[str, int]]:
    """`{tool capability: {answer: how many}}`; "" are those who have not answered yet."""
    rows = UsageQuestion.objects.order_by().values_list("capability", "answer")
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
    contracts = tuple(contract_line(tool, one, rates, today) for one in tool.contracts.all())
    running = [one for one in contracts if one.is_running]
    priced = [one for one in running if one.contract.yearly is not None]
    missing = tuple(sorted({one.contract.currency for one in priced if one.cost is None}))
    signed_in = [one.people for one in seen if one.people is not None]
    use = ToolUse(
        tool.pk,
        tool.name,
        tuple(judge(one.key, seen, answers.get(one.pk, {})) for one in tool.capabilities.all()),
        sum((one.cost for one in priced if one.cost is not None), Decimal(0)) if priced and not missing else None,
        sum(one.contract.seats or 0 for one in running) or None,
        max(signed_in) if signed_in else None,
        min(
            (one.contract.notice_on for one in contracts if one.can_give_notice and one.contract.notice_on),
            default=None,
        ),
        tool.state == ToolState.LEAVING,
        seen,
        max(filter(None, (one.contract.renewed_on(today) for one in contracts)), default=None),
        next_decision(contracts),
        tool.owner_id,
    )
    return ToolLine(tool, use, contracts, missing)


def next_decision(contracts: Sequence[ContractLine]) -> tuple[int, date] | None:
    """The contract whose notice ends next among those that nobody said are kept."""
    asked = [(one.contract.notice_on or date.max, one.contract.pk) for one in contracts if one.is_to_decide]
    last_day, contract = min(asked, default=(None, 0))
    return (contract, last_day) if last_day else None


def contract_line(tool: Tool, contract: Contract, rates: Mapping[str, Decimal], today: date) -> ContractLine:
    rate = rates.get(contract.currency)
    is_known = contract.yearly is not None and rate is not None
    cost = (contract.yearly * rate).quantize(Decimal("0.01")) if is_known else None  # type: ignore[operator]
    return ContractLine(tool, contract, cost, today)


def drawing() -> Drawing:
    """The map of integrations between the tools that are there."""
    tools = list(Tool.objects.present().values_list("pk", "name", "area"))
    links = Integration.objects.order_by("pk").values_list("start", "end", "what", "is_both_ways")
    return draw(tools, list(links), {key: label for key, (label, _rows) in AREAS.items()})
