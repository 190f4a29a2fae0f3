"""Salesforce as the registry knows it."""

from collections.abc import Mapping
from typing import Any

from martech.connectors.offers import Retirement, Suggestion
from martech.connectors.port import BudgetPolicy, Vendor
from martech.connectors.salesforce.activities import human_activity
from martech.connectors.salesforce.connector import SalesforceConnector
from martech.connectors.salesforce.marketing import campaign, member
from martech.connectors.salesforce.objects import KEYS, OBJECTS
from martech.connectors.salesforce.refusals import CONCURRENT, DAILY
from martech.connectors.salesforce.settings import SETTINGS, SOAP, read_settings

DAY = 86_400
PACE = 25
"""Calls a second. Salesforce limits calls that last 20 seconds, not their pace: this only gives everybody one place to
wait when it says that too many long ones are under way."""
OLDEST_VERSION = 31


def policies(given: Mapping[str, Any]) -> tuple[BudgetPolicy, ...]:
    """The day's calls up to where the connection stops, and the pace."""
    settings = read_settings(given)
    return (
        BudgetPolicy(DAILY, int(settings.daily_limit * settings.stop_at), DAY),
        BudgetPolicy(CONCURRENT, PACE, 1),
    )


def record_url(given: Mapping[str, Any], object: str, id: str) -> str:
    """The org sends the short address on to the record's page."""
    host = read_settings(given).host
    return f"https://{host}/{id}" if host and id.isalnum() else ""


def _by_soap(given: Mapping[str, Any]) -> bool:
    return read_settings(given).sign_in == SOAP


def _is_old(given: Mapping[str, Any]) -> bool:
    return float(read_settings(given).api_version) < OLDEST_VERSION


RETIREMENTS = (
    Retirement(
        "soap-login",
        "Signing in with SOAP login() ends with Summer ’27.",
        "2027-06-01",
        "Change the connection to client credentials or JWT.",
        "help.salesforce.com article 005132110",
        _by_soap,
    ),
    Retirement(
        "old-versions",
        "API versions 21.0 to 30.0 are retired.",
        "2025-06-01",
        "Set the API version of the connection to 62.0 or later.",
        "developer.salesforce.com API end-of-life policy",
        _is_old,
    ),
)

_OURS = Suggestion("id", KEYS[0], owner="ours", direction="push")
_PERSON = (
    _OURS,
    Suggestion("email", "Email"),
    Suggestion("first_name", "FirstName"),
    Suggestion("last_name", "LastName"),
    Suggestion("phone", "Phone"),
    Suggestion("job_title", "Title"),
    Suggestion("source", "LeadSource", owner="fill"),
    Suggestion("created_at", "CreatedDate", owner="theirs", direction="pull"),
    Suggestion("owner", "OwnerId"),
)
SUGGESTIONS: dict[str, tuple[Suggestion, ...]] = {
    "Lead": (
        *_PERSON,
        Suggestion("company", "Company", transform="not_provided"),
        Suggestion("website", "Website"),
        Suggestion("city", "City"),
        Suggestion("country", "Country"),
    ),
    "Contact": (
        *_PERSON,
        Suggestion("account", "AccountId", direction="pull"),
        Suggestion("city", "MailingCity"),
        Suggestion("country", "MailingCountry"),
    ),
    "Account": (
        _OURS,
        Suggestion("name", "Name"),
        Suggestion("website", "Website"),
        Suggestion("industry", "Industry"),
        Suggestion("type", "Type", owner="theirs", direction="pull"),
        Suggestion("employees", "NumberOfEmployees"),
        Suggestion("country", "BillingCountry"),
        Suggestion("parent", "ParentId", owner="theirs", direction="pull"),
        Suggestion("owner", "OwnerId", owner="theirs"),
    ),
    "Opportunity": tuple(
        Suggestion(ours, theirs, owner="theirs", direction="pull")
        for ours, theirs in (
            ("name", "Name"),
            ("account", "AccountId"),
            ("amount", "Amount"),
            ("currency", "CurrencyIsoCode"),
            ("stage", "StageName"),
            ("source", "LeadSource"),
            ("opened_at", "CreatedDate"),
            ("closed_at", "CloseDate"),
            ("owner", "OwnerId"),
        )
    ),
}
"""A CRM's word counts for accounts' owners and for deals; the rest goes by who changed it last."""

VENDOR = Vendor(
    key="salesforce",
    label="Salesforce",
    open=SalesforceConnector,
    settings=SETTINGS,
    objects=OBJECTS,
    policies=policies,
    suggestions=SUGGESTIONS,
    retirements=RETIREMENTS,
    record_url=record_url,
    activity=human_activity,
    campaign=campaign,
    touch=member,
)
