"""The map of integrations: tools on columns by area, lines between them. Coordinates only; the page draws."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

WIDTH, COLUMN, ROW, TOP = 146, 206, 52, 48
HEIGHT = 36
LONGEST = 18
"""Characters of a name that fit into a box."""
SWEEPS = 6
"""How often the rows are put in order; more brings nothing."""
ORDER = ("people", "reach", "sell", "measure", "run", "")


@dataclass(frozen=True)
class Node:
    """A box. `number` is of how many integrations the tool is an end."""

    pk: int
    label: str
    area: str
    x: int
    y: int
    number: int = 0

    @property
    def middle(self) -> int:
        return self.y + HEIGHT // 2

    @property
    def end(self) -> int:
        return self.x + WIDTH

    @property
    def text_x(self) -> int:
        return self.x + 10

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
class Area:
    """The tools of an area as a list, each with what is said of its integrations."""

    label: str
    tools: tuple[tuple[Node, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Drawing:
    """`nodes` are the tools that have an integration, with a box each; `alone` the others, without a place."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    heads: tuple[tuple[str, int], ...]
    width: int
    height: int
    alone: tuple[Node, ...]
    labels: Mapping[str, str]

    @property
    def tools(self) -> list[Node]:
        return sorted((*self.nodes, *self.alone), key=lambda node: (ORDER.index(node.area), node.label.lower()))

    @property
    def areas(self) -> list[Area]:
        """The same without coordinates, for who has no room for them or reads better than they trace lines."""
        said = self.said
        return [
            Area(self.labels.get(area, "Other"), tuple((node, tuple(said[node.pk])) for node in tools))
            for area in ORDER
            if (tools := [node for node in self.tools if node.area == area])
        ]

    @property
    def said(self) -> Mapping[int, list[str]]:
        """{tool: its integrations in words}."""
        said: dict[int, list[str]] = defaultdict(list)
        for edge in self.edges:
            for pk in dict.fromkeys(edge.ends):
                said[pk].append(edge.text)
        return said

    def near(self, pk: int) -> frozenset[int]:
        """A tool and those it is joined to."""
        return frozenset({pk}.union(*(edge.ends for edge in self.edges if pk in edge.ends)))

    def around(self, pk: int) -> "Drawing":
        """Only the tools near one, and its own integrations."""
        near = self.near(pk)
        return replace(
            self,
            nodes=tuple(node for node in self.nodes if node.pk in near),
            alone=tuple(node for node in self.alone if node.pk in near),
            edges=tuple(edge for edge in self.edges if pk in edge.ends),
        )


def draw(
    tools: Iterable[tuple[int, str, str]], links: Iterable[tuple[int, int, str, bool]], labels: Mapping[str, str]
) -> Drawing:
    """`tools` are (id, name, area), `links` (from, to, what, whether both ways); areas without joined tools take no
    column, and rows are put so that few lines cross."""
    known = {pk: (name, area if area in ORDER else "") for pk, name, area in tools}
    links = [link for link in links if link[0] in known and link[1] in known]
    columns = ordered(known, links)
    nodes = {
        pk: Node(pk, *known[pk], index * COLUMN, TOP + row * ROW, sum(pk in link[:2] for link in links))
        for index, area in enumerate(columns)
        for row, pk in enumerate(columns[area])
    }
    edges = tuple(edge(nodes, *link) for link in links)
    heads = tuple((labels.get(area, "Other"), index * COLUMN) for index, area in enumerate(columns))
    width = max(len(columns) * COLUMN - (COLUMN - WIDTH), WIDTH) + bulge(edges)
    height = TOP + max((len(column) for column in columns.values()), default=0) * ROW
    alone = tuple(Node(pk, *known[pk], 0, 0) for pk in known if pk not in nodes)
    return Drawing(tuple(nodes.values()), edges, heads, width, height, alone, labels)


def ordered(known: Mapping[int, tuple[str, str]], links: Sequence[tuple[int, int, str, bool]]) -> dict[str, list[int]]:
    """{area: its joined tools from top to bottom}: by name at first, then each beside the middle of those it is joined to."""
    joined = {pk for link in links for pk in link[:2]}
    columns = {
        area: sorted((pk for pk in joined if known[pk][1] == area), key=lambda pk: known[pk][0]) for area in ORDER
    }
    columns = {area: column for area, column in columns.items() if column}
    for _sweep in range(SWEEPS):
        for area, column in columns.items():
            rows = {pk: row for other in columns.values() for row, pk in enumerate(other)}
            columns[area] = sorted(column, key=lambda pk: middle(pk, rows, links))
    return columns


def middle(pk: int, rows: Mapping[int, int], links: Sequence[tuple[int, int, str, bool]]) -> float:
    """The mean row of the tools that one is joined to; its own where it is joined to itself alone."""
    others = [rows[end] for link in links if pk in link[:2] for end in link[:2] if end != pk]
    return sum(others) / len(others) if others else rows[pk]


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
