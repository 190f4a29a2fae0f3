"""What to cut or use better: each suggestion with its reasons and the money it is about, largest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from martech.stack.taxonomy import CAPABILITIES
from martech.stack.usage import ToolUse, Use

LOW = 0.5
SOON = timedelta(days=60)
SEATS = 0.7
"""Fewer people than this share of the seats is worth a word."""


NOT_ALIKE = frozenset({"sync", "ads"})
"""What two tools may both do and neither does for the other: each moves its own data, or reaches its own audience."""


@dataclass(frozen=True)
class Suggestion:
    """`kind` is cut, overlap, seats, better, decide, date or ask; `stake` a year's money in the base currency."""

    kind: str
    tool: int
    title: str
    reasons: tuple[str, ...]
    stake: Decimal
    by: date | None = None
    contract: int | None = None
    """Of one that is settled by saying that the tool is kept."""
    owner_id: int | None = None


def suggest(tools: Sequence[ToolUse], today: date) -> list[Suggestion]:
    """Ranked by stake, then by how soon notice must be given."""
    given_up = redundant(tools)
    found = [
        one for tool in tools if not tool.is_leaving for one in suggestions_of(tool, given_up.get(tool.pk, ()), today)
    ]
    return sorted(found, key=lambda one: (-one.stake, one.by or date.max, one.title))


def suggestions_of(tool: ToolUse, elsewhere: Sequence[str], today: date) -> list[Suggestion]:
    """Of a tool that may go nothing else is said."""
    if (going := unused(tool) or covered(tool, elsewhere)) is not None:
        return [going]
    found = (spare_seats(tool), better(tool), due(tool, today), undated(tool), unasked(tool))
    return [one for one in found if one is not None]


def names(keys: Iterable[str]) -> str:
    labels = [CAPABILITIES.get(key, key).lower() for key in keys]
    return ", ".join(labels[:-1]) + f" and {labels[-1]}" if len(labels) > 1 else "".join(labels)


def cost_of(tool: ToolUse, share: float = 1.0) -> Decimal:
    return ((tool.cost or Decimal(0)) * Decimal(str(share))).quantize(Decimal("0.01"))


def notice(tool: ToolUse) -> tuple[str, ...]:
    return (f"Notice must be given by {tool.notice_on:%-d %b %Y}.",) if tool.notice_on else ()


def unused(tool: ToolUse) -> Suggestion | None:
    """Nothing that it can do is used, and everything was looked at."""
    if not tool.verdicts or tool.known < len(tool.verdicts) or tool.count(Use.USED):
        return None
    reasons = (f"None of its {len(tool.verdicts)} capabilities is used.", *notice(tool))
    return Suggestion("cut", tool.pk, f"Cut {tool.name}", reasons, cost_of(tool), tool.notice_on)


def redundant(tools: Sequence[ToolUse]) -> dict[int, list[str]]:
    """Tools all of whose used capabilities are used in others that stay, with the names of those; dearest first, so that
    the cheaper of two that do the same stays, and nothing that is done is given up by everybody. Of a tool with a
    capability that nobody knows of, nobody can say that the others do what it does."""
    staying = {tool.pk: tool for tool in tools if not tool.is_leaving}
    found: dict[int, list[str]] = {}
    for tool in sorted(staying.values(), key=lambda one: (-(one.cost or 0), -one.pk)):
        mine = set(tool.capabilities(Use.USED))
        others = [one for one in staying.values() if one.pk != tool.pk and mine & set(one.capabilities(Use.USED))]
        if (
            mine
            and not mine & NOT_ALIKE
            and tool.known == len(tool.verdicts)
            and mine <= {key for one in others for key in one.capabilities(Use.USED)}
        ):
            found[tool.pk] = sorted(one.name for one in others)
            del staying[tool.pk]
    return found


def covered(tool: ToolUse, elsewhere: Sequence[str]) -> Suggestion | None:
    if not elsewhere:
        return None
    mine = names(sorted(tool.capabilities(Use.USED)))
    reasons = (f"What is used of it ({mine}) is used in {' and '.join(elsewhere)} too.", *notice(tool))
    return Suggestion("overlap", tool.pk, f"{tool.name} may be given up", reasons, cost_of(tool), tool.notice_on)


def spare_seats(tool: ToolUse) -> Suggestion | None:
    if not tool.seats or tool.people is None or tool.people >= tool.seats * SEATS:
        return None
    spare = tool.seats - tool.people
    reasons = (f"{tool.people} people signed in; {tool.seats} seats are paid.", *notice(tool))
    stake = cost_of(tool, spare / tool.seats)
    return Suggestion("seats", tool.pk, f"Give back {spare} seats of {tool.name}", reasons, stake, tool.notice_on)


def better(tool: ToolUse) -> Suggestion | None:
    if tool.utilisation is None or tool.utilisation >= LOW or not tool.count(Use.USED):
        return None
    rest = tool.capabilities(Use.UNUSED)
    reasons = (
        f"{tool.count(Use.USED)} of {tool.known} known capabilities are used.",
        f"Not used: {names(rest)}.",
    )
    return Suggestion(
        "better", tool.pk, f"Use more of {tool.name}", reasons, cost_of(tool, len(rest) / len(tool.verdicts))
    )


def due(tool: ToolUse, today: date) -> Suggestion | None:
    """Of the contract whose notice ends next and that nobody said is kept."""
    if tool.to_decide is None or not today <= tool.to_decide[1] <= today + SOON:
        return None
    contract, last_day = tool.to_decide
    share = (
        f"{tool.utilisation:.0%} of what is known is used" if tool.utilisation is not None else "its use is not known"
    )
    reasons = (f"It renews by itself unless notice is given by {last_day:%-d %b %Y}; {share}.",)
    title = f"Decide about {tool.name}"
    return Suggestion("decide", tool.pk, title, reasons, cost_of(tool), last_day, contract, tool.owner_id)


def undated(tool: ToolUse) -> Suggestion | None:
    if tool.renewed_on is None:
        return None
    reasons = (
        f"Its contract renewed by itself on {tool.renewed_on:%-d %b %Y}. Enter the next date, or that it ended.",
        "Until then nobody is reminded of its notice.",
    )
    return Suggestion("date", tool.pk, f"Say when {tool.name} renews next", reasons, Decimal(0))


def unasked(tool: ToolUse) -> Suggestion | None:
    unknown = tool.capabilities(Use.UNKNOWN)
    if not unknown:
        return None
    reasons = (f"Nothing is known of {names(unknown)}; ask those who work with it.",)
    return Suggestion("ask", tool.pk, f"Ask who uses {tool.name}", reasons, Decimal(0))
