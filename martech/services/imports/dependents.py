"""What hangs on rows that are deleted in sets: found by introspection, so that no table of any app is left out."""

from collections.abc import Iterator

from django.db.models import CASCADE, PROTECT, SET_NULL, ManyToOneRel, Model

from mops.core.sql import execute


def relations(model: type[Model]) -> Iterator[tuple[type[Model], str, object]]:
    """(model that refers to this one, its column, what happens to it on a delete)."""
    for found in model._meta.get_fields(include_hidden=True):
        if isinstance(found, ManyToOneRel):
            yield found.related_model, found.field.column, found.on_delete


def delete_rows(model: type[Model], rows: str) -> int:
    """Delete the rows whose ids the query `rows` answers, after what cascades from them; answers how many.

    Raises IntegrityError for rows that something protects.
    """
    # Taking something away may note work about its owner (a trigger's row, say), which then has to go as well.
    while delete_below(model, rows):
        pass
    return execute(f"delete from {model._meta.db_table} where {model._meta.pk.column} in ({rows})")


def delete_below(model: type[Model], rows: str) -> int:
    """One pass over everything that refers to the rows; answers how much was deleted."""
    found, deleted = list(relations(model)), 0
    for child, column, on_delete in found:
        if on_delete is SET_NULL:
            execute(f"update {child._meta.db_table} set {column} = null where {column} in ({rows})")
    for child, column, on_delete in found:
        if on_delete is CASCADE:
            below = f"select {child._meta.pk.column} from {child._meta.db_table} where {column} in ({rows})"
            deleted += delete_rows(child, below)
    return deleted


def protections(model: type[Model], alias: str) -> dict[str, str]:
    """Reason → condition, for what keeps a row of the model from being deleted."""
    return {
        f"{child._meta.verbose_name_plural} refer to it": (
            f"exists (select 1 from {child._meta.db_table} x where x.{column} = {alias}.id)"
        )
        for child, column, on_delete in relations(model)
        if on_delete is PROTECT
    }
