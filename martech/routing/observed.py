"""Findings that need to know the leads that really come: fields nobody fills, values no rule names, caps below weights."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from martech.routing.document import Policy, Pool
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
    the rules send them to.
    """

    days: int
    leads: int = 0
    filled: Mapping[str, float] = field(default_factory=dict)
    missed: Mapping[str, list[tuple[str, int]]] = field(default_factory=dict)
    by_pool: Mapping[str, int] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


def observed_findings(policy: Policy, seen: Observed) -> Iterator[Finding]:
    """Warnings and remarks; nothing while too few leads were seen."""
    if seen.leads < FEWEST:
        return
    yield from _rarely_filled(policy, seen)
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


def _caps_below_weights(pool: Pool, seen: Observed) -> Iterator[Finding]:
    """A member whose share of a usual day is more than their cap lets through."""
    weights = sum(member.weight for member in pool.members if not member.is_paused)
    a_day = seen.by_pool.get(pool.key, 0) / seen.days
    for index, member in enumerate(pool.members):
        cap = member.caps.per_day
        if cap is None or member.is_paused or not weights:
            continue
        share = a_day * member.weight / weights
        if share > cap:
            reason = f"{member.user}’s weight asks for {share:.1f} leads a day, the cap is {cap}"
            remedy = "raise the cap, lower the weight, or add somebody"
            yield Finding(f"pools.{pool.key}.members[{index}].caps.per_day", reason, remedy, "warning")
