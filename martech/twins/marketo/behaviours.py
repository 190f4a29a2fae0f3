"""What is imitated of Marketo, and how sure we are of it. Pages are those of AdobeDocs/marketo-developer.en."""

from martech.twins.behaviours import Behaviour, Label

DOCS = "AdobeDocs/marketo-developer.en help/rest-api/"
DOC, SEEN, GUESS = Label.DOCUMENTED, Label.OBSERVED, Label.UNVERIFIED

BEHAVIOURS = (
    Behaviour(
        "envelope", "Errors come as HTTP 200 with success false and a code as text.", DOC, DOCS + "error-codes.md"
    ),
    Behaviour(
        "token.shared", "One token for all until it expires; expires_in only falls.", DOC, DOCS + "authentication.md"
    ),
    Behaviour(
        "token.invalid", "601 for an unknown token, 602 for an expired one, 600 for none.", DOC, DOCS + "error-codes.md"
    ),
    Behaviour("token.parameter", "access_token as a parameter is no longer read.", DOC, DOCS + "authentication.md"),
    Behaviour("limit.rate", "606 above 100 calls in 20 seconds.", DOC, DOCS + "error-codes.md"),
    Behaviour(
        "limit.daily",
        "607 above the daily quota, which begins anew at midnight US Central.",
        DOC,
        DOCS + "error-codes.md",
    ),
    Behaviour("limit.concurrent", "615 above 10 calls under way.", DOC, DOCS + "error-codes.md"),
    Behaviour("limit.errors", "Refused calls do not count against the quota.", DOC, DOCS + "error-codes.md"),
    Behaviour(
        "size", "HTTP 413 above 1 MB (10 MB for imports), 414 for a URI above 8 KB.", DOC, DOCS + "error-codes.md"
    ),
    Behaviour(
        "method", "A GET may come as POST with _method=GET and its parameters as a form.", DOC, DOCS + "leads.md"
    ),
    Behaviour("leads.filter", "A search that matches more than 1,000 leads fails with 1003.", DOC, DOCS + "leads.md"),
    Behaviour("leads.records", "Each record has its own status; a skipped one its reasons.", DOC, DOCS + "leads.md"),
    Behaviour(
        "leads.several", "An upsert that matches several leads is skipped with 1007.", DOC, DOCS + "error-codes.md"
    ),
    Behaviour("leads.race", "Upserts of one new address at once may create several leads.", DOC, DOCS + "leads.md"),
    Behaviour("leads.readonly", "A field that cannot be written skips the record with 1006.", GUESS, "our reading"),
    Behaviour("leads.merged", "The id of a lead that was merged away finds nothing.", SEEN, "airbytehq/airbyte #11178"),
    Behaviour("merge.activity", "A merge is an activity 32 of the winner that names the losers.", GUESS, "our reading"),
    Behaviour("merge.most", "More than 25 losers are refused with 1080.", DOC, DOCS + "leads.md"),
    Behaviour("feed.short", "Pages may be short or empty while moreResult is true.", DOC, DOCS + "activities.md"),
    Behaviour("feed.key", "marketoGUID tells activities apart, id does not.", DOC, DOCS + "activities.md"),
    Behaviour("feed.late", "Activities become visible some seconds after their date.", GUESS, "our reading"),
    Behaviour("feed.deleted", "Deleted leads have a feed of their own, of activities 37.", DOC, DOCS + "activities.md"),
    Behaviour(
        "feed.list",
        "Reads by a static list of 10,000 or more fail with 1003 from 2026-12-30.",
        DOC,
        DOCS + "activities.md",
    ),
    Behaviour(
        "extract.states",
        "Created, Queued, Processing, Completed, Cancelled, Failed.",
        DOC,
        DOCS + "bulk-lead-extract.md",
    ),
    Behaviour("extract.status", "The status is renewed at most every 60 seconds.", DOC, DOCS + "bulk-lead-extract.md"),
    Behaviour("extract.queue", "Two jobs run, ten wait; one more is refused with 1029.", DOC, DOCS + "bulk-extract.md"),
    Behaviour("extract.quota", "Above 500 MB a day 1029 “Export daily quota exceeded”.", DOC, DOCS + "bulk-extract.md"),
    Behaviour(
        "extract.range", "A date range may span 31 days, and there is one filter.", DOC, DOCS + "bulk-lead-extract.md"
    ),
    Behaviour(
        "extract.updated",
        "The filter updatedAt is not on every subscription: 1035.",
        DOC,
        DOCS + "bulk-lead-extract.md",
    ),
    Behaviour("extract.null", "An empty cell is the word null.", DOC, DOCS + "bulk-lead-extract.md"),
    Behaviour(
        "extract.resume",
        "Range is answered with 206; the status has a SHA-256 of the file.",
        DOC,
        DOCS + "bulk-extract.md",
    ),
    Behaviour(
        "import.results", "An import has its own status, failures and warnings.", DOC, DOCS + "bulk-lead-import.md"
    ),
    Behaviour(
        "programs.browse",
        "The list of programs has neither tags nor costs; one by its id has both.",
        DOC,
        DOCS + "programs.md",
    ),
    Behaviour(
        "programs.none",
        "No match is success with a warning and no result.",
        SEEN,
        "jepcastelein/marketo-rest-python client.py",
    ),
    Behaviour(
        "members.most", "A lead is in a program once; its status comes from the channel.", DOC, DOCS + "programs.md"
    ),
)
