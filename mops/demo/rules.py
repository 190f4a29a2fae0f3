"""Brightline's scoring model and lifecycle."""

from datetime import date
from typing import Any

from governance.models import User
from martech.lifecycle.document import default_document
from martech.quality.standard import standard_monitors
from martech.services.lifecycle import publish_lifecycle, save_lifecycle_draft
from martech.services.quality.monitors import add_standard_monitors
from martech.services.quality.running import run_monitors
from martech.services.scoring import publish_scoring, save_scoring_draft


def leaf(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


def fit(key: str, name: str, points: int, group: str, *tests: dict[str, Any]) -> dict[str, Any]:
    return {"key": key, "name": name, "points": points, "group": group, "when": {"any": list(tests)}}


def engagement(key: str, name: str, points: int, group: str, half_life: int, *kinds: str) -> dict[str, Any]:
    when = {"all": [leaf("touch.kind", "in", list(kinds))]}
    days = {"half_life_days": half_life, "window_days": min(half_life * 6, 365)}
    return {"key": key, "name": name, "points": points, "group": group, "when": when, **days}


def senior() -> list[dict[str, Any]]:
    return [leaf("person.job_title", "starts_with", word) for word in ("Head", "Chief", "Managing", "VP")]


CORE_MARKETS = ["DE", "AT", "CH", "US", "GB"]
FIT = [
    fit("known-company", "Company is known", 15, "company", leaf("account.employees", "gte", 1)),
    fit("mid-size", "At least 100 employees", 20, "company", leaf("account.employees", "gte", 100)),
    fit("enterprise", "At least 500 employees", 20, "company", leaf("account.employees", "gte", 500)),
    fit("senior", "Leads a department or company", 30, "role", *senior()),
    fit("operations", "Works in operations", 15, "role", leaf("person.job_title", "contains", "operations")),
    fit("core-market", "In a core market", 15, "market", leaf("person.country", "in", CORE_MARKETS)),
    fit("student", "Student or trainee", -40, "role", leaf("person.job_title", "contains", "student")),
]
ENGAGEMENT = [
    engagement("form", "Filled in a form", 35, "intent", 30, "form"),
    engagement("webinar", "Attended a webinar", 25, "content", 45, "webinar"),
    engagement("download", "Downloaded something", 15, "content", 30, "download"),
    engagement("email", "Clicked in an e-mail", 8, "attention", 14, "email_click"),
    engagement("ad", "Clicked an ad", 5, "attention", 14, "ad_click"),
]


def scoring_document() -> dict[str, Any]:
    """Size and seniority make the fit; what people did lately makes the engagement."""
    return {
        "name": "Fit and engagement",
        "fit": {"rules": FIT, "caps": {"company": 50, "role": 40}},
        "engagement": {"rules": ENGAGEMENT, "caps": {"content": 50, "attention": 20}},
        "grades": {"fit": [70, 50, 25], "engagement": [50, 25, 10]},
    }


def lifecycle_document() -> dict[str, Any]:
    """The usual lifecycle; who fits and is engaged becomes an MQL by themselves."""
    document = default_document()
    grades = [leaf("person.grade", "eq", "A1")]
    for stage in document["stages"]:
        if stage["key"] == "mql":
            stage["when"] = {"all": grades}
    return document


def write_monitors(actor: User, today: date) -> None:
    """The proposed monitors, and the first answers to them."""
    add_standard_monitors(documents=standard_monitors(today), actor=actor)
    run_monitors()


def write_rules(actor: User) -> None:
    save_scoring_draft(document=scoring_document(), actor=actor)
    publish_scoring(actor=actor)
    save_lifecycle_draft(document=lifecycle_document(), actor=actor)
    publish_lifecycle(actor=actor)
