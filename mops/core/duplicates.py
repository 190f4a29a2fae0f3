"""What a unique constraint refuses, told to people."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError

from mops.core.errors import ConflictError


@contextmanager
def refusing_duplicates(detail: str, field: str, reason: str) -> Iterator[None]:
    """Around a transaction: a row the database refuses is a ConflictError of the kind `duplicate`, its reason at `field`."""
    try:
        yield
    except IntegrityError as error:
        raise ConflictError(detail, errors={field: [reason]}, kind="duplicate") from error
