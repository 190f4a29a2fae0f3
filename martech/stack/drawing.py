"""The map of integrations: tools on columns by area, lines between them. Coordinates only; the page draws."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH, COLUMN, ROW, TOP = 196, 260, 64, 56
HEIGHT = 40
LONGEST = 25
"""Characters of a name that fit into a box."""
ORDER = ("people", "reach", "sell", "measure", "run", "")


@dataclass(frozen=True)
class Node:
    pk: int
    label: str
    area: str
    x: int
    y: int

    @property
    def middle(self) -> int:
        return self.y + HEIGHT // 2

    @property
    def end(self) -> int:
        return self.x + WIDTH

    @property
    def text_x(self) -> int:
        return self.x + 12

    @property
    def text_y(self) -> int:
        return self.y + HEIGHT // 2 + 5

    @property
    def short(self) -> str:
        return self.label if len(self.label) <= LONGEST else self.label[: LONGEST - 1] + "…"

    @property
    def spoken(self) -> str:
        """The name for who does not see the box; it holds what stands there."""
        return self.label if self.short == self.label else f"{self.short} {self.label}"


@dataclass(frozen=True)
class Edge:
    """`path` is SVG path data; `text` says the integration in words; `ends` are the tools it joins."""

    path: str
    text: str
    is_both: bool
    ends: tuple[int, int]


@dataclass(frozen=True)
class Drawing:
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    heads: tuple[tuple[str, int], ...]
    width: int
    height: int

    @property
    def areas(self) -> list[tuple[str, list[tuple[Node, list[str]]]]]:
        """The same without coordinates, for who has no room for them: [(area, [(tool, what is said of its lines)])]."""
        said: dict[int, list[str]] = defaultdict(list)
        for edge in self.edges:
            for pk in set(edge.ends):
                said[pk].append(edge.text)
        return [(label, [(node, said[node.pk]) for node in self.nodes if node.x == x]) for label, x in self.heads]


def draw(
    tools: Iterable[tuple[int, str, str]], links: Iterable[tuple[int, int, str, bool]], labels: dict[str, str]
) -> Drawing:
    """`tools` are (id, name, area), `links` (from, to, what, whether both ways); areas without tools take no column."""
    columns: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for pk, name, area in sorted(tools, key=lambda tool: tool[1].lower()):
        columns[area if area in ORDER else ""].append((pk, name))
    shown = [area for area in ORDER if columns[area]]
    nodes = {
        pk: Node(pk, name, area, index * COLUMN, TOP + row * ROW)
        for index, area in enumerate(shown)
        for row, (pk, name) in enumerate(columns[area])
    }
    edges = tuple(edge(nodes, *link) for link in links if link[0] in nodes and link[1] in nodes)
    tallest = max((len(columns[area]) for area in shown), default=0)
    heads = tuple((labels.get(area, "Other"), index * COLUMN) for index, area in enumerate(shown))
    width = max(len(shown) * COLUMN - (COLUMN - WIDTH), WIDTH) + bulge(edges)
    return Drawing(tuple(nodes.values()), edges, heads, width, TOP + tallest * ROW)


def bulge(edges: Sequence[Edge]) -> int:
    """Room on the right for lines within the last column."""
    return 48 if edges else 0


def edge(nodes: dict[int, Node], start: int, end: int, what: str, is_both: bool) -> Edge:
    """A curve from the side of one box to the side of the other; within a column it swings out to the right."""
    one, other = nodes[start], nodes[end]
    if one.x == other.x:
        out = one.end + 40
        path = f"M{one.end},{one.middle} C{out},{one.middle} {out},{other.middle} {other.end},{other.middle}"
    else:
        left, right = (one.end, other.x) if one.x < other.x else (one.x, other.end)
        half = (left + right) // 2
        path = f"M{left},{one.middle} C{half},{one.middle} {half},{other.middle} {right},{other.middle}"
    way = "and" if is_both else "to"
    return Edge(path, f"{one.label} {way} {other.label}" + (f": {what}" if what else ""), is_both, (start, end))
