"""What of HubSpot is imitated, with a label and a source each; docs/practice.md is written from this list."""

import json

from martech.twins.behaviours import Behaviour, Label
from martech.twins.faults import Break

D, O, U = Label.DOCUMENTED, Label.OBSERVED, Label.UNVERIFIED  # noqa: E741
DOCS = "developers.hubspot.com/docs/api-reference"
GUIDE = "developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines"

BEHAVIOURS = (
    Behaviour("both_paths", "/crm/v3/objects and /crm/objects/{date} answer alike.", D, f"{DOCS}/2026-03/crm"),
    Behaviour("dated_portal_paths", "Properties, owners and pipelines under a date as well.", U, "by analogy"),
    Behaviour("search_cap", "10,000 results a query; paging beyond is 400.", D, f"{DOCS}/2026-03/crm/search-the-crm"),
    Behaviour(
        "search_page", "200 a page, one sort, five groups of six filters.", D, f"{DOCS}/2026-03/crm/search-the-crm"
    ),
    Behaviour(
        "search_lag",
        "Changes reach search after a moment, single reads at once.",
        D,
        f"{DOCS}/2026-03/crm/search-the-crm",
    ),
    Behaviour("search_no_headers", "Search answers carry no rate limit headers.", D, GUIDE),
    Behaviour("search_milliseconds", "A moment in a filter must be epoch milliseconds.", O, "margince PR #247"),
    Behaviour(
        "wrong_modified_property",
        "Contacts searched by hs_lastmodifieddate: no rows, no error.",
        O,
        "airbytehq/airbyte #85019",
    ),
    Behaviour("bulk_stamp", "A bulk edit gives thousands of records one millisecond.", O, "airbytehq/airbyte #43317"),
    Behaviour("pipeline_edit", "Editing a pipeline moves the stamp of every deal.", O, "PipedreamHQ/pipedream #4209"),
    Behaviour(
        "links_keep_stamp", "Changing associations does not move the modified date.", O, "airbytehq/airbyte #27199"
    ),
    Behaviour(
        "label_brings_plain",
        "A labelled association brings the plain one, which stays when the label goes.",
        O,
        "Census documentation",
    ),
    Behaviour("link_limit", "An admin's limit of associations refuses more.", D, "developers.hubspot.com/changelog"),
    Behaviour(
        "merge_new_id", "A merge makes a record with a new id; the old ids lead to it.", O, "fivetran/dbt_hubspot #168"
    ),
    Behaviour(
        "merge_keeps_id", "Or, as a beta, the primary keeps its id (control merge).", U, "vendor's beta programme"
    ),
    Behaviour(
        "merged_ids",
        "hs_merged_object_ids is complete, hs_calculated_merged_vids is not.",
        O,
        "fivetran/dbt_hubspot #172",
    ),
    Behaviour(
        "history_sources",
        "A history names who typed a value by their userId; of a program it has the type and an id.",
        O,
        "HubSpot/hubspot-api-nodejs #154",
    ),
    Behaviour("archived_list", "Archived records are listed with archived=true, by no time.", D, f"{DOCS}/crm/objects"),
    Behaviour(
        "batch_207", "Mixed outcomes are 207 when every input has its own objectWriteTraceId.", D, f"{DOCS}/crm/objects"
    ),
    Behaviour("batch_all_or_nothing", "Without traces one bad input fails all.", D, f"{DOCS}/crm/objects"),
    Behaviour("email_upsert", "An upsert by email knows no partial success.", D, f"{DOCS}/crm/objects/contacts"),
    Behaviour(
        "silent_no_op",
        "A body without inputs is COMPLETE with nothing done.",
        O,
        "rudderlabs/rudder-transformer PR #5147",
    ),
    Behaviour("conflict_id", "409 names the existing record: Existing ID: n.", O, "mitodl/mitxpro #3927"),
    Behaviour(
        "value_errors",
        "All wrong properties of a record are refused at once, with a code each.",
        O,
        "rudderlabs/rudder-transformer fixtures",
    ),
    Behaviour("owner_refused", "An owner that left is refused as INVALID_OWNER_ID.", U, "wording not confirmed"),
    Behaviour("ten_seconds", "190 calls in ten seconds a private app, 110 an OAuth app.", D, GUIDE),
    Behaviour("search_second", "Five searches a second an account.", D, f"{DOCS}/2026-03/crm/search-the-crm"),
    Behaviour("daily", "625,000 calls a day, from midnight of the portal.", U, f"{GUIDE} (the changelog says 650,000)"),
    Behaviour("daily_headers", "The daily headers come to private apps only.", D, GUIDE),
    Behaviour("no_retry_after", "429 says policyName and has no Retry-After.", O, "HubSpot/hubspot-api-nodejs"),
    Behaviour("missing_scopes", "403 MISSING_SCOPES names the scopes.", D, f"{DOCS}/crm"),
    Behaviour("options_replaced", "Changing options replaces the whole list.", D, f"{DOCS}/crm/properties"),
    Behaviour("property_restored", "Creating an archived property's name restores it.", D, f"{DOCS}/crm/properties"),
    Behaviour(
        "deleted_owners", "Owners who left are listed with archived=true only.", D, f"{DOCS}/crm-crm-owners-v3/guide"
    ),
    Behaviour(
        "campaign_items", "Campaigns list budget and spend items with their sums.", D, f"{DOCS}/marketing/campaigns"
    ),
    Behaviour("campaign_stamp", "A budget or spend item moves its campaign's stamp.", U, "not confirmed"),
    Behaviour(
        "oauth_code", "A code of the sign-in is worth tokens once, for its own redirect URI.", D, f"{DOCS}/oauth"
    ),
    Behaviour("oauth_refresh", "Access tokens last half an hour; the refresh token stays.", D, f"{DOCS}/oauth"),
    Behaviour("webhook_batches", "Up to 100 events a call, in any order, again when refused.", D, f"{DOCS}/webhooks"),
    Behaviour(
        "webhook_signature", "X-HubSpot-Signature-v3 over method, URI, body and timestamp.", D, f"{DOCS}/webhooks"
    ),
    Behaviour(
        "journal", "A journal of three days that is fetched, not sent.", D, f"{DOCS}/latest/webhooks-journal/guide"
    ),
    Behaviour(
        "journal_token",
        "The journal takes tokens of the grant client_credentials with developer.webhooks_journal scopes, and no others.",
        D,
        f"{DOCS}/latest/webhooks-journal/guide",
    ),
    Behaviour(
        "journal_subscriptions",
        "The journal tells what a subscription asks for, and nothing from before it.",
        D,
        f"{DOCS}/latest/webhooks-journal/subscriptions/guide",
    ),
    Behaviour(
        "journal_limits",
        "Calls of the journal count neither in the day nor in ten seconds.",
        D,
        "x-hubspot-rate-limit-exemptions of the specification",
    ),
    Behaviour("journal_minute", "They have a limit of their own, 100 a minute.", U, "sejal27/sej-webhooks-journal"),
    Behaviour(
        "journal_expired",
        "An offset that expired or is unknown is 404.",
        D,
        f"{DOCS}/2027-03-beta/webhooks-journal/journal-entries",
    ),
    Behaviour("journal_end", "No entry behind an offset: 204, and no results in a batch.", U, "client code only"),
    Behaviour("journal_properties", "A subscription without properties hears of all.", U, "not confirmed"),
    Behaviour("journal_file", "What a journal file looks like inside.", U, "layout not confirmed"),
)


def limited(policy: str, words: str) -> Break:
    body = {"status": "error", "message": f"You have reached your {words} limit.", "errorType": "RATE_LIMIT"}
    return Break("status", 429, json.dumps({**body, "policyName": policy, "correlationId": "practice"}))


def refused(status: int, category: str, message: str, **headers: str) -> Break:
    body = {"status": "error", "category": category, "message": message, "correlationId": "practice"}
    return Break("status", status, json.dumps(body), headers=headers)


FAULTS = {
    "rate_limited": limited("TEN_SECONDLY_ROLLING", "ten_secondly_rolling"),
    "search_limited": limited("SECONDLY", "secondly"),
    "daily_limited": limited("DAILY", "daily"),
    "locked": refused(423, "LOCKED", "The resource is locked."),
    "migrating": refused(477, "MIGRATION_IN_PROGRESS", "This account is being moved.", **{"Retry-After": "30"}),
    "gateway_timeout": Break("status", 504, "<html>504 Gateway Time-out</html>", "text/html"),
    "cloudflare_timeout": Break("status", 524, "error code: 524", "text/plain"),
    "bad_host": Break("status", 530, "error code: 1016", "text/plain"),
    "silent_no_op": Break("status", 200, '{"status":"COMPLETE","results":[],"startedAt":"2026-01-01T00:00:00Z"}'),
    "unauthenticated": refused(401, "INVALID_AUTHENTICATION", "Authentication credentials not found."),
    "missing_scopes": Break(
        "status",
        403,
        json.dumps(
            {
                "status": "error",
                "category": "MISSING_SCOPES",
                "message": "This app hasn't been granted all required scopes to make this call.",
                "errors": [{"context": {"requiredGranularScopes": ["crm.objects.contacts.write"]}}],
                "correlationId": "practice",
            }
        ),
    ),
    "address_too_long": Break("status", 414, "<html>414 URI Too Long</html>", "text/html"),
}
