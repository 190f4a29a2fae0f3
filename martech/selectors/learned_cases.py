"""Deals and people as samples: what was known at a moment, out of the history of people and accounts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from martech.learned.document import LearnedRule
from martech.learned.features import Sample, is_absent
from martech.learned.training import Case
from martech.models import ScoringVersion
from martech.scoring.counting import Event, fit_hits, score
from martech.scoring.document import ScoringModel
from martech.selectors.scoring import model_of, scoring_in_force
from martech.selectors.scoring_sql import day_start
from mops.core.conditions import Type, fields_used, get_catalogue
from mops.core.sql import fetch

MOST_DEALS = 50_000
MOST_RULED = 20_000
"""With more deals the rule-based score is not counted for comparison."""

# The row of the history that was in force at a moment; with `first`, else the first one ever recorded.
_AT = """LEFT JOIN LATERAL (SELECT * FROM {table} e WHERE e.pgh_obj_id = {owner} AND e.pgh_label <> 'delete'
  AND e.pgh_created_at <= {moment} ORDER BY e.pgh_id DESC LIMIT 1) {name} ON true"""
_FIRST = """LEFT JOIN LATERAL (SELECT * FROM {table} e WHERE e.pgh_obj_id = {owner} ORDER BY e.pgh_id LIMIT 1) {name} ON true"""
_DEALS = """
FROM (SELECT * FROM martech_deal WHERE state IN ('won', 'lost') AND opened_at IS NOT NULL
  ORDER BY opened_at DESC, id LIMIT {most}) d
JOIN LATERAL (SELECT person_id FROM martech_dealperson l WHERE l.deal_id = d.id ORDER BY l.id LIMIT 1) c ON true
JOIN martech_person p ON p.id = c.person_id
LEFT JOIN martech_account a ON a.id = p.account_id
{laterals}
ORDER BY d.opened_at, d.id
"""


@dataclass(frozen=True)
class Cases:
    """The cases, and of how many closed deals nothing was recorded about their person when they were opened: left out, or
    known by the first values ever recorded."""

    cases: Sequence[Case]
    without_history: int


def cases_of(rule: LearnedRule) -> Cases:
    """Every closed deal with the person who was named on it first, as they were when the deal was opened."""
    version = scoring_in_force()
    ruled = fields_of(model_of(version)) if version else []
    keys = list(dict.fromkeys([*rule.fields, *ruled]))
    is_first = rule.before_history == "first_value"
    rows = deal_rows(keys, is_first=is_first)
    recorded = [row for row in rows if row.is_recorded]
    known = rows if is_first else recorded
    touches = touches_before({row.deal: (row.person, row.opened_at) for row in known}, rule.window_days)
    scores = rule_scores(known, version) if version and len(known) <= MOST_RULED else {}
    cases = [case_of(row, rule, touches.get(row.deal, {}), scores.get(row.deal)) for row in known]
    return Cases(cases, len(rows) - len(recorded))


@dataclass(frozen=True)
class DealRow:
    deal: int
    person: int
    is_won: bool
    opened_at: datetime
    is_recorded: bool
    then: Mapping[str, Any]
    at_close: Mapping[str, Any]
    today: Mapping[str, Any]


def column_of(key: str, person: str, account: str) -> str:
    """A field as SQL on a row of a person and one of their account. Names come from the catalogue; quotes are doubled."""
    spec = get_catalogue("person").find(key)
    assert spec is not None  # noqa: S101 - rules are read before
    table, _, column = spec.lookup.rpartition("__")
    text = f'{account if table else person}."{column}"'
    if spec.type is Type.JSON:
        name = key.removeprefix(spec.record_key + ".").replace("'", "''").replace("%", "%%")
        return f"({text} -> '{name}')"
    return text


def deal_rows(keys: Sequence[str], *, is_first: bool) -> list[DealRow]:
    """One statement for all deals."""
    person = "coalesce({at}.{c}, {first}.{c})" if is_first else "{at}.{c}"
    account_then = person.format(at="pe", first="pf", c="account_id")
    laterals = [
        _AT.format(table="martech_personevent", owner="p.id", moment="d.opened_at", name="pe"),
        _FIRST.format(table="martech_personevent", owner="p.id", name="pf"),
        _AT.format(table="martech_accountevent", owner=account_then, moment="d.opened_at", name="ae"),
        _FIRST.format(table="martech_accountevent", owner=account_then, name="af"),
        _AT.format(table="martech_personevent", owner="p.id", moment="coalesce(d.closed_at, now())", name="pc"),
        _AT.format(
            table="martech_accountevent", owner="pc.account_id", moment="coalesce(d.closed_at, now())", name="ac"
        ),
    ]
    columns = []
    for key in keys:
        then, first = column_of(key, "pe", "ae"), column_of(key, "pf", "af")
        whole = (
            f"CASE WHEN pe.pgh_id IS NULL THEN {first} ELSE {then} END"
            if is_first and key.startswith("person")
            else then
        )
        if is_first and not key.startswith("person"):
            whole = f"coalesce({then}, {first})"
        columns += [whole, column_of(key, "pc", "ac"), column_of(key, "p", "a")]
    listed = "".join(f", {one}" for one in columns)
    body = _DEALS.format(laterals="\n".join(laterals), most=MOST_DEALS)
    rows = fetch(f"SELECT d.id, p.id, d.state = 'won', d.opened_at, pe.pgh_id IS NOT NULL{listed} {body}")
    return [read_row(row, keys) for row in rows]


def read_row(row: Sequence[Any], keys: Sequence[str]) -> DealRow:
    values = [plain(value) for value in row[5:]]
    parts = [dict(zip(keys, values[part::3], strict=True)) for part in range(3)]
    return DealRow(row[0], row[1], row[2], row[3], row[4], *parts)


def plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def case_of(row: DealRow, rule: LearnedRule, touches: Mapping[str, Any], ruled: float | None) -> Case:
    later = {
        key: is_absent(row.at_close[key])
        for key in rule.fields
        if is_absent(row.then[key]) and not is_absent(row.today[key])
    }
    values = {key: row.then[key] for key in rule.fields}
    counts = {kind: number for kind, (number, _days) in touches.items()}
    days = min((days for _number, days in touches.values()), default=None)
    return Case(Sample(values, counts, days), row.is_won, row.opened_at, ruled, later)


_TOUCHES = """
SELECT w.id, lower(t.kind), count(*), extract(epoch FROM w.moment - max(t.at)) / 86400
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) w(id, person, moment)
JOIN martech_touch t ON t.person_id = w.person AND t.at < w.moment AND t.at >= w.moment - %s * interval '1 day'
GROUP BY 1, 2, w.moment
"""


def touches_before(
    wanted: Mapping[int, tuple[int, datetime]], window_days: int
) -> dict[int, dict[str, tuple[int, float]]]:
    """By id of what is asked: kind → (how many, days since the last) in the window before the moment."""
    ids = list(wanted)
    found: dict[int, dict[str, tuple[int, float]]] = {}
    rows = fetch(_TOUCHES, ids, [wanted[i][0] for i in ids], [wanted[i][1] for i in ids], window_days)
    for key, kind, number, days in rows:
        found.setdefault(key, {})[kind] = (number, float(days))
    return found


# --- the rule-based score, for comparison ---------------------------------------------------------------------------


def fields_of(model: ScoringModel) -> list[str]:
    """The fields that fit rules read, as far as history can tell them."""
    people = get_catalogue("person")
    used = {key for rule in model.fit.rules if rule.condition for key in fields_used(rule.condition)}
    specs = {key: people.find(key) for key in sorted(used)}
    return [key for key, spec in specs.items() if spec and not spec.custom and _is_near(spec.lookup)]


def _is_near(lookup: str) -> bool:
    return "__" not in lookup or (lookup.startswith("account__") and lookup.count("__") == 1)


_EVENTS = """
SELECT w.id, t.at, t.kind, t.channel, t.source, t.medium, t.url, t.properties, c.code
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) w(id, person, moment)
JOIN martech_touch t ON t.person_id = w.person AND t.at < w.moment AND t.at >= w.moment - %s * interval '1 day'
LEFT JOIN planning_campaign c ON c.id = t.campaign_id
"""


def rule_scores(rows: Sequence[DealRow], version: ScoringVersion) -> dict[int, float]:
    """Fit and engagement together (0 to 200 halved to 0 to 100) that the model in force today gives for what was then."""
    model = model_of(version)
    events: dict[int, list[Event]] = {}
    ids = [row.deal for row in rows]
    found = fetch(
        _EVENTS, ids, [row.person for row in rows], [row.opened_at for row in rows], max(model.longest_window, 1)
    )
    names = ("touch.kind", "touch.channel", "touch.source", "touch.medium", "touch.url", "touch.properties")
    for deal, at, *values, code in found:
        record = {**dict(zip(names, values, strict=True)), "touch.campaign": code}
        events.setdefault(deal, []).append(Event(at, record))
    scores = {}
    for row in rows:
        day = row.opened_at.date()
        hits = fit_hits(model, nested(row.then), day_start(day))
        given = score(model, hits, events.get(row.deal, ()), day, day_start(day))
        scores[row.deal] = (given.fit + given.engagement) / 2
    return scores


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by key as conditions read a record: properties inside their family."""
    people = get_catalogue("person")
    record: dict[str, Any] = {}
    for key, value in values.items():
        spec = people.find(key)
        if spec is not None and spec.type is Type.JSON:
            record.setdefault(spec.record_key, {})[key.removeprefix(spec.record_key + ".")] = value
        else:
            record[key] = value
    return record


# --- people as they are now -----------------------------------------------------------------------------------------

_PEOPLE = """
SELECT p.id{columns} FROM martech_person p LEFT JOIN martech_account a ON a.id = p.account_id
WHERE p.merged_into_id IS NULL AND {which} ORDER BY p.id LIMIT %s
"""


def samples_of(
    rule: LearnedRule, *, after: int = 0, limit: int = 1, ids: Iterable[int] | None = None
) -> dict[int, Sample]:
    """People by id as samples of this moment: those after an id, or the given ones."""
    columns = "".join(f", {column_of(key, 'p', 'a')}" for key in rule.fields)
    which = "p.id > %s" if ids is None else "p.id = ANY(%s)"
    statement = _PEOPLE.format(columns=columns, which=which)
    listed = None if ids is None else list(ids)
    rows = fetch(statement, after if listed is None else listed, limit if listed is None else len(listed))
    now = timezone.now()
    touches = touches_before({row[0]: (row[0], now) for row in rows}, rule.window_days)
    found = {}
    for pk, *values in rows:
        own = touches.get(pk, {})
        counts = {kind: number for kind, (number, _days) in own.items()}
        days = min((days for _number, days in own.values()), default=None)
        found[pk] = Sample(dict(zip(rule.fields, map(plain, values), strict=True)), counts, days)
    return found
