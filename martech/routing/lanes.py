"""Which pools are decided together: those that take over from one another or share somebody's cap."""

from collections.abc import Iterable

from martech.routing.document import Policy


def lanes_of(policy: Policy, number: int) -> dict[str, int]:
    """A lane from 0 to `number` - 1 for every pool. Pools of different lanes never wait for one another's locks."""
    groups: list[set[str]] = []
    for key in policy.pools:
        ours = set(policy.pools_to_lock(policy.pools_after(key)))
        apart = [group for group in groups if not group & ours]
        groups = [*apart, ours.union(*(group for group in groups if group & ours))]
    return _spread(groups, number)


def _spread(groups: Iterable[set[str]], number: int) -> dict[str, int]:
    """The largest group first, each to the lane with the fewest pools."""
    sizes = [0] * number
    found: dict[str, int] = {}
    for group in sorted(groups, key=lambda one: (-len(one), min(one))):
        lane = sizes.index(min(sizes))
        sizes[lane] += len(group)
        found.update(dict.fromkeys(group, lane))
    return found
