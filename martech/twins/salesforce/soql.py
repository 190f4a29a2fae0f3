"""SOQL read into a small tree: what the connectors and the usual tools send, refused where it is not understood."""

import re
from dataclasses import dataclass, field
from typing import Any

from martech.twins.salesforce.refusals import Refusal

TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^'\\]|\\.)*')|(?P<moment>\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))?)"""
    r"""|(?P<number>-?\d+(?:\.\d+)?)|(?P<mark><=|>=|!=|<>|[=<>(),])|(?P<word>[A-Za-z_][\w.]*(?::\d+)?))"""
)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
AGGREGATES = {"COUNT", "COUNT_DISTINCT", "MIN", "MAX", "SUM", "AVG"}


@dataclass(frozen=True)
class Moment:
    """A date or date-time as written, without quotes."""

    text: str


@dataclass(frozen=True)
class Named:
    """A date by name: TODAY, LAST_N_DAYS:30."""

    name: str
    number: int = 0


@dataclass(frozen=True)
class Leaf:
    field: str
    operator: str
    value: Any


@dataclass(frozen=True)
class Group:
    """`kind`: and, or, not."""

    kind: str
    parts: tuple["Leaf | Group", ...]


@dataclass(frozen=True)
class Aggregate:
    function: str
    field: str
    alias: str


@dataclass
class Query:
    object: str
    fields: list[str] = field(default_factory=list)
    aggregates: list[Aggregate] = field(default_factory=list)
    is_count: bool = False
    where: Leaf | Group | None = None
    groups: list[str] = field(default_factory=list)
    order: list[tuple[str, bool, bool]] = field(default_factory=list)
    """(field, descending, nulls last)"""
    limit: int | None = None
    offset: int = 0


def malformed(text: str) -> Refusal:
    return Refusal("MALFORMED_QUERY", text)


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at, text = 0, text.strip()
        while at < len(text):
            found = TOKEN.match(text, at)
            if not found:
                raise malformed(f"unexpected token: '{text[at:].split(maxsplit=1)[0][:40]}'")
            self.tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
            at = found.end()
        self.at = 0

    def peek(self, ahead: int = 0) -> tuple[str, str]:
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else ("end", "")

    def next(self) -> tuple[str, str]:
        token = self.peek()
        self.at += 1
        return token

    def is_word(self, *words: str) -> bool:
        """Whether these words come now; they are taken if so."""
        for ahead, word in enumerate(words):
            if self.peek(ahead)[0] != "word" or self.peek(ahead)[1].upper() != word:
                return False
        self.at += len(words)
        return True

    def is_mark(self, mark: str) -> bool:
        if self.peek() == ("mark", mark):
            self.at += 1
            return True
        return False

    def expect(self, kind: str, text: str = "") -> str:
        found, said = self.next()
        if found != kind or (text and said.upper() != text):
            raise malformed(f"unexpected token: '{said}'" if said else "unexpected token: '<EOF>'")
        return said


def parse(text: str) -> Query:
    """Raises Refusal MALFORMED_QUERY."""
    reader = _Reader(text)
    reader.expect("word", "SELECT")
    query = Query("")
    _columns(reader, query)
    reader.expect("word", "FROM")
    query.object = reader.expect("word")
    if reader.is_word("WHERE"):
        query.where = _any(reader)
    if reader.is_word("GROUP", "BY"):
        query.groups = _names(reader)
    if reader.is_word("ORDER", "BY"):
        query.order = _order(reader)
    if reader.is_word("LIMIT"):
        query.limit = int(reader.expect("number"))
    if reader.is_word("OFFSET"):
        query.offset = int(reader.expect("number"))
    if reader.peek()[0] != "end":
        raise malformed(f"unexpected token: '{reader.peek()[1]}'")
    return query


def _names(reader: _Reader) -> list[str]:
    names = [reader.expect("word")]
    while reader.is_mark(","):
        names.append(reader.expect("word"))
    return names


def _columns(reader: _Reader, query: Query) -> None:
    while True:
        name = reader.expect("word")
        if reader.is_mark("("):
            _call(reader, query, name.upper())
        else:
            query.fields.append(name)
        if not reader.is_mark(","):
            return


def _call(reader: _Reader, query: Query, function: str) -> None:
    """A function among the columns: COUNT(), an aggregate, or FIELDS(ALL)."""
    inside = "" if reader.peek() == ("mark", ")") else reader.expect("word")
    reader.expect("mark", ")")
    if function == "FIELDS":
        query.fields.append(f"FIELDS({inside.upper()})")
    elif function == "COUNT" and not inside:
        query.is_count = True
    elif function in AGGREGATES:
        is_alias = reader.peek()[0] == "word" and reader.peek()[1].upper() != "FROM"
        alias = reader.next()[1] if is_alias else f"expr{len(query.aggregates)}"
        query.aggregates.append(Aggregate(function, inside, alias))
    else:
        raise malformed(f"unexpected token: '{function}'")


def _any(reader: _Reader) -> Leaf | Group:
    parts = [_all(reader)]
    while reader.is_word("OR"):
        parts.append(_all(reader))
    return parts[0] if len(parts) == 1 else Group("or", tuple(parts))


def _all(reader: _Reader) -> Leaf | Group:
    parts = [_one(reader)]
    while reader.is_word("AND"):
        parts.append(_one(reader))
    return parts[0] if len(parts) == 1 else Group("and", tuple(parts))


def _one(reader: _Reader) -> Leaf | Group:
    if reader.is_word("NOT"):
        return Group("not", (_one(reader),))
    if reader.is_mark("("):
        inside = _any(reader)
        reader.expect("mark", ")")
        return inside
    name = reader.expect("word")
    return _comparison(reader, name)


def _comparison(reader: _Reader, name: str) -> Leaf:
    if reader.is_word("NOT", "IN"):
        return Leaf(name, "not in", _list(reader))
    if reader.is_word("IN"):
        return Leaf(name, "in", _list(reader))
    for word in ("INCLUDES", "EXCLUDES"):
        if reader.is_word(word):
            return Leaf(name, word.lower(), _list(reader))
    if reader.is_word("LIKE"):
        return Leaf(name, "like", _value(reader))
    operator = reader.expect("mark")
    if operator in "(),":
        raise malformed(f"unexpected token: '{operator}'")
    return Leaf(name, "!=" if operator == "<>" else operator, _value(reader))


def _list(reader: _Reader) -> tuple[Any, ...]:
    reader.expect("mark", "(")
    values = [_value(reader)]
    while reader.is_mark(","):
        values.append(_value(reader))
    reader.expect("mark", ")")
    return tuple(values)


def _value(reader: _Reader) -> Any:
    kind, text = reader.next()
    match kind:
        case "text":
            return re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1].lower(), found[1]), text[1:-1])
        case "number":
            return float(text) if "." in text else int(text)
        case "moment":
            return Moment(text)
        case "word" if text.upper() in ("TRUE", "FALSE", "NULL"):
            return {"TRUE": True, "FALSE": False}.get(text.upper())
        case "word" if text.upper().split(":")[0] in NAMED_DATES:
            name, _, number = text.upper().partition(":")
            return Named(name, int(number or 0))
    raise malformed(f"unexpected token: '{text}'")


NAMED_DATES = {"TODAY", "YESTERDAY", "TOMORROW", "LAST_N_DAYS"}


def _order(reader: _Reader) -> list[tuple[str, bool, bool]]:
    order = []
    while True:
        name = reader.expect("word")
        descending = reader.is_word("DESC")
        if not descending:
            reader.is_word("ASC")
        nulls_last = reader.is_word("NULLS", "LAST")
        if not nulls_last:
            reader.is_word("NULLS", "FIRST")
        order.append((name, descending, nulls_last))
        if not reader.is_mark(","):
            return order
