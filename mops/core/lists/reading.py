"""Cells of very many rows, as they go into a file: where a value stands is found out once a column, not once a cell.

What is read is what django-tables2 reads for its exports: the value of the accessor, the word of a choice in its place,
and what the column or a `value_…` method of the table makes of it.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import Model
from django_tables2.columns import ManyToManyColumn
from django_tables2.columns.linkcolumn import BaseLinkColumn
from django_tables2.utils import A, call_with_appropriate

Reader = Callable[[Any], Any]
"""Gives the cell of a row."""


def reader_of(table: Any, name: str) -> Reader:
    """How the cells of a column are read."""
    bound = table.columns[name]
    if isinstance(bound.column, ManyToManyColumn | BaseLinkColumn):
        return lambda row: row.get_cell_value(name)
    find, empty = finder_of(A(bound.accessor)), bound.column.empty_values

    def read(row: Any) -> Any:
        value = find(row.record)
        if value in empty:
            return None
        return call_with_appropriate(bound.value, row._optional_cell_arguments(bound, value))

    return read


def finder_of(accessor: Any) -> Callable[[Any], Any]:
    """How the accessor's value is found in a record."""
    words: dict[type, dict[Any, Any]] = {}

    def find(record: Any) -> Any:
        if not isinstance(record, Model):
            return accessor.resolve(record, quiet=True)
        if type(record) not in words:
            words[type(record)] = words_of(accessor, record)
        value = walk(record, accessor.bits)
        known = words[type(record)]
        return known.get(value, value) if known else value

    return find


def walk(record: Any, steps: list[str]) -> Any:
    """From attribute to attribute, calling what can be called; None where one is missing."""
    for step in steps:
        try:
            record = getattr(record, step)
        except (AttributeError, ObjectDoesNotExist):
            return None
        if callable(record) and not getattr(record, "alters_data", False):
            record = record()
        if record is None:
            return None
    return record


def words_of(accessor: Any, record: Model) -> dict[Any, Any]:
    """The words of a field with choices, by its stored value; none for any other."""
    try:
        field = accessor.get_field(record)
    except FieldDoesNotExist:
        return {}
    return dict(getattr(field, "flatchoices", ()) or ())
