"""How a file's rows become people, accounts, deals, spend or touches. Pure: no database."""

from martech.importing.fields import FIELDS, KINDS
from martech.importing.mapping import ImportMap, guess_map, read_map
from martech.importing.rows import RowReader

__all__ = ["FIELDS", "KINDS", "ImportMap", "RowReader", "guess_map", "read_map"]
