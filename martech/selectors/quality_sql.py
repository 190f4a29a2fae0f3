"""A monitor as SQL: whom it asks, who fails, and what newcomers are spread over; nothing here reads people one by one."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models
from django.db.models import BooleanField, Case, Count, F, Q, QuerySet, TextField, Value, When, Window
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Length, Lower, Trim, Upper

from martech.condition_fields import countries
from martech.models import Person
from martech.quality.document import MonitorRule
from martech.quality.drift import EMPTY, OTHERS, edges_of, names_of
from mops.core.conditions import Type, get_catalogue, parse, to_q

E164 = r"^\+[1-9][0-9]{6,14}$"
TIDY = r"^\S+( \S+)*$"
PATTERNS = {
    "email": r"^[^@[:space:]]+@[^@[:space:].]+(\.[^@[:space:].]+)+$",
    "phone": E164,
    "website": r"^(https?://)?([^[:space:]/@.]+\.)+[^[:space:]/@.]{2,}([/?#:]\S*)?$",
    "name": r"^[^0-9@<>{}|\\]+$",
    "tidy": TIDY,
}
MOST_VALUES = 24
"""So many values of a text column stand for themselves in a comparison; the rest is one bucket."""


def column(key: str) -> Any:
    """The value of a field of conditions as an expression; a property as its text."""
    spec = get_catalogue("person").find(key)
    assert spec is not None  # noqa: S101 - rules are read before they are asked
    if spec.type is Type.JSON:
        return KeyTextTransform(key.removeprefix(spec.record_key + "."), spec.lookup)
    return F(spec.lookup)


def is_text(key: str) -> bool:
    spec = get_catalogue("person").find(key)
    return spec is not None and spec.type in (Type.TEXT, Type.CHOICE, Type.JSON)


def empty_q(key: str) -> Q:
    people = get_catalogue("person")
    return to_q(parse({"field": key, "op": "is_empty"}, people), people)


def folded(key: str) -> Any:
    value = column(key)
    return Lower(Trim(value)) if is_text(key) else Cast(value, TextField())


def matches(test: Q) -> Case:
    """A condition as a boolean that is never NULL, so that it may be negated."""
    return Case(When(test, then=Value(True)), default=Value(False), output_field=BooleanField())


def fails(test: Q) -> Q:
    return Q(models.lookups.Exact(matches(test), Value(False)))


def asked_q(rule: MonitorRule, now: datetime) -> Q:
    """Whom the monitor asks: its scope, less who has nothing to be judged."""
    people = get_catalogue("person")
    scope = to_q(rule.scope, people, now=now) if rule.scope is not None else Q()
    if rule.kind == "drift" or rule.kind in ("completeness", "freshness") or rule.must is not None:
        return scope
    for key in (rule.field, rule.same_as, *rule.together):
        if key:
            scope &= fails(empty_q(key))
    return scope


def failing_q(rule: MonitorRule, now: datetime) -> Q:
    """Who of those asked fails; for kinds that are decided row by row."""
    people = get_catalogue("person")
    if rule.kind == "completeness":
        return empty_q(rule.field)
    if rule.must is not None:
        return fails(to_q(rule.must, people, now=now))
    if rule.kind == "validity":
        return fails(format_q(rule.field, rule.format))
    if rule.kind == "consistency":
        return Q(~models.lookups.Exact(folded(rule.field), folded(rule.same_as)))
    limit = now - timedelta(days=rule.days)
    return fails(Q(models.lookups.GreaterThanOrEqual(column(rule.field), Value(limit))))


def format_q(key: str, name: str) -> Q:
    value = column(key)
    if name == "country":
        return Q(models.lookups.In(value, [code for code, _label in countries()]))
    if name == "cased":
        return fails(shouted_q(key))
    return Q(models.lookups.Regex(value, Value(PATTERNS[name])))


def shouted_q(key: str) -> Q:
    """All capitals (of more than three letters), or all small letters; scripts without case are neither."""
    value = column(key)
    upper, lower = Upper(value), Lower(value)
    has_case = Q(~models.lookups.Exact(upper, lower))
    is_upper = Q(models.lookups.Exact(value, upper)) & Q(models.lookups.GreaterThan(Length(value), Value(3)))
    return has_case & (is_upper | Q(models.lookups.Exact(value, lower)))


def asked_people(rule: MonitorRule, now: datetime) -> QuerySet[Person]:
    return Person.objects.living().filter(asked_q(rule, now))


def failing_people(rule: MonitorRule, now: datetime, bucket: str = "", edges: list[float] | None = None) -> Any:
    """The people behind a figure. For drift: the newcomers, or those of one bucket."""
    if rule.kind == "drift":
        rows = newcomers(rule, now)
        return rows if not bucket else rows.annotate(bucket=bucket_of(rule, edges, [bucket])).filter(bucket=bucket)
    rows = asked_people(rule, now)
    if rule.kind == "uniqueness":
        return Person.objects.living().filter(pk__in=shared_rows(rule, now).filter(sharing__gt=1).values("pk"))
    return rows.filter(failing_q(rule, now))


def shared_rows(rule: MonitorRule, now: datetime) -> QuerySet[Any]:
    """Everybody asked, with how many of them have the same value (`sharing`)."""
    keys = [folded(key) for key in (rule.field, *rule.together)]
    return asked_people(rule, now).order_by().annotate(sharing=Window(Count("pk"), partition_by=keys))


def newcomers(rule: MonitorRule, now: datetime) -> QuerySet[Person]:
    """Who came within the window of a drift monitor."""
    assert rule.drift is not None  # noqa: S101 - only drift monitors have newcomers
    return asked_people(rule, now).filter(created_at__gte=now - timedelta(days=rule.drift.window_days))


def pinned(rule: MonitorRule, now: datetime) -> QuerySet[Person]:
    """Who came in the days of the baseline (UTC)."""
    assert rule.drift is not None  # noqa: S101 - only drift monitors have a baseline
    days = rule.drift.first_day.isoformat(), (rule.drift.last_day + timedelta(days=1)).isoformat()
    first, end = (datetime.fromisoformat(f"{day}T00:00:00+00:00") for day in days)
    return asked_people(rule, now).filter(created_at__gte=first, created_at__lt=end)


def baseline_of(rule: MonitorRule, now: datetime) -> dict[str, Any]:
    """The pinned window as buckets: `{"edges": […] or None, "counts": {bucket: people}}`."""
    rows = pinned(rule, now)
    if is_number(rule.field):
        edges = edges_of(deciles(rows, rule.field))
        return {"edges": edges, "counts": counts(rows, bucket_of(rule, edges, []))}
    found = counts(rows, bucket_of(rule, None, None))
    top = sorted(found, key=lambda name: (-found[name], name))[:MOST_VALUES]
    kept = {name: found[name] for name in top}
    rest = sum(found.values()) - sum(kept.values())
    return {"edges": None, "counts": kept | ({OTHERS: rest} if rest else {})}


def current_of(rule: MonitorRule, baseline: dict[str, Any], now: datetime) -> dict[str, int]:
    """The newcomers in the buckets of the baseline; a value it did not hold is among the others."""
    return counts(newcomers(rule, now), bucket_of(rule, baseline["edges"], list(baseline["counts"])))


def is_number(key: str) -> bool:
    spec = get_catalogue("person").find(key)
    return spec is not None and spec.type is Type.NUMBER


def bucket_of(rule: MonitorRule, edges: list[float] | None, known: list[str] | None) -> Any:
    """The bucket of a row as text; with `known` every other value is one of the others."""
    if edges is not None:
        value, names = column(rule.field), names_of(edges)
        steps = [When(Q(models.lookups.IsNull(value, True)), then=Value(EMPTY))]
        steps += [
            When(Q(models.lookups.LessThanOrEqual(value, Value(edge))), then=Value(name))
            for edge, name in zip(edges, names, strict=False)
        ]
        return Case(*steps, default=Value(names[-1]), output_field=TextField())
    value = folded(rule.field)
    is_empty = When(empty_q(rule.field), then=Value(EMPTY))
    if known is None:
        return Case(is_empty, default=value, output_field=TextField())
    is_known = When(Q(models.lookups.In(value, known)), then=value)
    return Case(is_empty, *([is_known] if known else []), default=Value(OTHERS), output_field=TextField())


def counts(rows: QuerySet[Any], bucket: Any) -> dict[str, int]:
    found = rows.order_by().annotate(bucket=bucket).values_list("bucket").annotate(people=Count("pk"))
    return {str(name): people for name, people in found}


def deciles(rows: QuerySet[Any], key: str) -> list[float | None]:
    sql, params = rows.order_by().annotate(value_of=column(key)).values("value_of").query.sql_with_params()
    tenths = ", ".join(f".{tenth}" for tenth in range(1, 10))
    statement = f"SELECT percentile_cont(ARRAY[{tenths}]) WITHIN GROUP (ORDER BY value_of) FROM ({sql}) AS asked"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchone()[0] or [])
