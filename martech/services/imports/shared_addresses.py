"""Addresses that two people of a file share: an inbox, a family's, an assistant's. They make nobody the same person."""

from typing import Any

from martech.identity.evidence import APART
from martech.identity.judging import AUTO, Judge, Verdict
from martech.identity.record import Record, read_record
from martech.identity.signals import Signal
from martech.identity.standard import standard_rulebook
from martech.services.identity.records import COLUMNS, load_records
from martech.services.imports.stage import STAGE
from mops.core.sql import execute, fetch

STAGED = ", ".join(f"coalesce(s.{name}, '')" for name in COLUMNS)
# Rows with an id of their own whose address somebody under another name has, in the file before them or already here.
DOUBTFUL = f"""
with first as (
  select match_key, min(row_number) as row_number from {STAGE} where match_key is not null group by 1 having count(*) > 1
)
select s.row_number, s.match_key, coalesce(p.merged_into_id, p.id), f.row_number, {STAGED}
from {STAGE} s
left join martech_personemail e on e.key = s.match_key
left join martech_person p on p.id = e.person_id
left join first f on f.match_key = s.match_key
where s.match_key is not null and (p.id is not null or f.match_key is not null)
  and (s.row_number = f.row_number
    or (s.external_id is not null and (lower(s.first_name), lower(s.last_name)) is distinct from
      (lower(p.first_name), lower(p.last_name))))
order by s.row_number
"""
# Rows that give somebody we know the address of another whom the same chunk gives somebody else's: two who swap theirs,
# or three in a ring. Nobody shares anything there, and the address would stay a key of the one who lost it.
SWAPPED = f"""
with taking as (
  select s.row_number, coalesce(p.merged_into_id, p.id) as person, coalesce(h.merged_into_id, h.id) as holder
  from {STAGE} s
  join martech_personidentity i on i.system = %s and i.object = 'person' and i.external_id = s.external_id
  join martech_person p on p.id = i.person_id
  join martech_personemail e on e.key = s.match_key
  join martech_person h on h.id = e.person_id
  where coalesce(p.merged_into_id, p.id) <> coalesce(h.merged_into_id, h.id)
)
select distinct t.row_number from taking t join taking o on o.person = t.holder
"""
DIFFERENT = APART | int(Signal.GENERATION_DIFFERS)


def knows_addresses() -> bool:
    """Whether somebody is known by an address of the chunk."""
    sql = f"select exists (select 1 from {STAGE} s join martech_personemail e on e.key = s.match_key)"
    return bool(fetch(sql)[0][0])


def part_shared_addresses(source: str) -> int:
    """Take the address as a key from staged rows that are somebody else than its holder; answers how many.

    Only rows with an id of their own are parted: without one, the address is all there is to find them by again. The
    address stays on the person's row; that the two may still be one is for `dedupe` to propose. People who swap addresses are
    not parted, so that their rows are refused as the contradictions they are.
    """
    rows = fetch(DOUBTFUL)
    holders = load_records({row[2] for row in rows if row[2]})
    firsts = {row[0]: record_of(row) for row in rows if row[0] == row[3]}
    judge = Judge(standard_rulebook())
    parted = []
    for row in rows:
        holder = holders.get(row[2]) if row[2] else firsts.get(row[3])
        record = record_of(row)
        if holder is not None and holder.id != record.id and is_somebody_else(judge.compare(holder, record), record):
            parted.append(row[0])
    if not parted:
        return 0
    swapped = {number for (number,) in fetch(SWAPPED, source)}
    parted = [number for number in parted if number not in swapped]
    return execute(
        f"update {STAGE} set match_key = null where row_number = any(%s) and external_id is not null", parted
    )


def record_of(row: tuple[Any, ...]) -> Record:
    """A staged row; its negative number is no person's id."""
    return read_record(-row[0], dict(zip(COLUMNS, row[4:], strict=True)))


def is_somebody_else(verdict: Verdict, record: Record) -> bool:
    """On a role address another name is another person; on a personal one, whoever may not be merged without a look."""
    is_role = any(mail.is_role for mail in record.mails) or not record.mails
    return bool(verdict.bits & DIFFERENT) if is_role else verdict.band != AUTO
