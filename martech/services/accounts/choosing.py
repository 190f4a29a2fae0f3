"""An account chosen by hand, and the settings of matching."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from governance.models import User
from martech.accounts import SettingsRefused, read_settings
from martech.models import Account, Person, RuleKind, RuleVersion
from martech.services.accounts.changes import rematch_everybody
from martech.services.accounts.matching import match_people
from martech.services.rule_versions import publish_version
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording


def choose_account(*, person: Person, account: Account | None, actor: User | None) -> Person:
    """Put a person to an account by hand; matching leaves that alone. None gives the question back to matching."""
    chosen = {"outcome": "matched", "rule": "chosen", "evidence": str(actor or ""), "by": actor.pk if actor else None}
    with transaction.atomic(), recording("choose_account", actor=actor):
        changed = Person.objects.living().filter(pk=person.pk)
        values = {"account": account, "account_match": chosen if account else None, "updated_at": timezone.now()}
        if not changed.update(**values):
            raise ConflictError("This person was merged into another meanwhile.")
        if account is None:
            match_people([person.pk])
    person.refresh_from_db()
    return person


def publish_match_settings(*, document: Any, seen: int, actor: User | None) -> RuleVersion:
    """Put new settings in force and match everybody again in the background. Raises DomainError, ConflictError."""
    try:
        settings = read_settings(document)
    except SettingsRefused as refused:
        raise DomainError("The settings were refused.", errors=refused.errors) from refused
    with transaction.atomic():
        version = publish_version(kind=RuleKind.ACCOUNTS, document=settings.as_json(), seen=seen, actor=actor)
        rematch_everybody()
    return version
