"""What a condition depends on, as the topics under which changes of people are marked. Pure.

A topic is a column of people (`country`), `account` for any of theirs, `touch:form` for a new touch of a kind, `deals`,
`consent`, `segment:key`, `score`. Whoever changed under a topic that a segment does not mention cannot have
entered or left it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mops.core.conditions import Leaf, Node, Type, leaves
from mops.core.conditions.counted import Counted
from mops.core.conditions.operators import WITH_DAYS
from mops.core.conditions.tree import AllOf

ANY_TOUCH = "touch:*"
EVERY_CHANGE = "*"
SCORE = "score"
ALWAYS = frozenset({"merged_into_id", "new"})
"""Topics that concern every segment: who was merged leaves them all, who is new may belong to any."""

TOPIC_OF = {
    "person.campaign": "campaign_id",
    "person.furthest_stage": "lifecycle_stage",
    "person.score_fit": SCORE,
    "person.score_engagement": SCORE,
    "person.grade": SCORE,
    "person.owner": "owner_id",
    "person.owner_team": "owner_id",
    "person.updated_at": EVERY_CHANGE,
    "person.deals": "deals",
}


@dataclass(frozen=True)
class Dependencies:
    """`topics` are what it mentions; `clocks` the leaves whose answer changes with time alone; `segments` what it nests."""

    topics: frozenset[str]
    clocks: tuple[Leaf, ...]
    segments: frozenset[str]

    def concerns(self, changed: Iterable[str]) -> bool:
        """Whether a change under these topics may move somebody in or out."""
        if EVERY_CHANGE in self.topics:
            return True
        return any(
            topic in self.topics or topic in ALWAYS or (topic.startswith("touch:") and ANY_TOUCH in self.topics)
            for topic in changed
        )


def dependencies_of(node: Node) -> Dependencies:
    """What a condition depends on."""
    found = list(leaves(node))
    segments = frozenset(key for leaf in found if leaf.field == "person.segment" for key in mentioned_in(leaf))
    topics = {topic for leaf in found for topic in topics_of(leaf)}
    return Dependencies(frozenset(topics), tuple(leaf for leaf in found if is_timed(leaf)), segments)


def mentioned_in(leaf: Leaf) -> tuple[str, ...]:
    return tuple(leaf.value) if isinstance(leaf.value, tuple) else (leaf.value,)


def topics_of(leaf: Leaf) -> Iterator[str]:
    if leaf.field == "person.segment":
        yield from (f"segment:{key}" for key in mentioned_in(leaf))
    elif leaf.field == "person.consent":
        yield from ("consent", "email")  # another address brings what was said about it
    elif leaf.field == "person.touches":
        yield from touch_topics(leaf.value)
    elif leaf.field in TOPIC_OF:
        yield TOPIC_OF[leaf.field]
    elif leaf.field.startswith("account."):
        yield from ("account", "account_id")
    elif leaf.spec.type is Type.JSON:
        yield leaf.spec.record_key.removeprefix("person.")
    else:
        yield leaf.field.removeprefix("person.")


def touch_topics(asked: Counted) -> Iterator[str]:
    """`touch:form` where the test names its kinds, else any touch."""
    parts = asked.where.parts if isinstance(asked.where, AllOf) else (asked.where,)
    named = [
        part for part in parts if isinstance(part, Leaf) and part.field == "touch.kind" and part.op in ("eq", "in")
    ]
    if not named:
        yield ANY_TOUCH
        return
    value = named[0].value
    yield from (f"touch:{kind}".lower() for kind in (value if isinstance(value, tuple) else (value,)))


def is_timed(leaf: Leaf) -> bool:
    """Whether time alone changes the answer."""
    if isinstance(leaf.value, Counted):
        inner = any(is_timed(one) for one in leaves(leaf.value.where))
        return leaf.value.days is not None or inner
    return leaf.op in WITH_DAYS or leaf.field == "person.consent"
