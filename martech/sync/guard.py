"""Guard rails of a push: what a plan may do without anybody looking at it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from martech.sync.values import in_words

SENSITIVE = ("lifecycle_stage", "do_not_route")


@dataclass(frozen=True)
class Guard:
    """Limits of one plan; None switches one off. `share` is of the linked records, and counts from 100 of them on."""

    rows: int | None = 2_000
    share: float | None = 0.2
    creates: int | None = 1_000
    blank_outs: int | None = 50
    deletes: int | None = 0
    sensitive: int | None = 500

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Guard":
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in document.items() if name in known})


@dataclass
class PlanCounts:
    """What a plan would do. `by_field` counts the changed values by field of theirs, `moves` the steps from one value to
    another; `denied` counts whom consent or suppression holds back now, `denied_for` by the reason;
    `emptied` the values that become none by field; `unagreed` the values over there that are replaced and were never agreed on."""

    rows: int = 0
    creates: int = 0
    updates: int = 0
    deletes: int = 0
    blank_outs: int = 0
    sensitive: int = 0
    denied: int = 0
    unagreed: int = 0
    linked: int = 0
    by_field: dict[str, int] = field(default_factory=dict)
    emptied: dict[str, int] = field(default_factory=dict)
    moves: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)
    denied_for: dict[str, int] = field(default_factory=dict)

    def note_change(self, name: str, before: Any, after: Any) -> None:
        """One value of a field of theirs that changes."""
        self.by_field[name] = self.by_field.get(name, 0) + 1
        if after is None and before is not None:
            self.blank_outs += 1
            self.emptied[name] = self.emptied.get(name, 0) + 1
        seen = self.moves.setdefault(name, Counter())
        step = (in_words(before)[:80], in_words(after)[:80])
        if step in seen or len(seen) < MOST_MOVES:
            seen[step] += 1

    def as_json(self) -> dict[str, Any]:
        """Of the steps only those that repeat, the commonest first: [from, to, how often]."""
        moves = {
            name: [[*step, number] for step, number in seen.most_common(SHOWN_MOVES) if number > 1]
            for name, seen in self.moves.items()
        }
        return {**asdict(replace(self, moves={})), "moves": moves}


MOST_MOVES = 500
"""Different steps of a field that are counted; a field with more has no common ones."""
SHOWN_MOVES = 3


def held_by(guard: Guard, counts: PlanCounts) -> list[str]:
    """Why a plan needs somebody's approval, in words; nothing when it may go."""
    reasons = []
    for name, noun in (
        ("rows", "record{} would be written"),
        ("creates", "record{} would be created"),
        ("blank_outs", "value{} would be emptied"),
        ("deletes", "record{} would be deleted"),
        ("sensitive", "lifecycle or routing value{} would change"),
    ):
        limit, number = getattr(guard, name), getattr(counts, name)
        if limit is not None and number > limit:
            reasons.append(
                f"{number:,} {noun.format('' if number == 1 else 's')} (at most {limit:,} without approval)."
            )
    if guard.share is not None and counts.linked >= 100 and counts.updates > guard.share * counts.linked:
        share = counts.updates / counts.linked
        reasons.append(f"{share:.0%} of all linked records would change (at most {guard.share:.0%} without approval).")
    return reasons
