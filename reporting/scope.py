"""What the numbers of a page are narrowed to: one channel, one region, one owner. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

NONE = "-"
"""How an address asks for the rows that have no channel, region or owner."""
LONGEST = 254


@dataclass(frozen=True)
class Scope:
    """Each part is a value, `-` for rows without one, or empty for all. The names are those of the dimensions."""

    channel: str = ""
    region: str = ""
    owner: str = ""

    @property
    def parts(self) -> dict[str, str | None]:
        """Dimension → value for the parts that narrow; None for rows without one."""
        return {name: None if value == NONE else value for name, value in self.query.items()}

    @property
    def query(self) -> dict[str, str]:
        """The parameters that give this scope again."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value}

    def __bool__(self) -> bool:
        return bool(self.query)


def read_scope(query: Mapping[str, str]) -> Scope:
    """The scope in `?channel=&region=&owner=`; a value nobody has is a scope without rows."""
    return Scope(*(query.get(field.name, "").strip().replace("\0", "")[:LONGEST] for field in fields(Scope)))
