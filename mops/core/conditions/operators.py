"""The operators of the language, which types have them, and how they read."""

from enum import StrEnum

OPERATORS = (
    *("eq", "ne", "in", "not_in", "contains", "not_contains", "starts_with", "ends_with"),
    *("gt", "gte", "lt", "lte", "between", "before", "after", "in_last_days", "in_next_days"),
    *("is_empty", "is_not_empty"),
)
# The second of each pair is by definition the complement of the first; that is why an absent value satisfies it.
COMPLEMENTS = {"ne": "eq", "not_in": "in", "not_contains": "contains", "is_not_empty": "is_empty"}
WITHOUT_VALUE = frozenset({"is_empty", "is_not_empty"})
WITH_LIST = frozenset({"in", "not_in"})
WITH_DAYS = frozenset({"in_last_days", "in_next_days"})
SUBSTRING = frozenset({"contains", "not_contains", "starts_with", "ends_with"})
ORDERING = frozenset({"gt", "gte", "lt", "lte", "between", "before", "after"})


class Type(StrEnum):
    """What a field holds. `JSON` is a family of properties under one JSONB object, each of any type."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"
    LIST = "list"
    JSON = "json"


_MOMENTS = ("eq", "ne", "before", "after", "gt", "gte", "lt", "lte", "between", "in_last_days", "in_next_days")
_EMPTINESS = ("is_empty", "is_not_empty")
OPERATORS_OF: dict[Type, tuple[str, ...]] = {
    Type.TEXT: (
        *("eq", "ne", "in", "not_in", "contains", "not_contains", "starts_with", "ends_with"),
        *_EMPTINESS,
    ),
    Type.CHOICE: ("eq", "ne", "in", "not_in", *_EMPTINESS),
    Type.NUMBER: ("eq", "ne", "in", "not_in", "gt", "gte", "lt", "lte", "between", *_EMPTINESS),
    Type.BOOLEAN: ("eq", "ne", *_EMPTINESS),
    Type.DATE: (*_MOMENTS, *_EMPTINESS),
    Type.DATETIME: (*_MOMENTS, *_EMPTINESS),
    Type.LIST: ("contains", "not_contains", "in", "not_in", *_EMPTINESS),
    Type.JSON: OPERATORS,
}

WORDS: dict[str, str] = {
    "eq": "is",
    "ne": "is not",
    "in": "is one of",
    "not_in": "is none of",
    "contains": "contains",
    "not_contains": "does not contain",
    "starts_with": "starts with",
    "ends_with": "ends with",
    "gt": "more than",
    "gte": "at least",
    "lt": "less than",
    "lte": "at most",
    "between": "between",
    "before": "before",
    "after": "after",
    "in_last_days": "in the last",
    "in_next_days": "in the next",
    "is_empty": "is empty",
    "is_not_empty": "is not empty",
}
WORDS_OF_DATES = {
    "eq": "on",
    "ne": "not on",
    "gt": "after",
    "gte": "on or after",
    "lt": "before",
    "lte": "on or before",
}
WORDS_OF_LISTS = {"in": "contains one of", "not_in": "contains none of"}


def words_for(operator: str, kind: Type) -> str:
    """How `operator` reads after the label of a field of this kind, such as "at least"."""
    if kind in (Type.DATE, Type.DATETIME):
        return WORDS_OF_DATES.get(operator, WORDS[operator])
    if kind is Type.LIST:
        return WORDS_OF_LISTS.get(operator, WORDS[operator])
    return WORDS[operator]
