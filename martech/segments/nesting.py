"""Segments within segments: no cycles, and an order in which each comes after those it mentions. Pure."""

from collections.abc import Collection, Iterable, Mapping
from graphlib import TopologicalSorter

Mentions = Mapping[str, Collection[str]]
"""Segment → the segments its condition mentions, by key."""


def cycle_through(key: str, mentions: Mentions) -> list[str]:
    """A shortest way from a segment back to itself, `["a", "b", "a"]`; empty when there is none."""
    ways: list[list[str]] = [[key]]
    seen: set[str] = set()
    for way in ways:
        for mentioned in sorted(mentions.get(way[-1], ())):
            if mentioned == key:
                return [*way, key]
            if mentioned not in seen:
                seen.add(mentioned)
                ways.append([*way, mentioned])
    return []


def in_order(keys: Iterable[str], mentions: Mentions) -> list[str]:
    """The segments, each after those it mentions; alphabetical where that leaves a choice. Needs mentions without cycles."""
    wanted = sorted(keys)
    graph = {key: sorted(set(mentions.get(key, ())) & set(wanted)) for key in wanted}
    return list(TopologicalSorter(graph).static_order())


def users_of(key: str, mentions: Mentions) -> list[str]:
    """Who mentions a segment, directly."""
    return sorted(user for user, mentioned in mentions.items() if key in mentioned)
