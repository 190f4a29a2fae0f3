"""What the engine must know of each kind: its table, the staged columns and where its ids are kept."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Target:
    """`object` names it in what an import changed and added; `columns` are column → SQL type, staged under the same names; None in the stage means “not given”."""

    object: str
    table: str
    columns: dict[str, str]
    required: dict[str, str]
    identities: str = ""
    identity_column: str = ""
    identity_object: str = ""

    @property
    def staged(self) -> tuple[str, ...]:
        """The columns of the stage that the file fills, in the order of its COPY."""
        return (*KEYS, *(name for name in self.columns if name not in KEYS))


TEXT = "text"
PEOPLE: Final = Target(
    object="person",
    table="martech_person",
    columns={
        **dict.fromkeys(("email", "first_name", "last_name", "phone", "company", "website", "country", "city"), TEXT),
        **dict.fromkeys(("job_title", "linkedin_url", "source", "medium", "channel", "lifecycle_stage"), TEXT),
        "owner_id": "bigint",
        "owner_name": TEXT,
        "campaign_id": "bigint",
        "created_at": "timestamptz",
        "properties": "jsonb",
    },
    required={
        **dict.fromkeys(("email", "first_name", "last_name", "phone", "company", "website", "country", "city"), "''"),
        **dict.fromkeys(("job_title", "linkedin_url", "source", "medium", "owner_name"), "''"),
        "channel": "'other'",
        "lifecycle_stage": "'lead'",
        "created_at": "now()",
        "properties": "'{}'",
    },
    identities="martech_personidentity",
    identity_column="person_id",
    identity_object="person",
)
ACCOUNTS: Final = Target(
    object="account",
    table="martech_account",
    columns={
        **dict.fromkeys(("name", "name_key", "website", "domain", "country", "industry", "type", "owner_name"), TEXT),
        "employees": "integer",
        "owner_id": "bigint",
        "extra_domains": "varchar[]",
        "former_names": "varchar[]",
        "properties": "jsonb",
    },
    required={
        **dict.fromkeys(("website", "domain", "country", "industry", "type", "owner_name"), "''"),
        "extra_domains": "'{}'",
        "former_names": "'{}'",
        "properties": "'{}'",
    },
    identities="martech_accountidentity",
    identity_column="account_id",
    identity_object="account",
)
DEALS: Final = Target(
    object="deal",
    table="martech_deal",
    columns={
        **dict.fromkeys(("name", "currency", "stage", "state", "owner_name", "region", "product"), TEXT),
        "account_id": "bigint",
        "owner_id": "bigint",
        "amount": "numeric(14,2)",
        "opened_at": "timestamptz",
        "closed_at": "timestamptz",
        "properties": "jsonb",
    },
    required={
        **dict.fromkeys(("owner_name", "region", "product"), "''"),
        "properties": "'{}'",
    },
    identities="martech_dealidentity",
    identity_column="deal_id",
    identity_object="deal",
)
SPEND: Final = Target(
    object="spend",
    table="martech_spend",
    columns={
        "date": "date",
        "channel": TEXT,
        "campaign_id": "bigint",
        "campaign_name": TEXT,
        "amount": "numeric(14,2)",
        "currency": TEXT,
        "impressions": "bigint",
        "clicks": "bigint",
        "conversions": "numeric(14,2)",
        "revenue": "numeric(14,2)",
        "key": TEXT,
        "properties": "jsonb",
    },
    required={
        "channel": "'other'",
        "campaign_name": "''",
        "impressions": "0",
        "clicks": "0",
        "conversions": "0",
        "revenue": "0",
        "properties": "'{}'",
    },
)
TOUCHES: Final = Target(
    object="touch",
    table="martech_touch",
    columns={
        "person_id": "bigint",
        "at": "timestamptz",
        "kind": TEXT,
        "channel": TEXT,
        "source": TEXT,
        "medium": TEXT,
        "campaign_id": "bigint",
        "url": TEXT,
        "key": TEXT,
        "properties": "jsonb",
    },
    required={"channel": "'other'", "source": "''", "medium": "''", "url": "''", "properties": "'{}'"},
)
TARGETS: Final = {"people": PEOPLE, "accounts": ACCOUNTS, "deals": DEALS, "spend": SPEND, "touches": TOUCHES}

# Columns that every stage has beside those of its table.
KEYS: Final[dict[str, str]] = {
    "row_number": "bigint",
    "external_id": TEXT,
    "match_key": TEXT,
    "person_ref": TEXT,
    "person_mail": TEXT,
    "account_name": TEXT,
    "account_key": TEXT,
    "parent_ref": TEXT,
    "campaign": TEXT,
    "raw": "jsonb",
    "is_first": "boolean",
}
# What becomes of a row: the known object it is about, and in which pass it was settled.
STATE: Final[dict[str, str]] = {
    "target": "bigint",
    "turn": "smallint",
}
LOOKED_UP: Final = ("external_id", "match_key", "person_ref", "person_mail", "account_key", "campaign", "parent_ref")
"""The columns that statements join on, whose statistics the planner needs."""


def column_types(target: Target) -> dict[str, str]:
    """SQL type of every staged column."""
    types = {**KEYS, **target.columns}
    return {name: types[name] for name in target.staged}
