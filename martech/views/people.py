"""People, accounts and deals: their lists and their pages."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from governance.models import ContactChannel
from governance.purposes import DATA_TRANSFER
from governance.services.contact_checks import screening
from martech.filters import AccountFilter, DealFilter, PersonFilter
from martech.forms import ChangePersonForm, PersonForm
from martech.models import Account, Deal, DealState, Person, ResponseClock
from martech.selectors.likely_same import Likely, likely_strangers
from martech.selectors.people import accounts_for, deals_for, people_for, with_answer_due
from martech.selectors.responses import answers_of, latest_answer
from martech.selectors.searching import FIELDS as SEARCHED
from martech.selectors.searching import with_words
from martech.selectors.waiting import with_waiting_since
from martech.services.contacting import screen_of
from martech.services.people import Saved, save_person, update_person
from martech.tables import AccountTable, DealTable, PersonTable
from mops.core.errors import DomainError
from mops.core.lists import BulkAction, Empty, ListPage, ListTable, PageAction, ReadyView, Total
from mops.core.lists.export import Screen
from mops.core.lists.options import options
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import called, hidden_fields, requires
from mops.core.templatetags.mops import moment
from planning.models import Region

IMPORT = PageAction("Import", "martech:imports", icon="upload", permission="martech.import_data", is_primary=True)


TO_ANSWER = (
    "answer=mine&sort=answer_due_at"
    "&columns=answer_due_at&columns=company&columns=job_title&columns=stage&columns=grade&columns=channel"
)


WAITING = "waits=queue&sort=waiting_since&columns=waiting_since&columns=company&columns=country&columns=source"
NOBODY_WAITS = Empty(
    "Nobody waits for your answer",
    "A lead with a response time stands here from the moment you get it until you have answered; you are told in the inbox.",
    "circle-check",
)
NOBODY_MINE = Empty(
    "No lead belongs to you yet",
    "These are the people you own. Routing gives you the next one when it is your turn, and tells you in the inbox and by "
    "mail; colleagues can hand you theirs. While you are away you get none.",
    "user-check",
    "Your time off",
    "martech:time-off",
    "martech.take_time_off",
)
ALL_OWNED = Empty(
    "Everybody has an owner", "Who comes without one is routed, and stands here meanwhile.", "circle-check"
)
EMPTY_QUEUE = Empty(
    "Nobody waits in the queue",
    "Leads stand here until the policy finds somebody who is there; whoever waits longest is served first.",
    "circle-check",
    "Routing board",
    "martech:board",
    "martech.view_routing",
)
NOBODY_PARKED = Empty(
    "Nobody is parked",
    "A lead that two rules take, where exactly one may, stands here until rules that exclude each other are published.",
    "circle-check",
    "Policies",
    "martech:routing",
    "martech.view_routing",
)


def nothing_yet(noun: str, icon: str) -> Empty:
    text = "Import a file from your CRM or a spreadsheet; nothing is written before you have seen its effect."
    return Empty(f"No {noun} yet", text, icon, "Import a file", "martech:imports", "martech.import_data")


class PersonList(ListPage):
    permission = "martech.view_person"
    export_permission = "martech.export_person"
    model = Person
    table_class = PersonTable
    filterset_class = PersonFilter
    search_fields = SEARCHED
    title = "People"
    actions = (IMPORT,)
    bulk_actions = (
        BulkAction("Hand on", "martech:assign-people", "switch-horizontal", "martech.edit_person"),
        BulkAction("Move to a stage", "martech:move-people", "directions", "martech.edit_person"),
    )
    empty = nothing_yet("people", "users")

    ready_views = (
        ReadyView("to-answer", "To answer", TO_ANSWER, "martech.edit_person", NOBODY_WAITS),
        ReadyView("mine", "Mine", "mine=true", None, NOBODY_MINE),
        ReadyView("without-owner", "Without an owner", "unowned=true", None, ALL_OWNED),
        ReadyView("waiting", "In the queue", WAITING, "martech.view_routing", EMPTY_QUEUE),
        ReadyView("parked", "Parked", "waits=parked", "martech.view_routing", NOBODY_PARKED),
    )

    def visible(self, user: Any) -> QuerySet[Person]:
        return people_for(user)

    def table_for(self, rows: Any) -> ListTable:
        return super().table_for(with_waiting_since(with_answer_due(rows)) if isinstance(rows, QuerySet) else rows)

    def search(self, rows: QuerySet[Person], text: str) -> QuerySet[Person]:
        return with_words(rows, text, self.hidden)

    @contextmanager
    def screened(self) -> Iterator[Screen]:
        """Nobody who said no leaves in a file. `?for=newsletter&over=email` says what the file is meant for."""
        query = self.request.GET
        purpose, channel = query.get("for", "")[:60] or DATA_TRANSFER, query.get("over", "")[:20] or ContactChannel.DATA
        use = f"Export of the segment {query['segment']}" if query.get("segment") else "Export of people"
        with screening(purpose=purpose, channel=channel, use=use, actor=self.request.user) as gate:
            yield screen_of(gate)
        if gate.denied:
            toast(self.request, f"{gate.denied:,} people were held back: {', '.join(gate.sentences)}.", "warning")

    def lede(self, total: Total) -> str:
        if mine := answers_of(self.request.user):
            leads = "1 lead waits" if mine.number == 1 else f"{mine.number:,} leads wait"
            late = format_html(", <b class='down'>{} past the time</b>", f"{mine.late:,}") if mine.late else ""
            ahead = f" The next is due {moment(mine.next_at)}." if mine.next_at else ""
            return format_html("<b>{} for your answer</b>{}.{}", leads, late, ahead)
        if not total.number and not self.request.GET:
            return ""
        waiting = Person.objects.visible_to(self.request.user).routable().count()
        if waiting:
            leads = "1 person waits" if waiting == 1 else f"{waiting:,} people wait"
            return f"{leads} for an owner. Filter and sort what you see."
        return "Everybody has an owner. Filter and sort what you see."


class AccountList(ListPage):
    permission = "martech.view_account"
    model = Account
    table_class = AccountTable
    filterset_class = AccountFilter
    search_fields = ("name", "domain")
    title = "Accounts"
    actions = (IMPORT,)
    empty = nothing_yet("accounts", "building")

    def visible(self, user: Any) -> QuerySet[Account]:
        return accounts_for(user)

    def lede(self, total: Total) -> str:
        return "The companies your people and deals belong to."


class DealList(ListPage):
    permission = "martech.view_deal"
    model = Deal
    table_class = DealTable
    filterset_class = DealFilter
    search_fields = ("name", "account__name", "owner_name")
    title = "Deals"
    actions = (IMPORT,)
    ready_views = (
        ReadyView("open", "Open", "state=open"),
        ReadyView("won", "Won", "state=won&sort=-closed_at"),
        ReadyView("lost", "Lost", "state=lost&sort=-closed_at"),
    )
    empty = nothing_yet("deals", "briefcase")

    def visible(self, user: Any) -> QuerySet[Deal]:
        return deals_for(user)

    def lede(self, total: Total) -> str:
        open_deals = Deal.objects.visible_to(self.request.user).filter(state=DealState.OPEN).count()
        return f"{open_deals:,} are open. Each keeps the currency it was closed in."


@requires("martech.view_person")
def my_leads(request: HttpRequest) -> HttpResponse:
    """The first page of sales: what waits for their answer, else all of theirs."""
    ready = {view.key: view.address for view in PersonList.ready_views}
    return redirect(reverse("martech:people") + ready["to-answer" if answers_of(request.user) else "mine"])


@requires("martech.view_person")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: what we know, what they did, why they have their owner. A merged one leads to the survivor."""
    merged = Person.objects.filter(pk=pk, merged_into__isnull=False).values_list("merged_into_id", flat=True).first()
    if merged:
        return redirect("martech:person", pk=merged, permanent=True)
    found = get_object_or_404(people_for(request.user), pk=pk)
    clock = ResponseClock.objects.filter(person=found, ended_at=None).first()
    context = {
        "title": called(request.user, found),
        "person": found,
        "hidden": hidden_fields(request.user, Person),
        "emails": list(found.emails.all()),
        "identities": list(found.identities.all()),
        "clock": clock,
        "is_late": clock is not None and clock.due_at < timezone.now(),
        "answered": None if clock else latest_answer(found),
        "deals": list(found.deals.visible_to(request.user)[:10]),
    }
    return render_page(request, "martech/person.html", context)


@requires("martech.view_account")
def account_options(request: HttpRequest) -> HttpResponse:
    """Accounts for a select, while somebody types."""
    return options(request, Account.objects.visible_to(request.user), "name", "domain")


@requires("martech.view_account")
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One company with its people and deals."""
    found = get_object_or_404(accounts_for(request.user), pk=pk)
    deals = found.deals.visible_to(request.user)
    totals = deals.filter(state=DealState.WON).values("currency").annotate(amount=Sum("amount")).order_by("currency")
    context = {
        "title": found.name,
        "account": found,
        "people": list(people_for(request.user).filter(account=found)[:25]),
        "deals": list(deals.select_related("owner")[:25]),
        "won": list(totals),
        "identities": list(found.identities.all()),
    }
    return render_page(request, "martech/account.html", context)


@requires("martech.view_deal")
def deal(request: HttpRequest, pk: int) -> HttpResponse:
    """One deal with the people on it."""
    found = get_object_or_404(deals_for(request.user), pk=pk)
    contacts = found.contacts.filter(person__in=Person.objects.visible_to(request.user)).select_related("person")
    context = {
        "title": found.name,
        "deal": found,
        "region": dict(Region.choices).get(found.region, found.region),
        "contacts": list(contacts),
        "identities": list(found.identities.all()),
    }
    return render_page(request, "martech/deal.html", context)


def form_page(
    request: HttpRequest, form: PersonForm, title: str, back: str, crumbs: list[Crumb], likely: Sequence[Likely] = ()
) -> HttpResponse:
    context = {"title": title, "form": form, "back": back, "crumbs": crumbs, "likely": likely}
    status = 422 if form.errors else 409 if likely else 200
    return render_page(request, "martech/person_form.html", context, status=status)


@requires("martech.edit_person")
def new_person(request: HttpRequest) -> HttpResponse:
    """Add a person by hand; somebody known by their address is changed instead, and who may be known is asked about."""
    form, likely = PersonForm(request.POST or None), list[Likely]()
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if value}
        try:
            likely = [] if "anyway" in request.POST else likely_strangers(given, request.user)
            if not likely:
                return added(request, save_person(data=given, actor=request.user, source="form"))  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
    return form_page(request, form, "Add a person", reverse("martech:people"), [], likely)


def added(request: HttpRequest, saved: Saved) -> HttpResponse:
    name = called(request.user, saved.person)
    text = f"{name} was added." if saved.is_new else f"We knew {name}; new values were kept."
    toast(request, text)
    return redirect(saved.person)


@requires("martech.edit_person")
def edit_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what we know about a person."""
    found = get_object_or_404(people_for(request.user), pk=pk)
    hidden, name = hidden_fields(request.user, Person), called(request.user, found)
    form = ChangePersonForm(
        request.POST or None, initial={name: getattr(found, name) for name in ChangePersonForm.base_fields}
    )
    for field in hidden & set(form.fields):
        del form.fields[field]
    if request.method == "POST" and form.is_valid():
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        try:
            update_person(person=found, data=changed, actor=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, f"{name} was changed.")
            return redirect(found)
    crumbs = [Crumb(name, found.get_absolute_url())]
    return form_page(request, form, f"Edit {name}", found.get_absolute_url(), crumbs)
