"""What a preview shows: the first rows that would be new, changed (old → new) and unchanged."""

import json
from typing import Any

from django.conf import settings

from martech.models import ImportBatch
from martech.services.imports.stage import HELD
from martech.services.imports.tables import Target
from mops.core.sql import fetch

SHOWN = 5
LABELS = {
    "person": "coalesce(nullif(trim(t.first_name || ' ' || t.last_name), ''), nullif(t.email, ''), 'Person ' || t.id)",
    "account": "t.name",
    "deal": "t.name",
    "spend": "t.date || ' ' || t.channel || ' ' || t.campaign_name",
    "touch": "t.kind || ' ' || t.at",
}
SILENT = {"id", "name_key", "key", "channel", "furthest_stage", "person_id", "account_id", "campaign_id", "owner_id"}


def first_rows(batch: ImportBatch, target: Target) -> dict[str, Any]:
    """Asked inside the transaction of the dry run, before it is rolled back."""
    return {"new": new_rows(batch, target), "changed": changed_rows(batch, target), "same": same_rows(batch, target)}


def new_rows(batch: ImportBatch, target: Target) -> list[dict[str, Any]]:
    columns = ", ".join(f"'{name}', {told(name, kind)}" for name, kind in target.columns.items() if name not in SILENT)
    sql = (
        f"select {LABELS[target.object]}, jsonb_build_object({columns})::text from {target.table} t "
        f"where t.import_batch_id = %s order by t.id limit {SHOWN}"
    )
    return [{"label": label, "values": filled(values)} for label, values in fetch(sql, batch.pk)]


def told(name: str, kind: str) -> str:
    """A moment is shown in the company's zone, as the file has it."""
    if kind != "timestamptz":
        return f"t.{name}"
    return f"to_char(t.{name} at time zone '{settings.TIME_ZONE}', 'YYYY-MM-DD HH24:MI')"


def filled(values: str) -> dict[str, str]:
    return {name: shown(value) for name, value in json.loads(values).items() if value not in (None, "", {}, [], 0)}


def changed_rows(batch: ImportBatch, target: Target) -> list[dict[str, Any]]:
    sql = (
        f"select {LABELS[target.object]}, c.before::text, c.after::text from martech_importchange c "
        f"join {target.table} t on t.id = c.object_id where c.batch_id = %s and c.object = %s "
        f"and t.import_batch_id is distinct from c.batch_id order by c.id limit {SHOWN}"
    )
    found = []
    for label, before, after in fetch(sql, batch.pk, target.object):
        old, new = json.loads(before), json.loads(after)
        fields = [{"name": n, "old": shown(old[n]), "new": shown(new[n])} for n in sorted(new) if n not in SILENT]
        found.append({"label": label, "fields": fields})
    return found


def shown(value: Any) -> str:
    """A value for people; properties as their names and values."""
    if value in (None, "", {}, []):
        return "–"
    text = ", ".join(f"{name} {one}" for name, one in value.items()) if isinstance(value, dict) else str(value)
    return text if len(text) <= 120 else f"{text[:119]}…"


def same_rows(batch: ImportBatch, target: Target) -> list[str]:
    sql = (
        f"select {LABELS[target.object]} from {HELD} h join {target.table} t on t.id = h.target "
        f"where t.import_batch_id is distinct from %s and not exists (select 1 from martech_importchange c "
        f"where c.batch_id = %s and c.object = %s and c.object_id = t.id) order by h.row_number limit {SHOWN}"
    )
    return [row[0] for row in fetch(sql, batch.pk, batch.pk, target.object)]
