"""The inventory as a file: the columns that an import reads, then what follows from them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from martech.models import Contract, Integration
from martech.selectors.stack import Stack, ToolLine
from martech.services.stack_import import COLUMNS
from martech.stack.taxonomy import CAPABILITIES
from martech.stack.usage import Use

FOLLOWS = ("state", "cost_a_year", "capabilities_used", "capabilities_known", "cost_per_used_capability", "notice_by")
Cell = str | int | Decimal | date | None


def inventory_rows(stack: Stack) -> tuple[Sequence[str], list[list[Cell]]]:
    """(columns, a row a tool). Of several contracts the one that an import would change; the year's cost is of all."""
    sends: dict[int, list[str]] = {}
    for start, end in Integration.objects.order_by("end__name").values_list("start", "end__name"):
        sends.setdefault(start, []).append(end)
    rows = [[*own_cells(line, sends.get(line.tool.pk, [])), *cells_that_follow(line)] for line in stack.lines]
    return [*COLUMNS, *FOLLOWS], rows


def own_cells(line: ToolLine, sends: Sequence[str]) -> list[Cell]:
    """In the order of COLUMNS."""
    tool, contract = line.tool, line.contracts[0].contract if line.contracts else Contract(currency="")
    capabilities = [CAPABILITIES.get(one.capability, one.capability) for one in line.use.verdicts]
    return [
        *(tool.name, tool.vendor, tool.owner.email if tool.owner else "", tool.website, tool.system),
        *("; ".join(capabilities), "; ".join(tool.held), "; ".join(sends)),
        *(contract.yearly, contract.currency, contract.seats, contract.starts_on, contract.renews_on),
        *(contract.notice_days if line.contracts else None, tool.notes),
    ]


def cells_that_follow(line: ToolLine) -> list[Cell]:
    """In the order of FOLLOWS; amounts in the base currency."""
    use = line.use
    state = str(line.tool.get_state_display())
    return [state, use.cost, use.count(Use.USED), use.known, use.cost_per_used, use.notice_on]
