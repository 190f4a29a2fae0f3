"""Invariants: sentences that must be true of the live data whatever happened, each with the query that finds offenders."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

SHOWN = 5


@dataclass(frozen=True)
class Invariant:
    """`offenders` is a SELECT of one column that names what breaks the sentence; nothing selected means it holds."""

    key: str
    sentence: str
    offenders: str


@dataclass(frozen=True)
class Verdict:
    invariant: Invariant
    broken: int
    examples: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return self.broken == 0


_invariants: dict[str, Invariant] = {}


def register_invariants(invariants: Iterable[Invariant]) -> None:
    for invariant in invariants:
        if invariant.key in _invariants:
            raise ImproperlyConfigured(f"invariant {invariant.key} is registered twice")
        _invariants[invariant.key] = invariant


def invariants() -> list[Invariant]:
    return sorted(_invariants.values(), key=lambda invariant: invariant.key)


def check(invariant: Invariant) -> Verdict:
    """Count who breaks it and name the first of them."""
    counted = f"SELECT count(*) OVER (), offender::text FROM ({invariant.offenders}) AS found (offender) LIMIT {SHOWN}"  # noqa: S608 - registered by the apps, never input
    with connection.cursor() as cursor:
        cursor.execute(counted)
        rows = cursor.fetchall()
    return Verdict(invariant, rows[0][0] if rows else 0, tuple(name for _count, name in rows))
