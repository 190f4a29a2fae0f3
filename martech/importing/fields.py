"""What can be imported, and the headers by which files usually call it."""

from typing import Final

KINDS: Final = ("people", "accounts", "deals", "spend", "touches")

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "people": (
        *("external_id", "email", "full_name", "first_name", "last_name", "company", "website", "phone", "country"),
        *("city", "job_title", "linkedin_url", "source", "medium", "campaign", "created_at", "updated_at", "owner"),
        "lifecycle_stage",
    ),
    "accounts": (
        *("external_id", "name", "website", "domain", "extra_domains", "former_names", "parent.external_id"),
        *("country", "employees", "industry", "type", "owner"),
    ),
    "deals": (
        *("external_id", "name", "account", "person.external_id", "person.email", "amount", "currency", "stage"),
        *("owner", "region", "product", "opened_at", "closed_at"),
    ),
    "spend": (
        *("date", "channel", "campaign", "amount", "currency", "impressions", "clicks", "conversions", "revenue"),
    ),
    "touches": (
        *("person.external_id", "person.email", "at", "kind", "channel", "source", "medium", "campaign", "url"),
    ),
}

DATES: Final = {"created_at", "updated_at", "opened_at", "closed_at", "at", "date"}
NUMBERS: Final = {"amount", "revenue", "conversions"}
WHOLE_NUMBERS: Final = {"employees", "impressions", "clicks"}
LISTS: Final = {"extra_domains", "former_names"}
LIMITS: Final[dict[str, int]] = {
    "external_id": 255,
    "full_name": 300,
    "first_name": 150,
    "last_name": 150,
    "company": 300,
    "website": 500,
    "phone": 40,
    "city": 120,
    "job_title": 200,
    "linkedin_url": 500,
    "source": 120,
    "medium": 120,
    "campaign": 200,
    "owner": 254,
    "name": 300,
    "domain": 253,
    "industry": 120,
    "type": 60,
    "account": 300,
    "stage": 80,
    "region": 60,
    "product": 120,
    "kind": 40,
    "url": 1000,
    "parent.external_id": 255,
    "person.external_id": 255,
    "person.email": 254,
    "email": 254,
    "country": 60,
    "channel": 60,
    "lifecycle_stage": 20,
    "currency": 3,
}

NOTES: Final = "mops: "
"""How the columns begin that a file of rejected rows has besides its own; they are never taken in."""
SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    "external_id": ("id", "record id", "contact id", "lead id", "account id", "opportunity id", "deal id", "mql id"),
    "email": ("e-mail", "email address", "e-mail address", "mail", "work email", "mailadresse"),
    "full_name": ("full name", "contact name", "person"),
    "first_name": ("first name", "firstname", "given name", "vorname"),
    "last_name": ("last name", "lastname", "surname", "family name", "nachname"),
    "company": ("company name", "organisation", "organization", "firma", "account name"),
    "website": ("web site", "url", "web", "homepage", "webseite"),
    "phone": ("phone number", "telephone", "mobile", "tel", "telefon", "telefonnummer", "mobil", "handy"),
    "country": ("country/region", "land", "office location"),
    "city": ("town", "ort", "stadt"),
    "job_title": ("job title", "title", "position", "role", "funktion"),
    "linkedin_url": ("linkedin", "linkedin profile"),
    "source": ("lead source", "origin", "original source", "utm source", "quelle"),
    "medium": ("utm medium",),
    "campaign": ("utm campaign", "campaign name", "campaign code"),
    "created_at": (
        "created",
        "create date",
        "created date",
        "date created",
        "first contact date",
        "erstellt",
        "erstellt am",
    ),
    "updated_at": ("updated", "last modified", "modified"),
    "owner": ("owner name", "contact owner", "account owner", "sales agent", "deal owner", "opportunity owner"),
    "lifecycle_stage": ("lifecycle stage", "lifecycle"),
    "name": ("account", "deal name", "opportunity name", "opportunity"),
    "domain": ("company domain", "web domain"),
    "employees": ("number of employees", "headcount", "company size", "mitarbeiter"),
    "industry": ("sector", "branch", "branche"),
    "account": ("account name", "company", "customer"),
    "amount": ("value", "close value", "deal value", "ad spend", "spend", "spent", "cost", "betrag", "kosten"),
    "stage": ("deal stage", "sales stage", "status"),
    "opened_at": ("opened", "open date", "engage date", "created", "create date"),
    "closed_at": ("closed", "close date", "won date", "closing date"),
    "date": ("day", "campaign date"),
    "impressions": ("views",),
    "conversions": ("total conversion", "total conversions"),
    "revenue": ("revenue generated", "conversion value"),
    "at": ("timestamp", "time", "occurred at", "date"),
    "kind": ("event", "type", "activity"),
    "url": ("page", "page url", "link"),
    "person.email": ("email", "contact email"),
    "person.external_id": ("contact id", "person id", "lead id"),
}
