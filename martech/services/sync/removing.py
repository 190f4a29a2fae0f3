"""Removing a connection: all that was kept of the other system goes, nothing that is ours."""

from django.db import transaction

from governance.models import User
from martech.models import Connection, RunState, SyncRun
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording


def remove_connection(*, connection: Connection, typed: str, actor: User | None) -> None:
    """Forget a connection with its mappings, mirror, runs and dead letters. People, accounts and deals stay with the ids they
    have over there, so that connecting again finds them.

    Raises DomainError when its name was not `typed`, ConflictError while it reads or writes.
    """
    if typed.strip() != connection.name:
        raise DomainError("Nothing was removed.", errors={"typed": [f"Type {connection.name} to remove it."]})
    with transaction.atomic(), recording("remove_connection", actor=actor, connection=connection.name):
        locked = Connection.objects.select_for_update().get(pk=connection.pk)
        if SyncRun.objects.filter(connection=locked, state=RunState.RUNNING).exists():
            raise ConflictError("A run is under way. Pause the connection, and remove it once the run is over.")
        locked.delete()
