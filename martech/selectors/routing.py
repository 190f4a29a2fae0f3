"""Reads that routing itself needs: the policy in force, who is in its pools, and what is known about a lead."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from governance.models import User
from martech.condition_fields import lookups_of, record_from, record_reader
from martech.models import (
    DecisionOutcome,
    Person,
    PolicyVersion,
    RoutingDecision,
    RoutingPolicy,
)
from martech.routing.checks import check
from martech.routing.decision import Engine, Lead, Owner
from martech.routing.reading import Colleague, Finding, Reading, Surroundings, read_policy
from martech.selectors.calendars import Fault, faults, kept_hours
from mops.core.conditions import Catalogue, get_catalogue
from mops.core.rights import can
from mops.core.sql import fetch
from mops.core.versions import VersionState, draft_among, newest_among


def person_fields() -> Catalogue:
    return get_catalogue("person")


def published_version() -> PolicyVersion | None:
    """The version that routes. Publishing a policy takes the others out of force, so there is one at most.

    Its document is read when somebody asks for it; `engine_of` does so once a process.
    """
    in_force = PolicyVersion.objects.filter(state=VersionState.PUBLISHED).defer("document")
    return in_force.select_related("policy").order_by("-published_at", "-pk").first()


ROUTING = "select 1 from martech_policyversion where state = 'published' limit 1"


def is_routing() -> bool:
    """Whether a policy is in force; asked for every person who comes in."""
    return bool(fetch(ROUTING))


def faulty_hours() -> list[Fault]:
    """Working hours that cannot be read, and those that the policy in force names and nobody keeps."""
    version = published_version()
    return faults(engine_of(version).policy.calendars if version else ())


def draft_of(policy: RoutingPolicy) -> PolicyVersion | None:
    return draft_among(policy.versions.all())


def document_to_edit(policy: RoutingPolicy) -> dict[str, Any]:
    """The draft's document; without a draft the newest version's, without any a policy of nothing yet."""
    version = newest_among(policy.versions.all())
    empty = {"name": policy.name, "hit": "first", "keep_owner": True, "rules": [], "otherwise": "", "pools": {}}
    return dict(version.document) if version else empty


def engine_of(version: PolicyVersion) -> Engine:
    """The version made ready to decide; built once per process, as a published document never changes."""
    key = (version.pk, version.revision, version.published_at)
    engine = _engines.get(key)
    if engine is None:
        if len(_engines) >= ENGINES_KEPT:
            _engines.clear()
        engine = _engines[key] = Engine(read_policy(version.document, Surroundings(person_fields())).policy)
    return engine


class InForce(NamedTuple):
    """The version that routes, as far as those who route must know it."""

    version: int
    policy: int
    engine: Engine


_IN_FORCE = """
select id, policy_id, revision, published_at from martech_policyversion
where state = 'published' order by published_at desc, id desc limit 1
"""


def in_force() -> InForce | None:
    """What routes now, asked with every batch: one short statement where this process knows the version already."""
    rows = fetch(_IN_FORCE)
    if not rows:
        return None
    (version, policy, *stamp) = rows[0]
    engine = _engines.get((version, *stamp)) or engine_of(PolicyVersion.objects.get(pk=version))
    return InForce(version, policy, engine)


ENGINES_KEPT = 64
_engines: dict[tuple[Any, ...], Engine] = {}


def surroundings_of(document: Any) -> Surroundings:
    """The users and calendars a document may name."""
    emails = {text.strip().lower() for text in _emails_in(document)}
    users = User.objects.filter(email__in=emails)
    hours = kept_hours()
    return Surroundings(
        person_fields(),
        {
            user.email.lower(): Colleague(user.pk, str(user), user.is_active, can(user, "martech.own_leads"))
            for user in users
        },
        {key: name for key, (name, _hours) in hours.items()},
        {key: one.fault for key, (_name, one) in hours.items() if one.fault},
        {key: one.calendar for key, (_name, one) in hours.items()},
    )


def _emails_in(document: Any) -> Iterable[str]:
    """Every address in the document: members of pools, and whom to tell of a breach."""
    if isinstance(document, dict):
        for key, value in document.items():
            if key in ("user", "escalate_to") and isinstance(value, str):
                yield value
            elif key not in ("when", "pause_when", "given"):
                yield from _emails_in(value)
    elif isinstance(document, list):
        for item in document:
            yield from _emails_in(item)


def read_document(document: Any) -> tuple[Reading, Surroundings]:
    around = surroundings_of(document)
    return read_policy(document, around), around


def check_document(document: Any) -> list[Finding]:
    """Findings of a policy document, errors first."""
    return findings_of(*read_document(document))


def findings_of(reading: Reading, around: Surroundings) -> list[Finding]:
    """The same of a document that was read already."""
    return check(reading, around, lambda given: record_from(given, around.catalogue), timezone.now())


def routes_instead(policy: RoutingPolicy) -> list[Finding]:
    """That another policy is in force, which publishing this one would end."""
    found = []
    others = PolicyVersion.objects.filter(state=VersionState.PUBLISHED).exclude(policy=policy)
    for other in others.select_related("policy"):
        reason = f"the policy “{other.policy}” routes now; one policy routes at a time"
        found.append(Finding("", reason, "publishing this one takes it out of force", "warning"))
    return found


class Candidate(NamedTuple):
    """A person as routing reads them: what the engine must know, `told`, of which the new owner hears, and when they came."""

    pk: int
    lead: Lead
    told: Sequence[str]
    came_at: datetime

    @property
    def owner_id(self) -> int | None:
        return self.lead.owner.pk if self.lead.owner else None

    @property
    def name(self) -> str:
        return f"{self.told[0]} {self.told[1]}".strip()

    @property
    def email(self) -> str:
        return self.told[2]

    @property
    def detail(self) -> str:
        return ", ".join(filter(None, self.told[3:]))


_OWNERS = ("pk", "do_not_route", "owner_id", "owner__is_active", "account__owner_id", "account__owner__is_active")
TOLD = ("first_name", "last_name", "email", "company", "source")


def candidates_of(people: QuerySet[Person], engine: Engine) -> dict[int, Candidate]:
    """The people by id in the order of the query, read in one statement (and locked by it when the query locks)."""
    first, last = len(_OWNERS) + 1, len(_OWNERS) + 1 + len(TOLD)
    return {
        row[0]: Candidate(row[0], lead, row[first:last], row[first - 1])
        for row, lead in _read(people, engine, ("created_at", *TOLD))
    }


def leads_of(people: QuerySet[Person], engine: Engine) -> dict[int, Lead]:
    """The same people by id, only with what the engine must know."""
    return {row[0]: lead for row, lead in _read(people, engine, ())}


def _read(people: QuerySet[Person], engine: Engine, besides: Sequence[str]) -> Iterator[tuple[tuple[Any, ...], Lead]]:
    """Each person's columns, those of their owners and `besides` first, and what the engine must know."""
    catalogue, fields = person_fields(), engine.policy.fields
    names = list(dict.fromkeys([*_OWNERS, *besides, *lookups_of(fields, catalogue)]))
    read = record_reader(fields, names, catalogue)
    rows = list(people.values_list(*names))
    by_hand = assigned_by_hand([row[0] for row in rows if row[2]])
    return ((row, _lead(row, read(row), by_hand)) for row in rows)


def _lead(row: Sequence[Any], record: dict[str, Any], by_hand: Mapping[int, int]) -> Lead:
    pk, do_not_route, owner_id, is_active, account_owner_id, account_owner_is_active = row[: len(_OWNERS)]
    owner = Owner(owner_id, is_active, by_hand.get(pk) == owner_id) if owner_id else None
    account_owner = Owner(account_owner_id, account_owner_is_active) if account_owner_id else None
    return Lead(record, owner, account_owner, do_not_route)


def assigned_by_hand(person_ids: Sequence[int]) -> dict[int, int]:
    """`{person: owner}` for those whose latest assignment was made by a colleague."""
    if not person_ids:
        return {}
    settled = Q(outcome=DecisionOutcome.MANUAL) | Q(outcome=DecisionOutcome.ASSIGNED)
    rows = RoutingDecision.objects.filter(settled, person__in=person_ids)
    latest = (
        rows.order_by("person_id", "-decided_at", "-pk").distinct("person_id").values_list("person", "outcome", "owner")
    )
    return {person: owner for person, outcome, owner in latest if outcome == DecisionOutcome.MANUAL}
