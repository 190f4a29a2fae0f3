"""Tables of governance."""

from governance.models.consent import ConsentRecord, ConsentState
from governance.models.notification import DeliveryWork, Notification
from governance.models.saved_view import SavedView
from governance.models.seal import Seal
from governance.models.taxonomy import NamingRule
from governance.models.token import ApiToken, IdempotencyKey, Scope
from governance.models.user import Density, NoticePace, Team, Theme, User

__all__ = [
    "ApiToken",
    "ConsentRecord",
    "ConsentState",
    "DeliveryWork",
    "Density",
    "IdempotencyKey",
    "NamingRule",
    "NoticePace",
    "Notification",
    "SavedView",
    "Scope",
    "Seal",
    "Team",
    "Theme",
    "User",
]
