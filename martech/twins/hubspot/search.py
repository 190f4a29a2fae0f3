"""POST …/search over what the index has taken in: filters, one sort, 200 a page, 10,000 a query."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from martech.twins.hubspot.answers import invalid
from martech.twins.hubspot.rendering import page
from martech.twins.hubspot.schema import MODIFIED, Property
from martech.twins.hubspot.stamps import from_text
from martech.twins.hubspot.store import Record
from martech.twins.serving import Answer, Call

if TYPE_CHECKING:
    from martech.twins.hubspot.twin import HubSpotTwin

MOST_ROWS, MOST_PAGE = 10_000, 200
MOST_GROUPS, MOST_FILTERS, MOST_IN_ALL = 5, 6, 18
FOREVER = 1 << 62
Test = Callable[[Record], bool]
Key = tuple[int, int]


class Search:
    def __init__(self, twin: "HubSpotTwin") -> None:
        self.twin, self.store = twin, twin.store

    def answer(self, call: Call, object: str) -> Answer:
        object = self.twin.readable(object)
        asked = self.twin.document(call)
        index = self.store.tables[object].index
        index.settle(self.store.clock.milliseconds())
        groups = self.groups(asked)
        limit, start = self.place(asked)
        found: Sequence[Any] = self.found(object, groups, asked)
        chosen = [index.seen[entry[1]] if isinstance(entry, tuple) else entry for entry in found[start : start + limit]]
        records = self.twin.without_dropped(object, "search", chosen)
        shape = self.twin.renderer.shape(object, asked.get("properties") or ())
        after = str(start + limit) if len(found) > start + limit else ""
        return page(self.twin.renderer.texts(object, shape, records), total=len(found), after=after)

    def groups(self, asked: dict[str, Any]) -> list[list[dict[str, Any]]]:
        groups = [group.get("filters", []) for group in asked.get("filterGroups") or []]
        counts = [len(group) for group in groups]
        if len(groups) > MOST_GROUPS or any(n > MOST_FILTERS for n in counts) or sum(counts) > MOST_IN_ALL:
            raise invalid(f"There were too many filters: at most {MOST_GROUPS} groups of {MOST_FILTERS} filters.")
        return [group for group in groups if group]

    def place(self, asked: dict[str, Any]) -> tuple[int, int]:
        limit, after = int(asked.get("limit") or 10), str(asked.get("after") or "0")
        if limit > MOST_PAGE:
            raise invalid(f"limit must not be greater than {MOST_PAGE}")
        if not after.isdigit():
            raise invalid("after must be an integer")
        if int(after) + limit > MOST_ROWS:
            raise invalid("There was a problem with the request.", errors=[{"message": "paging beyond 10000 results"}])
        return limit, int(after)

    def found(self, object: str, groups: list[list[dict[str, Any]]], asked: dict[str, Any]) -> Sequence[Any]:
        """Everything that matches, in order: keys of the index, or records."""
        sort = self.sort(asked)
        index = self.store.tables[object].index
        if len(groups) > 1 or asked.get("query"):
            tests = [[self.test(object, f) for f in group] for group in groups]
            words = str(asked.get("query", "")).lower()
            records: Iterable[Record] = index.seen.values()
            hits = [r for r in records if matches(r, tests) and (not words or has_words(r, words))]
            return self.sorted(object, hits, sort)
        filters = groups[0] if groups else []
        keys, rest = self.narrowed(object, filters)
        if rest:
            tests = [[self.test(object, f) for f in rest]]
            keys = [key for key in keys if matches(index.seen[key[1]], tests)]
        if sort == (MODIFIED[object], False):
            return keys
        if sort == ("hs_object_id", False):
            return keys if keys and keys[0][0] == keys[-1][0] else sorted(keys, key=lambda key: key[1])
        return self.sorted(object, [index.seen[id] for _at, id in keys], sort)

    def sort(self, asked: dict[str, Any]) -> tuple[str, bool]:
        sorts = asked.get("sorts") or []
        if len(sorts) > 1:
            raise invalid("Only one sort is allowed")
        first = sorts[0] if sorts else {"propertyName": "hs_object_id"}
        if isinstance(first, str):
            return first.lstrip("-"), first.startswith("-")
        return first["propertyName"], first.get("direction") == "DESCENDING"

    def sorted(self, object: str, records: list[Record], sort: tuple[str, bool]) -> list[Record]:
        known = self.store.property(object, sort[0])
        return sorted(records, key=lambda r: (rank(known, r.properties.get(sort[0])), r.id), reverse=sort[1])

    def narrowed(self, object: str, filters: list[dict[str, Any]]) -> tuple[list[Key], list[dict[str, Any]]]:
        """The index's keys within the filters on the stamp (and on the id inside one stamp), and the other filters."""
        keys = self.store.tables[object].index.keys
        low, high, rest = 0, FOREVER, []
        for given in filters:
            bounds = self.bounds(given) if given.get("propertyName") == MODIFIED[object] else None
            if bounds is None:
                rest.append(given)
            else:
                low, high = max(low, bounds[0]), min(high, bounds[1])
        first, last = (low, 0), (high + 1, 0)
        if (
            low == high
            and len(rest) == 1
            and rest[0].get("propertyName") == "hs_object_id"
            and rest[0]["operator"] == "GT"
        ):
            first, rest = (low, int(rest[0]["value"]) + 1), []
        return keys[bisect_left(keys, first) : bisect_left(keys, last)], rest

    def bounds(self, given: dict[str, Any]) -> tuple[int, int] | None:
        operator = given.get("operator")
        if operator not in {"EQ", "GT", "GTE", "LT", "LTE", "BETWEEN"}:
            return None
        at = milliseconds(given["value"])
        return {
            "EQ": (at, at),
            "GT": (at + 1, FOREVER),
            "GTE": (at, FOREVER),
            "LT": (0, at - 1),
            "LTE": (0, at),
            "BETWEEN": (at, milliseconds(given["highValue"]) if operator == "BETWEEN" else 0),
        }[operator]

    def test(self, object: str, given: dict[str, Any]) -> Test:
        name, operator = given.get("propertyName", ""), given.get("operator", "")
        known = self.store.property(object, name)
        if known is None:
            raise invalid(f"Property {name} does not exist or cannot be filtered by")
        make = OPERATORS.get(operator)
        if make is None:
            raise invalid(f"Invalid input JSON: {operator} is not one of {', '.join(OPERATORS)}")
        decide = make(known, given)
        return lambda record: decide(record.properties.get(name))


def matches(record: Record, groups: list[list[Test]]) -> bool:
    return not groups or any(all(test(record) for test in group) for group in groups)


def has_words(record: Record, words: str) -> bool:
    names = ("email", "firstname", "lastname", "phone", "company", "name", "domain", "dealname")
    return words in " ".join(record.properties.get(name) or "" for name in names).lower()


def milliseconds(value: Any) -> int:
    """Filters take a moment as milliseconds only."""
    text = str(value)
    if not text.lstrip("-").isdigit():
        raise invalid(f"{text} is not a valid timestamp: use epoch milliseconds")
    return int(text)


def rank(known: Property | None, value: str | None) -> Any:
    """What a value is compared by; text regardless of case, nothing first."""
    if value is None:
        return (0, 0)
    if known is not None and known.type in {"date", "datetime"}:
        return (1, from_text(value))
    if known is not None and known.type == "number":
        return (1, float(value))
    return (2, value.lower())


def wanted(known: Property, value: Any) -> Any:
    if known.type in {"date", "datetime"}:
        return (1, milliseconds(value))
    return rank(known, str(value))


Decide = Callable[[str | None], bool]


def equals(known: Property, given: dict[str, Any]) -> Decide:
    want = wanted(known, given["value"])
    return lambda value: value is not None and rank(known, value) == want


def compares(operator: str) -> Callable[[Property, dict[str, Any]], Decide]:
    def make(known: Property, given: dict[str, Any]) -> Decide:
        want = wanted(known, given["value"])
        high = wanted(known, given["highValue"]) if operator == "BETWEEN" else None
        decide: dict[str, Callable[[Any], bool]] = {
            "LT": lambda own: own < want,
            "LTE": lambda own: own <= want,
            "GT": lambda own: own > want,
            "GTE": lambda own: own >= want,
            "BETWEEN": lambda own: want <= own <= high,
        }
        return lambda value: value is not None and decide[operator](rank(known, value))

    return make


def one_of(known: Property, given: dict[str, Any]) -> Decide:
    want = {wanted(known, value) for value in given["values"]}
    return lambda value: value is not None and rank(known, value) in want


def has_token(known: Property, given: dict[str, Any]) -> Decide:
    want = str(given["value"]).lower().strip("*")
    return lambda value: value is not None and want in value.lower()


def denied(make: Callable[[Property, dict[str, Any]], Decide]) -> Callable[[Property, dict[str, Any]], Decide]:
    def other(known: Property, given: dict[str, Any]) -> Decide:
        decide = make(known, given)
        return lambda value: not decide(value)

    return other


OPERATORS: dict[str, Callable[[Property, dict[str, Any]], Decide]] = {
    "EQ": equals,
    "NEQ": denied(equals),
    **{name: compares(name) for name in ("LT", "LTE", "GT", "GTE", "BETWEEN")},
    "IN": one_of,
    "NOT_IN": denied(one_of),
    "HAS_PROPERTY": lambda known, given: lambda value: value is not None,
    "NOT_HAS_PROPERTY": lambda known, given: lambda value: value is None,
    "CONTAINS_TOKEN": has_token,
    "NOT_CONTAINS_TOKEN": denied(has_token),
}
