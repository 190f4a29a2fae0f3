"""A population as a JSON document and back, so that a practice server can begin without the database."""

import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from martech.twins.population import Population


def as_rows(value: Any) -> Any:
    """A dataclass as the list of its values, in the order of its fields."""
    if is_dataclass(value):
        return [as_rows(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, tuple):
        return [as_rows(item) for item in value]
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value


def from_rows(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        return tuple(from_rows(inner, item) for item in value)
    if isinstance(kind, UnionType):
        return from_rows(next(part for part in get_args(kind) if part is not type(None)), value)
    if is_dataclass(kind):
        hints = kinds_of(kind)
        return kind(*(from_rows(part, item) for part, item in zip(hints, value, strict=True)))  # type: ignore[operator]
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    return value


_KINDS: dict[Any, list[Any]] = {}


def kinds_of(kind: Any) -> list[Any]:
    """The types of a dataclass's fields, in order; looked up once."""
    if kind not in _KINDS:
        hints = get_type_hints(kind)
        _KINDS[kind] = [hints[field.name] for field in fields(kind)]
    return _KINDS[kind]


def save_population(population: Population, path: Path) -> None:
    """Atomically: a reader finds the whole or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(as_rows(population), ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    draft.chmod(0o600)
    draft.replace(path)


def load_population(path: Path) -> Population:
    """Raises ValueError when the file holds something else."""
    try:
        found: Population = from_rows(Population, json.loads(path.read_text(encoding="utf-8")))
    except (TypeError, KeyError) as error:
        raise ValueError(f"{path} holds no population: {error}") from error
    return found
