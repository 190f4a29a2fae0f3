"""What the sync engine asks of a vendor, in the engine's words.

A connector is made for one connection (`Session`), is used by one thread, and never touches the database. It yields
pages as plain records, never holds more than a page, spends from a budget before each call, makes no retry of its own,
and raises the classes of `errors`. Positions are small JSON documents: with the last one a run goes on elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from martech.connectors import marketing
from martech.connectors.answers import CheckStep, Setter
from martech.connectors.consent import Consent
from martech.connectors.offers import Retirement, Setting, Suggestion

Value = str | int | float | bool | list[str] | None
Position = dict[str, Any]


class Kind(StrEnum):
    """What a vendor's object is in our words."""

    PERSON = "person"
    ACCOUNT = "account"
    DEAL = "deal"
    CAMPAIGN = "campaign"
    MEMBER = "member"
    LISTED = "listed"
    OWNER = "owner"
    ACTIVITY = "activity"
    SPEND = "spend"


class FieldType(StrEnum):
    TEXT = "text"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"
    CHOICES = "choices"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class RemoteField:
    """A field as the vendor describes it. `options` are the stored values a choice may have, inactive ones left out;
    where it `is_restricted` no other is accepted over there, else they are suggestions; an upsert may match by one that
    `is_unique`; `refers_to` the objects a reference may name; `longest` in characters, None when unbounded.

    `labels` leads from an option to what people over there read for it, `endings` from a stage that ends a deal to "won"
    or "lost".
    """

    name: str
    label: str
    type: FieldType
    is_writable: bool = True
    is_required: bool = False
    is_unique: bool = False
    options: tuple[str, ...] = ()
    refers_to: tuple[str, ...] = ()
    longest: int | None = None
    is_restricted: bool = True
    labels: Mapping[str, str] = field(default_factory=dict)
    endings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RemoteSchema:
    object: str
    label: str
    fields: tuple[RemoteField, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """An association: from one record to another, with the vendor's word for the role."""

    from_object: str
    from_id: str
    to_object: str
    to_id: str
    role: str = ""
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class RemoteRecord:
    """A record as read. `values` are the vendor's own JSON scalars by field name, only of the fields asked for.

    `modified_at` is the stamp the cursor goes by. `alias_ids` are older ids that the vendor says are this record now.
    """

    id: str
    values: Mapping[str, Value]
    modified_at: datetime | None
    created_at: datetime | None = None
    alias_ids: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


class Fate(StrEnum):
    """What became of a record that is no longer itself, on the vendor's evidence."""

    DELETED = "deleted"
    MERGED = "merged"
    CONVERTED = "converted"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """`into` names the survivors as (object, id): one of a merge, up to three of a conversion, none of a deletion."""

    id: str
    fate: Fate
    at: datetime | None
    into: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """`position` continues behind this page; None after the last one. `seen_until` is the highest stamp on it.

    `covers` are ids of campaigns all of whose records are on this page: what we know of them and is not here is gone.
    """

    records: Sequence[RemoteRecord]
    position: Position | None
    seen_until: datetime | None = None
    total: int | None = None
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TombstonePage:
    """`is_gap`: the vendor's log no longer reaches back to the window's start; only a full compare can tell."""

    tombstones: Sequence[Tombstone]
    position: Position | None
    is_gap: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open: changed at or after `since`, before `until`."""

    since: datetime
    until: datetime


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    UPSERT = "upsert"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Write:
    """One row of a push. `key` is ours and comes back with the result; at most one of a batch may concern a record.

    `id` is set for UPDATE and DELETE; `match` is (field, value) for UPSERT and is not repeated in `values`.
    """

    key: str
    action: Action
    values: Mapping[str, Value]
    id: str | None = None
    match: tuple[str, str] | None = None


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """The call may have taken effect: read back, never resend blindly."""


@dataclass(frozen=True, slots=True)
class WriteResult:
    """`reason` is a class of `errors.Reason` when FAILED, `field` the vendor's field at fault where it says so;
    `existing_id` the record the vendor names as already there."""

    key: str
    outcome: Outcome
    id: str | None = None
    reason: str = ""
    field: str = ""
    message: str = ""
    existing_id: str | None = None
    is_retryable: bool = False


@dataclass(frozen=True, slots=True)
class Hint:
    """Something happened over there, says a webhook or journal: fetch the record's state, never trust the payload.

    `account` is in which account, where the vendor says so: one app sends those of every account that installed it.
    """

    key: str
    object: str
    id: str
    event: str
    at: datetime
    field: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class JournalPage:
    """What a journal tells, in its order; `position` is behind it. `is_gap`: something before it can no longer be read
    there (the position asked for expired, or a part of the journal is gone), so that only a pull tells it."""

    hints: Sequence[Hint]
    position: Position
    is_gap: bool = False


@dataclass(frozen=True, slots=True)
class BudgetPolicy:
    """So many calls in so many seconds, shared by everybody who uses the account. `is_concurrency` counts calls under
    way instead. `resets` is the IANA zone at whose midnight a daily quota begins anew, else the window rolls. `label` says
    what a policy is for that is not for every call."""

    name: str
    limit: int
    seconds: float
    is_concurrency: bool = False
    resets: str = ""
    label: str = ""


class Budget(Protocol):
    """The shared budget of a connection."""

    def spend(self, *policies: str, calls: int = 1) -> None:
        """Take calls from each policy, waiting for a short window; raises errors.BudgetExhausted for a long one."""

    def observe(self, policy: str, *, used: int, limit: int) -> None:
        """What the vendor says of the whole account's use, other tools included."""

    def penalise(self, policy: str, *, seconds: float) -> None:
        """The vendor refused: nobody asks before the wait is over."""


@dataclass(frozen=True)
class Session:
    """What a connector is made with. `settings` are the connection's plain settings, `secrets` the decrypted ones;
    `base_url` replaces the vendor's address (a practice server, a proxy), and only then may it be a private one."""

    settings: Mapping[str, Any]
    secrets: Mapping[str, str]
    budget: Budget
    base_url: str = ""
    timeout: tuple[float, float] = (5.0, 60.0)
    keep_token: Callable[[str, datetime], None] = lambda token, until: None
    kept_token: str = ""
    keep_journal_token: Callable[[str, datetime], None] = lambda token, until: None
    kept_journal_token: str = ""


@dataclass(frozen=True)
class ObjectCapability:
    """`lookback_seconds` is the overlap its change feed needs; `match_fields` what an upsert may match by; `lookup_fields`
    what `read` can be asked `by` though several share it."""

    kind: Kind
    label: str
    can_pull: bool = True
    can_write: bool = False
    can_create: bool = False
    can_delete: bool = False
    has_tombstones: bool = False
    link_objects: tuple[str, ...] = ()
    match_fields: tuple[str, ...] = ()
    lookup_fields: tuple[str, ...] = ()
    lookback_seconds: int = 300
    batch: int = 100  # rows of one write
    default_fields: tuple[str, ...] = ()
    optional_fields: tuple[str, ...] = ()  # read where the account has them


class Connector(Protocol):
    """One vendor for one connection. Every method may raise the classes of `errors`."""

    def check(self) -> Iterator[CheckStep]:
        """Test the connection step by step: reach, sign in, scopes, each object; stops after a step that fails."""
        ...

    def account_id(self) -> str:
        """The vendor's id of the account, so that two connections to one account are noticed."""

    def told_settings(self) -> Mapping[str, str]:
        """Settings of the connection that the account itself says, as it was asked in `check`; they are kept."""

    def describe(self, object: str) -> RemoteSchema: ...

    def changes(
        self, object: str, fields: Sequence[str], *, window: Window, position: Position | None = None
    ) -> Iterator[Page]:
        """Records changed in the window, each at least once, however many share a stamp."""
        ...

    def everything(self, object: str, fields: Sequence[str], *, position: Position | None = None) -> Iterator[Page]:
        """All living records, for a backfill; resumable behind every page.

        Of the object of owners the engine asks for `email`, `name`, `is_active` and `user_key` (what `setters` calls them),
        whatever the vendor calls these.
        """
        ...

    def tombstones(
        self, object: str, *, window: Window, position: Position | None = None
    ) -> Iterator[TombstonePage]: ...

    def read(self, object: str, fields: Sequence[str], ids: Sequence[str], *, by: str = "") -> list[RemoteRecord]:
        """The records with these ids (or with these values of the unique field `by`); those missing are left out."""
        ...

    def links(self, object: str, to_object: str, ids: Sequence[str]) -> list[Link]:
        """The associations of the given records, complete for each of them."""
        ...

    def stages(self, object: str, ids: Sequence[str]) -> list[marketing.StageEntered]:
        """The stages that these deals went through, complete for each; nothing of an object without any."""
        ...

    def setters(self, object: str, field: str, ids: Sequence[str]) -> dict[str, Setter]:
        """By record who gave the field the value it has; those of whom nothing is said are left out."""
        ...

    def write(self, object: str, rows: Sequence[Write]) -> list[WriteResult]:
        """Write one batch (at most `batch` rows of one action); one result for every row, in any order.

        One whose effect is not known gives UNKNOWN and raises nothing. An error: nothing was written; CutShort: only those.
        """
        ...

    def encode(self, field: RemoteField, value: Value) -> Value:
        """Our canonical value as the vendor takes it. Raises errors.RowRefused when it cannot."""
        ...

    def hints(
        self, *, method: str, urls: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime
    ) -> list[Hint]:
        """Read a webhook that came to us; `urls` are the addresses under which the sender may know us. Raises errors.Forged
        or errors.Stale."""
        ...

    def journal(self, position: Position) -> Iterator[JournalPage]:
        """What a journal tells behind a position; from its earliest entry on for an empty one. Ends with its end.

        Asked only of a connection whose vendor says `reads_journal`. Other positions are those of the last page.
        """
        ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Vendor:
    """A vendor as the engine knows it: the registry's entry."""

    key: str
    label: str
    open: Callable[[Session], Connector]
    settings: tuple[Setting, ...]
    objects: Mapping[str, ObjectCapability]
    policies: Callable[[Mapping[str, Any]], tuple[BudgetPolicy, ...]]
    suggestions: Mapping[str, tuple[Suggestion, ...]] = field(default_factory=dict)
    retirements: tuple[Retirement, ...] = ()
    consent: Consent | None = None
    signs_webhooks_with: str = ""  # a secret's name; without one no webhook is believed
    has_journal: bool = False
    reads_journal: Callable[[Mapping[str, Any]], bool] = lambda settings: False
    """`reads_journal(settings)`: whether a connection is told what happens by a journal that it fetches."""
    record_url: Callable[[Mapping[str, Any], str, str], str] = lambda settings, object, id: ""
    """`record_url(settings, object, id)`: the record's page in the vendor's own product, or nothing."""
    activity: Callable[[str, RemoteRecord], marketing.HumanActivity | None] = lambda object, record: None
    """`activity(object, record)`: what a record of Kind.ACTIVITY was between people; None for what no human did."""
    campaign: Callable[[str, RemoteRecord], marketing.RemoteCampaign | None] = lambda object, record: None
    spend: Callable[[str, RemoteRecord], marketing.RemoteSpend | None] = lambda object, record: None
    """What a record of Kind.CAMPAIGN or Kind.SPEND says."""
    touch: Callable[[str, RemoteRecord], marketing.RemoteTouch | None] = lambda object, record: None
    """What a record of Kind.MEMBER or Kind.ACTIVITY says that a person did."""
    listing: Callable[[str, RemoteRecord], marketing.RemoteListing | None] = lambda object, record: None
    """What a record of Kind.LISTED says."""
