"""Who uses what: evidence first, what people say where there is none, and honest not-knowing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Use(StrEnum):
    USED = "used"
    UNUSED = "unused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Evidence:
    """What a system of ours saw of a tool. `count` of what `text` says; `people` who signed in, where that is known."""

    system: str
    text: str
    count: int = 0
    people: int | None = None
    capabilities: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class Verdict:
    """Whether a capability is used, and what says so."""

    capability: str
    use: Use
    why: str


@dataclass(frozen=True)
class ToolUse:
    """A tool with its verdicts. `cost` is a year's, in the base currency; None where it is not known.

    `renewed_on` is the latest day on which a contract renewed whose next date nobody has said; `to_decide` the contract that
    is decided about next, with its last day of notice.
    """

    pk: int
    name: str
    verdicts: tuple[Verdict, ...]
    cost: Decimal | None = None
    seats: int | None = None
    people: int | None = None
    notice_on: date | None = None
    is_leaving: bool = False
    evidence: tuple[Evidence, ...] = field(default=())
    renewed_on: date | None = None
    to_decide: tuple[int, date] | None = None
    owner_id: int | None = None

    def count(self, use: Use) -> int:
        return sum(verdict.use == use for verdict in self.verdicts)

    @property
    def known(self) -> int:
        return self.count(Use.USED) + self.count(Use.UNUSED)

    @property
    def utilisation(self) -> float | None:
        """Used ÷ known capabilities; None while nothing is known."""
        return self.count(Use.USED) / self.known if self.known else None

    @property
    def cost_per_used(self) -> Decimal | None:
        """A year's cost ÷ used capabilities; None where the cost or every use is unknown, or nothing is used."""
        used = self.count(Use.USED)
        return (self.cost / used).quantize(Decimal("0.01")) if self.cost is not None and used else None

    def capabilities(self, use: Use) -> list[str]:
        return [verdict.capability for verdict in self.verdicts if verdict.use == use]


def judge(capability: str, evidence: Sequence[Evidence], answers: Mapping[str, int]) -> Verdict:
    """Evidence decides; without any, what colleagues answer: used when more say yes or sometimes than no.

    `answers` counts `yes`, `sometimes` and `no`, and under "" those who have not answered yet.
    """
    seen = [one for one in evidence if capability in one.capabilities]
    if any(one.count for one in seen):
        return Verdict(capability, Use.USED, "; ".join(one.text for one in seen if one.count))
    yes, no = answers.get("yes", 0) + answers.get("sometimes", 0), answers.get("no", 0)
    if yes or no:
        said = f"{yes} of {yes + no} asked use it"
        return Verdict(capability, Use.USED if yes > no else Use.UNUSED, said)
    if seen:
        return Verdict(capability, Use.UNUSED, "; ".join(one.text for one in seen))
    if waiting := answers.get("", 0):
        return Verdict(capability, Use.UNKNOWN, f"{waiting} asked, none has answered yet")
    return Verdict(capability, Use.UNKNOWN, "Nobody was asked, and nothing measures it")


def team_utilisation(tools: Iterable[ToolUse]) -> tuple[float | None, int, int]:
    """(share used of what is known, known, all) over the capabilities of all tools that stay."""
    staying = [tool for tool in tools if not tool.is_leaving]
    known = sum(tool.known for tool in staying)
    used = sum(tool.count(Use.USED) for tool in staying)
    return (used / known if known else None), known, sum(len(tool.verdicts) for tool in staying)


@dataclass(frozen=True)
class OverlapRow:
    """A capability with what each tool does with it, in the tools' order; "" where it has it not."""

    capability: str
    cells: tuple[str, ...]

    @property
    def tools(self) -> int:
        return sum(bool(cell) for cell in self.cells)

    @property
    def is_overlap(self) -> bool:
        return self.tools > 1


def overlap(tools: Sequence[ToolUse]) -> list[OverlapRow]:
    """One row a capability that any tool has, those that most tools share first."""
    by_tool = [{verdict.capability: verdict.use.value for verdict in tool.verdicts} for tool in tools]
    keys = dict.fromkeys(key for row in by_tool for key in row)
    rows = [OverlapRow(key, tuple(row.get(key, "") for row in by_tool)) for key in keys]
    return sorted(rows, key=lambda row: (-row.tools, row.capability))
