"""People as the engine reads and writes them: in sets, with their addresses, ids and first stage."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from martech.channels import channel_of
from martech.connectors.port import Value
from martech.lifecycle.document import FORWARD
from martech.models import Person, PersonEmail, Stage, StageMove
from martech.normalisation import email_key
from martech.services.arrivals import follow_people
from martech.services.sync.course import Course
from martech.services.sync.incoming import Incoming
from martech.services.sync.keys import key_of
from martech.services.sync.locals import Values, iso, update_many, users_named
from martech.sync.fields import PROPERTY
from martech.sync.keys import KEY
from mops.core.copying import copy_rows, reserve_ids
from mops.core.history import expect_many
from mops.core.sql import among, execute, fetch, texts

TEXTS = ("email", "first_name", "last_name", "company", "website", "phone", "country", "city", "job_title")
COLUMNS: dict[str, str] = {
    **dict.fromkeys((*TEXTS, "linkedin_url", "source"), ""),
    "owner_id": "bigint",
    "account_id": "bigint",
    "account_match": "jsonb",
    "do_not_route": "boolean",
}
MATCHED_BY = frozenset({"company", "website", "phone", "country", "email"})
INSERTED = (
    *("id", *TEXTS, "linkedin_url", "source", "medium", "channel", "utm", "owner_id", "owner_name", "do_not_route"),
    "account_id",
    *("lifecycle_stage", "furthest_stage", "score_fit", "score_engagement", "grade", "properties"),
    *("created_at", "recorded_at", "updated_at"),
)


# Looked up one by one by index, however many people there are: a hash join would read all of them for every page.
BY_IDENTITY = """
select w.id, coalesce((select p.merged_into_id from martech_person p where p.id = i.person_id), i.person_id)
from unnest(%s::text[]) w(id) cross join lateral (
  select person_id from martech_personidentity where system = %s and object = %s and external_id = w.id limit 1) i
"""
BY_ADDRESS = """
select w.key, coalesce((select p.merged_into_id from martech_person p where p.id = e.person_id), e.person_id)
from unnest(%s::text[]) w(key) cross join lateral (
  select person_id from martech_personemail where key = w.key limit 1) e
"""


class People:
    kind = "person"
    model = Person
    table = "martech_person"

    def load(self, ids: Iterable[int], fields: Sequence[str]) -> dict[int, dict[str, Value]]:
        names = [name for name in fields if name in COLUMNS or name in ("lifecycle_stage", "grade")]
        numbers = [name for name in fields if name.startswith("score_")]
        wants = {"created_at", "owner", "account"} & set(fields)
        rows = Person.objects.living().filter(pk__in=among(ids)).order_by("pk").select_for_update(of=("self",))
        found = {}
        for row in rows.annotate(owner_email=F("owner__email")).values(
            "pk", *names, *numbers, "owner_email", "account_id", "created_at", "properties"
        ):
            values: dict[str, Value] = {name: row[name] if row[name] != "" else None for name in names}
            values.update({name: str(row[name]) for name in numbers})
            if KEY in fields:
                values[KEY] = key_of(row["pk"])
            if "owner" in wants:
                values["owner"] = row["owner_email"]
            if "account" in wants:
                values["account"] = str(row["account_id"]) if row["account_id"] else None
            if "created_at" in wants:
                values["created_at"] = iso(row["created_at"])
            values.update(named_properties(row["properties"], fields))
            found[row["pk"]] = values
        return found

    def find(self, course: Course, rows: Sequence[Incoming]) -> None:
        """By the id they carry here, then by address where the mapping matches by it."""
        by_id = {alias: row for row in rows if row.local_id is None for alias in (row.id, *row.record.alias_ids)}
        for external_id, person in fetch(BY_IDENTITY, texts(by_id), course.system, course.object.name):
            by_id[external_id].local_id = person
        if "email" not in course.mapping.match:
            return
        by_key: dict[str, list[Incoming]] = {}
        for row in rows:
            if row.local_id is None and row.key:
                by_key.setdefault(row.key, []).append(row)
        for key, person in fetch(BY_ADDRESS, texts(by_key)):
            for row in by_key[key]:
                row.local_id = person

    def create(self, course: Course, rows: Sequence[Incoming]) -> None:
        now = timezone.now().isoformat()
        users = users_named(row.ours for row in rows)
        for row, pk in zip(rows, reserve_ids(Person, len(rows)), strict=True):
            row.local_id, row.is_new = pk, True
        # Addresses before the people themselves: what looks whether somebody was merged away finds nobody yet.
        addressed = [row for row in rows if row.key]
        copy_rows(
            PersonEmail,
            ("person_id", "address", "key", "created_at"),
            ((row.local_id, row.ours["email"], row.key, now) for row in addressed),
        )
        course.given.update({row.local_id or 0: to for row in rows if (to := _account_of(row, course))})
        copy_rows(Person, INSERTED, (_inserted(row, users, course.given, now) for row in rows))
        copy_rows(StageMove, ("person_id", "from_stage", "stage", "at", "cause", "reason"), _first_moves(rows, now))

    def change(self, course: Course, changes: Mapping[int, Values]) -> None:
        users = users_named(changes.values())
        columns: dict[int, dict[str, Any]] = {}
        for pk, values in changes.items():
            found: dict[str, Any] = {n: v for n, v in values.items() if n in COLUMNS or n.startswith(PROPERTY)}
            if "owner" in values:
                found["owner_id"] = users.get(str(values["owner"]))
            if "account" in values:
                found |= {"account_id": values["account"], "account_match": None}
                course.given.pop(pk, None)  # a second record about them says another one
            columns[pk] = found
        expect_many(len(columns))
        update_many(self.table, columns, COLUMNS)
        move_stages({pk: str(v["lifecycle_stage"]) for pk, v in changes.items() if v.get("lifecycle_stage")}, course)
        self._claim_addresses(changes)

    def _claim_addresses(self, changes: Mapping[int, Values]) -> None:
        """A new address is one more of theirs; the ones before stay."""
        wanted = [
            PersonEmail(person_id=pk, address=str(values["email"]), key=email_key(str(values["email"])))
            for pk, values in changes.items()
            if values.get("email")
        ]
        PersonEmail.objects.bulk_create(wanted, ignore_conflicts=True)

    def taken_addresses(self, changes: Mapping[int, Values]) -> dict[int, int]:
        """{person: the other person} whose new address belongs to somebody else."""
        keys = {email_key(str(values["email"])): pk for pk, values in changes.items() if values.get("email")}
        rows = fetch(BY_ADDRESS, texts(keys)) if keys else []
        return {keys[key]: owner for key, owner in rows if keys[key] != owner}

    def given_accounts(self, people: Sequence[int]) -> dict[int, bool]:
        """{person: whether a colleague chose their account}, without those who have none or whose was matched."""
        given = Q(account_match__isnull=True) | Q(account_match__rule="chosen")
        rows = Person.objects.filter(given, pk__in=among(people), account__isnull=False)
        return {pk: match is not None for pk, match in rows.values_list("pk", "account_match")}

    def after(self, course: Course, *, created: Sequence[int], changed: Mapping[int, Values]) -> None:
        follow_people(created, is_new=True)
        follow_people([pk for pk, values in changed.items() if MATCHED_BY & values.keys()], is_new=False)


STAGES = """
with wanted as (select * from unnest(%s::bigint[], %s::text[]) as u(id, stage)), moved as (
  update martech_person p set lifecycle_stage = w.stage, updated_at = now(),
    furthest_stage = case when coalesce(array_position(%s::text[], w.stage), 0)
      > coalesce(array_position(%s::text[], p.furthest_stage::text), 0) then w.stage else p.furthest_stage end
  from wanted w, (select id, lifecycle_stage from martech_person where id = any(%s)) before
  where p.id = w.id and before.id = p.id and p.lifecycle_stage <> w.stage
  returning p.id, before.lifecycle_stage as was, w.stage
)
insert into martech_stagemove (person_id, from_stage, stage, at, reason, cause)
select id, was, stage, %s, %s, '' from moved
"""


def move_stages(stages: Mapping[int, str], course: Course) -> None:
    """Enter the stages that the other system says, stamped and with the reason."""
    if stages:
        ids, forward = list(stages), list(FORWARD)
        execute(STAGES, ids, list(stages.values()), forward, forward, ids, course.now, f"So says {course.system}")


def named_properties(properties: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name in fields:
        if name.startswith(PROPERTY):
            value = properties.get(name.removeprefix(PROPERTY))
            found[name] = None if value in (None, "") else str(value) if not isinstance(value, list) else value
    return found


def _account_of(row: Incoming, course: Course) -> int | None:
    return int(str(said)) if (said := row.ours.get("account")) else course.accounts.get(row.id)


def _inserted(row: Incoming, users: Mapping[str, int], given: Mapping[int, int], now: str) -> list[Any]:
    ours = row.ours
    texts = [ours.get(name) or "" for name in (*TEXTS, "linkedin_url", "source")]
    owner = users.get(str(ours["owner"])) if ours.get("owner") else None
    account = given.get(row.local_id or 0)
    stage = str(ours.get("lifecycle_stage") or Stage.LEAD)
    furthest = stage if stage in FORWARD else Stage.LEAD.value
    properties = {n.removeprefix(PROPERTY): v for n, v in ours.items() if v is not None and n.startswith(PROPERTY)}
    channel = channel_of(str(ours.get("source") or ""), "")
    return [
        row.local_id,
        *texts,
        *("", channel, "{}", owner, "", bool(ours.get("do_not_route")), account),
        *(stage, furthest, 0, 0, "", properties, _came(row, now), now, now),
    ]


def _came(row: Incoming, now: str) -> Any:
    """When they came, as text or as a moment."""
    return row.ours.get("created_at") or row.record.created_at or now


def _first_moves(rows: Sequence[Incoming], now: str) -> Iterator[list[Any]]:
    for row in rows:
        stage = str(row.ours.get("lifecycle_stage") or Stage.LEAD.value)
        yield [row.local_id, "", stage, _came(row, now), "", "Came in"]
