"""What martech tells the kernel when the process starts."""

from typing import Any

from martech.invariants import INVARIANTS
from martech.policies import HIDDEN_PERSON_FIELDS, PERMISSIONS, may_keep, name_of_person
from mops.core.conditions import register_catalogue
from mops.core.history import tell_as, tell_values
from mops.core.invariants import register_invariants
from mops.core.registry import (
    register_action,
    register_area,
    register_due,
    register_home,
    register_nav,
    register_panel,
    register_search,
    register_told,
    register_trail,
)
from mops.core.rights import register_hidden_fields, register_name, register_object_rule, register_permissions
from mops.core.work import register_work


def register() -> None:
    """Called once by the app's `ready`."""
    register_permissions(PERMISSIONS)
    register_object_rule("martech.keep_tool", may_keep)
    register_invariants(INVARIANTS)
    register_hidden_fields("martech.person", HIDDEN_PERSON_FIELDS)
    register_name("martech.person", name_of_person)
    register_area("martech", "Martech & data", order=30)
    tell_verbs()
    tell_codes()
    register_people()
    register_segments()
    register_merging()
    register_merge_holders()
    register_works()
    register_routing()
    register_time_off()
    register_imports()
    register_scoring()
    register_quality()
    register_tracking()
    register_sync()
    register_sync_pages()
    register_stack()
    register_dues()


def tell_verbs() -> None:
    """By what something was done, where nobody did it by hand."""
    from martech.models import RunKind

    tell_as(
        route="by routing",
        route_people="by routing",
        refresh_people="by the rules of scoring and stages",
        match_accounts="by account matching",
        apply_events="by an event source",
        record_deal_stages="by the sync",
        record_activities="by the sync",
        **{f"sync_{verb}": "by the sync" for verb in (*RunKind.values, "stream", "links", "tombstones")},
        run_response_clocks="by the response clock",
        run_monitors="by a monitor of data quality",
    )


def tell_codes() -> None:
    """What stands in the history instead of codes that are no choices of their field."""
    from martech.connectors.registry import FOLDERS, vendor
    from martech.stack.taxonomy import DATA
    from mops.core.templatetags.mops import country
    from planning.models import Channel

    def system(key: str) -> str:
        return vendor(key).label if key in FOLDERS else key

    channels, data = dict(Channel.choices), dict(DATA)
    tell_values("martech.person", country=country)
    tell_values("martech.account", country=country)
    tell_values("martech.deal", channel=lambda key: str(channels.get(key, key)))
    tell_values("martech.connection", vendor=system)
    tell_values("martech.tool", system=system, holds=lambda key: str(data.get(key, key)))


def register_dues() -> None:
    from martech import due, stack_due

    register_due("martech.renewals", "martech.view_stack", stack_due.renewals, order=60)
    register_due("martech.imports", "martech.import_data", due.failed_imports, order=10)
    register_due("martech.answers", "martech.view_routing", due.unanswered_leads, order=20)
    register_due("martech.hours", "martech.edit_routing", due.working_hours, order=8)
    register_due("martech.quality", "martech.view_quality", due.quality_findings, order=25)
    register_due("martech.unowned", "martech.view_routing", due.unowned_leads, order=30)
    register_due("martech.duplicates", "martech.view_duplicates", due.possible_duplicates, order=45)


def register_works() -> None:
    """The kinds of background work, but for those that belong to one topic below."""
    from martech.services.accounts import REMATCH
    from martech.services.arrivals import ARRIVALS
    from martech.services.bulk import MARKS, SEARCH
    from martech.services.identity.comparing import IDENTITY
    from martech.services.identity.trials import TRIALS
    from martech.services.imports.background import IMPORT
    from martech.services.quality.work import QUALITY
    from martech.services.response_events import RESPONSES
    from martech.services.routing import ROUTING

    for kind in (ROUTING, REMATCH, IDENTITY, TRIALS, QUALITY, ARRIVALS, MARKS, SEARCH, RESPONSES, IMPORT):
        register_work(kind)


def register_routing() -> None:
    from martech import routing_panels as panels
    from martech.condition_fields import person_catalogue, touch_catalogue

    register_catalogue(person_catalogue())
    register_catalogue(touch_catalogue())
    register_nav(
        "martech", "Routing", "martech:routing", "route", "martech.view_routing", panels.leads_waiting, order=40
    )
    register_nav("martech", "Routing board", "martech:board", "activity", "martech.view_routing", order=41)
    register_action(
        "Capacity outlook", "martech:outlook", "martech.view_routing", "forecast shifts caps", "calendar-stats"
    )
    register_action("Routing decisions", "martech:decisions", "martech.view_person", "why owner lead assigned", "scale")
    register_panel("martech.person", panels.owner_panel, order=10)
    register_panel("martech.routingdecision", panels.response_panel, order=5)
    register_trail("martech.person", "Routing", panels.decision_trail)
    register_trail("martech.person", "Routing", panels.response_trail)
    register_told("martech.person", panels.told_by_decisions)


def register_time_off() -> None:
    register_nav(
        "martech",
        "Time off",
        "martech:time-off",
        "calendar-event",
        "martech.view_time_off",
        order=42,
        is_everyday=False,
    )
    register_action(
        "Time off", "martech:time-off", "martech.view_time_off", "away holiday vacation leave", "calendar-event"
    )


def register_imports() -> None:
    register_nav("martech", "Imports", "martech:imports", "upload", "martech.import_data", order=50, is_everyday=False)
    register_action("Import a file", "martech:imports", "martech.import_data", "csv excel upload", "upload")


def register_people() -> None:
    from martech.selectors import people

    register_nav("martech", "People", "martech:people", "address-book", "martech.view_person", unowned, order=10)
    register_nav("martech", "Accounts", "martech:accounts", "building", "martech.view_account", order=20)
    register_nav("martech", "Deals", "martech:deals", "briefcase", "martech.view_deal", order=30)
    register_search("people", "People", people.find_people, order=10)
    register_search("accounts", "Accounts", people.find_accounts, order=20)
    register_search("deals", "Deals", people.find_deals, order=30)
    register_trail("martech.person", "Touches", people.touch_trail)
    register_trail("martech.person", "Stages", people.stage_trail)
    register_told("martech.person", people.told_by_stages)
    register_trail("martech.person", "Deals", people.deal_trail)
    register_trail("martech.account", "Deals", people.deal_trail)
    register_action("Add a person", "martech:new-person", "martech.edit_person", "lead contact create", "user-plus")
    register_home("sales_rep", "martech:my-leads", order=60)


def register_segments() -> None:
    from governance.services.consents import register_consent_listener
    from martech import segment_panels as panels
    from martech.person_panels import origins_panel, sendings_panel
    from martech.record_fields import account_catalogue, record_deal_catalogue
    from martech.segment_fields import deal_catalogue, segment_catalogue
    from martech.selectors.segments import find_segments
    from martech.services.merging import register_person_holder
    from martech.services.person_consents import note_consents

    register_catalogue(deal_catalogue())
    register_catalogue(account_catalogue())
    register_catalogue(record_deal_catalogue())
    register_catalogue(segment_catalogue())
    register_consent_listener(note_consents)
    register_person_holder(
        "martech.segmentmembership", stays="Says who was in a segment then; places follow by refresh."
    )
    register_person_holder("martech.personconsent", stays="Made anew from the records of all addresses.")
    register_nav("martech", "Segments", "martech:segments", "chart-pie", "martech.view_segment", order=32)
    register_action("New segment", "martech:new-segment", "martech.edit_segment", "audience list filter", "chart-pie")
    register_search("segments", "Segments", find_segments, order=40)
    register_panel("martech.person", origins_panel, order=60)
    register_panel("martech.person", sendings_panel, order=70)
    register_panel("martech.person", panels.consent_panel, order=30)
    register_panel("martech.person", panels.segments_panel, order=35)
    register_trail("martech.person", "Consent", panels.consent_trail)
    register_trail("martech.person", "Segments", panels.segment_trail)


def register_merging() -> None:
    from martech.account_panels import account_panel
    from martech.merge_panels import merges_panel
    from martech.selectors.merging import merge_trail

    register_panel("martech.person", account_panel, order=20)
    register_panel("martech.person", merges_panel, order=40)
    register_nav(
        "martech", "Duplicates", "martech:duplicates", "users", "martech.view_duplicates", pairs_waiting, 15, False
    )
    register_trail("martech.person", "Changes", merge_trail)
    register_action(
        "Account matching",
        "martech:account-matching",
        "martech.edit_account_matching",
        "lead to account company domain tie",
        "link",
    )
    register_action(
        "Merge rules", "martech:merge-rules", "martech.edit_merge_rules", "survivorship duplicates winner", "git-merge"
    )


STAYS = {
    ("martech.accountevidence", "person"): "Says by what this record was matched; made anew.",
    ("martech.personmerge", "survivor"): "The ledger says who survived then.",
    ("martech.mergedperson", "person"): "The ledger says who was taken in then.",
    ("martech.matchkey", "person"): "Made anew from what the survivor is known by.",
    ("martech.formervalue", "person"): "Says what this record was; the survivor is found by it too.",
    ("martech.duplicatepair", "one"): "The verdict was on these two records.",
    ("martech.duplicatepair", "other"): "The verdict was on these two records.",
    ("martech.identitycluster", "person"): "Made anew from the pairs.",
    ("martech.lockedidentity", "person"): "The lock is of the record that was verified.",
    ("martech.identitywork", "person"): "Each record is compared for itself.",
}
"""Rows of matching and merging itself that a merge leaves where they are, with the reason."""


def register_merge_holders() -> None:
    """What a merge does with the rows of a person that is taken in, where it is not the usual."""
    from django.core import checks

    from martech.services.accounts.matching import note_evidence
    from martech.services.merging.holders import check_holders, register_after_merge, register_person_holder

    checks.register(check_holders, "models")
    register_person_holder("martech.dealperson", fill=("role",))
    register_after_merge(note_evidence)
    for (label, field), reason in STAYS.items():
        register_person_holder(label, field, stays=reason)


def unowned(user: Any) -> tuple[int, bool] | None:
    """People without an owner, counted up to 1,000 so that the sidebar stays fast."""
    from martech.models import Person

    number = Person.objects.visible_to(user).routable().order_by()[:1000].count()
    return (number, False) if number else None


def pairs_waiting(user: Any) -> tuple[int, bool] | None:
    """Pairs that wait for a verdict, counted up to 1,000."""
    from martech.selectors.review import queue

    number = queue(user).order_by()[:1000].count()
    return (number, False) if number else None


def register_scoring() -> None:
    from martech import scoring_panels as panels
    from martech.services.learned import LEARNED
    from martech.services.merging import register_person_holder

    register_person_holder("martech.fitcontribution", stays="counted again from the survivor’s own fields")
    register_nav(
        "martech", "Lifecycle", "martech:lifecycle", "directions", "martech.view_scoring", order=34, is_everyday=False
    )
    register_nav("martech", "Scoring", "martech:scoring", "gauge", "martech.view_scoring", order=36, is_everyday=False)
    register_panel("martech.person", panels.score_panel, order=5)
    register_panel("martech.person", panels.learned_panel, order=6)
    register_panel("martech.person", panels.stage_panel, order=7)
    register_person_holder("martech.learnedscore", stays="counted again from the survivor’s own fields")
    register_work(LEARNED)
    register_action(
        "Learned score", "martech:learned", "martech.view_scoring", "machine model train won lost", "school"
    )
    register_action("Scoring dry run", "martech:scoring-dry-run", "martech.view_scoring", "grade points mql", "gauge")


def register_quality() -> None:
    from martech.selectors.quality import open_findings_count
    from martech.services.merging import register_person_holder

    register_person_holder("martech.fixedperson", stays="Says what a fix wrote over on this record.")
    register_nav(
        "martech",
        "Data quality",
        "martech:quality",
        "shield-check",
        "martech.view_quality",
        lambda _user: open_findings_count(),
        order=45,
    )
    register_action(
        "Findings", "martech:findings", "martech.view_quality", "data quality monitor due", "clipboard-check"
    )
    register_action(
        "Fixes of data quality", "martech:quality-fixes", "martech.edit_quality", "bulk correct phone", "wand"
    )
    register_action(
        "New monitor", "martech:new-monitor", "martech.edit_quality", "data quality completeness drift", "shield-plus"
    )


def register_tracking() -> None:
    from martech.services.merging import register_person_holder
    from martech.services.tracking import TRACKING

    register_work(TRACKING)
    register_person_holder("martech.sourceevent", stays="Says whom the event was given to; its touch moves.")
    register_nav(
        "martech", "Event sources", "martech:event-sources", "broadcast", "martech.view_event_source", None, 60, False
    )
    register_action(
        "Event sources",
        "martech:event-sources",
        "martech.view_event_source",
        "cdp segment tracking write key",
        "broadcast",
    )


def register_sync() -> None:
    from martech import sync_panels
    from martech.sendings import register_sendings
    from martech.services.ownership import register_owner_listener
    from martech.services.sync.hints import HINTS
    from martech.services.sync.journal import JOURNALS
    from martech.services.sync.rounds import SYNC
    from martech.services.sync.sendings import sendings
    from martech.services.sync.writing_back import owners_changed

    register_work(SYNC)
    register_work(HINTS)
    register_work(JOURNALS)
    register_owner_listener("sync", owners_changed)
    register_sendings(sendings)
    register_panel("martech.routingdecision", sync_panels.crm_panel, order=10)
    register_panel("planning.campaign", sync_panels.campaign_panel, order=60)
    for kind in ("person", "account", "deal"):
        register_panel(f"martech.{kind}", sync_panels.places_panel, order=60)
        register_trail(f"martech.{kind}", "Syncs", sync_panels.sync_trail)
        register_told(f"martech.{kind}", sync_panels.told_by_syncs)


def register_sync_pages() -> None:
    from martech import sync_panels

    register_nav(
        "martech", "Connections", "martech:connections", "plug", "martech.view_sync", sync_panels.waits, order=55
    )
    register_action("Sync runs", "martech:sync-runs", "martech.view_sync", "hubspot salesforce marketo crm", "refresh")
    register_action(
        "To decide", "martech:first-contact", "martech.view_sync", "sync conflicts held first contact", "arrows-diff"
    )
    register_action("Dead letters", "martech:dead-letters", "martech.view_sync", "sync errors failed records", "mail-x")
    register_action(
        "Corrections", "martech:sync-corrections", "martech.edit_sync", "dead letters bulk fix picklist owner", "wand"
    )
    register_due("martech.connections", "martech.edit_sync", sync_panels.broken_connections, order=5)
    register_due("martech.stopped_parts", "martech.edit_sync", sync_panels.stopped_parts, order=5)
    register_due("martech.late_rounds", "martech.edit_sync", sync_panels.late_rounds, order=5)
    register_due("martech.held_runs", "martech.approve_sync", sync_panels.held_runs, order=6)
    register_due("martech.first_contact", "martech.approve_sync", sync_panels.held_values, order=7)
    register_due("martech.dead_letters", "martech.edit_sync", sync_panels.open_letters, order=15)
    register_due("martech.departures", "martech.edit_sync", sync_panels.left_records, order=16)
    register_due("martech.retirements", "martech.edit_sync", sync_panels.retirements, order=65)


def register_stack() -> None:
    from martech.selectors import stack_evidence as evidence
    from martech.stack.registry import register_evidence

    register_evidence("sync runs", evidence.sync_evidence)
    register_evidence("event sources", evidence.event_evidence)
    register_evidence("own records", evidence.own_evidence)
    register_nav("martech", "Tools", "martech:stack", "tools", "martech.view_stack", order=70, is_everyday=False)
    register_action("Map of integrations", "martech:stack-map", "martech.view_stack", "tools stack diagram", "sitemap")
    register_action("Overlaps of tools", "martech:stack-overlap", "martech.view_stack", "stack matrix", "layout-grid")
    register_action("Tool survey", "martech:stack-survey", None, "what do you use questions", "user-question")
