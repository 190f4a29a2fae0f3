"""A first mapping from both schemas: what the vendor's folder knows, then names that mean the same."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from martech.connectors.offers import Suggestion
from martech.connectors.port import FieldType, RemoteField
from martech.sync.document import MATCHES
from martech.sync.fields import FIELDS
from martech.sync.keys import KEY
from martech.sync.value_maps import as_rows

SPELLED_AS = {FieldType.URL: FieldType.TEXT}
"""Types of ours that vendors describe as another one."""


def plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower().removesuffix("__c"))


def suggested_document(
    kind: str, suggestions: Iterable[Suggestion], schema: Mapping[str, RemoteField], *, create_there: bool = False
) -> dict[str, Any]:
    """A mapping document that the schema allows; fields that are read-only there are pulled only, and our id needs one of
    unique values."""
    rows: list[dict[str, Any]] = []
    for one in suggestions:
        remote = schema.get(one.theirs)
        if remote is not None and (one.ours != KEY or (remote.is_unique and remote.is_writable)):
            direction = one.direction if remote.is_writable else "pull"
            values = as_rows(pair for pair in one.values if not remote.options or pair[1] in remote.options)
            row = {"ours": one.ours, "theirs": one.theirs, "direction": direction, "truth": one.owner, "values": values}
            rows.append({**row, "transform": one.transform} if one.transform else row)
    rows += by_name(kind, rows, schema)
    return {
        "fields": rows,
        "match": list(MATCHES.get(kind, ())),
        "create_here": True,
        "create_there": create_there,
    }


def by_name(kind: str, taken: Sequence[Mapping[str, Any]], schema: Mapping[str, RemoteField]) -> list[dict[str, Any]]:
    """Fields of ours that nothing is mapped to yet and that a field of theirs has the name of."""
    ours = {row["ours"] for row in taken}
    theirs = {row["theirs"] for row in taken}
    names = {plain(name): field for name, field in schema.items() if name not in theirs}
    found = []
    for name, field in FIELDS.get(kind, {}).items():
        remote = names.get(plain(name))
        if (
            name not in ours
            and not field.is_read_only
            and remote is not None
            and remote.type in (field.type, SPELLED_AS.get(field.type))
        ):
            direction = "both" if remote.is_writable else "pull"
            found.append({"ours": name, "theirs": remote.name, "direction": direction, "truth": "newest", "values": []})
    return found
