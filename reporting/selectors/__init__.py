"""Reads of reporting: the numbers, and the rows behind them."""

from reporting.selectors.conversion import check_currency
from reporting.selectors.dimensions import DIMENSIONS, check_dimension, dimensions_of
from reporting.selectors.measures import Measured, Question, Row, Unconverted, measure
from reporting.selectors.records import part_named, records, right_for, summary

__all__ = [
    "DIMENSIONS",
    "Measured",
    "Question",
    "Row",
    "Unconverted",
    "check_currency",
    "check_dimension",
    "dimensions_of",
    "measure",
    "part_named",
    "records",
    "right_for",
    "summary",
]
