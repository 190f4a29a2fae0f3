"""Merges as pages and the API read them: what one would do, and what was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from martech.merging import FIELD_LABELS, RULES_OF, UNITS, is_placeholder
from martech.models import Account, Person, PersonMerge
from martech.selectors.people import people_for
from martech.selectors.searching import with_words
from martech.services.merging import MergePlan, plan_merge
from mops.core.errors import DomainError
from mops.core.rights import called, hidden_fields
from mops.core.templatetags.mops import country, spoken
from mops.core.trails import Newest, TrailEntry
from planning.models import Campaign

BY_RULE = {
    "most_recent": "changed last",
    "most_trusted": "most trusted",
    "longest": "longest",
    "first": "came first",
    "furthest": "furthest",
    "earliest": "earliest",
    "highest": "highest",
    "any": "one says yes",
    "choice": "chosen",
}


_SEVERAL = (None, None)


@dataclass(frozen=True)
class ChoiceCell:
    """The value of one person in one line of the comparison."""

    person: int
    text: str
    is_chosen: bool


@dataclass(frozen=True)
class ChoiceLine:
    """One unit side by side. `name` is what a choice calls it; `differs` when the values do, `is_choice` when somebody may
    choose among them: stage, score and dates follow from what a person is.
    """

    name: str
    label: str
    cells: list[ChoiceCell]
    why: str
    differs: bool
    is_choice: bool


def visible_merges(user: Any) -> QuerySet[PersonMerge]:
    """Merges whose survivor, as of now, the user may see."""
    seen = Person.objects.visible_to(user).values("pk")
    rows = PersonMerge.objects.filter(Q(survivor__in=seen) | Q(survivor__merged_into__in=seen))
    return rows.select_related("survivor", "rules", "actor", "undone_by").prefetch_related("others")


def merges_of(user: Any, person: Person) -> QuerySet[PersonMerge]:
    """The merges a person was in on either side, the last first."""
    return visible_merges(user).filter(Q(survivor=person) | Q(others__person=person)).distinct().order_by("-pk")


def people_by_id(user: Any, ids: Sequence[int]) -> list[Person]:
    """The people with these ids, merged-away ones included so that the refusal can say so. Raises DomainError."""
    found = {person.pk: person for person in Person.objects.filter(pk__in=ids)}
    seen = set(Person.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    missing = [pk for pk in ids if pk not in found or (pk not in seen and not found[pk].is_merged)]
    if missing:
        listed = ", ".join(str(pk) for pk in missing)
        raise DomainError("Nobody was merged.", errors={"others": [f"Nobody has the id {listed}."]})
    return [found[pk] for pk in ids]


def candidates(user: Any, person: Person, text: str, limit: int = 20) -> list[Person]:
    """Whom one may mean by a text: words of the name or company, an address where it may be seen, or an id."""
    rows = people_for(user).exclude(pk=person.pk)
    if text.isdigit() and len(text) < 19:
        return list(rows.filter(pk=int(text)))
    return list(with_words(rows, text, hidden_fields(user, Person)).order_by("last_name", "first_name", "pk")[:limit])


def likely_same(user: Any, person: Person, limit: int = 10) -> list[Person]:
    """People with the same name or phone number, to begin with."""
    same = Q(pk__in=[])
    if person.last_name:
        same |= Q(last_name__iexact=person.last_name, first_name__iexact=person.first_name)
    if person.phone and not is_placeholder(person.phone):
        same |= Q(phone=person.phone)
    return list(people_for(user).filter(same).exclude(pk=person.pk).order_by("pk")[:limit])


def comparison(user: Any, plan: MergePlan) -> list[ChoiceLine]:
    """Everybody's values side by side with the one that survives; units the user may not see are left out."""
    everybody = [plan.survivor, *plan.others]
    hidden = hidden_fields(user, Person)
    names = names_of_references(everybody)
    lines = [
        line_of(plan, unit, FIELD_LABELS[unit], [text_of(unit, person, names) for person in everybody])
        for unit in FIELD_LABELS
        if unit in UNITS and not hidden & set(UNITS[unit])
    ]
    keys = sorted({key for person in everybody for key in person.properties})
    lines += [
        line_of(plan, f"properties.{key}", spoken(key), [str(person.properties.get(key, "")) for person in everybody])
        for key in keys
    ]
    return [line for line in lines if any(cell.text for cell in line.cells)]


def line_of(plan: MergePlan, name: str, label: str, texts: Sequence[str]) -> ChoiceLine:
    source = plan.survival.sources[name]
    cells = [
        ChoiceCell(person.pk, text, person.pk == source)
        for person, text in zip([plan.survivor, *plan.others], texts, strict=True)
    ]
    kept = "kept" if source == plan.survivor.pk else "fills a blank"
    differs, is_fact = len(set(texts)) > 1, len(RULES_OF.get(name, _SEVERAL)) == 1
    return ChoiceLine(
        name, label, cells, BY_RULE.get(plan.survival.rules[name], kept), differs, differs and not is_fact
    )


def names_of_references(people: Sequence[Person]) -> dict[str, dict[int, str]]:
    """Names of accounts, owners and campaigns, in three queries."""
    models: dict[str, Any] = {"account_id": Account, "owner_id": get_user_model(), "campaign_id": Campaign}
    return {
        column: {row.pk: str(row) for row in model._default_manager.filter(pk__in={getattr(p, column) for p in people})}
        for column, model in models.items()
    }


def text_of(unit: str, person: Person, names: Mapping[str, Mapping[int, str]]) -> str:
    """One unit of one person in words."""
    if unit == "account":
        return names["account_id"].get(person.account_id or 0, "")
    if unit == "owner":
        return names["owner_id"].get(person.owner_id or 0, "") or person.owner_name
    if unit == "origin":
        parts = [person.get_channel_display(), person.source, person.medium]
        return " · ".join(filter(None, [*parts, names["campaign_id"].get(person.campaign_id or 0, "")]))
    if unit == "score":
        return f"{person.score_fit} fit, {person.score_engagement} engagement {person.grade}".strip()
    value = getattr(person, unit)
    if unit in ("lifecycle_stage", "furthest_stage"):
        return str(getattr(person, f"get_{unit}_display")())
    if unit in ("created_at", "recorded_at"):
        return date_format(timezone.localtime(value), "j M Y, H:i")
    if unit == "country":
        return country(value)
    return "yes" if value is True else str(value or "")


def preview_merge(
    user: Any, survivor: Person, others: Sequence[Person], choices: Mapping[str, int]
) -> tuple[MergePlan, list[ChoiceLine]]:
    """What a merge would do, nothing written. Raises DomainError for a wrong choice."""
    plan = plan_merge(survivor, sorted(others, key=lambda person: person.pk), choices)
    return plan, comparison(user, plan)


def merge_trail(user: Any, person: Person, _asked: Newest) -> list[TrailEntry]:
    """Merges and their undoing, as entries of a person's trail. They are few, so that all are answered."""
    entries = []
    for merge in merges_of(user, person):
        names = ", ".join(called(user, other.was) for other in merge.others.all())
        title = f"{names} merged into {called(user, merge.survivor)}"
        url = merge.survivor.get_absolute_url()
        entries.append(TrailEntry(merge.at, "git-merge", title, merge.reason, url))
        if merge.undone_at:
            entries.append(TrailEntry(merge.undone_at, "git-branch", f"Undone: {title}", merge.undone_reason, url))
    return entries
