"""Findings that need to know the leads that really come: fields nobody fills, values no rule names, caps below weights."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from martech.routing.document import Caps, Policy, Pool
from martech.routing.reader import Finding
from mops.core.conditions import fields_used

RARELY = 0.2
"""A field filled in a smaller share of recent leads decides next to nothing."""
FEWEST = 20
"""With fewer recent leads nothing is said about shares."""


@dataclass(frozen=True)
class Observed:
    """Leads of the last `days`: how many, the share that fills each field, and what fell through every rule.

    `missed` is `{field: [(value as shown, leads)]}` among those no rule takes; `by_pool` counts leads by the pool that
    the rules send them to. `unmet` are tests of a rule, by its index and as sentences, that none of the leads meets;
    `open_hours` the hours of a usual day by calendar; `away` until when members have time off now, by address.
    """

    days: int
    leads: int = 0
    filled: Mapping[str, float] = field(default_factory=dict)
    missed: Mapping[str, list[tuple[str, int]]] = field(default_factory=dict)
    by_pool: Mapping[str, int] = field(default_factory=dict)
    unmet: Mapping[int, list[str]] = field(default_factory=dict)
    open_hours: Mapping[str, float] = field(default_factory=dict)
    away: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


def observed_findings(policy: Policy, seen: Observed) -> Iterator[Finding]:
    """Warnings and remarks; of leads nothing while too few were seen."""
    for pool in policy.pools.values():
        yield from _away(pool, seen)
    if seen.leads < FEWEST:
        return
    yield from _rarely_filled(policy, seen)
    yield from _unmet(seen)
    yield from _gaps(seen)
    for pool in policy.pools.values():
        yield from _caps_below_weights(pool, seen)


def _rarely_filled(policy: Policy, seen: Observed) -> Iterator[Finding]:
    for index, rule in enumerate(policy.rules):
        if rule.condition is None:
            continue
        for key in sorted(fields_used(rule.condition)):
            share = seen.filled.get(key, 1.0)
            if share < RARELY:
                label = seen.labels.get(key, key)
                reason = f"{label} is filled in {share:.0%} of the leads of the last {seen.days} days"
                yield Finding(f"rules[{index}].when", reason, "ask for it in the form, or use another field", "warning")


def _gaps(seen: Observed) -> Iterator[Finding]:
    for key, values in seen.missed.items():
        shown = ", ".join(f"{value} ({leads})" for value, leads in values)
        if shown:
            reason = f"no rule takes leads whose {seen.labels.get(key, key)} is {shown}"
            yield Finding(
                "rules", reason, "name these values in a rule, if everyone else’s pool is not meant for them", "info"
            )


def _unmet(seen: Observed) -> Iterator[Finding]:
    """A misspelled source or a property by another name takes nobody, without a word from anyone."""
    for index, tests in seen.unmet.items():
        for test in tests:
            reason = f"none of the {seen.leads:,} leads of the last {seen.days} days meets “{test}”"
            yield Finding(f"rules[{index}].when", reason, "look at how the value is spelled on a lead", "warning")


def _away(pool: Pool, seen: Observed) -> Iterator[Finding]:
    """Who has time off now; a warning where that is everybody who could get a lead."""
    path = f"pools.{pool.key}.members"
    there = [(index, member) for index, member in enumerate(pool.members) if not member.is_paused]
    away = [(index, member.user) for index, member in there if member.user in seen.away]
    if away and len(away) == len(there):
        told = ", ".join(f"{user} until {seen.away[user]}" for _index, user in away)
        yield Finding(
            path, f"everybody in it is away: {told}", "add somebody, or let another pool take over", "warning"
        )
        return
    for index, user in away:
        reason = f"{user} is away until {seen.away[user]}"
        yield Finding(f"{path}[{index}].user", reason, "nothing is to be done; the others take the leads", "info")


def _caps_below_weights(pool: Pool, seen: Observed) -> Iterator[Finding]:
    """A member whose share of a usual day is more than their cap lets through."""
    weights = sum(member.weight for member in pool.members if not member.is_paused)
    a_day = seen.by_pool.get(pool.key, 0) / seen.days
    for index, member in enumerate(pool.members):
        if member.is_paused or not weights:
            continue
        share = a_day * member.weight / weights
        hours = seen.open_hours.get(member.calendar or pool.calendar, 24.0)
        for name, words, most in _daily_caps(member.caps, hours):
            if share > most:
                reason = f"{member.user}’s weight asks for {share:.1f} leads a day, the cap is {words}"
                remedy = "raise the cap, lower the weight, or add somebody"
                yield Finding(f"pools.{pool.key}.members[{index}].caps.{name}", reason, remedy, "warning")


def _daily_caps(caps: Caps, open_hours: float) -> Iterator[tuple[str, str, float]]:
    """(name, in words, leads a day that it lets through) of the caps that count in time."""
    if caps.per_day is not None:
        yield "per_day", f"{caps.per_day}", caps.per_day
    if caps.per_hour is not None:
        yield "per_hour", f"{caps.per_hour} an hour, {caps.per_hour * open_hours:g} a day", caps.per_hour * open_hours
    if caps.rolling is not None:
        # A window shorter than the working day lets its leads through more than once a day.
        a_day = caps.rolling.leads * (24 if caps.rolling.hours >= 24 else open_hours) / caps.rolling.hours
        yield "rolling", f"{caps.rolling.leads} in {caps.rolling.hours} hours, {a_day:.1f} a day", a_day
