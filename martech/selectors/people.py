"""People, accounts, deals and touches as pages and the API read them."""

from typing import Any
from urllib.parse import urlsplit

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from martech.models import Account, Deal, Person, ResponseClock, StageMove, Touch
from martech.selectors.searching import with_words_first
from martech.touch_words import touch_words
from mops.core.registry import Hit
from mops.core.rights import called, can, hidden_fields
from mops.core.trails import Newest, TrailEntry


def people_for(user: Any) -> QuerySet[Person]:
    """Everybody the user may see, with what a list shows of them."""
    return Person.objects.visible_to(user).select_related("account", "owner", "campaign")


def with_answer_due(rows: QuerySet[Person]) -> QuerySet[Person]:
    """Adds `answer_due_at`: until when somebody is to answer, while the clock runs."""
    running = ResponseClock.objects.filter(person=OuterRef("pk"), ended_at=None).order_by()
    return rows.annotate(answer_due_at=Subquery(running.values("due_at")[:1]))


def accounts_for(user: Any) -> QuerySet[Account]:
    """Accounts the user may see, with the number of their people and deals."""
    people = Person.objects.living().filter(account=OuterRef("pk")).order_by().values("account")
    deals = Deal.objects.filter(account=OuterRef("pk")).order_by().values("account")
    return (
        Account.objects.visible_to(user)
        .select_related("owner", "parent")
        .annotate(
            people_count=Coalesce(Subquery(people.annotate(number=Count("pk")).values("number")), 0),
            deal_count=Coalesce(Subquery(deals.annotate(number=Count("pk")).values("number")), 0),
        )
    )


def deals_for(user: Any) -> QuerySet[Deal]:
    """Deals the user may see."""
    return Deal.objects.visible_to(user).select_related("account", "owner", "campaign")


def touches_for(user: Any) -> QuerySet[Touch]:
    """Touches of people the user may see."""
    return Touch.objects.visible_to(user).select_related("person", "campaign")


def find_people(user: Any, text: str, limit: int) -> list[Hit]:
    """People whose name, company or (where the user may see it) address contains every word; who begins so comes first."""
    if not can(user, "martech.view_person"):
        return []
    rows = with_words_first(people_for(user), text, hidden_fields(user, Person), limit)
    return [
        Hit(called(user, row), " · ".join(filter(None, [row.job_title, row.company])), row.get_absolute_url(), "user")
        for row in rows
    ]


def find_accounts(user: Any, text: str, limit: int) -> list[Hit]:
    if not can(user, "martech.view_account"):
        return []
    rows = Account.objects.visible_to(user).filter(Q(name__icontains=text) | Q(domain__startswith=text.lower()))
    return [Hit(row.name, row.domain, row.get_absolute_url(), "building") for row in rows.order_by()[:limit]]


def find_deals(user: Any, text: str, limit: int) -> list[Hit]:
    if not can(user, "martech.view_deal"):
        return []
    rows = Deal.objects.visible_to(user).filter(name__icontains=text)
    return [Hit(row.name, row.stage, row.get_absolute_url(), "briefcase") for row in rows.order_by()[:limit]]


def path_of(url: str) -> str:
    """The part of an address that tells pages of one site apart."""
    found = urlsplit(url)
    return found.path if found.path.strip("/") else found.netloc


TOUCH_ICONS = {
    "form": "forms",
    "email_click": "mail-opened",
    "email_open": "mail",
    "ad_click": "ad-2",
    "webinar": "video",
}


def touch_trail(user: Any, person: Person, asked: Newest) -> list[TrailEntry]:
    """What a person did, as entries of their trail."""
    if not can(user, "martech.view_touch"):
        return []
    return [
        TrailEntry(
            at=touch.at,
            icon=TOUCH_ICONS.get(touch.kind, "click"),
            title=touch_words(touch.kind),
            detail=" · ".join(
                filter(
                    None,
                    [touch.get_channel_display(), touch.campaign.code if touch.campaign else "", path_of(touch.url)],
                )
            ),
            url=touch.campaign.get_absolute_url() if touch.campaign else "",
        )
        for touch in asked.of(person.touches.select_related("campaign"), "at")
    ]


def stage_trail(_user: Any, person: Person, asked: Newest) -> list[TrailEntry]:
    """The stages a person entered, as entries of their trail."""
    return [
        TrailEntry(
            at=move.at,
            icon="trending-up",
            title=f"Became {move.get_stage_display()}",
            detail=move.reason
            or (f"from {StageMove(stage=move.from_stage).get_stage_display()}" if move.from_stage else ""),
        )
        for move in asked.of(person.stage_moves.all(), "at")
    ]


def told_by_stages(_user: Any, _person: Person) -> dict[str, set[str]]:
    """The stages that somebody entered by the rules, which their moves tell with the reason."""
    return {"refresh_people": {"lifecycle_stage", "furthest_stage"}}


def deal_trail(user: Any, obj: Any, asked: Newest) -> list[TrailEntry]:
    """The deals of a person or an account, as entries of the trail."""
    if not can(user, "martech.view_deal"):
        return []
    rows = obj.deals.visible_to(user).annotate(latest=Coalesce("closed_at", "opened_at", "created_at"))
    return [
        TrailEntry(
            at=deal.latest,
            icon="trophy" if deal.state == "won" else "briefcase",
            title=f"Deal {deal.get_state_display().lower()}: {deal.name}",
            detail=f"{deal.amount or 0:,.0f} {deal.currency} · {deal.stage}",
            url=deal.get_absolute_url(),
        )
        for deal in asked.of(rows, "latest")
    ]


def newest_change(rows: QuerySet[Person]) -> Any:
    """When the newest of the rows changed; None without rows."""
    return rows.aggregate(newest=Max("updated_at"))["newest"]
