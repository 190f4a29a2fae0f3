"""People who are with another account here than an association over there says: ours stays, and it is said."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from martech.models import Account, Connection, Person
from mops.core.sql import among, fetch

LINKED = """
from martech_remotelink l
join martech_syncobject o on o.id = l.object_id and o.kind = 'person'
join martech_remoterow r on r.object_id = o.id and r.external_id = l.external_id and r.fate = ''
join martech_syncobject c on c.connection_id = o.connection_id and c.name = l.to_object and c.kind = 'account'
join martech_remoterow a on a.object_id = c.id and a.external_id = l.to_id and a.local_id is not null
"""
TOLD = f"""
select p.id {LINKED} join martech_person p on p.id = r.local_id
where o.connection_id = %s and p.account_id is not null and p.merged_into_id is null group by p.id having not bool_or(a.local_id = p.account_id)
"""
SAID = f"select distinct o.connection_id, a.local_id {LINKED} where r.local_id = %s"


@dataclass(frozen=True)
class SaidAccount:
    """The account that a connection's association says of somebody, who is with another one here."""

    connection: Connection
    account: Account


def told_otherwise(connection: Connection) -> QuerySet[Person]:
    """Living people of a connection whose account is none that its associations say."""
    return Person.objects.living().filter(pk__in=among(pk for (pk,) in fetch(TOLD, connection.pk)))


def number_told_otherwise(connection: Connection) -> int:
    """How many they are."""
    return len(fetch(TOLD, connection.pk))


def said_accounts(person: Person, user: Any) -> list[SaidAccount]:
    """What connections say of somebody's account where it is another one than ours; only accounts the reader may see."""
    rows = fetch(SAID, person.pk)
    agreed = {connection for connection, account in rows if account == person.account_id}
    accounts = Account.objects.visible_to(user).in_bulk([account for _connection, account in rows])
    connections = Connection.objects.in_bulk([connection for connection, _account in rows])
    return [
        SaidAccount(connections[connection], accounts[account])
        for connection, account in sorted(rows)
        if connection not in agreed and account in accounts
    ]
