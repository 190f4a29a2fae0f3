"""Which account a person belongs to: one service, one stored result that routing and reports read alike."""

from martech.services.accounts.changes import REMATCH, rematch_everybody
from martech.services.accounts.choosing import choose_account, publish_match_settings
from martech.services.accounts.keys import refresh_keys
from martech.services.accounts.matching import explain_match, match_people, settings_in_force

__all__ = [
    "REMATCH",
    "choose_account",
    "explain_match",
    "match_people",
    "publish_match_settings",
    "refresh_keys",
    "rematch_everybody",
    "settings_in_force",
]
