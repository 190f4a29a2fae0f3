"""The graph of a lifecycle as shapes: the way from left to right, what leaves it beneath, returns dashed."""

from collections.abc import Iterable
from dataclasses import dataclass

from martech.lifecycle.document import EXITS, FORWARD, Lifecycle, rank

WIDTH, HEIGHT = 1_080, 330
BOX_WIDTH, BOX_HEIGHT = 112, 54
STEP, LEFT, TOP = 152, 12, 110
RAILS = {"recycled": 214, "disqualified": 234}
EXIT_TOP = 262
EXIT_PLACES = {"recycled": 1.5, "disqualified": 4.5}


@dataclass(frozen=True)
class Box:
    """A stage: its top left corner, and where its two lines of text begin."""

    key: str
    x: float
    y: float

    @property
    def middle(self) -> float:
        return self.x + BOX_WIDTH / 2

    @property
    def bottom(self) -> float:
        return self.y + BOX_HEIGHT


@dataclass(frozen=True)
class Line:
    """A move, or several drawn as one: an SVG path; `kind` is onward, skip, back, exit or return."""

    kind: str
    path: str
    start: str = ""
    end: str = ""
    label_x: float = 0
    has_arrow: bool = True


@dataclass(frozen=True)
class Drawing:
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def draw(lifecycle: Lifecycle) -> Drawing:
    """The drawing in a field of WIDTH by HEIGHT."""
    way = [key for key in FORWARD if key in lifecycle.keys]
    boxes = {key: Box(key, LEFT + index * STEP, TOP) for index, key in enumerate(way)}
    boxes |= {key: Box(key, LEFT + EXIT_PLACES[key] * STEP, EXIT_TOP) for key in EXITS if key in lifecycle.keys}
    moves = sorted(lifecycle.moves)
    among = [(boxes[start], boxes[end]) for start, end in moves if rank(start) and rank(end)]
    lines = [_along(start, end) for start, end in among]
    for key in EXITS:
        if key in boxes:
            leaving = [boxes[start] for start, end in moves if end == key and rank(start)]
            lines += _rail(boxes[key], leaving)
            lines += [_return(boxes[key], boxes[end]) for start, end in moves if start == key and rank(end)]
    return Drawing(tuple(boxes.values()), tuple(sorted(lines, key=lambda line: line.kind == "onward")))


def _along(start: Box, end: Box) -> Line:
    places = round((end.x - start.x) / STEP)
    if places == 1:
        middle = start.y + BOX_HEIGHT / 2
        label = start.x + BOX_WIDTH + (STEP - BOX_WIDTH) / 2
        return Line("onward", f"M{start.x + BOX_WIDTH} {middle}H{end.x - 3}", start.key, end.key, label)
    if places > 1:
        lift = start.y - 20 * places
        path = f"M{start.middle + 8} {start.y}C{start.middle + 8} {lift} {end.middle - 8} {lift} {end.middle - 8} {end.y - 3}"
        return Line("skip", path, start.key, end.key)
    drop = start.bottom - 26 * places
    path = f"M{start.middle} {start.bottom}C{start.middle} {drop} {end.middle} {drop} {end.middle} {end.bottom + 3}"
    return Line("back", path, start.key, end.key)


def _rail(exit_: Box, leaving: Iterable[Box]) -> list[Line]:
    """Everybody who leaves to one exit shares a rail to it."""
    y, aside = RAILS[exit_.key], -30 if exit_.key == "recycled" else 30
    stubs = [box.middle + aside for box in leaving]
    if not stubs:
        return []
    low, high = min([*stubs, exit_.middle]), max([*stubs, exit_.middle])
    drops = "".join(f"M{x} {TOP + BOX_HEIGHT}V{y}" for x in stubs)
    rail = Line("exit", f"{drops}M{low} {y}H{high}", end=exit_.key, has_arrow=False)
    return [rail, Line("exit", f"M{exit_.middle} {y}V{exit_.y - 3}", end=exit_.key)]


def _return(exit_: Box, stage: Box) -> Line:
    side = exit_.x if stage.middle < exit_.middle else exit_.x + BOX_WIDTH
    middle = exit_.y + BOX_HEIGHT / 2
    path = f"M{side} {middle}C{stage.middle - 10} {middle} {stage.middle - 10} {middle - 40} {stage.middle - 10} {stage.bottom + 3}"
    return Line("return", path, exit_.key, stage.key)
