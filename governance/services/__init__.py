"""Writes of governance, one noun a file."""

from governance.services.notifications import Notice, mark_notifications_read, notify_users, send_notices
from governance.services.teams import save_team
from governance.services.tokens import create_token, digest_of, revoke_token, token_of
from governance.services.users import change_preferences, change_user, choose_notices, create_user

__all__ = [
    "Notice",
    "change_preferences",
    "change_user",
    "choose_notices",
    "create_token",
    "create_user",
    "digest_of",
    "mark_notifications_read",
    "notify_users",
    "revoke_token",
    "save_team",
    "send_notices",
    "token_of",
]
