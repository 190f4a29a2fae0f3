"""Who may own leads, and how each of them stands now."""

from collections import defaultdict

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from governance.models import User
from martech.models import Person
from martech.policies import OWNERS
from martech.routing.wheel import Seat
from martech.selectors.policies import now_words
from martech.selectors.routing import engine_of, published_version
from martech.selectors.wheels import Openings, absences_of, load_wheels

Grouped = list[tuple[str, list[tuple[int, str]]]]
THERE, NOT_THERE, ELSEWHERE = "There now", "Away, off or full", "In no pool that routes"


def possible_owners() -> QuerySet[User]:
    """Whom a lead may be given to: active colleagues whose role owns leads."""
    return User.objects.filter(is_active=True, roles__overlap=sorted(OWNERS))


def owners_to_filter_by() -> QuerySet[User]:
    """Those, and whoever still owns somebody although they should not any more."""
    owns = Exists(Person.objects.living().filter(owner=OuterRef("pk")).order_by())
    return User.objects.filter(Q(pk__in=possible_owners().values("pk")) | owns)


def owners_to_offer() -> Grouped:
    """`[(group, [(user id, "Bo Lee · away until Mon 09:00")])]`: who is there first, then who is not, then who is in no pool."""
    seats, now = _seats_now(), timezone.now()
    users = list(possible_owners().order_by("name", "email"))
    away = absences_of([user.pk for user in users], now)
    groups: dict[str, list[tuple[int, str]]] = {THERE: [], NOT_THERE: [], ELSEWHERE: []}
    for user in users:
        if taken := seats.get(user.pk):
            best = next((seat for seat in taken if not seat.skipped), taken[0])
            group, seat = (NOT_THERE if best.skipped else THERE), best
        else:
            closed, until = Openings(None, away, now).closed(user.pk)
            group, seat = ELSEWHERE, Seat(user.pk, str(user), closed=closed, closed_until=until)
        groups[group].append((user.pk, _label(user, seat)))
    return [(group, listed) for group, listed in groups.items() if listed]


def _seats_now() -> dict[int, list[Seat]]:
    """The seats of everybody in the pools of the policy in force."""
    version = published_version()
    found: dict[int, list[Seat]] = defaultdict(list)
    if version is not None:
        policy = engine_of(version).policy
        for wheel in load_wheels(policy, version.policy_id, list(policy.pools), timezone.now()).values():
            for seat in wheel.seats:
                found[seat.user_id].append(seat)
    return found


def _label(user: User, seat: Seat) -> str:
    words = now_words(seat)[0]
    return f"{user} · {words[0].lower()}{words[1:]}" if seat.skipped else str(user)
