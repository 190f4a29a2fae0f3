"""The examples stored with a policy, tried on its rules as they are now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from martech.condition_fields import record_from
from martech.routing.checks import ExampleResult, run_examples
from martech.routing.document import Policy
from martech.selectors.routing import person_fields


@dataclass(frozen=True)
class ExampleCard:
    """One example in words: the lead, where it should go and where it goes."""

    number: int
    lead: str
    wanted: str
    got: str
    is_met: bool
    rule: str


def example_cards(policy: Policy) -> list[ExampleCard]:
    """Every example of the policy with what becomes of it, in the order of the document."""
    catalogue = person_fields()
    results = run_examples(policy, lambda given: record_from(given, catalogue), timezone.now())
    return [_card(number, result) for number, result in enumerate(results, 1)]


def _card(number: int, result: ExampleResult) -> ExampleCard:
    example = result.example
    got = f"{', '.join(result.unknown)} is no field" if result.unknown else _way(result.pool, result.rule)
    wanted = _way(example.pool, example.rule)
    return ExampleCard(number, lead_words(example.given), wanted, got, result.is_met, result.rule)


def _way(pool: str, rule: str) -> str:
    return " by ".join(filter(None, [pool, f"“{rule}”" if rule else ""])) or "nowhere"


def lead_words(given: Mapping[str, Any]) -> str:
    """ "country DE, employees 500" """
    return ", ".join(_words(given)) or "a lead of whom nothing is known"


def _words(given: Mapping[str, Any]) -> Sequence[str]:
    found: list[str] = []
    for name, value in given.items():
        if isinstance(value, Mapping):
            found += _words(value)
        else:
            found.append(f"{name.rpartition('.')[2].replace('_', ' ')} {value}")
    return found
