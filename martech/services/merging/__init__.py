"""Merges of people and their undoing."""

from martech.services.merging.holders import register_after_merge, register_person_holder
from martech.services.merging.merge import MergePlan, merge_people, plan_merge
from martech.services.merging.rules import publish_merge_rules, rules_in_force
from martech.services.merging.unmerge import latest_merge_of, unmerge_people

__all__ = [
    "MergePlan",
    "latest_merge_of",
    "merge_people",
    "plan_merge",
    "publish_merge_rules",
    "register_after_merge",
    "register_person_holder",
    "rules_in_force",
    "unmerge_people",
]
