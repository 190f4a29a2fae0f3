"""Purposes as they are in force: the table's rows, and the built-in ones that it does not replace."""

from governance.models import Purpose
from governance.purposes import BUILT_IN, OPT_IN, KnownPurpose


def purposes() -> list[KnownPurpose]:
    """Every purpose, by label."""
    rows = [KnownPurpose(row.key, row.label, row.basis, row.description) for row in Purpose.objects.all()]
    taken = {row.key for row in rows}
    return sorted([*rows, *(p for p in BUILT_IN if p.key not in taken)], key=lambda purpose: purpose.label.lower())


def purpose_of(key: str) -> KnownPurpose:
    """One purpose; one that nobody described needs a grant."""
    found = (purpose for purpose in purposes() if purpose.key == key)
    return next(found, KnownPurpose(key, key.replace("_", " ").capitalize(), OPT_IN))
