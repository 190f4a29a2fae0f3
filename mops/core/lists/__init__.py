"""List pages: declare a table, a filter and who may see it, and get everything else. See docs/interface.md."""

from mops.core.lists.columns import (
    BarColumn,
    CountryColumn,
    DayColumn,
    LinkedColumn,
    ListTable,
    MaskedColumn,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
    PercentColumn,
    Pill,
    PillColumn,
    WhenColumn,
    YesColumn,
)
from mops.core.lists.counting import Total, count_up_to
from mops.core.lists.page import BulkAction, Empty, ListPage, PageAction, ReadyView

__all__ = [
    "BarColumn",
    "BulkAction",
    "CountryColumn",
    "DayColumn",
    "Empty",
    "LinkedColumn",
    "ListPage",
    "ListTable",
    "MaskedColumn",
    "MomentColumn",
    "MoneyColumn",
    "NumberColumn",
    "PageAction",
    "PercentColumn",
    "Pill",
    "PillColumn",
    "ReadyView",
    "Total",
    "WhenColumn",
    "YesColumn",
    "count_up_to",
]
