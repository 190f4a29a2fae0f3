"""How far an import is, told to the page while its transaction is still open."""

import time
from typing import Any

from django.db import connection

from martech.models import ImportBatch, ImportWork
from mops.core.work import StaleLease

EVERY = 0.5
"""Seconds between two tellings."""


class Progress:
    """Writes the share done to the batch through a connection of its own, so that others see it before the commit.

    The same beat asks whether the background run is still this worker's: one whose session was ended need not go on.
    """

    def __init__(self, batch: ImportBatch, work: ImportWork | None) -> None:
        self.batch, self.work = batch, work
        self.beside: Any = None
        self.held = self.rows = 0
        self.share = 0.0
        self.told = time.monotonic()

    def hold(self, rows: int) -> None:
        """So many rows wait until the whole file was read."""
        self.held += rows

    def read(self, share: float, rows: int) -> None:
        """The file is read to this share. Rows that are held count half until they are settled."""
        self.rows = rows
        self.tell(share * (1 - 0.5 * self.held / max(1, rows)))

    def settle(self, settled: int) -> None:
        waiting = max(0, self.held - settled)
        self.tell(1 - 0.5 * waiting / max(1, self.rows))

    def tell(self, share: float) -> None:
        """Store the share, twice a second at most. Raises StaleLease when another worker has the import now."""
        self.share = max(self.share, min(0.99, share))
        if time.monotonic() - self.told < EVERY:
            return
        self.told = time.monotonic()
        if self.beside is None:
            self.beside = connection.copy()
        with self.beside.cursor() as cursor:
            cursor.execute(
                "update martech_importbatch set progress = %s, rows = %s where id = %s",
                [self.share, self.rows, self.batch.pk],
            )
            if self.work is not None:
                check_lease(cursor, self.work)

    def close(self) -> None:
        if self.beside is not None:
            self.beside.close()


def check_lease(cursor: Any, work: ImportWork) -> None:
    cursor.execute(
        "select from martech_importwork where id = %s and state = 'running' and lease_token = %s",
        [work.pk, work.lease_token],
    )
    if cursor.rowcount != 1:
        raise StaleLease("the import was given to another worker")
