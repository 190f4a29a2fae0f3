"""What records say that are read and not mapped: campaigns, money, touches, lists and what colleagues did, in one form
for all vendors."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar, get_args, get_type_hints

Said = TypeVar("Said")


@dataclass(frozen=True, slots=True)
class HumanActivity:
    """Something a colleague did with people: `kind` is call, email, meeting or message, `people` are (object, id), and
    `owner_id` is who did it, all by the vendor's ids."""

    id: str
    kind: str
    at: datetime
    people: tuple[tuple[str, str], ...]
    owner_id: str


@dataclass(frozen=True, slots=True)
class StageEntered:
    """A deal entered a stage, in the vendor's word for it; `amount` at that moment, where the vendor keeps it."""

    deal_id: str
    stage: str
    at: datetime
    amount: float | None = None

    @property
    def decimal_amount(self) -> Decimal | None:
        return None if self.amount is None else Decimal(str(self.amount)).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class RemoteCampaign:
    """A campaign as a vendor keeps it. `code` is ours where the record carries it; `channel` and `state` are ours where
    the vendor's word says which. `spent` is what it cost so far, where the vendor keeps that as one sum; money is in
    `currency`, in the installation's where that is not said."""

    name: str
    code: str = ""
    channel: str = ""
    state: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    budget: Decimal | None = None
    spent: Decimal | None = None
    currency: str = ""
    owner_id: str = ""


@dataclass(frozen=True, slots=True)
class RemoteSpend:
    """Money spent on a campaign on one day; `campaign` is (object, id)."""

    campaign: tuple[str, str]
    name: str
    day: date
    amount: Decimal
    currency: str = ""


@dataclass(frozen=True, slots=True)
class RemoteTouch:
    """What a person did or was shown. `people` are (object, id), of whom the first that is known counts; `campaign` is
    (object, id) where the touch belongs to one, or `code` its code of ours."""

    kind: str
    at: datetime
    people: tuple[tuple[str, str], ...]
    campaign: tuple[str, str] | None = None
    code: str = ""
    url: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RemoteListing:
    """A person on a static list; `person` is (object, id)."""

    list_id: str
    list_name: str
    person: tuple[str, str]


def as_values(said: Any) -> dict[str, Any]:
    """One of these as the mirror keeps it: JSON by field."""
    return {one.name: _plain(getattr(said, one.name)) for one in fields(said)}


def _plain(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case tuple():
            return [_plain(one) for one in value]
        case Mapping():
            return dict(value)
    return value


def from_values(type: type[Said], values: Mapping[str, Any]) -> Said:
    """The opposite of `as_values`."""
    hints = get_type_hints(type)
    return type(**{name: _back(hints[name], value) for name, value in values.items() if name in hints})


def _back(hint: Any, value: Any) -> Any:
    if value is None or not isinstance(value, str | list):
        return value
    wanted = {hint, *get_args(hint)}
    if isinstance(value, list):
        return tuple(tuple(one) if isinstance(one, list) else one for one in value)
    if datetime in wanted:
        return datetime.fromisoformat(value)
    if date in wanted:
        return date.fromisoformat(value)
    return Decimal(value) if Decimal in wanted else value
