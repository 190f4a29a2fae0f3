"""The monitors that are proposed where there is none yet: what a mid-market team usually watches."""

from datetime import date, timedelta
from typing import Any

IN_SALES = {"field": "person.lifecycle_stage", "op": "in", "value": ["mql", "sal", "sql", "opportunity", "customer"]}


def _one(name: str, kind: str, field: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": kind, "field": field, **more}


ALWAYS = {
    "email-filled": _one("E-mail is filled", "completeness", "person.email", target=95, weight=3),
    "phone-of-mqls": _one(
        "Sales has a phone number", "completeness", "person.phone", scope=IN_SALES, target=80, weight=2
    ),
    "country-filled": _one("Country is filled", "completeness", "person.country", target=90, weight=2),
    "account-known": _one(
        "Leads in sales belong to an account", "completeness", "account.name", scope=IN_SALES, target=90, weight=3
    ),
    "email-valid": _one("E-mail can be an address", "validity", "person.email", format="email", target=99, weight=3),
    "phone-valid": _one("Phone can be dialled", "validity", "person.phone", format="phone", target=95, weight=2),
    "country-valid": _one("Country is an ISO code", "validity", "person.country", format="country", target=99),
    "name-valid": _one("Last name is a name", "validity", "person.last_name", format="name", target=98),
    "company-cased": _one("Company is not shouted", "validity", "person.company", format="cased", target=95),
    "one-per-phone": _one(
        "One person per phone and name",
        "uniqueness",
        "person.phone",
        together=["person.first_name", "person.last_name"],
        target=98,
        weight=2,
    ),
    "country-agrees": _one(
        "Person and account are in one country",
        "consistency",
        "person.country",
        same_as="account.country",
        target=85,
    ),
}
"""Those that are the same on every day, by key."""


def standard_monitors(today: date) -> dict[str, dict[str, Any]]:
    """Twelve monitors by key, ready to be published; the baseline of drift is the quarter before the last 30 days."""
    end = today - timedelta(days=31)
    baseline = [(end - timedelta(days=89)).isoformat(), end.isoformat()]
    drift = {"statistic": "psi", "window_days": 30, "baseline": baseline, "threshold": 0.25, "minimum": 200}
    usual = _one("Newcomers come from the usual sources", "drift", "person.source", drift=drift, target=50)
    return {**ALWAYS, "source-drift": usual}
