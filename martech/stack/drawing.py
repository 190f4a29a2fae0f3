"""The map of integrations: tools on columns by area, lines between them. Coordinates only; the page draws."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

NARROWEST, WIDEST, GAP = 146, 280, 60
"""A column is as wide as its longest name, within these; names that need more take a second line."""
ROOM, LETTER, EDGES = 1_100, 7.6, 24
"""What a page that is 1,440 wide has, a letter of a name, and what stands around the name in its box."""
ROW, TOP, HEIGHT = 56, 48, 40
BULGE = 48
"""Room on the right for lines within the last column."""
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
    width: int = NARROWEST
    number: int = 0

    @property
    def middle(self) -> int:
        return self.y + HEIGHT // 2

    @property
    def end(self) -> int:
        return self.x + self.width


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
    wide = widths([[known[pk][0] for pk in column] for column in columns.values()])
    starts = [sum(wide[:index]) + index * GAP for index in range(len(wide))]
    nodes = {
        pk: Node(pk, *known[pk], x, TOP + row * ROW, width, sum(pk in link[:2] for link in links))
        for column, x, width in zip(columns.values(), starts, wide, strict=True)
        for row, pk in enumerate(column)
    }
    edges = tuple(edge(nodes, *link) for link in links)
    heads = tuple((labels.get(area, "Other"), x) for area, x in zip(columns, starts, strict=True))
    width = max((x + wide[index] for index, x in enumerate(starts)), default=NARROWEST) + (BULGE if edges else 0)
    height = TOP + max((len(column) for column in columns.values()), default=0) * ROW
    alone = tuple(Node(pk, *known[pk], 0, 0) for pk in known if pk not in nodes)
    return Drawing(tuple(nodes.values()), edges, heads, width, height, alone, labels)


def widths(columns: Sequence[Sequence[str]]) -> list[int]:
    """How wide the boxes of each column are by its names; where all of them need more than there is, the widest give."""
    found = [min(max(NARROWEST, EDGES + round(LETTER * max(map(len, names)))), WIDEST) for names in columns]
    room = ROOM - BULGE - GAP * (len(found) - 1)
    while sum(found) > room and max(found) > NARROWEST:
        widest = max(found)
        found = [min(width, widest - 1) for width in found]
    return found


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


def edge(nodes: Mapping[int, Node], start: int, end: int, what: str, is_both: bool) -> Edge:
    """A curve from the side of one box to the side of the other; within a column it swings out to the right."""
    one, other = nodes[start], nodes[end]
    if one.x == other.x:
        out = one.end + 40
        path = f"M{one.end},{one.middle} C{out},{one.middle} {out},{other.middle} {other.end},{other.middle}"
    elif one.x < other.x:
        path = across(one, other, nodes.values())
    else:
        path = across(other, one, nodes.values(), is_back=True)
    way = "and" if is_both else "to"
    return Edge(path, f"{one.label} {way} {other.label}" + (f": {what}" if what else ""), is_both, (start, end))


def across(left: Node, right: Node, nodes: Iterable[Node], *, is_back: bool = False) -> str:
    """Path data from one box to one further right, or back; columns between them are passed between their boxes."""
    points = [(left.end, left.middle), (right.x, right.middle)]
    passed: dict[int, list[Node]] = defaultdict(list)
    for node in nodes:
        if left.x < node.x < right.x:
            passed[node.x].append(node)
    for x, column in sorted(passed.items()):
        share = (x - left.end) / (right.x - left.end)
        level = between(column, left.middle + share * (right.middle - left.middle))
        points[-1:-1] = [(x, level), (x + column[0].width, level)]
    if is_back:
        points.reverse()
    (x, y), *others = points
    path = f"M{x},{y}"
    for to_x, to_y in others:
        half = (x + to_x) // 2
        path += f" C{half},{y} {half},{to_y} {to_x},{to_y}"
        x, y = to_x, to_y
    return path


def between(column: Sequence[Node], wanted: float) -> int:
    """The height nearest to the wanted one at which a line passes above, between or below the boxes of a column."""
    free = (ROW - HEIGHT) // 2
    return min((TOP - free + row * ROW for row in range(len(column) + 1)), key=lambda level: abs(level - wanted))
