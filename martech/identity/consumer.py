"""A second rulebook, for files of consumers: dates of birth, personal numbers and streets instead of companies."""

from functools import cache
from typing import Any

from martech.identity.rulebook import Rulebook, read_rulebook
from martech.identity.standard import CLOSE, rule

NAME_HALF = [
    *("first_same", "first_nick", "first_typo", "last_same", "last_typo", "last_part", "turned"),
]
PLACE = ["street_same", "postcode_same", "city_same"]

RULES: list[dict[str, Any]] = [
    rule("number_born", "Same personal number and date of birth", 0.99, "auto", all=["number_same", "born_same"]),
    rule("number_name", "Same personal number, half of the name", 0.98, "auto", all=["number_same"], any=[NAME_HALF]),
    rule("number_place", "Same personal number and place", 0.97, "review", all=["number_same"], any=[PLACE]),
    rule("born_name", "Same name and date of birth", 0.96, "review", all=["born_same"], any=CLOSE),
    rule(
        "born_near_number",
        "Same date of birth, numbers a slip apart",
        0.95,
        "review",
        all=["number_near", "born_same"],
        any=[[*NAME_HALF, *PLACE]],
    ),
    rule(
        "born_place",
        "Same date of birth and place, half of the name",
        0.95,
        "review",
        all=["born_same"],
        any=[PLACE, NAME_HALF],
    ),
    rule(
        "near_number",
        "Numbers a slip apart, half of the name and place",
        0.94,
        "review",
        all=["number_near"],
        any=[PLACE, NAME_HALF],
    ),
    rule(
        "near_born",
        "Dates of birth a slip apart, same name and place",
        0.94,
        "review",
        all=["born_near"],
        any=[PLACE, *CLOSE],
    ),
    rule(
        "half_address",
        "Same street, postcode and city, half of the name",
        0.94,
        "review",
        all=["street_same", "postcode_same", "city_same"],
        any=[NAME_HALF],
    ),
    rule(
        "born_address",
        "Same date of birth and address",
        0.94,
        "review",
        all=["born_same", "street_same"],
        any=[["postcode_same", "city_same"]],
    ),
    rule(
        "near_address",
        "Numbers a slip apart, same address",
        0.94,
        "review",
        all=["number_near", "street_same"],
        any=[["postcode_same", "city_same"]],
    ),
    rule(
        "name_street",
        "Same name and street",
        0.93,
        "review",
        all=["street_same"],
        any=[["postcode_same", "city_same"], *CLOSE],
    ),
]


def consumer_document() -> dict[str, Any]:
    """A fresh copy of the rules for consumers."""
    return {"rules": RULES, "vetoes": [], "hub_surnames": 20, "common_name": 1000, "largest_cluster": 20}


@cache
def consumer_rulebook() -> Rulebook:
    return read_rulebook(consumer_document())
