"""A segment's page: its members, how they changed, where it is used, and whom an export would hold back."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from governance.selectors.contactability import Denial, contactable
from martech.models import Person, Segment, SegmentMembership, SegmentVersion
from martech.selectors.contacting import subjects_of
from martech.selectors.segments import Freshness, freshness_of, members_at, members_of, where_used
from mops.core.charts import Chart, Series, line_chart
from mops.core.conditions import ConditionError, Fragment, fragments, get_catalogue, parse
from mops.core.versions import draft_among, published_among

DAYS = 90
SHOWN = 12
MOST_SCREENED = 20_000
CHUNK = 10_000


@dataclass(frozen=True)
class SegmentPage:
    segment: Segment
    version: SegmentVersion | None
    draft: SegmentVersion | None
    words: Sequence[Fragment]
    draft_words: Sequence[Fragment]
    freshness: Freshness
    chart: Chart | None
    people: Sequence[Person]
    visible: int
    recent: Sequence[SegmentMembership]
    users: Sequence[Segment]
    versions: Sequence[SegmentVersion]


def segment_page(segment: Segment, user: Any) -> SegmentPage:
    """Everything the page shows."""
    versions = segment.versions.all()
    published, draft = published_among(versions), draft_among(versions)
    people = members_of(segment, user)
    seen = Person.objects.visible_to(user)
    moves = segment.memberships.filter(person__in=seen).select_related("person")
    return SegmentPage(
        segment,
        published,
        draft,
        words_of(published),
        words_of(draft),
        freshness_of([segment])[segment.pk],
        history_chart(segment),
        list(people.select_related("account", "owner").order_by("-created_at", "-id")[:SHOWN]),
        people.count(),
        list(moves.order_by("-entered_at", "-id")[:SHOWN]),
        where_used(segment),
        list(versions.select_related("published_by")[:SHOWN]),
    )


def words_of(version: SegmentVersion | None) -> Sequence[Fragment]:
    """A condition in pieces for the page; what can no longer be used says so."""
    if version is None:
        return []
    try:
        return fragments(parse(version.condition, get_catalogue("segment")))
    except ConditionError as error:
        return [Fragment("constant", str(error.findings[0]))]


def history_chart(segment: Segment) -> Chart | None:
    """Members at the end of each day, of the kept counts and of today; None while they make no line."""
    today = timezone.now().astimezone(UTC).date()
    kept = dict(segment.days.filter(day__gte=today - timedelta(days=DAYS)).values_list("day", "members"))
    days = sorted({**kept, today: segment.members})
    if len(days) < 3:
        return None
    values = [kept.get(day, segment.members) for day in days]
    return line_chart("members", "Members", days, [Series("Members", values, style="area")], height="low")


def daily_moves(segment: Segment, days: int = 7) -> dict[date, tuple[int, int]]:
    """Day → how many entered and left."""
    since = timezone.now() - timedelta(days=days)
    found: dict[date, list[int]] = {}
    for index, column in enumerate(("entered_at", "left_at")):
        rows = segment.memberships.filter(**{f"{column}__gte": since}).annotate(day=TruncDate(column, tzinfo=UTC))
        for day, number in rows.order_by().values_list("day").annotate(number=Count("pk")):
            found.setdefault(day, [0, 0])[index] = number
    return {day: (came, went) for day, (came, went) in found.items()}


@dataclass(frozen=True)
class OnDay:
    """Who was in a segment at the end of a day (UTC)."""

    day: date
    number: int
    people: Sequence[Person]


def on_day(segment: Segment, day: date, user: Any) -> OnDay:
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=UTC) - timedelta(microseconds=1)
    inside = members_at(segment, min(end, timezone.now()))
    people = Person.objects.visible_to(user).filter(pk__in=inside.values("person"))
    return OnDay(day, people.count(), list(people.select_related("account")[:SHOWN]))


@dataclass(frozen=True)
class Screened:
    """What an export would hold back, by reason; `is_sampled` when only the first were asked."""

    asked: int
    denied: int
    reasons: Sequence[tuple[str, int]]
    is_sampled: bool

    @property
    def allowed(self) -> int:
        return self.asked - self.denied


def screened(segment: Segment, user: Any, *, purpose: str, channel: str) -> Screened:
    """Ask the gate about the members the user may see, without recording anything."""
    ids = iter(members_of(segment, user).order_by("pk").values_list("pk", flat=True)[: MOST_SCREENED + 1].iterator())
    reasons: Counter[str] = Counter()
    asked = 0
    while asked < MOST_SCREENED and (chunk := list(islice(ids, min(CHUNK, MOST_SCREENED - asked)))):
        asked += len(chunk)
        verdicts = contactable(subjects_of(chunk), purpose=purpose, channel=channel)
        reasons.update(str(Denial(one.denial).label) for one in verdicts if one.denial)
    return Screened(asked, sum(reasons.values()), reasons.most_common(), next(ids, None) is not None)
