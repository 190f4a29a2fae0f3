"""Tables of the market data."""

import django_tables2 as tables

from martech.models import Account, Deal, Person, QualityFinding
from mops.core.lists import (
    CountryColumn,
    DayColumn,
    LinkedColumn,
    ListTable,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
    PercentColumn,
    PillColumn,
    WhenColumn,
)

STAGE_KINDS = {
    "Customer": "good",
    "Opportunity": "accent",
    "SQL": "accent",
    "MQL": "accent",
    "Recycled": "warn",
    "Disqualified": "bad",
}
DEAL_KINDS = {"Won": "good", "Lost": "bad"}


class PersonTable(ListTable):
    name = LinkedColumn(accessor="name", empty_values=(), order_by=("last_name", "first_name"))
    email = tables.Column(verbose_name="E-mail")
    company = tables.Column()
    account = tables.Column(linkify=True)
    job_title = tables.Column(verbose_name="Job title")
    country = CountryColumn()
    phone = tables.Column()
    stage = PillColumn(accessor="get_lifecycle_stage_display", order_by="lifecycle_stage", kinds=STAGE_KINDS)
    grade = tables.Column()
    score_fit = NumberColumn(verbose_name="Fit")
    score_engagement = NumberColumn(verbose_name="Engagement")
    channel = tables.Column(accessor="get_channel_display", order_by="channel")
    source = tables.Column()
    campaign = tables.Column(accessor="campaign__code", order_by="campaign__code")
    owner = tables.Column(empty_values=(), order_by=("owner__name", "owner_name"))
    answer_due_at = MomentColumn(verbose_name="Answer due")
    waiting_since = MomentColumn(verbose_name="Waits since")
    created_at = WhenColumn(verbose_name="Came")
    updated_at = WhenColumn(verbose_name="Changed")

    fixed = ("name",)
    default_columns = ("name", "email", "company", "stage", "grade", "channel", "owner", "created_at")

    class Meta(ListTable.Meta):
        model = Person
        fields = ()

    def render_name(self, record: Person) -> str:
        return record.name or "No name"

    def render_owner(self, record: Person) -> str:
        return str(record.owner or record.owner_name or "Nobody yet")

    def value_owner(self, record: Person) -> str:
        return str(record.owner or record.owner_name or "")


class AccountTable(ListTable):
    name = LinkedColumn(accessor="name")
    domain = tables.Column()
    country = CountryColumn()
    industry = tables.Column()
    employees = NumberColumn()
    people_count = NumberColumn(verbose_name="People")
    deal_count = NumberColumn(verbose_name="Deals")
    owner = tables.Column(empty_values=(), order_by=("owner__name", "owner_name"))
    created_at = WhenColumn(verbose_name="Added")

    fixed = ("name",)
    default_columns = ("name", "domain", "country", "industry", "employees", "people_count", "deal_count", "owner")

    class Meta(ListTable.Meta):
        model = Account
        fields = ()

    def render_owner(self, record: Account) -> str:
        return str(record.owner or record.owner_name or "—")


class DealTable(ListTable):
    name = LinkedColumn(accessor="name")
    account = tables.Column(linkify=True)
    amount = MoneyColumn(currency="currency")
    state = PillColumn(accessor="get_state_display", order_by="state", kinds=DEAL_KINDS)
    stage = tables.Column()
    owner = tables.Column(empty_values=(), order_by=("owner__name", "owner_name"))
    region = tables.Column()
    product = tables.Column()
    source = tables.Column()
    campaign = tables.Column(accessor="campaign__code", order_by="campaign__code")
    opened_at = DayColumn(verbose_name="Opened")
    closed_at = DayColumn(verbose_name="Closed")

    fixed = ("name",)
    default_columns = ("name", "account", "amount", "state", "stage", "owner", "opened_at", "closed_at")

    class Meta(ListTable.Meta):
        model = Deal
        fields = ()

    def render_owner(self, record: Deal) -> str:
        return str(record.owner or record.owner_name or "—")


class FindingTable(ListTable):
    monitor = LinkedColumn(accessor="monitor__name", linkify=lambda record: record.get_absolute_url())
    state = PillColumn(
        accessor="get_state_display",
        order_by="state",
        kinds={"Open": "bad", "Resolved": "good", "Accepted": "warn"},
    )
    failing = NumberColumn(verbose_name="Failing")
    checked = NumberColumn(verbose_name="Asked")
    score = PercentColumn(places=1)
    owner = tables.Column(empty_values=(), order_by=("owner__name",))
    due_on = DayColumn(verbose_name="Due")
    opened_on = DayColumn(verbose_name="Since")
    note = tables.Column()

    fixed = ("monitor",)
    default_columns = ("monitor", "state", "failing", "score", "owner", "due_on", "opened_on")

    class Meta(ListTable.Meta):
        model = QualityFinding
        fields = ()

    def render_owner(self, record: QualityFinding) -> str:
        return str(record.owner or "Nobody yet")
