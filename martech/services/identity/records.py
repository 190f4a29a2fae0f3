"""People as records of the identity engine, read in one statement."""

import json
from collections.abc import Collection, Iterator
from typing import Any

from django.db import connection

from martech.identity.record import Record, read_record

# A person's own row, their addresses and ids, what the row said before, and the rows that were merged into it.
PEOPLE = """
select p.id, p.email, p.first_name, p.last_name, p.phone, p.company, p.website, p.country, p.city, p.job_title,
  p.linkedin_url,
  (select array_agg(e.key) from martech_personemail e where e.person_id = p.id),
  (select array_agg(i.external_id) from martech_personidentity i where i.person_id = p.id),
  (select array_agg(array[f.field, f.value]) from martech_formervalue f where f.person_id = p.id),
  (select jsonb_agg(jsonb_build_array(m.first_name, m.last_name, m.phone, m.company, m.linkedin_url, m.email))
     from martech_person m where m.merged_into_id = p.id)
from martech_person p where p.merged_into_id is null and p.id = any(%s) order by p.id
"""
COLUMNS = (
    *("email", "first_name", "last_name", "phone", "company", "website", "country", "city", "job_title"),
    "linkedin_url",
)
FORMER = {"phone": "phones", "company": "companies", "linkedin_url": "linkedin_urls"}


def load_records(people: Collection[int]) -> dict[int, Record]:
    """Records by id of those people who were not merged away."""
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [list(people)])
        return {row[0]: read_record(row[0], values_of(row)) for row in cursor.fetchall()}


def values_of(row: tuple[Any, ...]) -> dict[str, Any]:
    values: dict[str, Any] = dict(zip(COLUMNS, row[1:11], strict=True))
    emails, ids, former, merged = row[11:]
    values["emails"], values["external_ids"] = list(emails or ()), ids or ()
    if former or merged:
        add_former(values, former or (), merged)
    return values


def add_former(values: dict[str, Any], former: Collection[list[str]], merged: Any) -> None:
    """What the row said before counts as further values of the person."""
    more: dict[str, list[Any]] = {"phones": [], "companies": [], "linkedin_urls": [], "names": []}
    for field, value in former:
        if field == "name":
            more["names"].append(tuple(value.split("|", 1)))
        else:
            more[FORMER[field]].append(value)
    if merged:
        for first, last, phone, company, profile, email in json.loads(merged) if isinstance(merged, str) else merged:
            more["names"].append((first, last))
            more["phones"].append(phone)
            more["companies"].append(company)
            more["linkedin_urls"].append(profile)
            values["emails"].append(email)
    values.update(more)


def chunks_of_people(size: int) -> Iterator[list[int]]:
    """Ids of everybody living, in their order, `size` at a time."""
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "select id from martech_person where merged_into_id is null and id > %s order by id limit %s",
                [last, size],
            )
            ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return
        yield ids
        last = ids[-1]
