"""People whose row changed are compared with whoever shares a key with them; the pairs found are kept."""

from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from martech.identity.judging import IGNORE, Judge, Verdict
from martech.identity.keys import BLOCK_LIMIT, HUB_KINDS, NAME
from martech.identity.record import Record
from martech.models import DuplicatePair, IdentityWork, PairState
from martech.services.identity.clusters import refresh_clusters
from martech.services.identity.keys import Blocks, blocks_of, refresh_match_keys
from martech.services.identity.records import load_records
from martech.services.identity.rules import band_of, rulebook_in_force, rulebook_of, rules_in_force, rules_that_merge
from mops.core.work import Kind, WorkState

Pair = tuple[int, int]
UNDECIDED = (PairState.OPEN, PairState.AMBIGUOUS)


def compare_people(rows: Sequence[IdentityWork]) -> None:
    """Keys, pairs and clusters of the claimed people, in the transaction that marks them done."""
    people = sorted({row.person_id for row in rows})
    IdentityWork.objects.filter(person_id__in=people, state=WorkState.DONE).delete()
    records = refresh_match_keys(people)
    blocks = blocks_of(people)
    found = judged(people, records, blocks)
    touched = keep_pairs(people, found)
    refresh_clusters([*people, *touched])


def judge_of(blocks: Blocks) -> Judge:
    """The rules in force, with the hubs and common names among these keys."""
    rulebook = rulebook_in_force()
    limit = rulebook.common_name
    common = (value for (kind, value), people in blocks.people.items() if kind == NAME and len(people) >= limit)
    return Judge(rulebook, blocks.hubs, frozenset(common))


def pairs_of(people: Collection[int], blocks: Blocks) -> set[Pair]:
    """Those of `people` with everybody else under a key that narrows."""
    wanted = set(people)
    pairs: set[Pair] = set()
    for (kind, _value), members in blocks.people.items():
        if 1 < len(members) <= (BLOCK_LIMIT * 5 if kind in HUB_KINDS else BLOCK_LIMIT):
            for one in wanted.intersection(members):
                pairs.update((min(one, other), max(one, other)) for other in members if other != one)
    return pairs


def judged(people: Collection[int], records: Mapping[int, Record], blocks: Blocks) -> dict[Pair, Verdict]:
    """The pairs of these people that a rule takes for one person, vetoed ones included."""
    pairs = pairs_of(people, blocks)
    mates = {person for pair in pairs for person in pair} - records.keys()
    known = {**records, **load_records(mates)}
    judge = judge_of(blocks)
    found = {}
    for one, other in sorted(pairs):
        if one in known and other in known:
            verdict = judge.found(known[one], known[other])
            if verdict is not None and verdict.band != IGNORE:
                found[one, other] = verdict
    return found


def keep_pairs(people: Collection[int], found: Mapping[Pair, Verdict]) -> set[int]:
    """Write the pairs, drop the undecided ones that hold no more; answers everybody on a pair that changed.

    What people have decided stays decided.
    """
    ids = list(people)
    before = DuplicatePair.objects.filter(Q(one_id__in=ids) | Q(other_id__in=ids), state__in=UNDECIDED)
    gone = {pk: pair for pk, *pair in before.filter(is_pinned=False).values_list("id", "one_id", "other_id")}
    stale = [pk for pk, (one, other) in gone.items() if (one, other) not in found]
    rules = rules_in_force()
    merging = rules_that_merge(rulebook_of(rules))
    now = timezone.now()
    with transaction.atomic():
        DuplicatePair.objects.filter(pk__in=stale, state__in=UNDECIDED, is_pinned=False).delete()
        DuplicatePair.objects.bulk_create(
            (row_of(pair, verdict, rules.number, band_of(verdict, merging), now) for pair, verdict in found.items()),
            batch_size=2_000,
            update_conflicts=True,
            unique_fields=["one", "other"],
            update_fields=[
                "band",
                "rule",
                "score",
                "needs_unique",
                "signals",
                "evidence",
                "rule_version",
                "updated_at",
            ],
        )
    return {person for pk in stale for person in gone[pk]} | {person for pair in found for person in pair}


def row_of(pair: Pair, verdict: Verdict, version: int, band: str, now: object) -> DuplicatePair:
    assert verdict.rule is not None  # noqa: S101 - pairs without a rule are not kept
    explained = verdict.explained()
    return DuplicatePair(
        one_id=pair[0],
        other_id=pair[1],
        band=band,
        rule=verdict.rule.key,
        score=verdict.score,
        needs_unique=verdict.rule.needs_unique,
        signals=verdict.bits,
        evidence={"rule": verdict.rule.name, "why": explained["evidence"], "why_not": explained["vetoes"]},
        rule_version=version,
        updated_at=now,
    )


IDENTITY = Kind("identity", IdentityWork, compare_people, batch=500, is_long=True)
