"""From signals to a verdict: the rule that matched, the vetoes that stand against it, and the words for both."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from martech.identity.evidence import NO_HUBS, OF_NAMES, beyond_names, named, signals
from martech.identity.keys import Key
from martech.identity.record import Record
from martech.identity.rulebook import Clause, Rulebook
from martech.identity.signals import in_words, keys_of

AUTO, REVIEW, IGNORE, VETOED = "auto", "review", "ignore", "vetoed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rule` is the first that holds, also where a veto overrules it; `band` is what follows from both."""

    bits: int
    rule: Clause | None
    vetoes: tuple[Clause, ...]

    @property
    def band(self) -> str:
        if self.rule is None:
            return IGNORE
        return VETOED if self.vetoes else self.rule.band

    @property
    def score(self) -> float:
        return self.rule.score if self.rule else 0.0

    def explained(self) -> dict[str, Any]:
        """Why, and why not, for a review card and the API."""
        return {
            "rule": self.rule.key if self.rule else None,
            "rule_name": self.rule.name if self.rule else None,
            "score": self.score,
            "band": self.band,
            "signals": keys_of(self.bits),
            "evidence": in_words(self.bits),
            "vetoes": [{"key": veto.key, "name": veto.name} for veto in self.vetoes],
        }


class Judge:
    """Applies one rulebook; verdicts depend on signals alone, so that each combination is decided once."""

    def __init__(
        self, rulebook: Rulebook, hubs: Container[Key] = NO_HUBS, common_names: Container[str] = frozenset()
    ) -> None:
        self.rulebook, self.hubs, self.common_names = rulebook, hubs, common_names
        self._decided: dict[int, Verdict] = {}
        self._hopeless: dict[int, bool] = {}

    def found(self, a: Record, b: Record) -> Verdict | None:
        """The verdict on a pair that a rule takes for one person, vetoed or not; None for all others.

        Of the pairs that meet under a key most have names by which no rule can hold: nothing else of them is compared.
        """
        bits = named(a, b)
        if self.is_hopeless(bits):
            return None
        verdict = self.verdict(bits | beyond_names(a, b, self.hubs, self.common_names))
        return verdict if verdict.rule is not None else None

    def is_hopeless(self, bits: int) -> bool:
        """Whether what the names say rules out every rule."""
        known = self._hopeless.get(bits)
        if known is None:
            known = not any(rule.may_hold(bits, OF_NAMES) for rule in self.rulebook.rules)
            self._hopeless[bits] = known
        return known

    def compare(self, a: Record, b: Record) -> Verdict:
        return self.verdict(signals(a, b, self.hubs, self.common_names))

    def verdict(self, bits: int) -> Verdict:
        found = self._decided.get(bits)
        if found is None:
            found = self._decided[bits] = self.decide(bits)
        return found

    def decide(self, bits: int) -> Verdict:
        rule = next((rule for rule in self.rulebook.rules if rule.holds(bits)), None)
        return Verdict(bits, rule, tuple(veto for veto in self.rulebook.vetoes if veto.holds(bits)))
