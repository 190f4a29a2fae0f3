"""What the takers of streams share: where they work, and what became of a record."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from martech.models import Connection, SyncObject
from martech.services.sync.mirror import local_ids

Reference = tuple[str, str]
"""(object, id) over there."""


@dataclass(frozen=True)
class Stage:
    """The object being read, and the moment that counts as now."""

    connection: Connection
    object: SyncObject
    vendor: str
    now: datetime

    @property
    def system(self) -> str:
        return self.connection.name

    def key(self, id: str) -> str:
        """What makes a row of ours one row, in 80 characters."""
        plain = f"{self.system}:{self.object.name}:{id}"
        return plain if len(plain) <= 80 else f"sync:{hashlib.sha256(plain.encode()).hexdigest()[:70]}"

    def found(self, references: Iterable[Reference]) -> dict[Reference, int]:
        """Our ids of the records named, where we know them; merged and converted ones lead on."""
        wanted, known = set(references), {}
        for object in sorted({object for object, _id in wanted}):
            ids = local_ids(self.connection.pk, object, [id for of, id in wanted if of == object])
            known.update({(object, id): local for id, local in ids.items()})
        return known


@dataclass(frozen=True)
class Settled:
    """`outcome` is a count of runs. One that `waits` is tried again with every round, until what it names is known."""

    local_id: int | None
    outcome: str
    waits: bool = False


Settler = Callable[[Stage, Mapping[str, Any], Mapping[str, Any]], dict[str, Settled]]
"""`settle(stage, said, before)`: what is said now by id, and what was said before where that is known."""
