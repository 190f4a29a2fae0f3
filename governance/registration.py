"""What governance tells the kernel when the process starts."""

from governance.policies import PERMISSIONS
from mops.core.rights import register_permissions


def register() -> None:
    """Called once by the app's `ready`."""
    register_permissions(PERMISSIONS)
