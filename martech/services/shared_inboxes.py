"""Role addresses at the door: info@acme.com reaches a desk, so that another name on it is another person."""

from django.db import connection

from martech.identity.addresses import read_mail
from martech.identity.evidence import APART, name_signals
from martech.identity.names import read_name
from martech.identity.signals import Signal
from mops.core.sql import fetch

DIFFERENT = APART | int(Signal.GENERATION_DIFFERS)
HOLDERS = "select person_id from martech_personemail where key = %s"
# The address as written on living people; the search index answers it.
WRITTEN = """
select id, first_name, last_name from martech_person
where email ilike %s and lower(email) = %s and merged_into_id is null order by id
"""


def people_by_address(key: str, first_name: str, last_name: str) -> set[int]:
    """Whom an address means: its holder, or for a desk's address the person of this name who uses it.

    Without a name a desk's address means its holder. Somebody new on a desk's address is nobody we know.
    """
    holders = {pk for (pk,) in fetch(HOLDERS, key)}
    mail = read_mail(key)
    if not holders or mail is None or not mail.is_role or not (first_name or last_name):
        return holders
    name = read_name(first_name, last_name)
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN, [key.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_"), key])
        rows = cursor.fetchall()
    same = [pk for pk, first, last in rows if not name_signals(name, read_name(first, last)) & DIFFERENT]
    return set(same[:1])
