"""What a page's numbers can be narrowed to: the values anything was counted for."""

from collections.abc import Sequence
from dataclasses import dataclass

from governance.models import User
from planning.models import Channel, Region
from reporting.scope import NONE, Scope
from reporting.selectors.rollups import values_of


@dataclass(frozen=True)
class Filter:
    """One choice: `options` are (value, label), `chosen` is the value in force, empty for all."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    chosen: str

    @property
    def chosen_label(self) -> str:
        return dict(self.options).get(self.chosen, self.chosen)


def filters_of(scope: Scope) -> list[Filter]:
    """Channel, region and owner, each with what is in the numbers."""
    owners = values_of("owner")
    names = dict(User.objects.filter(email__in=owners).exclude(name="").values_list("email", "name"))
    regions = dict(Region.choices)
    return [
        Filter("channel", "Channel", with_none(list(Channel.choices), scope.channel), scope.channel),
        Filter("region", "Region", with_none(labelled(values_of("region"), regions), scope.region), scope.region),
        Filter("owner", "Owner", with_none(labelled(owners, names), scope.owner), scope.owner),
    ]


def labelled(values: Sequence[str], labels: dict[str, str]) -> list[tuple[str, str]]:
    found = [(value, labels.get(value, value)) for value in values]
    return sorted(found, key=lambda entry: entry[1].casefold())


def with_none(options: Sequence[tuple[str, str]], chosen: str) -> list[tuple[str, str]]:
    """The options, rows without one, and the value in force where nothing is counted for it any more."""
    known = [*options, (NONE, "Without")]
    return known if chosen in ("", *dict(known)) else [*known, (chosen, chosen)]
