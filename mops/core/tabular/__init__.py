"""Reading and writing tables: CSV in any common encoding, XLSX and XLS; streams, never whole files in memory."""

from mops.core.tabular.damage import find_damage
from mops.core.tabular.encoding import EncodingChoice
from mops.core.tabular.errors import TableError
from mops.core.tabular.guess import ORDERS, guess_date_order, guess_decimal, parse_date
from mops.core.tabular.protection import protect, unprotect
from mops.core.tabular.table import Table, open_table
from mops.core.tabular.write import write_csv, write_xlsx

__all__ = [
    "ORDERS",
    "EncodingChoice",
    "Table",
    "TableError",
    "find_damage",
    "guess_date_order",
    "guess_decimal",
    "open_table",
    "parse_date",
    "protect",
    "unprotect",
    "write_csv",
    "write_xlsx",
]
