"""The order in which the demo company comes into being."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction

from governance.models import User
from governance.policies import Role
from martech.models import Account, Person
from martech.services.refreshing import refresh_people
from martech.services.routing import enqueue_everybody
from mops.core import work
from mops.core.copying import reserve_ids
from mops.core.errors import ConflictError
from mops.core.history import recording
from mops.demo import audiences, company, market, money, rules, story, tools
from mops.demo.again import meet_again
from mops.demo.population import Company, Population, companies, populate

Say = Callable[[str], Any]
MAYA, OMAR = "maya.krueger@brightline.example", "omar.haddad@brightline.example"
"""Who leads marketing, and who runs its operations."""


def seed_demo(
    *, people: int, months: int, seed: int, until: datetime, password: str, say: Say = print
) -> dict[str, int]:
    """Load the company into an empty installation, in one transaction. Raises ConflictError when it is not empty.

    The same arguments give the same data. Returns how many rows of each kind were made.
    """
    if User.objects.exists() or Person.objects.exists():
        raise ConflictError("The demo company is only loaded into an empty installation.")
    rng = np.random.default_rng(seed)
    with transaction.atomic(), recording("seed_demo"):
        made = write_company(rng, people, months, until, password, say)
    refresh_statistics()
    say("Counting scores and stages…")
    made["scored"] = refresh_people()
    omar = User.objects.get(email=OMAR)
    say("Sorting people into segments…")
    made["segments"] = audiences.write_segments(omar)
    say("Asking the monitors of data quality…")
    rules.write_monitors(omar, until.date())
    say("Routing the newest leads…")
    enqueue_everybody(cause="demo")
    made["routed"] = work.run_due("routing")
    return made


def write_company(
    rng: np.random.Generator, people: int, months: int, until: datetime, password: str, say: Say
) -> dict[str, int]:
    today = until.date()
    say("Hiring colleagues, planning campaigns…")
    users = company.write_colleagues(password)
    omar, reps = users[OMAR], company.reps_by_region(users)
    company.write_calendars(users, today)
    campaigns = plan_campaigns(users, months, until, rng)
    say(f"Meeting {people:,} people…")
    firms, found = invent_people(people, months, until, rng)
    ids = (reserve_ids(Account, len(firms)), reserve_ids(Person, people))
    shared = market.Market(rng, until, firms, found, campaigns, reps, *ids)
    market.write_accounts(shared)
    market.write_people(shared)
    say("Recording touches, deals and spend…")
    made = {"people": people, "accounts": len(firms), "campaigns": len(campaigns)}
    made["touches"] = market.write_touches(shared)
    made["deals"] = market.write_deals(shared)
    made["spend"] = money.write_spend(campaigns, people, months, until, rng)
    made["entries"] = money.write_budgets(campaigns, users[MAYA], today, rng)
    made["requests"] = company.write_requests(users, today, rng)
    company.write_policy(users, reps)
    rules.write_rules(omar)
    made["consents"] = audiences.write_consents(until)
    made["suppressed"] = audiences.write_suppressions(omar)
    made["tools"] = tools.write_tools(users, today)
    return made


def plan_campaigns(
    users: Mapping[str, User], months: int, until: datetime, rng: np.random.Generator
) -> market.CampaignIndex:
    """The campaigns of all months, named by the published rule, and the rates their money is converted at."""
    start = (until - timedelta(days=30 * months)).date()
    company.write_naming_rule(users[OMAR])
    money.write_rates(start, months, rng)
    owners = [user for user in users.values() if Role.CAMPAIGN_OWNER in user.roles]
    return money.write_campaigns(start, until.date(), owners)


def invent_people(
    people: int, months: int, until: datetime, rng: np.random.Generator
) -> tuple[list[Company], Population]:
    """Six people a company on average, a hundredth of them met a second time."""
    firms = companies(rng, max(people // 6, 3))
    found = populate(rng, people, months, until, firms)
    meet_again(found, firms)
    return firms, found


def refresh_statistics() -> None:
    """The planner learns what was just loaded."""
    with connection.cursor() as cursor:
        cursor.execute("analyze")


def this_hour() -> datetime:
    """The end of the story: the start of this hour, so that pages show the newest leads as just arrived."""
    return datetime.now(tz=UTC).replace(minute=0, second=0, microsecond=0)


def sign_ins(password: str) -> list[str]:
    """Who can sign in, a line each."""
    return [f"  {role:<22} {email}  {password}" for role, email in story.SIGN_INS]
