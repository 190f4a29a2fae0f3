"""What governance tells the kernel when the process starts."""

from typing import Any

from governance.invariants import INVARIANTS
from governance.policies import PERMISSIONS
from mops.core.history import tell_values
from mops.core.invariants import register_invariants
from mops.core.registry import (
    Hit,
    register_action,
    register_area,
    register_home,
    register_nav,
    register_preference_saver,
    register_saved_view_store,
    register_search,
    register_trail,
)
from mops.core.rights import can, register_permissions
from mops.core.work import register_work


def register() -> None:
    """Called once by the app's `ready`."""
    from governance.saved_views import SavedViews
    from governance.selectors.history import event_models, history_trail
    from governance.services import change_preferences
    from governance.services.delivery import NOTICES

    register_permissions(PERMISSIONS)
    register_invariants(INVARIANTS)
    register_work(NOTICES)
    register_pages()
    register_search("users", "Colleagues", find_users, order=90)
    register_saved_view_store(SavedViews())
    tell_codes()
    register_preference_saver(change_preferences)
    for model in event_models():
        register_trail(model._meta.label_lower, "Changes", history_trail)


def register_pages() -> None:
    register_area("governance", "Governance", order=50)
    register_home("privacy_officer", "governance:consent", order=55)
    register_nav("", "Inbox", "governance:inbox", "inbox", count=unread, order=1)
    register_nav(
        "governance",
        "Naming rules",
        "governance:naming",
        "tags",
        "governance.view_taxonomy",
        order=20,
        is_everyday=False,
    )
    register_nav("governance", "People & roles", "governance:users", "users-group", "governance.view_users", order=30)
    register_nav("governance", "Consent", "governance:consent", "shield-check", "governance.view_consent", order=10)
    register_nav(
        "governance",
        "Suppression",
        "governance:suppressions",
        "ban",
        "governance.view_consent",
        order=12,
        is_everyday=False,
    )
    register_action("Suppress an address", "governance:suppress", "governance.edit_suppression", "unsubscribe", "ban")
    register_action("Your profile and API tokens", "governance:profile", None, "token password theme", "user-circle")
    register_action("Add a colleague", "governance:new-user", "governance.edit_users", "user role invite", "user-plus")


def unread(user: Any) -> tuple[int, bool] | None:
    from governance.models import Notification

    number = Notification.objects.filter(user=user, read_at=None).count()
    return (number, False) if number else None


def find_users(user: Any, text: str, limit: int) -> list[Hit]:
    """Colleagues by name or address, for those who may see them."""
    from django.db.models import Q
    from django.urls import reverse

    from governance.models import User

    if not can(user, "governance.view_users"):
        return []
    rows = User.objects.filter(Q(name__icontains=text) | Q(email__icontains=text))[:limit]
    return [Hit(str(row), row.role_label, reverse("governance:users") + f"?q={row.email}", "user") for row in rows]


def tell_codes() -> None:
    """What stands in the history instead of codes that are no choices of their field."""
    from governance.models import ContactChannel
    from governance.policies import Role
    from governance.selectors.purposes import purpose_of

    roles, channels = dict(Role.choices), dict(ContactChannel.choices)
    tell_values("governance.user", roles=lambda role: str(roles.get(role, role)))
    tell_values(
        "governance.suppression",
        purpose=lambda key: purpose_of(key).label,
        channel=lambda key: str(channels.get(key, key)),
    )
