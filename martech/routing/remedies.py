"""What to change where next week does not fit: what costs least first, each tried by running the week again. Pure.

Hours and colleagues of other pools cost less than somebody new, and a cap is only a number. What changes the week by less
than one lead is not said.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from math import ceil

from martech.routing.outlook import SOME, Advice, HourFound, Lane, Outlook, Stock, Stretch, Worker, pass_week

EARLIEST = 4
"""Hours that a pool is asked to begin earlier at most."""
SHIFT = 4
"""Hours of a shift on a day on which nobody works."""
Change = Callable[[Lane], None]


def look_ahead(lanes: Sequence[Lane], rate: float) -> list[Outlook]:
    """Run the week of pools together and say what to change. `rate` is leads a member answers in an hour they work."""
    fresh = _copied(lanes)
    found = pass_week(lanes, rate)
    for place, one in enumerate(found):
        one.advice = list(_Trial(fresh, found, place, rate).advice())
    return found


def _copied(lanes: Sequence[Lane]) -> list[Lane]:
    """Lanes before their week that may be run without touching these; stocks that they share stay shared among the copies."""
    stocks: dict[int, Stock] = {}

    def own(stock: Stock) -> Stock:
        return stocks.setdefault(id(stock), replace(stock))

    def copied(worker: Worker) -> Worker:
        ceilings = [replace(one, stock=own(one.stock)) for one in worker.ceilings]
        fills = [(own(stock), share) for stock, share in worker.fills]
        return replace(worker, ceilings=ceilings, fills=fills, given=[])

    return [replace(lane, workers=[copied(worker) for worker in lane.workers]) for lane in lanes]


def _felt_by(lanes: Sequence[Lane], place: int) -> list[Lane]:
    """The pool, and those whose leads it feels: they add to what its caps count, or to what the caps of such pools count."""
    felt, waiting = {place}, [place]
    while waiting:
        counted = {id(one.stock) for worker in lanes[waiting.pop()].workers for one in worker.ceilings}
        for other, lane in enumerate(lanes):
            if other not in felt and counted & {id(stock) for worker in lane.workers for stock, _share in worker.fills}:
                felt.add(other)
                waiting.append(other)
    return [lanes[one] for one in sorted(felt)]


class _Trial:
    """One pool of the week, and the week run again with something changed in it."""

    def __init__(self, lanes: Sequence[Lane], found: Sequence[Outlook], place: int, rate: float) -> None:
        self.lanes, self.outlooks, self.place, self.rate = lanes, found, place, rate
        self.found, self.felt = found[place], _felt_by(lanes, place)

    def advice(self) -> Iterator[Advice]:
        worst = max(self.found.hours, key=lambda hour: hour.late, default=None)
        if worst is not None and self.found.late >= 1 and worst.late >= SOME:
            yield Advice(_late(worst, self.rate), tuple(self._remedies_for_late(worst)))
        narrow = max(self.found.hours, key=lambda hour: hour.capped, default=None)
        if narrow is not None and self.found.capped >= 1 and narrow.full:
            yield Advice(_capped(self.found, narrow), tuple(self._remedies_for_caps(narrow)))

    def run(self, change: Change) -> tuple[Lane, Outlook]:
        """The pool after a week with the change. Other pools matter only where a cap counts what they give."""
        lanes = _copied(self.felt)
        changed = next(copy for copy, lane in zip(lanes, self.felt, strict=True) if lane is self.lanes[self.place])
        change(changed)
        pass_week(lanes, self.rate)
        return changed, changed.found

    def _remedies_for_late(self, worst: HourFound) -> Iterator[str]:
        if worst.bulk > worst.queued / 2:
            yield from self._begin_earlier(worst)
            yield from self._shift(worst)
        yield from self._help(worst)
        people = _number(worst.missing, "person", "people")
        yield from self._worth(
            f"Add {people} on {worst.start:%A at %H:00}",
            _with_people(lambda hour: hour.start == worst.start, self.found, worst.missing),
        )

    def _begin_earlier(self, worst: HourFound) -> Iterator[str]:
        """The fewest hours after which nobody is late, else those that help most."""
        tried = {hours: self.run(_begin(hours))[1] for hours in range(1, EARLIEST + 1)}
        hours = min(tried, key=lambda number: (max(tried[number].late, SOME), number))
        begin = worst.start - timedelta(hours=hours)
        words = _number(hours, "hour", "hours")
        said = f"Open the pool {words} before its response time begins to run, so at {begin:%H:00} instead of {worst.start:%H:00}"
        yield from _effect(said, self.found, tried[hours])

    def _shift(self, worst: HourFound) -> Iterator[str]:
        """Somebody of the pool in the hours in which most of those come who wait for this opening."""
        before = [one for one in self.found.hours if one.start < worst.start]
        opened = next((n for n in range(len(before) - 1, -1, -1) if before[n].staffed), -1)
        day = max(Stretch(hours=before[opened + 1 :]).days, key=lambda one: one.outside)
        starts = [hour for hour in day.hours if not hour.staffed]
        first = max(starts, key=lambda one: sum(h.outside for h in starts if 0 <= _after(one, h) < SHIFT))
        times = [hour.start for hour in starts if 0 <= _after(first, hour) < SHIFT]
        end = times[-1] + timedelta(hours=1)
        yield from self._worth(
            f"Let one of them work on {day.day:%A} from {times[0]:%H:00} to {end:%H:00}, when nobody does",
            lambda lane: _present(lane, 0, lambda start: start in times),
        )

    def _help(self, worst: HourFound) -> Iterator[str]:
        """Somebody of the pool that has most room in the worst hour, in the hours in which they have it."""
        names = {worker.name for worker in self.lanes[self.place].workers}
        rooms = {}
        for other, lane in zip(self.outlooks, self.lanes, strict=True):
            free = {hour.start: hour.staffed * self.rate - hour.queued for hour in other.hours}
            if other is not self.found and any(worker.name not in names for worker in lane.workers):
                rooms[other.pool] = free
        pool = max(rooms, key=lambda key: rooms[key].get(worst.start, 0.0), default="")
        if pool and rooms[pool].get(worst.start, 0.0) >= self.rate:
            late = {hour.start for hour in self.found.hours if hour.late >= SOME}
            free = rooms[pool]
            yield from self._worth(
                f"Let one of {pool} help then, where there is room",
                _with_people(lambda hour: hour.start in late and free.get(hour.start, 0.0) >= self.rate, self.found, 1),
            )

    def _remedies_for_caps(self, narrow: HourFound) -> Iterator[str]:
        """All that are full are raised together, as one alone would give everything to one."""
        caps = [words for words in narrow.full if words]
        if caps:
            lane, after = self.run(_lift(set(caps)))
            named = f"{caps[0]}{_needed(lane, caps[0])}"
            said = (
                f"Raise the {named}"
                if len(caps) == 1
                else f"Raise the {len(caps)} caps that are full then, such as the {named}"
            )
            yield from _more_room(said, self.found, after)
        somebody = _with_people(lambda hour: hour.staffed > 0, self.found, 1)
        yield from _more_room("Add somebody", self.found, self.run(somebody)[1])

    def _worth(self, said: str, change: Change) -> Iterator[str]:
        return _effect(said, self.found, self.run(change)[1])


def _effect(said: str, before: Outlook, after: Outlook) -> Iterator[str]:
    """The remedy with what it changes in the week; nothing where that is less than one lead."""
    if before.late + before.capped - after.late - after.capped >= 1:
        yield _said(said, before, after)


def _more_room(said: str, before: Outlook, after: Outlook) -> Iterator[str]:
    """The same for caps: whom a raised one gives leads may be late with them, and that is said."""
    if before.capped - after.capped >= 1:
        yield _said(said, before, after)


def _said(said: str, before: Outlook, after: Outlook) -> str:
    if after.late - before.late >= SOME:
        return f"{said}: {_given_but_late(before, after)}."
    kinds = (("late", before.late, after.late), ("without room", before.capped, after.capped))
    changed = [(words, was, now) for words, was, now in kinds if abs(was - now) >= SOME]
    return f"{said}: " + ", ".join(f"{now:.0f} instead of {was:.0f} {words}" for words, was, now in changed) + "."


def _given_but_late(before: Outlook, after: Outlook) -> str:
    """Leads that get an owner late rather than none are no worsening, although more are late than before."""
    more = max(round(before.capped - after.capped), 1)
    late = min(max(round(after.late - before.late), 1), more)
    said = f"{_number(more, 'lead that would wait gets', 'leads that would wait get')} an owner"
    said += ", but is answered late" if more == late == 1 else f", {'all' if late == more else late} of them late"
    left = f"; {_number(round(after.capped), 'still finds', 'still find')} no room" if after.capped >= SOME else ""
    return f"{said}, as nobody has time to answer sooner{left}"


def _late(hour: HourFound, rate: float) -> str:
    leads, late = _number(round(hour.queued), "lead", "leads"), max(round(hour.late), 1)
    meet = "meets" if leads == "1 lead" else "meet"
    people = (
        f"one who answers {rate:g} an hour" if hour.staffed == 1 else f"{hour.staffed} who answer {rate:g} an hour each"
    )
    return f"{hour.start:%A %H:00}: {leads} {meet} {people}, and {late} {'is' if late == 1 else 'are'} late."


def _capped(found: Outlook, hour: HourFound) -> str:
    leads = _number(round(found.capped), "lead waits", "leads wait")
    return f"{leads} for room in {found.pool}, most from {hour.start:%A %H:00}."


def _begin(hours: int) -> Change:
    def change(lane: Lane) -> None:
        lane.head_start = hours

    return change


def _lift(caps: set[str]) -> Change:
    def change(lane: Lane) -> None:
        lane.workers = [replace(worker, lifted=frozenset(caps)) for worker in lane.workers]

    return change


def _present(lane: Lane, place: int, is_there: Callable[..., bool]) -> None:
    worker = lane.workers[place]
    there = [was or is_there(hour.start) for was, hour in zip(worker.there, lane.hours, strict=True)]
    lane.workers = [replace(worker, there=there) if one is worker else one for one in lane.workers]


def _with_people(is_there: Callable[[HourFound], bool], found: Outlook, number: int) -> Change:
    there = [is_there(hour) for hour in found.hours]

    def change(lane: Lane) -> None:
        lane.workers = [*lane.workers, *(Worker("", there) for _ in range(number))]

    return change


def _after(first: HourFound, hour: HourFound) -> float:
    """Hours between the two."""
    return (hour.start - first.start) / timedelta(hours=1)


def _needed(lane: Lane, words: str) -> str:
    """How high a cap per hour or day must be to let through what was given without it."""
    worker = next((one for one in lane.workers if one.given and f" of {one.name} (" in words), None)
    if worker is None or not words.startswith(("hourly", "daily")):
        return ""
    counted: dict[object, float] = {}
    for hour, given in zip(lane.hours, worker.given, strict=False):
        key = hour.start if words.startswith("hourly") else hour.start.date()
        counted[key] = counted.get(key, 0.0) + given
    return f" to {ceil(max(counted.values()) - 1e-9)}"


def _number(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"
