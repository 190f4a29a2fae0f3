"""Reads of identity: who an incoming record may be, why two are one, and which cluster every record is in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from martech.identity.confidence import TARGET, may_merge_alone, wilson_lower
from martech.identity.judging import IGNORE, Verdict
from martech.identity.keys import match_keys
from martech.identity.record import read_record
from martech.models import DuplicatePair, PairState
from martech.services.identity.comparing import judge_of, pairs_of
from martech.services.identity.keys import blocks_of, blocks_of_keys
from martech.services.identity.records import load_records
from martech.services.identity.rules import rulebook_in_force, verdict_counts

INCOMING = 0
"""The id of the record that is asked about; no person has it."""


@dataclass(frozen=True)
class Match:
    """Somebody whom an incoming record may be."""

    person_id: int
    band: str
    score: float
    verdict: Verdict


def check_one(values: Mapping[str, Any], *, limit: int = 10) -> list[Match]:
    """Whom a record may be, the surest first; `values` are a person's columns (see `read_record`). Writes nothing.

    Two look-ups by index whatever the number of people: the record's keys, then the few people who share one.
    """
    record = read_record(INCOMING, values)
    blocks = blocks_of_keys(match_keys(record))
    for members in blocks.people.values():
        members.append(INCOMING)
    mates = sorted({other for _one, other in pairs_of([INCOMING], blocks)})
    judge = judge_of(blocks)
    found = []
    for person, mate in load_records(mates).items():
        verdict = judge.compare(record, mate)
        if verdict.rule is not None and verdict.band != IGNORE:
            found.append(Match(person, verdict.band, verdict.score, verdict))
    return sorted(found, key=lambda match: (bool(match.verdict.vetoes), -match.score, match.person_id))[:limit]


def compare_two(one: int, other: int) -> Verdict | None:
    """The verdict of the rules in force on two living people, vetoes included; None when one is gone."""
    records = load_records([one, other])
    if len(records) < 2:
        return None
    return judge_of(blocks_of([one, other])).compare(records[min(one, other)], records[max(one, other)])


def pairs_to_review() -> QuerySet[DuplicatePair]:
    """Pairs that wait for somebody, the surest first."""
    waiting = DuplicatePair.objects.filter(state__in=(PairState.OPEN, PairState.AMBIGUOUS), is_pinned=False)
    return waiting.filter(band__in=("auto", "review")).select_related("one", "other")


@dataclass(frozen=True)
class RuleConfidence:
    """How a rule does by people's verdicts; `lower` is the 95 % lower bound of its precision."""

    key: str
    name: str
    band: str
    right: int
    total: int
    lower: float
    merges_alone: bool
    target: float = TARGET


def rule_confidence() -> list[RuleConfidence]:
    """Every rule in force with its verdicts and whether it may merge alone."""
    counts = verdict_counts()
    rows = []
    for rule in rulebook_in_force().rules:
        right, total = counts.get(rule.key, (0, 0))
        alone = rule.band != IGNORE and may_merge_alone(right, total, is_trusted=rule.is_trusted)
        rows.append(RuleConfidence(rule.key, rule.name, rule.band, right, total, wilson_lower(right, total), alone))
    return rows


# Every id under which a record ever came, and people who came without one; merged-away people under their survivor.
EVERY_RECORD = """
with recursive survivor(id, is_now) as (
  select id, id from martech_person where merged_into_id is null
  union all
  select p.id, s.is_now from martech_person p join survivor s on p.merged_into_id = s.id
)
select s.is_now, coalesce(i.external_id, ''), coalesce(i.system, p.source),
  coalesce(c.auto_cluster, s.is_now), coalesce(c.review_cluster, s.is_now)
from survivor s join martech_person p on p.id = s.id
left join martech_personidentity i on i.person_id = p.id and i.object = 'person'
left join martech_identitycluster c on c.person_id = s.is_now
order by s.is_now, p.id, i.id
"""
EXPORT_COLUMNS = ("person_id", "external_id", "source", "auto_cluster", "review_cluster")


def export_records() -> Iterator[tuple[int, str, str, int, int]]:
    """Every record ever received with the clusters it is in, as `EXPORT_COLUMNS`."""
    with connection.cursor() as cursor:
        cursor.execute(EVERY_RECORD)
        while rows := cursor.fetchmany(5_000):
            yield from rows
