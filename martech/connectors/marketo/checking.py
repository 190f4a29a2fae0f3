"""The set-up assistant's steps: each says what was tried and, where it failed, what to do in Marketo."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from martech.connectors import errors
from martech.connectors.answers import CheckStep, failed_step

if TYPE_CHECKING:
    from martech.connectors.marketo.connector import MarketoConnector

PROGRAMS = "Programs"
ROLE = "In Marketo under Admin › Users & Roles, give the API-only user a role with “{}”."


def check_steps(connector: "MarketoConnector") -> Iterator[CheckStep]:
    """Sign in, then everything that a sync needs. Stops after a step that fails, but for programs, which a subscription can
    do without."""
    client = connector.client

    def signed_in() -> str:
        client.renew()
        return "Marketo gave a token."

    def leads() -> str:
        return f"{len(connector.lead_fields())} fields of leads can be read."

    def changes() -> str:
        client.get("/rest/v1/activities/types.json")
        return "Activities and changes can be read."

    def programs() -> str:
        client.get("/rest/asset/v1/programs.json", maxReturn=1)
        return "Programs and their costs can be read."

    def usage() -> str:
        used, limit = connector.observe_usage()
        return f"{used:,} of {limit:,} calls of today are used by everybody."

    steps: tuple[tuple[str, Callable[[], str], str], ...] = (
        ("Sign in", signed_in, ""),
        ("Leads", leads, ROLE.format("Read-Write Lead")),
        ("Activities", changes, ROLE.format("Read-Only Activity")),
        (PROGRAMS, programs, ROLE.format("Read-Only Assets")),
        ("Calls of the day", usage, ROLE.format("Read-Only Activity")),
    )
    for title, step, remedy in steps:
        told = replace(tried(title, step, remedy, client.session.base_url), is_part=title == PROGRAMS)
        yield told
        if not (told.is_ok or told.is_part):
            return


def tried(title: str, step: Callable[[], str], remedy: str, base_url: str = "") -> CheckStep:
    try:
        return CheckStep(title, True, step())
    except errors.VendorError as error:
        what = "“Another address” under Credentials" if base_url else "the Munchkin account id"
        fallback = f"Check {what}, and that this server may reach Marketo."
        return failed_step(title, error, (remedy if isinstance(error, errors.ScopeMissing) else "") or fallback)
