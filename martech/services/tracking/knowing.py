"""Whom ids belong to: what a batch knows, and what it adds. The unique constraint decides every race."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from martech.models import PersonIdentity, SourceEvent

USER, ANONYMOUS = "user", "anonymous"
Bound = tuple[str, str, str]
"""(system, kind, id)"""


@dataclass
class Known:
    """`people` by id; `wanted` are the ids to bind, which count as bound already within the batch."""

    people: dict[Bound, int]
    wanted: dict[Bound, int] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Iterable[SourceEvent]) -> "Known":
        """Everybody whom the events' ids belong to."""
        systems: dict[str, set[str]] = {}
        for event in events:
            systems.setdefault(event.source.system, set()).update({event.user_id, event.anonymous_id} - {""})
        return cls(read(systems))

    def person(self, system: str, kind: str, external_id: str) -> int | None:
        key = (system, kind, external_id)
        return self.people.get(key) or self.wanted.get(key)

    def want(self, system: str, kind: str, external_id: str, person: int) -> None:
        if external_id and self.person(system, kind, external_id) is None:
            self.wanted[system, kind, external_id] = person

    def bind(self) -> set[Bound]:
        """Write the wanted ids; one that somebody else took meanwhile is theirs. Answers those bound since."""
        rows = [
            PersonIdentity(system=system, object=kind, external_id=external_id, person_id=person)
            for (system, kind, external_id), person in sorted(self.wanted.items())
        ]
        if not rows:
            return set()
        PersonIdentity.objects.bulk_create(rows, ignore_conflicts=True)
        systems: dict[str, set[str]] = {}
        for system, _kind, external_id in self.wanted:
            systems.setdefault(system, set()).add(external_id)
        fresh = set(self.wanted)
        self.people.update(read(systems))
        self.wanted = {}
        return fresh


def read(systems: dict[str, set[str]]) -> dict[Bound, int]:
    which = Q()
    for system, ids in systems.items():
        if ids:
            which |= Q(system=system, external_id__in=ids)
    if not which:
        return {}
    rows = PersonIdentity.objects.filter(which, object__in=(USER, ANONYMOUS))
    return {(s, o, e): p for s, o, e, p in rows.values_list("system", "object", "external_id", "person_id")}
