"""Consent as it stands: the fold over the append-only records."""

from collections.abc import Collection

from governance.models import ConsentRecord


def standing_consents(subjects: Collection[str]) -> list[ConsentRecord]:
    """The latest record of each subject, purpose and channel, by what was said last and heard of last."""
    rows = ConsentRecord.objects.filter(subject__in=subjects)
    keys = ("subject", "purpose", "channel")
    return list(rows.order_by(*keys, "-occurred_at", "-id").distinct(*keys))
