"""What martech tells the kernel when the process starts."""

from martech.policies import HIDDEN_PERSON_FIELDS, PERMISSIONS
from mops.core.rights import register_hidden_fields, register_permissions


def register() -> None:
    """Called once by the app's `ready`."""
    register_permissions(PERMISSIONS)
    register_hidden_fields("martech.person", HIDDEN_PERSON_FIELDS)
