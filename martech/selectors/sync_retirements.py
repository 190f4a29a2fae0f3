"""What vendors end and connections use, as dated work."""

from dataclasses import dataclass
from datetime import date, timedelta

from martech.connectors.offers import Retirement
from martech.connectors.port import Vendor
from martech.connectors.registry import vendor as vendor_of
from martech.models import Connection, ConnectionState

AHEAD = timedelta(days=180)
"""So long before its end something becomes work."""


@dataclass(frozen=True)
class RetirementLine:
    connection: Connection
    retirement: Retirement
    days: int

    @property
    def on(self) -> date:
        return date.fromisoformat(self.retirement.on)


def retirement_lines(connection: Connection, vendor: Vendor, today: date) -> list[RetirementLine]:
    """What the vendor ends and this connection uses, the nearest first."""
    lines = [
        RetirementLine(connection, one, (date.fromisoformat(one.on) - today).days)
        for one in vendor.retirements
        if one.applies(connection.options)
    ]
    return sorted(lines, key=lambda line: line.days)


def near_retirements(today: date) -> list[RetirementLine]:
    """What ends within half a year, or has ended, of all connections, the nearest first."""
    lines = [
        line
        for connection in Connection.objects.exclude(state=ConnectionState.NEW)
        for line in retirement_lines(connection, vendor_of(connection.vendor), today)
        if line.days <= AHEAD.days
    ]
    return sorted(lines, key=lambda line: line.days)
