"""Matching people to accounts: the keys under which the two meet, and the accounts that changed."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from martech.models.account import Account
from martech.models.person import Person
from mops.core.references import SetForeignKey
from mops.core.work import Work


class AccountKey(models.Model):
    """One form in which an account may be meant: a domain, a spelling of its name, an acronym, …"""

    account = SetForeignKey(Account, on_delete=models.CASCADE, related_name="keys")
    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "kind", "key"], name="account_key_once")]
        indexes = [models.Index(fields=["kind", "key", "account"], name="account_key_lookup")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class AccountEvidence(models.Model):
    """The keys a person was last matched by (`kind:key`), so that a changed account finds whom it concerns."""

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.CASCADE, related_name="account_evidence")
    keys = ArrayField(models.CharField(max_length=311), default=list)

    class Meta:
        verbose_name_plural = "account evidence"
        indexes = [GinIndex(fields=["keys"], name="account_evidence_keys")]

    def __str__(self) -> str:
        return f"{len(self.keys)} keys of {self.person_id}"


class AccountChange(Work):
    """An account whose names, domains, country or parent changed: its keys are stale until `is_keyed`, and people may
    belong to it now, or no longer. A trigger writes the row, whoever changes the account and however."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="changes")
    is_keyed = models.BooleanField(default=False)

    class Meta(Work.Meta):
        indexes = [
            *Work.Meta.indexes,
            models.Index(fields=["account"], condition=models.Q(is_keyed=False), name="account_change_stale"),
        ]
