"""Why each value of a person is what it is: where it came from, when, and by whom, told from history and imports."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from governance.selectors.history import actor_names, event_models, text_of
from martech.models import Account, ImportBatch, Person
from mops.core.rights import hidden_fields
from mops.core.templatetags.mops import country, spoken

SHOWN = (
    *("email", "first_name", "last_name", "phone", "company", "website", "country", "city", "job_title"),
    *(
        "linkedin_url",
        "source",
        "medium",
        "channel",
        "lifecycle_stage",
        "grade",
        "account_id",
        "owner_id",
        "owner_name",
    ),
)
MOST_EVENTS = 500
VERBS = {
    "save_person": "sent in",
    "save_people": "sent in, in bulk",
    "update_person": "changed by hand",
    "merge_people": "kept in a merge",
    "unmerge_people": "given back when a merge was undone",
    "refresh_people": "counted",
    "match_accounts": "matched",
    "choose_account": "chosen by hand",
    "route_people": "routed",
    "assign_owner": "assigned by hand",
    "move_people": "moved by hand",
    "seed_demo": "with the demo company",
}


@dataclass(frozen=True)
class Origin:
    """One value: how it came, when, by whom, and the page that shows more."""

    label: str
    value: str
    how: str
    at: datetime
    by: str = ""
    url: str = ""


def origins_of(user: Any, person: Person) -> list[Origin]:
    """The filled values of a person with their origins; what the user may not see is left out. Four statements."""
    hidden = hidden_fields(user, Person)
    columns = [name for name in SHOWN if name.removesuffix("_id") not in hidden and getattr(person, name)]
    events = list(
        event_models()[Person]
        ._default_manager.filter(pgh_obj_id=person.pk)
        .select_related("pgh_context")
        .order_by("-pgh_id")[:MOST_EVENTS]
    )
    decisive = {column: event_that_set(column, events) for column in columns}
    batches = batches_named(person, decisive.values())
    names = actor_names([event for event in decisive.values() if event is not None])
    return [origin(person, column, event, batches, names) for column, event in decisive.items()]


def event_that_set(column: str, events: list[Any]) -> Any:
    """The event that gave a column the value it has, of events newest first; None where history does not go back so far."""
    found = None
    for event in events:
        if getattr(event, column, None) != getattr(events[0], column, None):
            return found
        found = event
    return found


def batches_named(person: Person, events: Iterable[Any]) -> dict[int, ImportBatch]:
    ids = {context_of(event).get("batch") for event in events} | {person.import_batch_id}
    return ImportBatch.objects.in_bulk([pk for pk in ids if pk])


def context_of(event: Any) -> dict[str, Any]:
    return dict(event.pgh_context.metadata) if event is not None and event.pgh_context else {}


def origin(
    person: Person, column: str, event: Any, batches: Mapping[int, ImportBatch], names: Mapping[Any, str]
) -> Origin:
    field = Person._meta.get_field(column)
    label, context = spoken(field.verbose_name), context_of(event)  # type: ignore[union-attr]
    at = event.pgh_created_at if event is not None else person.recorded_at
    batch = batches.get(context.get("batch") or (person.import_batch_id if not context else 0) or 0)
    how, url = told(context, batch)
    by = names.get(context.get("user"), "")
    return Origin(label, shown(person, column), how, at, by, url)


def told(context: Mapping[str, Any], batch: ImportBatch | None) -> tuple[str, str]:
    """How a value came, in words, and where to read more."""
    verb = str(context.get("verb", ""))
    if batch is not None:
        return f"imported from {batch.source} ({batch.file_name})", reverse("martech:import", args=[batch.pk])
    if verb.startswith("sync_"):
        return f"taken from {context.get('connection', 'a connected system')}", ""
    reason = str(context.get("reason", ""))
    how = VERBS.get(verb, verb.replace("_", " ") or "recorded before history was kept")
    return f"{how}: {reason}" if reason else how, ""


def shown(person: Person, column: str) -> str:
    """The value as the page shows it elsewhere."""
    if column == "account_id":
        return str(person.account) if isinstance(person.account, Account) else ""
    if column == "owner_id":
        return str(person.owner)
    if column == "country":
        return country(person.country)
    display = getattr(person, f"get_{column}_display", None)
    return str(display()) if display else text_of(getattr(person, column))
