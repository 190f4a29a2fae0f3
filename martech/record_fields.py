"""The fields that conditions about an account or a deal may read: what a proof asks of both sides."""

from martech.condition_fields import countries
from martech.models import Account, Deal
from martech.segment_fields import deal_states
from mops.core.conditions import Catalogue, Field, Type

ACCOUNT_FIELDS = (
    Field("account.name", "Name", Type.TEXT, "name"),
    Field("account.domain", "Domain", Type.TEXT, "domain"),
    Field("account.website", "Website", Type.TEXT, "website"),
    Field("account.country", "Country", Type.CHOICE, "country", countries),
    Field("account.employees", "Employees", Type.NUMBER, "employees"),
    Field("account.industry", "Industry", Type.TEXT, "industry"),
    Field("account.type", "Type", Type.TEXT, "type"),
    Field("account.owner", "Owner’s e-mail", Type.TEXT, "owner__email"),
    Field("account.properties.*", "Property", Type.JSON, "properties"),
)
RECORD_DEAL_FIELDS = (
    Field("deal.name", "Name", Type.TEXT, "name"),
    Field("deal.state", "State", Type.CHOICE, "state", deal_states),
    Field("deal.stage", "Stage", Type.TEXT, "stage"),
    Field("deal.amount", "Amount", Type.NUMBER, "amount"),
    Field("deal.currency", "Currency", Type.TEXT, "currency"),
    Field("deal.product", "Product", Type.TEXT, "product"),
    Field("deal.region", "Region", Type.TEXT, "region"),
    Field("deal.source", "Source", Type.TEXT, "source"),
    Field("deal.owner", "Owner’s e-mail", Type.TEXT, "owner__email"),
    Field("deal.opened_at", "Opened", Type.DATETIME, "opened_at"),
    Field("deal.closed_at", "Closed", Type.DATETIME, "closed_at"),
    Field("deal.properties.*", "Property", Type.JSON, "properties"),
)


def account_catalogue() -> Catalogue:
    return Catalogue("account", Account, ACCOUNT_FIELDS)


def record_deal_catalogue() -> Catalogue:
    """What may be said about a deal itself; “deal” is about the deals of a person."""
    return Catalogue("deal_record", Deal, RECORD_DEAL_FIELDS)
