"""The demo company is connected to its practice servers through the real connectors, so that a sync can be watched."""

import structlog
from django.conf import settings

from martech.connectors.errors import VendorError
from martech.models import Connection
from martech.services.sync.connections import check_connection, save_connection
from martech.twins.addresses import PracticeServer, practice_servers
from mops.core.errors import DomainError

log = structlog.get_logger(__name__)


def connect_practice_servers() -> int:
    """Connect what is not connected yet, and follow a server that moved to another port; answers how many."""
    servers = practice_servers(settings.DATA_DIR)
    if not servers:
        return 0
    known = dict(Connection.objects.filter(is_practice=True).values_list("vendor", "base_url"))
    wanted = [server for vendor, server in servers.items() if known.get(vendor) != server.url]
    return sum(connect(server, is_new=server.vendor not in known) for server in wanted)


def connect(server: PracticeServer, *, is_new: bool) -> bool:
    """One practice server; one that does not answer yet is tried again with the next beat."""
    name = f"{server.vendor}-practice"
    if not is_new:
        Connection.objects.filter(is_practice=True, vendor=server.vendor).update(base_url=server.url)
        return True
    try:
        connection, _ = save_connection(
            vendor=server.vendor,
            name=name,
            given=server.credentials,
            base_url=server.url,
            actor=None,
            is_practice=True,
        )
        steps = list(check_connection(connection))
    except (DomainError, VendorError) as error:
        log.warning("a practice server could not be connected", vendor=server.vendor, reason=str(error))
        return False
    if not all(step.is_ok for step in steps):
        Connection.objects.filter(pk=connection.pk, is_practice=True).update(base_url="")
    return True
