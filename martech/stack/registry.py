"""Who can see that a tool is used: providers of evidence, registered when the process starts."""

from collections.abc import Callable, Sequence
from datetime import datetime

from martech.stack.usage import Evidence

Provider = Callable[[datetime], Sequence[Evidence]]
"""`provider(since)` answers what was seen of the systems that it watches since a moment."""
_providers: dict[str, Provider] = {}


def register_evidence(key: str, provider: Provider) -> None:
    """Raises ValueError for a key that is taken."""
    if key in _providers:
        raise ValueError(f"evidence {key} is registered twice")
    _providers[key] = provider


def all_evidence(since: datetime) -> list[Evidence]:
    return [one for key in sorted(_providers) for one in _providers[key](since)]
