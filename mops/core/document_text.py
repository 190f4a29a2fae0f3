"""Rule documents as text, YAML or JSON: written in one order, read with the line of everything that is wrong.

YAML is read as JSON with fewer brackets: objects, lists, texts, numbers, true, false and null. What YAML can do beyond that
(anchors, tags, dates, `no` for false) is refused or taken as the text that stands there, and nothing is constructed.
"""

import difflib
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

FORMATS = ("yaml", "json")
MOST_BYTES = 1_000_000
MOST_LEVELS = 40
MOST_VALUES = 100_000
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONSTANTS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]*([eE][-+][0-9]+)?\Z")
_LONGEST_NUMBER = 300


class TextRefused(ValueError):
    """A text that is no document: where (`line` counts from 1; None when it is about all of it), why, what to do."""

    def __init__(self, line: int | None, reason: str, remedy: str) -> None:
        self.line, self.reason, self.remedy = line, reason, remedy
        super().__init__(f"{f'Line {line}: ' if line else ''}{reason}; {remedy}.")


@dataclass(frozen=True)
class Written:
    """A document with the line on which each of its places begins: `{"rules[2].to": 14}`."""

    document: Any
    lines: Mapping[str, int] = field(default_factory=dict)

    def line_of(self, path: str) -> int | None:
        """The line of a place, or of what encloses it where that is missing from the text."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = re.sub(r"(\.|\A)[^.\[\]]*\Z|\[\d+\]\Z", "", path)
        return None


def write_text(document: Any, text_format: str, order: Callable[[str], Any] = str) -> str:
    """The document as text that reads back equal; keys sorted by `order`, so that equal documents are equal texts."""
    ordered = _ordered(document, order)
    if text_format == "json":
        return json.dumps(ordered, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return str(yaml.dump(ordered, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110))


def read_text(text: str, text_format: str = "") -> Written:
    """A document from text; without a format, what begins with a bracket is JSON. Raises TextRefused."""
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise TextRefused(None, f"the text is longer than {MOST_BYTES // 1000} kB", "a policy needs a few pages")
    is_json = text_format == "json" or (not text_format and text.lstrip()[:1] in ("{", "["))
    return _read_json(text) if is_json else _read_yaml(text)


def comments_in(text: str) -> list[int]:
    """The lines with a comment of YAML, counted from 1: a document keeps none of them. None are found in what is no YAML."""
    rest, at = [], 0
    try:
        for token in yaml.scan(text, Loader=_LOADER):
            if isinstance(token, yaml.ScalarToken):
                start, end = token.start_mark.index, token.end_mark.index
                rest += [text[at:start], re.sub(r"[^\n]", "_", text[start:end])]
                at = end
    except yaml.YAMLError:
        return []
    lines = "".join([*rest, text[at:]]).split("\n")
    return [number for number, line in enumerate(lines, 1) if re.search(r"(?:\A|\s)#", line)]


def changes(before: str, after: str) -> list[str]:
    """The lines of a unified diff without its head; empty when nothing differs."""
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=3)
    return [line for line in found if not line.startswith(("---", "+++"))]


def _ordered(value: Any, order: Callable[[str], Any]) -> Any:
    if isinstance(value, Mapping):
        return {key: _ordered(value[key], order) for key in sorted(value, key=order)}
    return [_ordered(item, order) for item in value] if isinstance(value, list | tuple) else value


class _Dumper(yaml.SafeDumper):
    """Without anchors, and with the items of a list set in from their key."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        return super().increase_indent(flow, False)


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    """What YAML takes for the end of a line is written as an escape."""
    style = '"' if any(mark in text for mark in "\x85\u2028\u2029\ufeff") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def _read_json(text: str) -> Written:
    try:
        document = json.loads(
            text, object_pairs_hook=_object, parse_constant=_no_constant, parse_int=_whole, parse_float=_finite
        )
    except json.JSONDecodeError as error:
        reason = f"this is not JSON at column {error.colno}"
        raise TextRefused(error.lineno, reason, "check quotes, commas and brackets") from None
    except RecursionError:
        raise TextRefused(None, "it is nested too deep", f"use at most {MOST_LEVELS} levels") from None
    try:
        return Written(document, _Builder(text).read().lines)
    except TextRefused as refused:
        if refused.line is not None and "nested" in refused.reason:
            raise
        return Written(document)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _value in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise TextRefused(None, f"“{twice}” stands twice in the same object", "keep one of the two")
    return found


def _no_constant(name: str) -> float:
    raise TextRefused(None, f"{name} is no number", "write a finite number or null")


def _whole(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise TextRefused(None, "a number is too long", f"use at most {_LONGEST_NUMBER} digits")
    return int(digits)


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_constant(text)


def _read_yaml(text: str) -> Written:
    return _Builder(text).read()


class _Builder:
    """Builds the document from the events of the parser, which resolve nothing by themselves."""

    def __init__(self, text: str) -> None:
        self.events = self._parsed(text)
        self.lines: dict[str, int] = {}
        self.values = 0

    def _parsed(self, text: str) -> Iterator[Any]:
        try:
            yield from yaml.parse(text, Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            mark, reason = error.problem_mark, str(error.problem or "this is not YAML")
            line, where = (mark.line + 1, f" at column {mark.column + 1}") if mark else (None, "")
            raise TextRefused(line, f"{reason}{where}", "check indentation, colons and quotes") from None
        except yaml.YAMLError:
            raise TextRefused(None, "it holds a character that no text has", "save it as plain UTF-8") from None

    def read(self) -> Written:
        document = None
        for number, event in enumerate(self._contents()):
            if number:
                raise TextRefused(event.start_mark.line + 1, "a second document begins", "keep one document in a file")
            document = self._value(event, "", 0)
        return Written(document, self.lines)

    def _contents(self) -> Iterator[Any]:
        """The first event of every document."""
        around = yaml.StreamStartEvent | yaml.StreamEndEvent | yaml.DocumentStartEvent | yaml.DocumentEndEvent
        return (event for event in self.events if not isinstance(event, around))

    def _value(self, event: Any, path: str, level: int) -> Any:
        line = event.start_mark.line + 1
        self.lines.setdefault(path, line)
        self._refuse_beyond_json(event, line, level)
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event, line)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(item := next(self.events), yaml.SequenceEndEvent):
                items.append(self._value(item, f"{path}[{len(items)}]", level + 1))
            return items
        return self._mapping(path, level)

    def _mapping(self, path: str, level: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(key := next(self.events), yaml.MappingEndEvent):
            line = key.start_mark.line + 1
            self._refuse_beyond_json(key, line, level)
            if not isinstance(key, yaml.ScalarEvent):
                raise TextRefused(line, "a key is not text", "write `key: value`")
            if key.value in found:
                raise TextRefused(line, f"“{key.value}” stands twice in the same object", "keep one of the two")
            place = f"{path}.{key.value}".lstrip(".")
            self.lines[place] = line
            found[key.value] = self._value(next(self.events), place, level + 1)
        return found

    def _refuse_beyond_json(self, event: Any, line: int, level: int) -> None:
        self.values += 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise TextRefused(line, "anchors and aliases are not read", "write the value out where it is used")
        if getattr(event, "tag", None) not in (None, "!"):
            raise TextRefused(line, f"the tag {event.tag} is not read", "write plain values")
        if level > MOST_LEVELS:
            raise TextRefused(line, "it is nested too deep", f"use at most {MOST_LEVELS} levels")
        if self.values > MOST_VALUES:
            raise TextRefused(line, f"it has more than {MOST_VALUES:,} values", "a policy needs far fewer")


def _scalar(event: Any, line: int) -> Any:
    text: str = event.value
    if event.style is not None and event.style != "":
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if not (_INTEGER.match(text) or _DECIMAL.match(text)):
        return text
    if len(text) > _LONGEST_NUMBER:
        raise TextRefused(line, "a number is too long", f"use at most {_LONGEST_NUMBER} digits")
    number = int(text) if _INTEGER.match(text) else float(text)
    if not math.isfinite(number):
        raise TextRefused(line, f"{text} is no finite number", "write a smaller one")
    return number
