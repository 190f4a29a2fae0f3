"""Brightline's colleagues, working hours, routing policy, forms and requests."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from django.contrib.auth.hashers import make_password

from governance.models import Team, User
from governance.policies import Role
from governance.services.taxonomy import publish_naming_rule
from martech.models import TimeOff, WorkingCalendar
from martech.selectors.time_off import zone_of
from martech.services.policies import create_policy, publish_policy, save_draft
from martech.time_off import Away
from mops.demo import story
from mops.demo.rules import leaf
from planning.models import Channel
from workflow.models import Request, RequestState, Verdict
from workflow.services import answer_question, create_default_forms, file_request, triage_request
from workflow.services.requests import answer_due

CALENDARS = {
    "berlin": ("Berlin hours", "Europe/Berlin", {"country": "DE", "subdivision": "BE"}),
    "london": ("London hours", "Europe/London", {"country": "GB"}),
    "new-york": ("New York hours", "America/New_York", {"country": "US"}),
}
POOLS = {"DACH": ("DACH", "berlin"), "EMEA": ("EMEA", "london"), "AMER": ("Americas", "new-york")}
ENTERPRISE = "DACH enterprise"
POLICY_EXAMPLES = [
    {"given": {"country": "DE", "account": {"employees": 1200}}, "expect": {"pool": ENTERPRISE}},
    {"given": {"country": "FR"}, "expect": {"pool": "EMEA"}},
    {"given": {"country": "US"}, "expect": {"pool": "Americas"}},
]


PASSWORD_WORDS = (
    *("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "haven"),
    *("indigo", "juniper", "kelp", "linden", "maple", "north", "opal", "pine"),
)


def write_colleagues(password: str) -> dict[str, User]:
    """Everybody of the story, all with one password; by e-mail address."""
    teams = {
        name: Team.objects.create(name=name, region=story.TEAM_REGIONS.get(name, ""))
        for name in sorted({colleague.team for colleague in story.COLLEAGUES})
    }
    hashed = make_password(password)
    users = [
        User(
            email=colleague.email,
            name=colleague.name,
            roles=[colleague.role],
            job_title=colleague.job_title,
            team=teams[colleague.team],
            password=hashed,
        )
        for colleague in story.COLLEAGUES
    ]
    User.objects.bulk_create(users)
    return {user.email: user for user in users}


def new_password() -> str:
    """A password of the kind people can type."""
    return "-".join(secrets.choice(PASSWORD_WORDS) for _ in range(3)) + f"-{secrets.randbelow(9000) + 1000}"


def reps_by_region(users: Mapping[str, User]) -> dict[str, list[User]]:
    found: dict[str, list[User]] = {region: [] for region in story.REGION_SHARES}
    for user in users.values():
        if Role.SALES_REP in user.roles and user.team is not None:
            found[user.team.region].append(user)
    return found


def write_calendars(users: Mapping[str, User], today: date) -> None:
    hours = {day: [["09:00", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    for key, (name, zone, holidays) in CALENDARS.items():
        document = {"zone": zone, "hours": hours, "holidays": holidays}
        WorkingCalendar.objects.create(key=key, name=name, document=document)
    cyril = users["cyril.moreau@brightline.example"]
    away = Away.days(zone_of(cyril), today - timedelta(days=1), today + timedelta(days=3), reason="Annual leave")
    TimeOff.objects.create(user=cyril, starts_at=away.start, ends_at=away.end, reason=away.reason)


def answered_in(calendar: str) -> dict[str, Any]:
    """Half an hour of the time that people work in."""
    return {"respond_within_minutes": 30, "calendar": calendar, "on_breach": "reassign", "max_hops": 2}


def pools_of(reps: Mapping[str, Sequence[User]]) -> dict[str, Any]:
    """A weighted pool a region, whose first rep gets twice as much, and two reps in turn for big companies in DACH."""
    manners = {"when_absent": "assign_anyway", "returner": "keep_position"}
    pools: dict[str, Any] = {}
    for region, (key, calendar) in POOLS.items():
        members = [{"user": rep.email, "weight": 2 if index == 0 else 1} for index, rep in enumerate(reps[region])]
        pools[key] = {"strategy": "weighted", "members": members, "calendar": calendar, **manners}
        pools[key]["sla"] = answered_in(calendar)
    members = [{"user": rep.email} for rep in reps["DACH"][:2]]
    pools[ENTERPRISE] = {"strategy": "round_robin", "members": members, "calendar": "berlin", **manners}
    return pools


def in_region(region: str) -> dict[str, Any]:
    return leaf("person.country", "in", [code for code, _share in story.COUNTRIES[region]])


def policy_document(reps: Mapping[str, Sequence[User]]) -> dict[str, Any]:
    """Big companies in DACH first, then by country; whoever is left goes to the Americas' desk."""
    large = leaf("account.employees", "gte", 500)
    return {
        "name": "Inbound leads",
        "hit": "first",
        "keep_owner": True,
        "match_account_owner": False,
        "rules": [
            {"name": ENTERPRISE, "when": {"all": [in_region("DACH"), large]}, "to": ENTERPRISE},
            {"name": "DACH", "when": {"all": [in_region("DACH")]}, "to": "DACH"},
            {"name": "Rest of EMEA", "when": {"all": [in_region("EMEA")]}, "to": "EMEA"},
        ],
        "otherwise": "Americas",
        "pools": pools_of(reps),
        "sla": answered_in("berlin"),
        "examples": POLICY_EXAMPLES,
    }


def write_policy(users: Mapping[str, User], reps: Mapping[str, Sequence[User]]) -> None:
    actor = users["omar.haddad@brightline.example"]
    policy = create_policy(key="inbound", name="Inbound leads", actor=actor)
    save_draft(policy=policy, document=policy_document(reps), actor=actor)
    publish_policy(policy=policy, actor=actor)


def write_naming_rule(actor: User) -> None:
    """Campaign names as Brightline writes them: region, programme, period."""
    parts = [
        {"key": "region", "label": "Region", "values": ["GLOB", *story.REGION_SHARES, "APAC"]},
        {"key": "programme", "label": "Programme", "values": []},
        {"key": "period", "label": "Period", "values": []},
    ]
    publish_naming_rule(kind="campaign", delimiter=" | ", parts=parts, actor=actor)


ASKS = {
    Channel.EMAIL: (
        (
            "Launch of Brightline Plus 4",
            "Price change for existing customers",
            "Onboarding mails for Core",
            "Renewal reminder",
        ),
        ("Trade fair follow-up", "Follow-up of the Vienna roadshow", "Invitation to the user day"),
    ),
    Channel.WEBINAR: (
        (
            "Partner webinar with Helio",
            "Webinar on consent in practice",
            "Webinar for agencies",
            "Ask us anything on routing",
        ),
    ),
    Channel.PAID_SEARCH: (
        (
            "Search push for CRM sync",
            "Search push for lead routing",
            "Brand terms in Spain",
            "Competitor terms in the US",
        ),
        ("Autumn offer for the Americas", "Offer for non-profits", "Year-end offer"),
    ),
    Channel.CONTENT: (
        ("Benchmark report for operations leaders", "Guide to data quality", "Checklist for a CRM move", "Glossary"),
        ("Customer story: Nord Logistics", "Customer story: Helio Energy", "Customer story: Kern Tools"),
        ("Series on lead routing", "Series on attribution", "Template for a campaign brief"),
    ),
}
ORDER = [
    *((Channel.EMAIL, 0), (Channel.WEBINAR, 0), (Channel.PAID_SEARCH, 0), (Channel.CONTENT, 0)),
    *((Channel.EMAIL, 1), (Channel.CONTENT, 1), (Channel.PAID_SEARCH, 1), (Channel.CONTENT, 2)),
]
"""In which order kinds of requests come, over and over, each time under the next title of its kind."""


def write_requests(users: Mapping[str, User], today: date, rng: np.random.Generator) -> int:
    """Requests in every state, spread over the last seven weeks; the newest wait for a verdict."""
    askers = [user for user in users.values() if Role.REQUESTER in user.roles]
    triager = users["omar.haddad@brightline.example"]
    create_default_forms(actor=triager)
    verdicts = [None, None, None, Verdict.ASK, Verdict.ACCEPT, Verdict.ACCEPT, Verdict.DEFER, Verdict.DECLINE]
    filed: list[Request] = []
    for number in range(28):
        channel, kind = ORDER[number % len(ORDER)]
        title = ASKS[channel][kind][number // len(ORDER)]
        asked = today - timedelta(days=int(rng.integers(1, 48)) if number % 8 > 2 else number // 8)
        request = file_one(askers[number % len(askers)], title, channel, asked, rng)
        decide_one(request, verdicts[number % len(verdicts)], filed, triager, today)
        moment = datetime.combine(asked, datetime.min.time(), tzinfo=UTC) + timedelta(hours=8 + number % 8)
        Request.objects.filter(pk=request.pk).update(created_at=moment, answer_due_at=answer_due(moment))
        filed.append(request)
    return len(filed)


def file_one(asker: User, title: str, channel: str, asked: date, rng: np.random.Generator) -> Request:
    region = list(story.REGION_SHARES)[int(rng.integers(3))]
    start = asked + timedelta(days=30 + int(rng.integers(30)))
    answers = {
        "title": title,
        "goal": f"Reach people in {region} who run marketing operations, and bring them to the demo page.",
        "channel": channel,
        "region": region,
        "starts_on": start.isoformat(),
        "ends_on": (start + timedelta(days=28)).isoformat(),
        "budget": str(int(rng.integers(20, 180)) * 100),
    }
    return file_request(form_key="campaign", answers=answers, actor=asker, today=asked)


def decide_one(request: Request, verdict: str | None, filed: Sequence[Request], triager: User, today: date) -> None:
    if verdict is None:
        return
    if verdict == Verdict.ACCEPT:
        region = request.answers["region"]
        period = f"{request.answers['starts_on'][:4]}Q{(int(request.answers['starts_on'][5:7]) - 1) // 3 + 1}"
        name = f"{region} | {request.title} | {period}"
        triage_request(request=request, verdict=verdict, actor=triager, name=name)
    elif verdict == Verdict.ASK:
        triage_request(
            request=request, verdict=verdict, actor=triager, question="Which product page should it lead to?"
        )
        if request.number % 2:
            answer_question(request=request, text="The pricing page, please.", actor=request.requester)
    elif verdict == Verdict.DEFER:
        later = today + timedelta(days=40)
        triage_request(request=request, verdict=verdict, actor=triager, defer_until=later, reason="After the launch.")
    else:
        merged = next((other for other in filed if other.state == RequestState.SUBMITTED), None)
        if request.number % 3 == 0 and merged is not None:
            triage_request(request=request, verdict=Verdict.MERGE, actor=triager, merge_into=merged)
        else:
            reason = "The audience is covered by the always-on search campaign this quarter."
            triage_request(request=request, verdict=Verdict.DECLINE, actor=triager, reason=reason)
