"""Classes of failure and difference in words, each with the next step."""

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    "invalid_value": "A value that does not fit the field",
    "unknown_field": "A field that does not exist over there",
    "read_only_field": "A field that cannot be written",
    "required_field": "A required field is empty",
    "unknown_option": "A value that is no option",
    "too_long": "A text that is too long",
    "unknown_owner": "An owner who is nobody over there",
    "duplicate": "The other system says it is a duplicate",
    "ambiguous": "Several records match",
    "not_found": "The record is gone over there",
    "deleted": "The record was deleted over there",
    "locked": "The record was locked",
    "validation_rule": "A rule of the other system refuses it",
    "not_allowed": "The connection may not write it",
    "consent": "No consent",
    "conflict": "Two sides disagree, and people decide",
    "other": "Something unexpected",
}
NEXT_STEPS: Mapping[str, str] = {
    "invalid_value": "Correct the value at its source, or change the transform of the mapping.",
    "unknown_field": "Choose another field in the mapping, or leave it out in Corrections.",
    "read_only_field": "Let the field go only from there to here in the mapping; Corrections does it for all.",
    "required_field": "Map a field to it, or fill it here.",
    "unknown_option": "Choose one of the field's options for it: in Corrections for all at once, or in the mapping's values.",
    "too_long": "Shorten the value.",
    "unknown_owner": "Say on the connection's page who is who, or give the records of who left to a colleague in Corrections.",
    "duplicate": "Merge the two over there, or link them.",
    "ambiguous": "Merge the records over there.",
    "not_found": "Nothing to do, unless it should be made again.",
    "deleted": "Nothing to do, unless it should be restored.",
    "locked": "Wait: it is tried again by itself.",
    "validation_rule": "Correct the record as the message says.",
    "not_allowed": "Give the connection's user the right over there.",
    "conflict": "Open the record and decide.",
    "other": "Look at the message; the log tells more.",
}
DIFFERENCES: Mapping[str, str] = {
    "missed": "Over there, and not known here",
    "not_taken": "Read, and not taken in",
    "gone_there": "Known here, and gone over there",
    "left_out_there": "Left out of the other system's list",
    "change_missed": "Changed over there, and not noticed here",
    "waits_to_be_sent": "Ours waits to be sent",
    "differs_by_rule": "Different on purpose, by the field's rule",
    "dead_letter": "Waits as a dead letter",
    "only_here": "Only here, though the mapping wants it over there",
}
DIFFERENCE_STEPS: Mapping[str, str] = {
    "missed": "Read everything again: Backfill on the connection's page.",
    "not_taken": "Look at the mapping: it makes no record here of those, or none of ours matched.",
    "gone_there": "Nothing here was deleted. Delete the records here, or make them again over there.",
    "left_out_there": "The other system has them and leaves them out of its list. Ask its support; the next proof looks again.",
    "change_missed": "Read everything again: Backfill on the connection's page.",
    "waits_to_be_sent": "The next push sends them, when no plan waits for approval.",
    "differs_by_rule": "Nothing to do, unless the mapping's rule is not what you want.",
    "dead_letter": "See the dead letters for what each needs.",
    "only_here": "The next push makes them, when consent allows and no plan waits for approval.",
}
