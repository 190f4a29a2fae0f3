"""A refusal of a service, as a command says it."""

from mops.core.errors import DomainError


def said(error: DomainError) -> str:
    """The detail with every reason and its field."""
    reasons = "; ".join(f"{field}: {reason}" for field, found in error.errors.items() for reason in found)
    return f"{error.detail} {reasons}".strip()
