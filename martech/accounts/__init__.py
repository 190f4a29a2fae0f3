"""Person-to-account matching on sets of candidates. Pure: no database, no Django."""

from martech.accounts.evidence import (
    Candidate,
    Evidence,
    Key,
    account_keys,
    is_company_domain,
    phone_key,
    read_evidence,
)
from martech.accounts.matching import Match, Outcome, match
from martech.accounts.names import Name, read_name
from martech.accounts.settings import (
    DEFAULT_SETTINGS,
    MATCH_RULE_LABELS,
    TIE_BREAKER_LABELS,
    MatchRule,
    MatchSettings,
    SettingsRefused,
    TieBreaker,
    read_settings,
)

__all__ = [
    "DEFAULT_SETTINGS",
    "MATCH_RULE_LABELS",
    "TIE_BREAKER_LABELS",
    "Candidate",
    "Evidence",
    "Key",
    "Match",
    "MatchRule",
    "MatchSettings",
    "Name",
    "Outcome",
    "SettingsRefused",
    "TieBreaker",
    "account_keys",
    "is_company_domain",
    "match",
    "phone_key",
    "read_evidence",
    "read_name",
    "read_settings",
]
