"""The stages deals went through over there, with the vendors' times: asked before a transaction, kept within it."""

from collections.abc import Sequence

from martech.connectors.marketing import StageEntered
from martech.connectors.port import Kind, RemoteRecord
from martech.models import RemoteRow
from martech.services.deal_stages import StageOfDeal, record_deal_stages
from martech.services.sync.course import Course, Line
from martech.services.sync.deals import Stages
from martech.services.sync.mirror import ids_met
from martech.services.sync.patience import patiently
from martech.sync.rules import FieldRule

CHUNK = 500


def has_stages(course: Course) -> bool:
    """Whether records of this object go through stages that are kept."""
    return course.object.kind == Kind.DEAL and stage_rule(course) is not None


def staged_anew(course: Course, records: Sequence[RemoteRecord]) -> list[str]:
    """Ids of the deals that are new or in another stage than we saw."""
    rule = stage_rule(course)
    if course.object.kind != Kind.DEAL or rule is None:
        return []
    rows = RemoteRow.objects.filter(object=course.object, external_id__in=[record.id for record in records])
    seen = {id: values.get(rule.theirs) for id, values in rows.values_list("external_id", "values")}
    return [one.id for one in records if one.id not in seen or seen[one.id] != one.values.get(rule.theirs)]


def ask_stages(line: Line, course: Course, ids: Sequence[str]) -> list[StageEntered]:
    """The history of these deals. No database: at a first backfill it is asked for while others are written."""
    found: list[StageEntered] = []
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        found += patiently(lambda part=part: line.connector.stages(course.object.name, part))  # type: ignore[misc]
    return found


def stage_rule(course: Course) -> FieldRule | None:
    return next((rule for rule in course.mapping.rules if rule.ours == "stage" and rule.pulls), None)


def take_stages(course: Course, entered: Sequence[StageEntered]) -> None:
    """Keep them in our words. A stage that the mapping has no word for is kept as theirs."""
    rule = stage_rule(course)
    if rule is None or not entered:
        return
    deals = ids_met(course, course.object.name, {one.deal_id for one in entered})
    stages = Stages(course)
    record_deal_stages(
        StageOfDeal(deals[one.deal_id], word, one.at, one.decimal_amount, stages.state(word))
        for one in entered
        if one.deal_id in deals and (word := in_our_words(rule, one.stage))
    )


def in_our_words(rule: FieldRule, stage: str) -> str:
    try:
        return str(rule.pulled(stage) or stage)
    except ValueError:
        return stage
