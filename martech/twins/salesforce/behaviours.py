"""What the practice org imitates of Salesforce, how sure we are of each point, and where it is written."""

from martech.twins.behaviours import Behaviour, Label

REST = "developer.salesforce.com/docs/platform/api-rest"
ASYNC = "developer.salesforce.com/docs/platform/api-asynch"
LIMITS = "developer.salesforce.com/docs/platform/salesforce-app-limits-cheatsheet"

BEHAVIOURS = (
    Behaviour("query_page", "A page of a query has 2,000 records at most; batchSize of 200 to 2,000 is a hint", Label.DOCUMENTED, f"{REST} headers_queryoptions"),
    Behaviour("query_all", "queryAll shows deleted and merged records and archived activities; query does not", Label.DOCUMENTED, f"{REST} resources_queryall"),
    Behaviour("cursor_life", "A cursor lives for two days; one that is unknown answers INVALID_QUERY_LOCATOR", Label.DOCUMENTED, LIMITS),
    Behaviour("late_stamp", "A change can become visible after records with newer SystemModstamp", Label.OBSERVED, "airbytehq/airbyte #27146"),
    Behaviour("stamp_seconds", "Stamps are written to the second: a bulk edit gives thousands of records the same one", Label.OBSERVED, "airbytehq/airbyte #42537"),
    Behaviour("stamp_not_filterable", "SystemModstamp of some objects cannot be filtered by; describe says so", Label.OBSERVED, "airbytehq/airbyte #68166"),
    Behaviour("merge", "The loser of a merge is deleted with MasterRecordId; its children move to the survivor", Label.DOCUMENTED, "developer.salesforce.com object reference: Lead, Contact, Account"),
    Behaviour("convert", "A converted lead names its contact, account and opportunity and cannot change again", Label.DOCUMENTED, "developer.salesforce.com object reference: Lead"),
    Behaviour("member_hard_delete", "A deleted campaign member leaves nothing in queryAll", Label.OBSERVED, "airbytehq/airbyte #44845"),
    Behaviour("get_deleted", "getDeleted reaches back 15 days and says since when its log is complete", Label.DOCUMENTED, f"{REST} resources_getdeleted"),
    Behaviour("get_updated", "getUpdated reaches back 30 days", Label.DOCUMENTED, f"{REST} resources_getupdated"),
    Behaviour("session_end", "A session that ended answers 401 INVALID_SESSION_ID, in the middle of a run too", Label.DOCUMENTED, f"{REST} errorcodes"),
    Behaviour("no_expiry", "The answer to a sign-in does not say when the token ends", Label.DOCUMENTED, "help.salesforce.com remoteaccess_oauth_flows"),
    Behaviour("jwt_exp_text", "The exp of a JWT may be a number in quotes", Label.OBSERVED, "simple-salesforce 1.12 sends it so"),
    Behaviour("soap_login", "SOAP login() is refused from version 65 on", Label.DOCUMENTED, "help.salesforce.com article 005132110"),
    Behaviour("retired_version", "Versions 21 to 30 answer 410", Label.DOCUMENTED, f"{REST} api_rest_eol"),
    Behaviour("daily_limit", "Beyond the calls of 24 rolling hours: 403 REQUEST_LIMIT_EXCEEDED, TotalRequests", Label.DOCUMENTED, LIMITS),
    Behaviour("concurrent_limit", "Too many long calls at once: the same code with ConcurrentRequests", Label.DOCUMENTED, LIMITS),
    Behaviour("limit_info", "Every answer carries Sforce-Limit-Info: api-usage=used/limit", Label.DOCUMENTED, f"{REST} headers_api_usage"),
    Behaviour("collection_partial", "Records of a collection succeed or fail one by one, in the order they were sent", Label.DOCUMENTED, f"{REST} resources_composite_sobjects_collections"),
    Behaviour("collection_all_or_none", "With allOrNone the others roll back with ALL_OR_NONE_OPERATION_ROLLED_BACK", Label.DOCUMENTED, f"{REST} resources_composite_sobjects_collections"),
    Behaviour("collection_chunks", "At most ten chunks of one type in a call", Label.DOCUMENTED, f"{REST} resources_composite_sobjects_collections_create"),
    Behaviour("collection_chunks_code", "The code of the refusal for too many chunks is LIMIT_EXCEEDED", Label.UNVERIFIED, "message as seen in Apex; code assumed"),
    Behaviour("collection_unknown_field", "An unknown field in one record refuses the whole call", Label.UNVERIFIED, "assumed from deserialisation errors"),
    Behaviour("json_poison", "A value of the wrong JSON type refuses the whole call with JSON_PARSER_ERROR", Label.OBSERVED, "public threads on JSON_PARSER_ERROR in composite calls"),
    Behaviour("external_id_300", "An external id that several records have answers 300 with their addresses", Label.DOCUMENTED, f"{REST} dome_upsert"),
    Behaviour("external_id_several", "In collections the same is DUPLICATE_EXTERNAL_ID with the ids in the text", Label.OBSERVED, "message of the SOAP upsert"),
    Behaviour("lock", "Writes that meet at a parent fail with UNABLE_TO_LOCK_ROW", Label.DOCUMENTED, "developer.salesforce.com record locking cheat sheet"),
    Behaviour("duplicate_rule", "Duplicate rules answer DUPLICATES_DETECTED; Sforce-Duplicate-Rule-Header allowSave passes them", Label.DOCUMENTED, f"{REST} headers_duplicaterules"),
    Behaviour("duplicate_result", "A single create names the matching records in duplicateResult, a collection does not", Label.OBSERVED, "public threads on duplicateResult"),
    Behaviour("assignment", "Lead assignment rules run on create and update unless Sforce-Auto-Assign says FALSE", Label.DOCUMENTED, f"{REST} headers_autoassign"),
    Behaviour("validation_rule", "Validation rules answer FIELD_CUSTOM_VALIDATION_EXCEPTION with the rule's message", Label.DOCUMENTED, f"{REST} errorcodes"),
    Behaviour("restricted_picklist", "A restricted picklist refuses values it does not have", Label.DOCUMENTED, f"{REST} errorcodes"),
    Behaviour("bulk_states", "Jobs go UploadComplete, InProgress, then JobComplete, Failed or Aborted", Label.DOCUMENTED, f"{ASYNC} get_job_info"),
    Behaviour("bulk_locator", "The last part of results has the locator null, as text", Label.DOCUMENTED, f"{ASYNC} query_get_job_results"),
    Behaviour("bulk_empty_cell", "In ingest an empty cell changes nothing and #N/A empties the field", Label.DOCUMENTED, f"{ASYNC} datafiles_csv_rows"),
    Behaviour("bulk_moments", "Bulk results write moments with Z, REST with +0000", Label.OBSERVED, "exports of both"),
    Behaviour("record_count", "/limits/recordCount gives rough counts of objects", Label.DOCUMENTED, f"{REST} resources_record_count"),
)  # fmt: skip
