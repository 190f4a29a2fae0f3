"""How the body of a call is read: JSON, of a depth that everything behind it can walk."""

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

MOST_LEVELS = 100
TOO_DEEP = f"The body is nested too deep; use at most {MOST_LEVELS} levels."


class BodyParser(JSONParser):
    """JSON of at most `MOST_LEVELS` levels; what lies deeper is a 400, not an error on our side."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            body = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError(TOO_DEEP) from None
        if is_too_deep(body):
            raise ParseError(TOO_DEEP)
        return body


def is_too_deep(body: Any) -> bool:
    """Whether there are containers below the last level; level by level: a function that calls itself would overflow."""
    level = [body]
    for _number in range(MOST_LEVELS):
        level = [part for one in level for part in parts_of(one) if isinstance(part, dict | list)]
        if not level:
            return False
    return True


def parts_of(one: Any) -> Any:
    return one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
