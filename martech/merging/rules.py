"""The document that says which value of a field survives a merge, and which record is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class RulesRefused(ValueError):
    """The document is wrong; `errors` names each place with its reason."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__("The merge rules were refused.")
        self.errors = dict(errors)


class FieldRule(StrEnum):
    """How one of several values is chosen. Empty values and placeholders are never chosen."""

    KEEP = "keep"
    MOST_RECENT = "most_recent"
    MOST_TRUSTED = "most_trusted"
    LONGEST = "longest"
    FIRST = "first"
    FURTHEST = "furthest"
    EARLIEST = "earliest"
    HIGHEST = "highest"
    ANY = "any"


RULE_LABELS = {
    FieldRule.KEEP: "Keep the surviving record’s; fill a blank from the most recently changed",
    FieldRule.MOST_RECENT: "From the most recently changed record",
    FieldRule.MOST_TRUSTED: "From the most trusted source",
    FieldRule.LONGEST: "The longest",
    FieldRule.FIRST: "From the record that came first",
    FieldRule.FURTHEST: "The furthest stage",
    FieldRule.EARLIEST: "The earliest",
    FieldRule.HIGHEST: "The highest",
    FieldRule.ANY: "Yes where one of them says yes",
}

FIELD_LABELS = {
    "email": "Primary e-mail address",
    "first_name": "First name",
    "last_name": "Last name",
    "company": "Company",
    "website": "Website",
    "phone": "Phone",
    "country": "Country",
    "city": "City",
    "job_title": "Job title",
    "linkedin_url": "LinkedIn address",
    "origin": "Where they came from",
    "account": "Account",
    "owner": "Owner",
    "properties": "Properties, key by key",
    "lifecycle_stage": "Lifecycle stage",
    "furthest_stage": "Furthest stage",
    "score": "Score",
    "do_not_route": "Not to be routed",
    "created_at": "Came",
    "recorded_at": "First heard of",
}

_FREE = (FieldRule.KEEP, FieldRule.MOST_RECENT, FieldRule.MOST_TRUSTED, FieldRule.FIRST)
_TEXT = (*_FREE, FieldRule.LONGEST)
RULES_OF: dict[str, tuple[FieldRule, ...]] = {
    **dict.fromkeys(("email", "country", "origin", "account", "owner", "properties"), _FREE),
    **dict.fromkeys(("first_name", "last_name", "company", "website", "phone", "city", "job_title"), _TEXT),
    "linkedin_url": _TEXT,
    "lifecycle_stage": (FieldRule.FURTHEST,),
    "furthest_stage": (FieldRule.FURTHEST,),
    "score": (FieldRule.HIGHEST,),
    "do_not_route": (FieldRule.ANY,),
    "created_at": (FieldRule.EARLIEST,),
    "recorded_at": (FieldRule.EARLIEST,),
}
"""The rules a field may have. Those with a single one are facts of a person, not a matter of taste."""

assert set(RULES_OF) == set(FIELD_LABELS)  # noqa: S101 - two tables of one thing


class MasterRule(StrEnum):
    """What makes one record of several the one that is kept."""

    HAS_DEALS = "has_deals"
    FURTHEST_STAGE = "furthest_stage"
    HAS_OWNER = "has_owner"
    MOST_TRUSTED = "most_trusted"
    MOST_COMPLETE = "most_complete"
    MOST_RECENT = "most_recent"
    OLDEST = "oldest"


MASTER_LABELS = {
    MasterRule.HAS_DEALS: "Has deals",
    MasterRule.FURTHEST_STAGE: "Is at the furthest stage",
    MasterRule.HAS_OWNER: "Has an owner",
    MasterRule.MOST_TRUSTED: "Comes from the most trusted source",
    MasterRule.MOST_COMPLETE: "Has the most fields filled",
    MasterRule.MOST_RECENT: "Was changed last",
    MasterRule.OLDEST: "Came first",
}


def _default_fields() -> dict[str, FieldRule]:
    return {name: FieldRule.FIRST if name == "origin" else rules[0] for name, rules in RULES_OF.items()}


@dataclass(frozen=True)
class MergeRules:
    """`trusted` lists systems and sources, the most trusted first; `master` is asked in order."""

    fields: Mapping[str, FieldRule] = field(default_factory=_default_fields)
    trusted: Sequence[str] = ()
    master: Sequence[MasterRule] = (
        MasterRule.HAS_DEALS,
        MasterRule.FURTHEST_STAGE,
        MasterRule.HAS_OWNER,
        MasterRule.OLDEST,
    )

    def as_json(self) -> dict[str, Any]:
        return {
            "fields": {name: str(rule) for name, rule in self.fields.items()},
            "trusted": list(self.trusted),
            "master": [str(rule) for rule in self.master],
        }


DEFAULT_RULES = MergeRules()


def read_rules(document: Any) -> MergeRules:
    """The rules a document spells out; what it leaves out is as shipped. Raises RulesRefused naming every fault."""
    if not isinstance(document, Mapping):
        raise RulesRefused({"non_field_errors": ["Send an object with fields, trusted and master."]})
    errors: dict[str, list[str]] = {
        str(key): ["Use fields, trusted and master."] for key in set(document) - {"fields", "trusted", "master"}
    }
    fields = {**DEFAULT_RULES.fields, **_read_fields(document.get("fields", {}), errors)}
    trusted = _read_trusted(document.get("trusted", []), errors)
    master = _read_master(document.get("master", [str(rule) for rule in DEFAULT_RULES.master]), errors)
    if errors:
        raise RulesRefused(errors)
    return MergeRules(fields, trusted, master)


def _read_fields(given: Any, errors: dict[str, list[str]]) -> dict[str, FieldRule]:
    if not isinstance(given, Mapping):
        errors["fields"] = ["Send an object of field and rule."]
        return {}
    found: dict[str, FieldRule] = {}
    for name, rule in given.items():
        if name not in RULES_OF:
            errors[f"fields.{name}"] = [f"There is no such field; use one of {', '.join(RULES_OF)}."]
        elif rule not in [str(allowed) for allowed in RULES_OF[name]]:
            errors[f"fields.{name}"] = [f"It cannot survive by “{rule}”; use {', '.join(RULES_OF[name])}."]
        else:
            found[name] = FieldRule(rule)
    return found


def _read_trusted(given: Any, errors: dict[str, list[str]]) -> tuple[str, ...]:
    if not isinstance(given, list) or any(not isinstance(name, str) or not name.strip() for name in given):
        errors["trusted"] = ["Send a list of systems or sources, the most trusted first."]
        return ()
    names = tuple(name.strip() for name in given)
    if len({name.casefold() for name in names}) < len(names):
        errors["trusted"] = ["A system can stand in the order once."]
    return names


def _read_master(given: Any, errors: dict[str, list[str]]) -> tuple[MasterRule, ...]:
    if not isinstance(given, list) or any(rule not in list(MasterRule) for rule in given):
        errors["master"] = [f"Send a list of {', '.join(MasterRule)}."]
        return ()
    if len(set(given)) < len(given):
        errors["master"] = ["A rule can stand in the order once."]
    return tuple(MasterRule(rule) for rule in given)
