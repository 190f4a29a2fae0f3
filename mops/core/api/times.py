"""Times leave the API in UTC, whatever zone the company lives in. A time that comes without a zone is the company's."""

from datetime import UTC, datetime

from rest_framework import serializers


def tell_in_utc() -> None:
    """Let every serializer answer moments in UTC, with a Z."""
    read = serializers.DateTimeField.enforce_timezone

    def enforce_timezone(self: serializers.DateTimeField, value: datetime) -> datetime:
        try:
            return read(self, value).astimezone(UTC)
        except OverflowError:
            self.fail("overflow")

    serializers.DateTimeField.enforce_timezone = enforce_timezone
