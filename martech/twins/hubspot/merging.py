"""Merging two records: a new record is born, both old ids become names of it."""

from martech.twins.hubspot.schema import CREATED, LINK_LABELS, MODIFIED, TYPE_IDS
from martech.twins.hubspot.stamps import to_text
from martech.twins.hubspot.store import Event, Record, Store, insort, remove

OWN = {"hs_object_id", "hs_merged_object_ids", "hs_additional_emails", "hs_calculated_merged_vids"}


def merge(store: Store, object: str, primary: Record, other: Record, *, keeps_id: bool) -> Record:
    """The merged record; the primary's values win, the other's fill what is empty. With `keeps_id` the primary lives on."""
    table, now = store.tables[object], store.clock.milliseconds()
    id = primary.id if keeps_id else table.next_id()
    old = [record.id for record in (primary, other) if record.id != id]
    properties = {name: value for name, value in other.properties.items() if name not in OWN}
    properties |= {name: value for name, value in primary.properties.items() if value is not None}
    properties |= {"hs_object_id": str(id), MODIFIED[object]: to_text(now)}
    properties["hs_merged_object_ids"] = ";".join(merged_ids(primary, other, old))
    # Incomplete on purpose, as it is over there: a chain of merges loses its first links.
    properties["hs_calculated_merged_vids"] = ";".join(f"{number}:{now}" for number in old[-1:])
    created = min(primary.created, other.created)
    properties[CREATED[object]] = to_text(created)
    add_second_address(properties, primary, other)
    made = Record(id, properties, created, now)
    for record in (primary, other):
        move_links(store, object, record.id, id)
        take_away(store, object, record)
    table.aliases.update(dict.fromkeys(old, id))
    insort(table.ids, id)
    store.keep(object, made, None)
    more = {"primaryObjectId": primary.id, "mergedObjectIds": [primary.id, other.id], "newObjectId": id}
    store.tell(Event("merge", object, id, now, more=more))
    return made


def merged_ids(primary: Record, other: Record, old: list[int]) -> list[str]:
    found: list[str] = []
    for record in (primary, other):
        found += [text for text in (record.properties.get("hs_merged_object_ids") or "").split(";") if text]
    return [*found, *map(str, old)]


def add_second_address(properties: dict[str, str | None], primary: Record, other: Record) -> None:
    second = other.properties.get("email")
    if second and second != primary.properties.get("email") and primary.properties.get("email"):
        kept = primary.properties.get("hs_additional_emails")
        properties["hs_additional_emails"] = ";".join(filter(None, (kept, second)))


def move_links(store: Store, object: str, old: int, new: int) -> None:
    """What hangs on the old record hangs on the new one; a primary label stays with one of them."""
    if old == new:
        return
    for to in TYPE_IDS:
        for to_id, types in list(store.linked(object, old, to).items()):
            kept = types
            if any(LINK_LABELS.get(t) for held in store.linked(object, new, to).values() for t in held):
                kept = tuple(number for number in types if not LINK_LABELS.get(number))
            store.unlink(object, old, to, to_id)
            store.link(object, new, to, to_id, kept)


def take_away(store: Store, object: str, record: Record) -> None:
    table = store.tables[object]
    remove(table.ids, record.id)
    store.forget_unique(object, record)
    table.records.pop(record.id, None)
    store.see(table, record.id, None, store.clock.milliseconds())
    store.on_change(object, record.id)
