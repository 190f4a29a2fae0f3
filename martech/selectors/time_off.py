"""Who is away and when, for whoever may know, and what routing makes of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, F, QuerySet
from django.urls import reverse
from django.utils import timezone

from governance.models import User
from martech.models import ResponseClock, TimeOff
from martech.routing.document import Policy
from martech.routing.standing_in import Span, StandIn, stand_ins
from martech.selectors.routing import engine_of, published_version
from martech.selectors.wheels import users_of
from martech.time_off import Away
from mops.core.rights import can


@dataclass(frozen=True)
class PoolEffect:
    """`who` are the colleagues who take the leads meanwhile; with none of them there `instead` says what happens.

    `is_alone_now`: from the beginning of the absence on, or from this moment, nobody is there.
    """

    stand_in: StandIn
    who: Sequence[str]
    is_alone_now: bool


@dataclass(frozen=True)
class Line:
    """One absence; `due` is how many answers of theirs fall due in it. `may_change`: the reader may change or take it back."""

    absence: TimeOff
    when: str
    is_now: bool
    effects: Sequence[PoolEffect]
    due: int
    may_change: bool

    @property
    def people(self) -> str:
        """The list of whose answers those are."""
        return f"{reverse('martech:people')}?{self._narrowed}"

    @property
    def hand_on(self) -> str:
        return f"{reverse('martech:assign-people')}?{self._narrowed}"

    @property
    def _narrowed(self) -> str:
        return f"due_in={self.absence.pk}&sort=answer_due_at&columns=answer_due_at&columns=company&columns=owner"


def zone_of(user: User) -> ZoneInfo:
    return ZoneInfo(user.time_zone or settings.TIME_ZONE)


def away_of(absence: TimeOff) -> Away:
    zone = zone_of(absence.user)
    return Away(absence.starts_at.astimezone(zone), absence.ends_at.astimezone(zone), absence.reason)


def visible_time_off(user: Any) -> QuerySet[TimeOff]:
    """Everybody's for who runs routing or leads a team, one's own for the others."""
    rows = TimeOff.objects.select_related("user")
    return rows if can(user, "martech.view_absences") else rows.filter(user=user)


def changeable_time_off(user: Any) -> QuerySet[TimeOff]:
    """Everybody's for who runs routing, one's own for who takes some."""
    if can(user, "martech.edit_routing"):
        return visible_time_off(user)
    return visible_time_off(user).filter(user=user) if can(user, "martech.take_time_off") else TimeOff.objects.none()


def time_off_lines(user: Any) -> list[Line]:
    """Who is away now or will be, the next first."""
    now = timezone.now()
    rows = list(visible_time_off(user).filter(ends_at__gt=now).order_by("starts_at", "pk"))
    version = published_version()
    policy = engine_of(version).policy if version else None
    users = users_of(policy.pools.values()) if policy else {}
    absences, due = _absences(users), _answers_due([row.pk for row in rows])
    changeable = set(changeable_time_off(user).values_list("pk", flat=True))
    return [
        Line(
            row,
            away_of(row).in_words(zone_of(row.user)),
            row.starts_at <= now,
            _effects(policy, row, users, absences) if policy else [],
            due.get(row.pk, 0),
            row.pk in changeable,
        )
        for row in rows
    ]


def _absences(users: Mapping[str, User]) -> dict[str, list[Span]]:
    emails = {user.pk: email for email, user in users.items()}
    found: dict[str, list[Span]] = defaultdict(list)
    for row in TimeOff.objects.filter(user__in=emails, ends_at__gt=timezone.now()):
        found[emails[row.user_id]].append((row.starts_at, row.ends_at))
    return found


def _effects(
    policy: Policy, row: TimeOff, users: Mapping[str, User], absences: Mapping[str, Sequence[Span]]
) -> list[PoolEffect]:
    active = frozenset(email for email, user in users.items() if user.is_active)
    span = (max(row.starts_at, timezone.now()), row.ends_at)
    found = stand_ins(policy, row.user.email.lower(), span, absences, active)
    return [
        PoolEffect(one, [str(users[email]) for email in one.others], bool(one.alone_from and one.alone_from <= span[0]))
        for one in found
    ]


def due_in(absences: Sequence[int]) -> QuerySet[ResponseClock]:
    """Running response clocks of who is away then (ids of `absences`) that fall due meanwhile."""
    clocks = ResponseClock.objects.filter(ended_at=None, answered_at=None).order_by()
    return clocks.filter(
        owner__time_off__in=absences,
        due_at__gte=F("owner__time_off__starts_at"),
        due_at__lt=F("owner__time_off__ends_at"),
    )


def _answers_due(pks: Sequence[int]) -> dict[int, int]:
    return dict(due_in(pks).values_list("owner__time_off").annotate(Count("pk")))
