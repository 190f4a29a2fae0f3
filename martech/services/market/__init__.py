"""Accounts, deals and touches as single calls bring, change and remove them."""

from martech.services.market.accounts import change_account, delete_account, save_account
from martech.services.market.deals import change_deal, delete_deal, save_deal
from martech.services.market.saving import SavedObject
from martech.services.market.touches import save_touch

__all__ = [
    "SavedObject",
    "change_account",
    "change_deal",
    "delete_account",
    "delete_deal",
    "save_account",
    "save_deal",
    "save_touch",
]
