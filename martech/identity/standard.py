"""The rules and vetoes mops comes with."""

from copy import deepcopy
from functools import cache
from typing import Any

from martech.identity.rulebook import Rulebook, read_rulebook

ALIKE = [["first_same", "first_nick"], ["last_same"]]
CLOSE = [["first_same", "first_nick", "first_typo"], ["last_same", "last_typo", "last_part"]]
NOT_APART = ["first_other", "last_other"]


def rule(key: str, name: str, score: float, band: str, **parts: Any) -> dict[str, Any]:
    """The automatic ones are trusted from the start; every other earns it by verdicts."""
    return {"key": key, "name": name, "score": score, "band": band, "is_trusted": band == "auto", **parts}


def veto(key: str, name: str, **parts: Any) -> dict[str, Any]:
    return {"key": key, "name": name, "is_on": True, **parts}


STRONG = ["email_same", "phone_same", "profile_same", "id_same"]

RULES: list[dict[str, Any]] = [
    rule(
        "profile",
        "Same LinkedIn profile",
        0.995,
        "auto",
        all=["profile_same"],
        none=["first_other", "first_typo"],
        any=[["last_same", "last_part", "last_unknown", "email_same", "phone_same"]],
    ),
    rule("id", "Same id in another system", 0.99, "auto", all=["id_same"], none=NOT_APART),
    rule("email", "Same personal address", 0.985, "auto", all=["email_same"], none=NOT_APART),
    rule("name_phone", "Same name and phone", 0.98, "auto", all=["phone_same"], any=ALIKE),
    rule(
        "profile_renamed",
        "Same LinkedIn profile under another name",
        0.95,
        "review",
        all=["profile_same"],
        none=["first_other"],
    ),
    rule(
        "email_renamed",
        "Same address, another last name",
        0.94,
        "review",
        all=["email_same", "last_other"],
        any=[["first_same", "first_nick"]],
    ),
    rule("phone_slip", "Same phone, names a slip apart", 0.93, "review", all=["phone_same"], any=CLOSE),
    rule("name_org", "Same name and company", 0.92, "review", all=["org_same"], any=ALIKE),
    rule("email_slip", "Same name, addresses a slip apart", 0.91, "review", all=["email_slip"], any=CLOSE),
    rule("name_local", "Same name and unusual mailbox name", 0.9, "review", all=["local_same"], any=CLOSE),
    rule(
        "part_org",
        "Compound last name, same company",
        0.88,
        "review",
        all=["org_same", "last_part"],
        any=[["first_same", "first_nick"]],
    ),
    rule(
        "slip_org",
        "Names a slip apart, same company",
        0.87,
        "review",
        all=["org_same"],
        any=[["first_same", "first_nick", "first_typo"], ["last_same", "last_typo"]],
    ),
    rule(
        "phone_renamed",
        "Same phone, first name and company",
        0.86,
        "review",
        all=["phone_same", "last_other"],
        any=[["first_same", "first_nick"], ["org_same"]],
        none=["title_differs", "city_differs"],
    ),
    rule(
        "phone_partly",
        "Same phone, part of the name",
        0.85,
        "review",
        all=["phone_same"],
        any=[["first_initial", "first_unknown"], ["last_same", "last_typo", "last_unknown"]],
        none=["org_differs"],
        needs_unique=True,
    ),
    rule(
        "name_related",
        "Same name, related companies",
        0.82,
        "review",
        all=["org_related"],
        any=ALIKE,
        none=["phone_differs"],
    ),
    rule(
        "initial_org",
        "Initial and last name, same company",
        0.8,
        "review",
        all=["org_same", "last_same"],
        any=[["first_initial"]],
        needs_unique=True,
    ),
    rule(
        "unknown_org",
        "Last name and company, no first name",
        0.78,
        "review",
        all=["org_same", "last_same", "first_unknown"],
        needs_unique=True,
    ),
    rule(
        "renamed_org",
        "Same first name, company, city and title; another last name",
        0.7,
        "ignore",
        all=["org_same", "last_other", "city_same", "title_same"],
        any=[["first_same"]],
        needs_unique=True,
    ),
    rule(
        "name_place",
        "Same name, city and title",
        0.76,
        "review",
        all=["city_same", "title_same"],
        any=ALIKE,
        none=["org_differs", "name_common"],
        needs_unique=True,
    ),
    rule(
        "name_bare",
        "Same name and country, nothing against it",
        0.6,
        "ignore",
        all=["country_same"],
        any=ALIKE,
        none=["org_differs", "name_common", "phone_differs", "email_differs", "city_differs", "title_differs"],
        needs_unique=True,
    ),
]

VETOES: list[dict[str, Any]] = [
    veto("generation", "Junior and senior", all=["generation_differs"], none=["profile_same", "id_same"]),
    veto("gender_or_other_first", "Different first names", all=["first_other"], none=["profile_same", "id_same"]),
    veto(
        "shared_contact",
        "Shared inbox, switchboard or an assistant's address: the names are not the same",
        any=[["email_same", "email_shared", "phone_same", "phone_shared"], ["first_other"], ["last_other"]],
    ),
    veto(
        "family",
        "Family: same last name and contact, another first name",
        all=["first_other", "last_same"],
        any=[["email_same", "phone_same"]],
    ),
    veto("profiles", "Two LinkedIn profiles", all=["profile_differs"], none=["email_same", "id_same"]),
    veto(
        "numbered_mailbox",
        "Two mailboxes at one domain that differ by a number",
        all=["mailbox_numbered"],
        none=["phone_same", "profile_same", "id_same"],
    ),
    veto(
        "namesakes",
        "Namesakes in one firm: two mailboxes and two phones",
        all=["mailbox_differs", "phone_differs"],
        none=["profile_same", "id_same", "email_same"],
    ),
    veto(
        "own_mailboxes",
        "Each has a mailbox that spells their own name",
        all=["mailbox_own_name"],
        any=[["last_typo", "first_typo", "last_other"]],
        none=["phone_same", "profile_same", "id_same"],
    ),
    veto("middle", "Different middle names", all=["middle_differs"], none=STRONG),
    veto(
        "assistant",
        "The address spells somebody else's name",
        all=["mailbox_of_other", "last_other"],
        any=[["first_other", "first_typo", "first_initial", "first_unknown"]],
        none=["profile_same", "id_same"],
    ),
    veto(
        "subsidiaries", "Related companies in different countries", all=["org_related", "country_differs"], none=STRONG
    ),
    veto(
        "abroad",
        "Same name in different countries, nothing else in common",
        all=["country_differs", "mailbox_differs"],
        none=STRONG,
    ),
    veto("common_name", "A common name at two companies", all=["name_common", "org_differs"], none=STRONG),
]


def standard_document() -> dict[str, Any]:
    """A fresh copy of the document that a new installation publishes as version 1."""
    document = {"rules": RULES, "vetoes": VETOES, "hub_surnames": 3, "common_name": 8, "largest_cluster": 20}
    return deepcopy(document)


@cache
def standard_rulebook() -> Rulebook:
    return read_rulebook(standard_document())
