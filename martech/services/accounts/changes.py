"""Accounts that changed: their keys are made anew, and the people they concern are matched again."""

from collections.abc import Sequence

from django.db import transaction

from martech.models import Account, AccountChange, Person
from martech.services.accounts.keys import refresh_keys
from martech.services.accounts.matching import match_people, people_with_keys, settings_in_force
from mops.core.work import Kind, wake

BATCH = 500


def rematch(rows: Sequence[AccountChange]) -> None:
    """Handle a batch of changed accounts: everybody who has one of their keys, old or new, or belongs to one of them."""
    accounts = {row.account_id for row in rows}
    settings = settings_in_force()
    differing = refresh_keys(accounts, settings)
    AccountChange.objects.filter(pk__in=[row.pk for row in rows]).update(is_keyed=True)
    # Even where no key differs: a country or a parent may, and the keys may have been made by a match meanwhile.
    concerned = set(Person.objects.filter(account__in=accounts).values_list("pk", flat=True))
    concerned |= people_with_keys(accounts, {pair for pairs in differing.values() for pair in pairs})
    match_people(concerned)


def rematch_everybody() -> int:
    """Queue every account, so that everybody who may belong to one is matched again; answers how many accounts."""
    with transaction.atomic():
        rows = (AccountChange(account_id=pk) for pk in Account.objects.order_by("pk").values_list("pk", flat=True))
        number = len(AccountChange.objects.bulk_create(rows, batch_size=5_000))
        wake("accounts")
    return number


REMATCH = Kind("accounts", AccountChange, rematch, batch=BATCH, is_long=True)
