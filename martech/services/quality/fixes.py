"""Fixes in bulk: counted per distinct value, applied as seen, and taken back wherever the value is still ours."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from governance.models import User
from martech.condition_fields import countries
from martech.models import (
    FixedPerson,
    FixValue,
    Monitor,
    QualityFix,
    QualityFixState,
    QualityStep,
    QualityWork,
)
from martech.quality.fixing import FIELDS_OF, FIXES, LIMITS, Answer, fixer_of, near_spellings, one_spelling
from martech.services.accounts import match_people
from martech.services.people import MATCHED_BY
from mops.core.errors import ConflictError, DomainError
from mops.core.history import expect_many, recording
from mops.core.sql import fetch
from mops.core.work import WorkState, release, wake

MOST_VALUES = 200_000
LISTED = 100
STEP = 5_000
OF_ACCOUNT = {"country": "a.country", "company": "a.name", "website": "a.website"}
SHOUTED = "(p.{f} <> lower(p.{f}) AND p.{f} = upper(p.{f}) AND length(p.{f}) > 3) OR (p.{f} <> upper(p.{f}) AND p.{f} = lower(p.{f}))"
WHERE = {
    "tidy": r"p.{f} <> '' AND (p.{f} !~ '^\S+( \S+)*$' OR p.{f} ~ '[\u0001-\u001f\u007f\u2028\u2029\ufeff]')",
    "case": SHOUTED,
    "country": "p.{f} <> '' AND NOT p.{f} = ANY(%(codes)s)",
    "phone": r"p.{f} <> '' AND p.{f} !~ '^\+[1-9][0-9]{{6,14}}$'",
    "company": "p.{f} <> ''",
    "near": "p.{f} <> ''",
    "account": "p.{f} = '' AND {account} <> ''",
    "property": "p.{f} = '' AND p.properties ->> %(property)s <> '' AND length(p.properties ->> %(property)s) <= 60",
}
CONTEXTS = {"phone": "p.country", "account": "p.account_id::text", "property": "p.properties ->> %(property)s"}
DISTINCT = """
SELECT {context} AS context, p.{f} AS before, {extra} AS extra, count(*) FROM martech_person p {join}
WHERE p.merged_into_id IS NULL AND ({where}) GROUP BY 1, 2, 3 ORDER BY 4 DESC, 2, 1 LIMIT {most}
"""


def start_fix(
    *, kind: str, field: str, options: Mapping[str, str], actor: User | None, monitor: Monitor | None = None
) -> QualityFix:
    """Have a fix counted in the background; nothing is written before somebody applies it. Raises DomainError."""
    errors: dict[str, list[str]] = {}
    if kind not in FIXES:
        errors["kind"] = [f"Use one of {', '.join(FIXES)}."]
    elif field not in FIELDS_OF[kind]:
        errors["field"] = [f"This fix works on {', '.join(FIELDS_OF[kind])}."]
    kept = {name: str(value).strip() for name, value in options.items() if value}
    if kind == "property" and not kept.get("property"):
        errors["property"] = ["Name the property that holds the value."]
    country = kept.get("default_country", "")
    if country and country not in dict(countries()):
        errors["default_country"] = ["Use an ISO code such as DE."]
    if errors:
        raise DomainError("The fix was not started.", errors=errors)
    with transaction.atomic(), recording("start_quality_fix", actor=actor):
        fix = QualityFix.objects.create(kind=kind, field=field, options=kept, actor=actor, monitor=monitor)
        queue(fix, QualityStep.COUNT)
    return fix


def queue(fix: QualityFix, step: QualityStep, position: int = 0) -> None:
    QualityWork.objects.create(step=step, fix=fix, position=position)
    wake("quality")


def words_of(fix: QualityFix, pattern: str) -> str:
    """SQL with the column put in; columns come from LIMITS, values stay parameters."""
    assert fix.field in LIMITS  # noqa: S101 - start_fix lets no other through
    return pattern.format(f=fix.field, account=OF_ACCOUNT.get(fix.field, "NULL"))


def params_of(fix: QualityFix) -> dict[str, Any]:
    return {"codes": [code for code, _label in countries()], "property": fix.options.get("property", "")}


def count_fix(fix: QualityFix) -> None:
    """Look at every distinct value that may be wrong, and keep what would change and what stays with its reason."""
    rows = distinct_values(fix)
    values, left = [], []
    for context, before, answer, people in answers(fix, rows):
        if answer.after and answer.after != before and len(answer.after) <= LIMITS[fix.field]:
            values.append(value_of(fix, context, before, answer, people))
        elif answer.reason:
            left.append({"value": before or context, "reason": answer.reason, "people": people})
    FixValue.objects.filter(fix=fix).delete()
    FixValue.objects.bulk_create(values, batch_size=5_000)
    QualityFix.objects.filter(pk=fix.pk, state=QualityFixState.COUNTING).update(
        state=QualityFixState.READY, counted_at=timezone.now(), looked_at=len(rows), left=left[:LISTED]
    )


def value_of(fix: QualityFix, context: str, before: str, answer: Answer, people: int) -> FixValue:
    return FixValue(
        fix=fix, context=context, before=before, after=answer.after, people=people, is_chosen=answer.is_sure
    )


Row = tuple[str, str, str, int]


def distinct_values(fix: QualityFix) -> list[Row]:
    """(context, value, value of the account, people), the most frequent first."""
    is_account = fix.kind == "account"
    sql = DISTINCT.format(
        f=fix.field,
        context=CONTEXTS.get(fix.kind, "''"),
        extra=OF_ACCOUNT[fix.field] if is_account else "''",
        join="JOIN martech_account a ON a.id = p.account_id" if is_account else "",
        where=words_of(fix, WHERE[fix.kind]),
        most=MOST_VALUES,
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params_of(fix))
        return [(context or "", before, extra or "", people) for context, before, extra, people in cursor.fetchall()]


def answers(fix: QualityFix, rows: Sequence[Row]) -> Iterator[tuple[str, str, Answer, int]]:
    if fix.kind in ("company", "near"):
        counts = {before: people for _context, before, _extra, people in rows}
        found = one_spelling(counts) if fix.kind == "company" else near_spellings(counts)
        yield from (("", before, answer, counts[before]) for before, answer in found.items())
        return
    fixer = fixer_of(fix.kind, fix.field, fix.options)
    for context, before, extra, people in rows:
        yield context, before, Answer(extra) if fix.kind == "account" else fixer(before, context), people


def choose_values(*, fix: QualityFix, shown: Sequence[int], chosen: Sequence[int]) -> None:
    """Of the values shown, change only the chosen ones. Raises ConflictError when the fix is not waiting any more."""
    with transaction.atomic():
        if not QualityFix.objects.select_for_update().filter(pk=fix.pk, state=QualityFixState.READY).exists():
            raise ConflictError("This fix was applied or is being counted; look at it again.")
        FixValue.objects.filter(fix=fix, pk__in=shown).update(is_chosen=False)
        FixValue.objects.filter(fix=fix, pk__in=set(shown) & set(chosen)).update(is_chosen=True)


def move(fix: QualityFix, before: str, after: str, step: QualityStep, *, actor: User | None, refusal: str) -> None:
    with transaction.atomic(), recording(f"{step}_quality_fix", actor=actor, fix=fix.pk):
        rows = QualityFix.objects.filter(pk=fix.pk, state=before)
        if not rows.update(state=after, actor=actor):
            raise ConflictError(refusal)
        queue(fix, step)


def apply_fix(*, fix: QualityFix, actor: User | None) -> None:
    """Have the chosen values written in the background, all or none. Raises ConflictError, DomainError."""
    if not fix.values.filter(is_chosen=True).exists():
        raise DomainError("Nothing was applied.", errors={"values": ["Choose at least one value."]})
    refusal = "This fix was applied already, or is still being counted."
    move(fix, QualityFixState.READY, QualityFixState.APPLYING, QualityStep.APPLY, actor=actor, refusal=refusal)


def undo_fix(*, fix: QualityFix, actor: User | None) -> None:
    """Have every value that is still the fix's given back in the background. Raises ConflictError."""
    refusal = "Only a fix that was applied can be undone."
    move(fix, QualityFixState.APPLIED, QualityFixState.UNDOING, QualityStep.UNDO, actor=actor, refusal=refusal)


def retry_fix(*, fix: QualityFix, actor: User | None) -> None:
    """Try the step again that failed for good. Raises ConflictError when none did."""
    with transaction.atomic(), recording("retry_quality_fix", actor=actor, fix=fix.pk):
        rows = list(QualityWork.objects.filter(fix=fix, state=WorkState.QUARANTINED).select_for_update())
        if not rows:
            raise ConflictError("Nothing of this fix failed; look at it again.")
        for row in rows:
            release(row)
        wake("quality")


FIXING = """
CREATE TEMP TABLE fixing ON COMMIT DROP AS SELECT p.id, v.before, v.after FROM martech_fixvalue v
JOIN martech_person p ON p.{f} = v.before AND {context} = v.context AND p.merged_into_id IS NULL
WHERE v.fix_id = %(fix)s AND v.is_chosen
"""
LOCK = "SELECT p.id FROM martech_person p JOIN {table} x ON x.{key} = p.id {where} ORDER BY p.id FOR UPDATE OF p"
WRITE = """
WITH done AS (
  UPDATE martech_person p SET {f} = x.after, updated_at = %(now)s FROM fixing x
  WHERE p.id = x.id AND p.{f} = x.before AND p.merged_into_id IS NULL RETURNING p.id, x.before, x.after)
INSERT INTO martech_fixedperson (fix_id, person_id, before, after) SELECT %(fix)s, id, before, after FROM done
"""
RESTORE = """
UPDATE martech_person p SET {f} = x.before, updated_at = %(now)s FROM martech_fixedperson x
WHERE x.fix_id = %(fix)s AND p.id = x.person_id AND p.{f} = x.after AND p.merged_into_id IS NULL
"""


def write_fix(fix: QualityFix) -> None:
    """Write the chosen values where they still are what was counted; in one transaction."""
    params = {**params_of(fix), "fix": fix.pk, "now": timezone.now()}
    sql = FIXING.format(f=fix.field, context=CONTEXTS.get(fix.kind, "''"))
    with (
        transaction.atomic(),
        recording("apply_quality_fix", actor=fix.actor, fix=fix.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute("DROP TABLE IF EXISTS fixing")
        cursor.execute(sql, params)
        cursor.execute("ANALYZE fixing")
        cursor.execute(LOCK.format(table="fixing", key="id", where=""))
        expect_many(cursor.rowcount)
        cursor.execute(WRITE.format(f=fix.field), params)
        changed = cursor.rowcount
        rows = QualityFix.objects.filter(pk=fix.pk, state=QualityFixState.APPLYING)
        rows.update(state=QualityFixState.APPLIED, applied_at=timezone.now(), changed=changed)
        follow_later(fix)


def take_back(fix: QualityFix) -> None:
    """Give values back where they are still what the fix wrote; whoever changed one since keeps theirs."""
    params = {"fix": fix.pk, "now": timezone.now()}
    lock = LOCK.format(table="martech_fixedperson", key="person_id", where="WHERE x.fix_id = %s")
    with (
        transaction.atomic(),
        recording("undo_quality_fix", actor=fix.actor, fix=fix.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute(lock, [fix.pk])
        expect_many(cursor.rowcount)
        cursor.execute(RESTORE.format(f=fix.field), params)
        restored = cursor.rowcount
        kept = FixedPerson.objects.filter(fix=fix).count() - restored
        rows = QualityFix.objects.filter(pk=fix.pk, state=QualityFixState.UNDOING)
        rows.update(state=QualityFixState.UNDONE, undone_at=timezone.now(), restored=restored, kept=kept)
        follow_later(fix)


def follow_later(fix: QualityFix) -> None:
    """Another company, country or phone may lead to another account."""
    if fix.field in MATCHED_BY:
        queue(fix, QualityStep.FOLLOW)


CHANGED = "SELECT person_id FROM martech_fixedperson WHERE fix_id = %s AND person_id > %s ORDER BY person_id LIMIT %s"


def follow_fix(fix: QualityFix, after: int) -> None:
    ids = [row[0] for row in fetch(CHANGED, fix.pk, after, STEP)]
    match_people(ids)
    if len(ids) == STEP:
        queue(fix, QualityStep.FOLLOW, ids[-1])
