"""The document that says how people are matched to accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class SettingsRefused(ValueError):
    """The document is wrong; `errors` names each place with its reason."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__("The settings of account matching were refused.")
        self.errors = dict(errors)


class MatchRule(StrEnum):
    DOMAIN = "domain"
    NAME = "name"
    FORMER = "former"
    PEOPLE = "people"
    CORE = "core"
    ACRONYM = "acronym"
    FUZZY = "fuzzy"


MATCH_RULE_LABELS = {
    MatchRule.DOMAIN: "A domain of the account",
    MatchRule.NAME: "The exact name, without legal form, accents and case",
    MatchRule.FORMER: "A former name",
    MatchRule.PEOPLE: "The domain of people known there",
    MatchRule.CORE: "The name without country, “Group” and word order, with another sign",
    MatchRule.ACRONYM: "The acronym of the name, with another sign",
    MatchRule.FUZZY: "A name with a slip of the finger, with another sign",
}


class TieBreaker(StrEnum):
    NAME = "name"
    COUNTRY = "country"
    PHONE = "phone"
    PARENT = "parent"
    OWNER = "owner"
    CUSTOMER = "customer"
    OLDEST = "oldest"


TIE_BREAKER_LABELS = {
    TieBreaker.NAME: "Has the company name the person gave",
    TieBreaker.COUNTRY: "Is in the person’s country",
    TieBreaker.PHONE: "Shares the phone number’s beginning",
    TieBreaker.PARENT: "Is the parent of all the others",
    TieBreaker.OWNER: "Has an owner",
    TieBreaker.CUSTOMER: "Is a customer",
    TieBreaker.OLDEST: "Was known first",
}


@dataclass(frozen=True)
class MatchSettings:
    """`rules` are asked in order; `tie_breakers` choose among several; `ignored_domains` are nobody's."""

    rules: Sequence[MatchRule] = tuple(MatchRule)
    tie_breakers: Sequence[TieBreaker] = (TieBreaker.NAME, TieBreaker.COUNTRY, TieBreaker.PHONE)
    ignored_domains: frozenset[str] = frozenset()

    def as_json(self) -> dict[str, Any]:
        return {
            "rules": [str(rule) for rule in self.rules],
            "tie_breakers": [str(rule) for rule in self.tie_breakers],
            "ignored_domains": sorted(self.ignored_domains),
        }


DEFAULT_SETTINGS = MatchSettings()


def read_settings(document: Any) -> MatchSettings:
    """The settings a document spells out; what it leaves out is as shipped. Raises SettingsRefused."""
    if not isinstance(document, Mapping):
        raise SettingsRefused({"non_field_errors": ["Send an object."]})
    names = ("rules", "tie_breakers", "ignored_domains")
    errors = {str(key): [f"Use {', '.join(names)}."] for key in set(document) - set(names)}
    given = {name: document.get(name, DEFAULT_SETTINGS.as_json()[name]) for name in names}
    allowed: dict[str, type[StrEnum]] = {"rules": MatchRule, "tie_breakers": TieBreaker}
    for name, kind in allowed.items():
        values = given[name]
        if not isinstance(values, list) or any(value not in list(kind) for value in values):
            errors[name] = [f"Send a list of {', '.join(kind)}."]
        elif len(set(values)) < len(values):
            errors[name] = ["Each can stand in the order once."]
    domains = given["ignored_domains"]
    if not isinstance(domains, list) or any(not isinstance(one, str) or "." not in one for one in domains):
        errors["ignored_domains"] = ["Send a list of domains, like example.com."]
    if errors:
        raise SettingsRefused(errors)
    return MatchSettings(
        tuple(MatchRule(value) for value in given["rules"]),
        tuple(TieBreaker(value) for value in given["tie_breakers"]),
        frozenset(one.strip().lower() for one in domains),
    )
