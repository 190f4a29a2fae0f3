"""Which values survive when several records turn out to be one person. Pure: no database, no Django."""

from martech.merging.rules import (
    DEFAULT_RULES,
    FIELD_LABELS,
    MASTER_LABELS,
    RULE_LABELS,
    RULES_OF,
    FieldRule,
    MasterRule,
    MergeRules,
    RulesRefused,
    read_rules,
)
from martech.merging.survivorship import UNITS, Record, Survival, choose_master, is_placeholder, survive

__all__ = [
    "DEFAULT_RULES",
    "FIELD_LABELS",
    "MASTER_LABELS",
    "RULES_OF",
    "RULE_LABELS",
    "UNITS",
    "FieldRule",
    "MasterRule",
    "MergeRules",
    "Record",
    "RulesRefused",
    "Survival",
    "choose_master",
    "is_placeholder",
    "read_rules",
    "survive",
]
