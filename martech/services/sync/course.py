"""What a run of one object works with: connection, mapping in force, schema, counts."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from martech.connectors.errors import VendorDown
from martech.connectors.port import Connector, FieldType, RemoteField, Session, Vendor
from martech.connectors.registry import vendor as vendor_of
from martech.connectors.transport import TIMEOUT
from martech.models import Connection, MappingVersion, RemoteOwner, SyncObject, SyncRun
from martech.services.sync.budget import SharedBudget
from martech.services.sync.sealed import keep_journal_token, keep_token, kept_journal_token, kept_token, open_secrets
from martech.sync.document import FieldMapping, read_mapping
from martech.sync.drift import from_json
from martech.sync.rules import FieldRule
from martech.sync.transforms import LABEL
from mops.core.versions import published_among


@dataclass
class Line:
    """An open line to the other system, with the budget it spends from."""

    connection: Connection
    vendor: Vendor
    connector: Connector
    budget: SharedBudget


class Tokens:
    """Short-lived tokens, kept for other workers. One that the thread of the pages was given is written by the thread
    that opened the line, which has the connection to the database."""

    def __init__(self, connection: Connection, store: Callable[[Connection, str, datetime], None]) -> None:
        self.connection, self.store, self.owner = connection, store, threading.get_ident()
        self.waiting: tuple[str, datetime] | None = None

    def keep(self, token: str, until: datetime) -> None:
        self.waiting = (token, until)
        if threading.get_ident() == self.owner:
            self.write()

    def write(self) -> None:
        if self.waiting is not None:
            self.store(self.connection, *self.waiting)
            self.waiting = None


def budget_of(connection: Connection, *, is_interactive: bool = False) -> SharedBudget:
    """What the account of a connection may spend."""
    policies = {policy.name: policy for policy in vendor_of(connection.vendor).policies(connection.options)}
    account = f"{connection.vendor}:{connection.account_id or connection.name}"
    return SharedBudget(account, policies, is_interactive=is_interactive)


@contextmanager
def open_line(
    connection: Connection, *, is_interactive: bool = False, timeout: tuple[float, float] = TIMEOUT
) -> Iterator[Line]:
    """A connector for a connection; closed afterwards, and what the vendor said of its calls is kept."""
    vendor, budget = vendor_of(connection.vendor), budget_of(connection, is_interactive=is_interactive)
    tokens, journal_tokens = Tokens(connection, keep_token), Tokens(connection, keep_journal_token)
    session = Session(
        settings=connection.options,
        secrets=open_secrets(connection),
        budget=budget,
        base_url=connection.base_url,
        timeout=timeout,
        keep_token=tokens.keep,
        kept_token=kept_token(connection),
        keep_journal_token=journal_tokens.keep,
        kept_journal_token=kept_journal_token(connection) if vendor.reads_journal(connection.options) else "",
    )
    connector = vendor.open(session)
    try:
        yield Line(connection, vendor, connector, budget)
    finally:
        connector.close()
        tokens.write()
        journal_tokens.write()
        with suppress(VendorDown):
            budget.settle()
        if budget.observed:
            usage = {name: {"used": used, "limit": limit} for name, (used, limit) in budget.observed.items()}
            Connection.objects.filter(pk=connection.pk).update(usage=usage, usage_at=timezone.now())


@dataclass
class Course:
    """One object's mapping, ready to be used. `owners` leads from their owner's id to our user's address, `accounts`
    from their record's id to the account of ours it belongs to, where its associations were read beforehand. `left` are
    the ids of owners who are nobody any more, over there or here. While a portion is taken in, `met` remembers which
    records of theirs, by object and id, are which of ours, and `given` the accounts that people were made with."""

    connection: Connection
    object: SyncObject
    mapping: FieldMapping
    version: MappingVersion
    schema: dict[str, RemoteField]
    owners: dict[str, str] = field(default_factory=dict)
    left: frozenset[str] = frozenset()
    accounts: dict[str, int] = field(default_factory=dict)
    met: dict[str, dict[str, int]] = field(default_factory=dict)
    given: dict[int, int] = field(default_factory=dict)
    run: SyncRun | None = None
    now: datetime = field(default_factory=timezone.now)

    @property
    def system(self) -> str:
        return self.connection.name

    def forget_portion(self) -> None:
        """What one transaction met another may find changed."""
        self.accounts, self.met, self.given = {}, {}, {}

    def type_of(self, rule: FieldRule) -> FieldType:
        """The type by which their value is read."""
        remote = self.schema.get(rule.theirs)
        return remote.type if remote else rule.type


def course_of(object: SyncObject, run: SyncRun | None = None) -> Course | None:
    """The course of an object by its mapping in force; None while there is none."""
    version = published_among(object.versions.all())
    return None if version is None else course_by(version, run)


def course_by(version: MappingVersion, run: SyncRun | None = None) -> Course:
    """The course of the object of a mapping in force."""
    object = version.object
    schema = from_json(object.schema)
    mapping = read_mapping(version.document, object.kind).mapping.without(object.set_aside)
    owners, left = owners_and_left(object.connection)
    rules = tuple(with_labels(with_owners(rule, owners), schema) for rule in mapping.rules)
    return Course(object.connection, object, replace(mapping, rules=rules), version, schema, owners, left, run=run)


def with_owners(rule: FieldRule, owners: dict[str, str]) -> FieldRule:
    """The rule of the owner translates by who is who."""
    if rule.ours != "owner":
        return rule
    return replace(rule, reads={}, values={address: external for external, address in reversed(list(owners.items()))})


def with_labels(rule: FieldRule, schema: Mapping[str, RemoteField]) -> FieldRule:
    """A rule by labels translates by what the other side calls its options now."""
    remote = schema.get(rule.theirs)
    if rule.transform != LABEL or remote is None:
        return rule
    words = {remote.labels.get(option, option): option for option in reversed(remote.options)}
    return replace(rule, transform="", values=words, reads={})


def owners_of(connection: Connection) -> dict[str, str]:
    return owners_and_left(connection)[0]


def owners_and_left(connection: Connection) -> tuple[dict[str, str], frozenset[str]]:
    """Their owners by id as active colleagues of ours, and the ids of those who left and stand for none."""
    rows = RemoteOwner.objects.filter(connection=connection).order_by("-is_active", "external_id")
    known, left = dict[str, str](), set[str]()
    for id, is_there, email, is_ours in rows.values_list("external_id", "is_active", "user__email", "user__is_active"):
        if is_ours:
            known[id] = email
        elif email is not None or not is_there:
            left.add(id)
    return known, frozenset(left)


def problem_of(error: Any) -> dict[str, Any]:
    """A vendor's error as it is kept on a run or connection."""
    return {
        "class": type(error).__name__,
        "detail": str(getattr(error, "detail", error))[:500],
        "remedy": getattr(error, "remedy", "")[:500],
        "code": str(getattr(error, "code", ""))[:100],
    }
