"""Survivorship: one record from several, field by field, whatever the order they come in."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from martech.merging.rules import DEFAULT_RULES, RULES_OF, FieldRule, MasterRule, MergeRules

UNITS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in RULES_OF if name not in ("origin", "account", "owner", "score", "properties")},
    "origin": ("source", "medium", "channel", "campaign_id", "utm"),
    "account": ("account_id", "account_match"),
    "owner": ("owner_id", "owner_name"),
    "score": ("score_fit", "score_engagement", "grade"),
}
"""What survives together: a source without its medium, or an account without its reason, would be a lie."""

PLACEHOLDERS = frozenset(
    [
        "n/a",
        "na",
        "#n/a",
        "none",
        "null",
        "nil",
        "nan",
        "-",
        "--",
        "---",
        ".",
        "..",
        "?",
        "??",
        "???",
        "x",
        "xx",
        "xxx",
        "unknown",
        "unbekannt",
        "inconnu",
        "tbd",
        "tba",
        "test",
        "tester",
        "testing",
        "asdf",
        "qwerty",
        "undefined",
        "anonymous",
        "void",
        "empty",
        "[empty]",
        "(empty)",
    ]
) | {
    "not provided",
    "not available",
    "not applicable",
    "no company",
    "no phone",
    "test test",
    "first name",
    "last name",
}
NEUTRAL_CHANNELS = ("", "other")
STAGES = ("subscriber", "lead", "mql", "sal", "sql", "opportunity", "customer")
NEVER = datetime(1, 1, 1, tzinfo=UTC)
PHONE_DIGITS = re.compile(r"\D")


@dataclass(frozen=True)
class Record:
    """One of the records: `values` are its columns; `systems` are where it is known, its source among them."""

    id: int
    values: Mapping[str, Any]
    updated_at: datetime
    systems: frozenset[str] = frozenset()
    deals: int = 0

    def known_since(self, now: datetime) -> datetime:
        created = self.values.get("created_at") or now
        return created if created <= now else datetime.max.replace(tzinfo=UTC)

    def changed(self, now: datetime) -> datetime:
        """A change in the future is a clock that lies; it proves nothing about which record is newer."""
        return self.updated_at if self.updated_at <= now else NEVER


@dataclass(frozen=True)
class Survival:
    """`values` are the columns of the surviving record; `sources` says which record each unit came from, `rules` why."""

    values: dict[str, Any]
    sources: dict[str, int]
    rules: dict[str, str] = field(default_factory=dict)


def is_placeholder(value: Any) -> bool:
    """Nothing, or text that only fills a mandatory field: “n/a”, “test”, 0000000."""
    if value is None or value in ("", [], {}):
        return True
    if not isinstance(value, str):
        return False
    text = " ".join(value.split()).casefold()
    return text in PLACEHOLDERS or not text or _is_filler_number(text)


def _is_filler_number(text: str) -> bool:
    digits = PHONE_DIGITS.sub("", text)
    return (
        len(digits) >= 5 and not text.strip("+-/(). 0123456789") and (len(set(digits)) == 1 or digits == "1234567890")
    )


def survive(
    survivor: Record,
    others: Sequence[Record],
    *,
    rules: MergeRules = DEFAULT_RULES,
    choices: Mapping[str, int] | None = None,
    now: datetime,
) -> Survival:
    """The values of the one record that stays. `choices` (unit or “properties.key” → record id) beat every rule.

    The result depends on the set of `others` only, never on their order: ties go to the lowest id.
    """
    choices = choices or {}
    everybody = [survivor, *sorted(others, key=lambda record: record.id)]
    by_id = {record.id: record for record in everybody}
    values, sources, why = dict(survivor.values), {}, {}
    for unit, columns in UNITS.items():
        chosen = by_id[choices[unit]] if unit in choices else _chosen(unit, everybody, rules, now)
        sources[unit], why[unit] = chosen.id, "choice" if unit in choices else str(rules.fields[unit])
        for column in columns:
            if column in chosen.values:
                values[column] = _real(chosen.values[column])
    values["properties"] = {}
    for key in sorted({key for record in everybody for key in record.values.get("properties") or {}}):
        name = f"properties.{key}"
        value, source = _property(key, everybody, rules, choices.get(name), now)
        sources[name], why[name] = source, "choice" if name in choices else str(rules.fields["properties"])
        if value is not _ABSENT:
            values["properties"][key] = value
    return Survival(values, sources, why)


def _real(value: Any) -> Any:
    """A placeholder does not survive, not even where it is all there is."""
    return "" if isinstance(value, str) and is_placeholder(value) else value


def _chosen(unit: str, everybody: Sequence[Record], rules: MergeRules, now: datetime) -> Record:
    filled = [record for record in everybody if not _is_blank(unit, record)]
    if not filled:
        return everybody[0]
    return _pick(rules.fields[unit], filled, everybody[0], rules, now, lambda record: _value_of(unit, record))


def _value_of(unit: str, record: Record) -> Any:
    return record.values.get(UNITS[unit][0])


def _is_blank(unit: str, record: Record) -> bool:
    values = [record.values.get(column) for column in UNITS[unit]]
    if unit == "origin":
        source, medium, channel, campaign, utm = values
        return (
            is_placeholder(source)
            and is_placeholder(medium)
            and channel in (None, *NEUTRAL_CHANNELS)
            and not (campaign or utm)
        )
    if unit == "account":
        return values[0] is None
    return all(is_placeholder(value) for value in values)


def _pick(
    rule: FieldRule,
    filled: Sequence[Record],
    survivor: Record,
    rules: MergeRules,
    now: datetime,
    value_of: Callable[[Record], Any],
) -> Record:
    """One of the records that have a value. Every order ends with the survivor first and then the lowest id."""

    def total(record: Record) -> tuple[bool, float, int]:
        return record is not survivor, -_seconds(record.changed(now)), record.id

    orders: dict[FieldRule, Callable[[Record], Any]] = {
        FieldRule.KEEP: lambda record: 0,
        FieldRule.MOST_RECENT: lambda record: -_seconds(record.changed(now)),
        FieldRule.MOST_TRUSTED: lambda record: _trust(record, rules),
        FieldRule.LONGEST: lambda record: -len(str(value_of(record))),
        FieldRule.FIRST: lambda record: record.known_since(now),
        FieldRule.FURTHEST: lambda record: -stage_rank(value_of(record)),
        FieldRule.EARLIEST: lambda record: _past(value_of(record), now),
        FieldRule.HIGHEST: lambda record: -_score(record),
        FieldRule.ANY: lambda record: not value_of(record),
    }
    return min(filled, key=lambda record: (orders[rule](record), total(record)))


def _seconds(moment: datetime) -> float:
    return (moment - NEVER).total_seconds()


def _past(moment: datetime, now: datetime) -> datetime:
    return moment if moment <= now else datetime.max.replace(tzinfo=UTC)


def _score(record: Record) -> int:
    return int(record.values.get("score_fit") or 0) + int(record.values.get("score_engagement") or 0)


def stage_rank(stage: Any) -> int:
    """How far a stage is; recycled and disqualified are off the ladder, below its first rung."""
    return STAGES.index(stage) if stage in STAGES else -1


def _trust(record: Record, rules: MergeRules) -> int:
    systems = {name.casefold() for name in (*record.systems, str(record.values.get("source") or ""))}
    ranks = [rank for rank, name in enumerate(rules.trusted) if name.casefold() in systems]
    return min(ranks, default=len(rules.trusted))


_ABSENT: Any = object()


def _property(
    key: str, everybody: Sequence[Record], rules: MergeRules, choice: int | None, now: datetime
) -> tuple[Any, int]:
    def value_of(record: Record) -> Any:
        return (record.values.get("properties") or {}).get(key, _ABSENT)

    if choice is not None:
        chosen = next(record for record in everybody if record.id == choice)
        return value_of(chosen), chosen.id
    having = (record for record in everybody if value_of(record) is not _ABSENT)
    filled = [record for record in having if not is_placeholder(value_of(record))]
    if not filled:
        return _real(value_of(everybody[0])), everybody[0].id
    chosen = _pick(rules.fields["properties"], filled, everybody[0], rules, now, value_of)
    if all(isinstance(value_of(record), list) for record in filled):
        return _union([value_of(chosen), *(value_of(record) for record in filled if record is not chosen)]), chosen.id
    return value_of(chosen), chosen.id


def _union(lists: Sequence[Sequence[Any]]) -> list[Any]:
    """Several picks of a multiple choice are all of them, each once."""
    found: dict[str, Any] = {}
    for values in lists:
        for value in values:
            found.setdefault(json.dumps(value, sort_keys=True, default=str), value)
    return list(found.values())


def choose_master(records: Sequence[Record], *, rules: MergeRules = DEFAULT_RULES, now: datetime) -> Record | None:
    """The record that is kept: the first rule that exactly one of the best holds decides; None when no rule does.

    A rule that leaves several in front narrows the field for the next one.
    """
    orders: dict[MasterRule, Callable[[Record], Any]] = {
        MasterRule.HAS_DEALS: lambda record: record.deals > 0,
        MasterRule.FURTHEST_STAGE: lambda record: stage_rank(record.values.get("furthest_stage")),
        MasterRule.HAS_OWNER: lambda record: record.values.get("owner_id") is not None,
        MasterRule.MOST_TRUSTED: lambda record: -_trust(record, rules),
        MasterRule.MOST_COMPLETE: lambda record: sum(not _is_blank(unit, record) for unit in UNITS),
        MasterRule.MOST_RECENT: lambda record: record.changed(now),
        MasterRule.OLDEST: lambda record: -_seconds(record.known_since(now)),
    }
    left = list(records)
    for rule in rules.master:
        best = max(orders[rule](record) for record in left)
        left = [record for record in left if orders[rule](record) == best]
        if len(left) == 1:
            return left[0]
    return None
