"""Tables of governance."""

from governance.models.consent import (
    SAYABLE,
    Basis,
    ConsentOrigin,
    ConsentRecord,
    ConsentState,
    ContactChannel,
    Purpose,
)
from governance.models.contact_check import ContactCheck, HeldBack
from governance.models.notification import Channel, DeliveryWork, Notification
from governance.models.saved_view import SavedView
from governance.models.seal import Seal
from governance.models.suppression import SuppressedKind, Suppression, SuppressionReason
from governance.models.taxonomy import NamingRule
from governance.models.token import ApiToken, IdempotencyKey, Scope
from governance.models.user import Density, NoticePace, Team, Theme, User

__all__ = [
    "SAYABLE",
    "ApiToken",
    "Basis",
    "Channel",
    "ConsentOrigin",
    "ConsentRecord",
    "ConsentState",
    "ContactChannel",
    "ContactCheck",
    "DeliveryWork",
    "Density",
    "HeldBack",
    "IdempotencyKey",
    "NamingRule",
    "NoticePace",
    "Notification",
    "Purpose",
    "SavedView",
    "Scope",
    "Seal",
    "SuppressedKind",
    "Suppression",
    "SuppressionReason",
    "Team",
    "Theme",
    "User",
]
