"""HubSpot as the engine knows it: settings, objects, limits, suggested mappings, dated ends."""

from collections.abc import Mapping
from typing import Any

from martech.connectors.consent import Consent
from martech.connectors.hubspot import signing_in
from martech.connectors.hubspot.activities import human_activity
from martech.connectors.hubspot.connector import HubSpotConnector
from martech.connectors.hubspot.marketing import campaign, spend
from martech.connectors.hubspot.objects import OBJECTS, OUR_ID, TYPE_IDS
from martech.connectors.hubspot.paths import JOURNAL_VERSIONS, VERSIONS
from martech.connectors.hubspot.policies import TIERS, policies, reads_journal
from martech.connectors.offers import Retirement, Setting, Suggestion
from martech.connectors.port import Vendor

CHANGELOG = "developers.hubspot.com/changelog"
STAGES = (
    ("subscriber", "subscriber"),
    ("lead", "lead"),
    ("mql", "marketingqualifiedlead"),
    ("sql", "salesqualifiedlead"),
    ("opportunity", "opportunity"),
    ("customer", "customer"),
    ("customer", "evangelist"),
    ("disqualified", "other"),
    ("sal", "salesqualifiedlead"),
    ("recycled", "other"),
)
"""The first of ours that shares a word of theirs is what that word means when it comes in; the first of theirs that means
one of ours is written."""

SETTINGS = (
    Setting(
        "sign_in",
        "Sign in with",
        "A token is made in HubSpot under Settings, Integrations: a service key, or a private app's. OAuth needs an app.",
        default="token",
        choices=("token", "oauth"),
        needs={"token": ("token",), "oauth": ("client_id", "client_secret")},
        uses={"oauth": ("refresh_token",)},
    ),
    Setting("token", "Token", "Begins with pat-.", is_secret=True, is_required=False),
    Setting(
        "client_id", "Client id", "Of the app, for OAuth and the webhooks journal.", is_secret=True, is_required=False
    ),
    Setting(
        "client_secret",
        "Client secret",
        "Of the app: for OAuth and the webhooks journal, and to check that webhooks are HubSpot's.",
        is_secret=True,
        is_required=False,
    ),
    Setting(
        "refresh_token",
        "Refresh token",
        "For OAuth; leave it empty and sign in with HubSpot instead.",
        is_secret=True,
        is_required=False,
    ),
    Setting(
        "journal",
        "Webhooks journal",
        "Fetches every 45 seconds what webhooks would tell, where HubSpot cannot reach mops. The app needs the scopes "
        "developer.webhooks_journal.read, subscriptions.read and subscriptions.write.",
        is_required=False,
        default="off",
        choices=("off", "on"),
        needs={"on": ("client_id", "client_secret")},
    ),
    Setting(
        "api_version",
        "API version",
        "v3 is supported until September 2027, a dated version for 18 months.",
        default="v3",
        choices=VERSIONS,
    ),
    Setting("tier", "Edition", "Decides how many calls HubSpot allows.", default="professional", choices=tuple(TIERS)),
    Setting(
        "time_zone",
        "Time zone of the portal",
        "The calls of a day begin anew at its midnight.",
        is_required=False,
        takes="zone",
    ),
    Setting("portal_id", "Portal", "The number in HubSpot's addresses, for links to records.", is_required=False),
)

OURS = Suggestion("id", OUR_ID, owner="ours", direction="push")
PERSON = (
    OURS,
    Suggestion("email", "email"),
    Suggestion("first_name", "firstname"),
    Suggestion("last_name", "lastname"),
    Suggestion("phone", "phone"),
    Suggestion("job_title", "jobtitle"),
    Suggestion("company", "company"),
    Suggestion("country", "country"),
    Suggestion("city", "city"),
    Suggestion("website", "website"),
    Suggestion("linkedin_url", "hs_linkedin_url"),
    Suggestion("lifecycle_stage", "lifecyclestage", owner="ours", values=STAGES),
    Suggestion("owner", "hubspot_owner_id"),
    Suggestion("created_at", "createdate", owner="theirs", direction="pull"),
    Suggestion("source", "hs_analytics_source", owner="theirs", direction="pull"),
)
ACCOUNT = (
    OURS,
    Suggestion("name", "name"),
    Suggestion("domain", "domain"),
    Suggestion("website", "website"),
    Suggestion("country", "country"),
    Suggestion("employees", "numberofemployees"),
    Suggestion("industry", "industry"),
    Suggestion("owner", "hubspot_owner_id"),
)
DEAL = (
    OURS,
    Suggestion("name", "dealname", owner="theirs", direction="pull"),
    Suggestion("amount", "amount", owner="theirs", direction="pull"),
    Suggestion("currency", "deal_currency_code", owner="theirs", direction="pull"),
    Suggestion("stage", "dealstage", owner="theirs", direction="pull", transform="label"),
    Suggestion("opened_at", "createdate", owner="theirs", direction="pull"),
    Suggestion("closed_at", "closedate", owner="theirs", direction="pull"),
    Suggestion("owner", "hubspot_owner_id", owner="theirs", direction="pull"),
)


def uses(version: str) -> Any:
    return lambda settings: (settings.get("api_version") or "v3") == version


def with_token(settings: Mapping[str, Any]) -> bool:
    return settings.get("sign_in") != "oauth"


NEWER = "Choose a newer API version under Credentials."
RETIREMENTS = (
    Retirement("hubspot-v4", "The v4 association paths are unsupported.", "2027-03-30", NEWER, CHANGELOG, uses("v3")),
    Retirement("hubspot-v3", "The v1 to v3 paths are unsupported.", "2027-09-30", NEWER, CHANGELOG, uses("v3")),
    Retirement(
        "hubspot-private-apps",
        "Legacy private apps are unsupported; service keys take their place.",
        "2027-09-30",
        "Make a service key in HubSpot and enter it as the token. It works in the same way.",
        f"{CHANGELOG}/legacy-private-app-creation-sunset",
        with_token,
    ),
    Retirement(
        "hubspot-journal",
        "Version 2026-03 of the webhooks journal is unsupported.",
        "2027-09-30",
        NEWER,
        CHANGELOG,
        lambda settings: reads_journal(settings) and settings.get("api_version") not in JOURNAL_VERSIONS,
    ),
    Retirement("hubspot-2025-09", "Version 2025-09 is unsupported.", "2027-03-31", NEWER, CHANGELOG, uses("2025-09")),
    Retirement("hubspot-2026-03", "Version 2026-03 is unsupported.", "2027-09-30", NEWER, CHANGELOG, uses("2026-03")),
    Retirement("hubspot-2026-09", "Version 2026-09 is unsupported.", "2028-03-31", NEWER, CHANGELOG, uses("2026-09")),
)


def record_url(settings: Mapping[str, Any], object: str, id: str) -> str:
    """A record's page in HubSpot; nothing while the portal's number is not known."""
    portal = settings.get("portal_id") or settings.get("account_id")
    if not portal or not id:
        return ""
    host = settings.get("ui_domain") or "app.hubspot.com"
    if object in TYPE_IDS:
        return f"https://{host}/contacts/{portal}/record/{TYPE_IDS[object]}/{id}"
    if object in {"campaigns", "campaign_spend"}:
        return f"https://{host}/marketing/{portal}/campaigns/details/{id.partition(':')[0]}"
    return ""


VENDOR = Vendor(
    key="hubspot",
    label="HubSpot",
    open=HubSpotConnector,
    settings=SETTINGS,
    objects=OBJECTS,
    policies=policies,
    suggestions={"contacts": PERSON, "companies": ACCOUNT, "deals": DEAL},
    retirements=RETIREMENTS,
    consent=Consent(signing_in.address, signing_in.redeem),
    signs_webhooks_with="client_secret",
    has_journal=True,
    reads_journal=reads_journal,
    record_url=record_url,
    activity=human_activity,
    campaign=campaign,
    spend=spend,
)
