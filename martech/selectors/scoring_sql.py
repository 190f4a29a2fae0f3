"""The scores of many people as one statement, in the same whole numbers as `martech.scoring.counting`."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from martech.models import Person, Touch
from martech.scoring.document import HIGHEST, LETTERS, MILLI, Part, ScoringModel
from mops.core.conditions import get_catalogue, to_expression

Statement = tuple[str, list[Any]]


def day_start(day: date) -> datetime:
    """The moment that relative dates of fit rules are counted from: midnight UTC of the day of all scores."""
    return datetime.combine(day, datetime.min.time(), tzinfo=UTC)


def scores_sql(model: ScoringModel, day: date, ids: Sequence[int] | None = None) -> Statement:
    """Rows `person_id, hits, fit, engagement, grade` of the living people (`ids` None: all of them).

    `hits` are the keys of the fit rules that hold. Decay comes from tables of whole thousandths, one a rule, looked up
    by the age in days, so that no rounding depends on who adds up.
    """
    fit, fit_params = _fit_sql(model.fit, day, ids)
    gained, gained_params = _gained_sql(model, day, ids)
    keys = ", ".join(f"CASE WHEN hit_{index} THEN %s END" for index in range(len(model.fit.rules)))
    sql = (
        f"WITH fit AS ({fit}), gained AS ({gained}), counted AS ("
        f" SELECT fit.person_id, array_remove(ARRAY[{keys}]::text[], NULL) AS hits,"
        f" {_half(model.fit, _fit_sums(model.fit))} AS fit, {_half(model.engagement, _gained_sums(model.engagement))} AS engagement"
        " FROM fit LEFT JOIN gained ON gained.person_id = fit.person_id)"
        f" SELECT person_id, hits, fit, engagement, {_grade(model)} AS grade FROM counted"
    )
    return sql, [*fit_params, *gained_params, *(rule.key for rule in model.fit.rules)]


def _fit_sql(part: Part, day: date, ids: Sequence[int] | None) -> Statement:
    """Rows `person_id, hit_0, hit_1, …`."""
    catalogue, now = get_catalogue("person"), day_start(day)
    hits = {f"hit_{n}": to_expression(rule.condition, catalogue, now=now) for n, rule in enumerate(part.rules)}
    people = Person.objects.living() if ids is None else Person.objects.living().filter(pk__in=ids)
    return _renamed(people.order_by().annotate(**hits).values_list("pk", *hits), ["person_id", *hits])


def _gained_sql(model: ScoringModel, day: date, ids: Sequence[int] | None) -> Statement:
    """Rows `person_id, sum_0, sum_1, …`: the thousandths every group of engagement collected, before its cap."""
    rules, groups = model.engagement.rules, model.engagement.groups
    if not rules:
        return "SELECT NULL::bigint AS person_id", []
    catalogue, now = get_catalogue("touch"), day_start(day)
    hits = {f"hit_{n}": to_expression(rule.condition, catalogue, now=now) for n, rule in enumerate(rules)}
    touches = Touch.objects.filter(at__gte=now - timedelta(days=model.longest_window))
    touches = touches if ids is None else touches.filter(person__in=ids)
    inner, params = _renamed(
        touches.order_by().annotate(**hits).values_list("person_id", "at", *hits), ["person_id", "at", *hits]
    )
    worth = [f"CASE WHEN hit_{n} THEN coalesce((%s::int[])[age + 1], 0) ELSE 0 END" for n in range(len(rules))]
    by_group = [[n for n, rule in enumerate(rules) if rule.group == group] for group in groups]
    sums = ", ".join(
        f"sum({' + '.join(worth[n] for n in members)})::bigint AS sum_{index}" for index, members in enumerate(by_group)
    )
    aged = f"SELECT touch.*, greatest(%s - (at AT TIME ZONE 'UTC')::date, 0) AS age FROM ({inner}) AS touch"
    weights = [list(rules[n].weights) for members in by_group for n in members]
    return f"SELECT person_id, {sums} FROM ({aged}) AS aged GROUP BY person_id", [*weights, day, *params]


def _renamed(rows: Any, names: Iterable[str]) -> Statement:
    sql, params = rows.query.sql_with_params()
    return f"SELECT * FROM ({sql}) AS found ({', '.join(names)})", list(params)


def _fit_sums(part: Part) -> list[str]:
    return [
        " + ".join(
            f"CASE WHEN hit_{n} THEN {rule.points * MILLI} ELSE 0 END"
            for n, rule in enumerate(part.rules)
            if rule.group == group
        )
        for group in part.groups
    ]


def _gained_sums(part: Part) -> list[str]:
    return [f"coalesce(sum_{index}, 0)" for index in range(len(part.groups))]


def _half(part: Part, sums: Sequence[str]) -> str:
    """Whole points from the sums of the groups: capped, added, kept within 0 and 100, a half rounded up."""
    capped = [
        f"least({text}, {part.caps[group] * MILLI})" if group in part.caps else f"({text})"
        for group, text in zip(part.groups, sums, strict=True)
    ]
    total = " + ".join(capped) or "0"
    return f"((least(greatest({total}, 0), {HIGHEST * MILLI}) + {MILLI // 2}) / {MILLI})::int"


def _grade(model: ScoringModel) -> str:
    def band(column: str, thresholds: Sequence[int]) -> str:
        return " + ".join(f"({column} < {int(threshold)})::int" for threshold in thresholds)

    letter = f"substr('{LETTERS}', 1 + {band('fit', model.fit_thresholds)}, 1)"
    return f"{letter} || (1 + {band('engagement', model.engagement_thresholds)})::text"
