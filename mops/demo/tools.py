"""What Brightline works with: fifteen tools, their contracts and integrations, and what colleagues say they use."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from governance.models import User
from martech.models import Answer, Integration, Tool, UsageQuestion
from martech.services.stack import save_contract, save_tool

# name, vendor, system, capabilities, data held, yearly price, currency, seats, days to renewal, days of notice
TOOLS = (
    ("mops", "Open source", "mops", "routing scoring planning budget intake attribution consent dedupe", "people consent campaigns spend", 0, "EUR", 0, 0, 0),
    ("Salesforce Sales Cloud", "Salesforce", "salesforce", "crm sync dashboards", "people accounts deals", 64_800, "USD", 40, 212, 60),
    ("HubSpot Marketing Hub", "HubSpot", "hubspot", "crm email nurture forms segmentation ads sync chat", "people consent behaviour", 43_200, "USD", 12, 74, 30),
    ("Website events", "Own", "cdp", "cdp web_analytics", "behaviour", 0, "EUR", 0, 0, 0),
    ("Google Ads", "Google", "", "ads", "spend campaigns", 0, "EUR", 0, 0, 0),
    ("LinkedIn Campaign Manager", "LinkedIn", "", "ads abm", "spend campaigns", 0, "EUR", 0, 0, 0),
    ("Livestorm", "Livestorm", "", "webinars events forms", "people behaviour", 7_900, "EUR", 4, 41, 30),
    ("Webflow", "Webflow", "", "web forms", "content", 4_700, "USD", 5, 130, 30),
    ("Clearbit Enrichment", "Clearbit", "", "enrichment intent", "people accounts", 18_000, "USD", 0, 96, 60),
    ("Semrush", "Semrush", "", "seo social", "content", 3_300, "USD", 2, 301, 30),
    ("Figma", "Figma", "", "design proofing", "content", 2_160, "USD", 12, 155, 30),
    ("Bynder", "Bynder", "", "assets proofing", "content", 21_500, "EUR", 25, 83, 60),
    ("Asana", "Asana", "", "intake planning proofing", "staff content", 8_640, "EUR", 30, 58, 30),
    ("Gong", "Gong", "", "calls", "people deals", 26_400, "USD", 18, 260, 60),
    ("Drift", "Salesloft", "", "chat meetings", "people behaviour", 24_000, "USD", 6, 68, 60),
)  # fmt: skip
LINKS = (
    ("HubSpot Marketing Hub", "Salesforce Sales Cloud", "Contacts, companies and lifecycle stages", True),
    ("mops", "Salesforce Sales Cloud", "Owners, campaigns and stages", True),
    ("mops", "HubSpot Marketing Hub", "Segments and campaign codes", True),
    ("Website events", "mops", "Identities and touches", False),
    ("Webflow", "Website events", "Page views and forms", False),
    ("Livestorm", "HubSpot Marketing Hub", "Registrations", False),
    ("LinkedIn Campaign Manager", "HubSpot Marketing Hub", "Lead forms", False),
    ("Google Ads", "mops", "Costs by day", False),
    ("Clearbit Enrichment", "HubSpot Marketing Hub", "Company size and industry", False),
    ("Drift", "HubSpot Marketing Hub", "Conversations", False),
    ("Gong", "Salesforce Sales Cloud", "Call summaries", False),
    ("Figma", "Bynder", "Finished designs", False),
)
OWNERS = ("omar.haddad", "lena.fischer", "tomas.novak", "grace.obi")
USED = {
    "Livestorm": "webinars",
    "Webflow": "web forms",
    "Semrush": "seo",
    "Figma": "design proofing",
    "Bynder": "assets",
    "Asana": "intake",
    "Gong": "calls",
    "Google Ads": "ads",
    "LinkedIn Campaign Manager": "ads",
    "HubSpot Marketing Hub": "email nurture forms",
    "Clearbit Enrichment": "enrichment",
}
"""What those who were asked use; of Drift nothing, and of some capabilities nobody was asked."""
ASKED = ("Salesforce Sales Cloud", "Website events", "mops", "Semrush")
"""Tools that mops sees itself, or of which the rest is still open."""


def write_tools(users: Mapping[str, User], today: date) -> int:
    """Answers how many tools there are."""
    owners = [users[f"{name}@brightline.example"] for name in OWNERS]
    made = {row[0]: write_tool(row, owners[number % len(owners)], today) for number, row in enumerate(TOOLS)}
    Integration.objects.bulk_create(
        Integration(start=made[start], end=made[end], what=what, is_both_ways=both) for start, end, what, both in LINKS
    )
    write_answers(made, owners)
    return len(made)


def write_tool(row: tuple[str, str, str, str, str, int, str, int, int, int], owner: User, today: date) -> Tool:
    name, vendor, system, capabilities, holds, price, currency, seats, days, notice = row
    values = {"name": name, "vendor": vendor, "system": system, "holds": holds.split(), "owner": owner}
    tool = save_tool(actor=owner, values={**values, "capabilities": capabilities.split()})
    if price:
        save_contract(
            tool=tool,
            actor=owner,
            values={
                "yearly": Decimal(price),
                "currency": currency,
                "seats": seats or None,
                "starts_on": today - timedelta(days=365 - days),
                "renews_on": today + timedelta(days=days),
                "notice_days": notice,
            },
        )
    return tool


def write_answers(made: Mapping[str, Tool], people: list[User]) -> None:
    """Two colleagues a tool have answered; the last question of each is still open for the owner."""
    rows, now = [], timezone.now()
    for name, tool in made.items():
        if name in ASKED and name not in USED:
            continue
        used = USED.get(name, "").split()
        for capability in tool.capabilities.all():
            if name == "Semrush" and capability.key not in used:
                rows.append(UsageQuestion(capability=capability, user=people[0]))
                continue
            for number, user in enumerate(people[:2]):
                said = (Answer.YES if number == 0 else Answer.SOMETIMES) if capability.key in used else Answer.NO
                rows.append(UsageQuestion(capability=capability, user=user, answer=said, answered_at=now))
    UsageQuestion.objects.bulk_create(rows)
