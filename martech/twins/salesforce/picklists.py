"""The values that picklists of a new org come with, and what a stage or a status means."""

PICKLISTS: dict[tuple[str, str], tuple[str, ...]] = {
    ("Lead", "Status"): ("Open - Not Contacted", "Working - Contacted", "Closed - Converted", "Closed - Not Converted"),
    ("Lead", "Interests__c"): ("Analytics", "Automation", "Integration", "Security"),
    ("", "LeadSource"): ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Event", "Advertisement", "Other"),
    ("", "Industry"): ("Banking", "Biotechnology", "Consulting", "Education", "Energy", "Finance", "Healthcare",
                       "Insurance", "Manufacturing", "Media", "Retail", "Technology", "Transportation", "Other"),
    ("Lead", "Rating"): ("Hot", "Warm", "Cold"),
    ("Account", "Type"): ("Prospect", "Customer - Direct", "Customer - Channel", "Technology Partner", "Other"),
    ("Opportunity", "StageName"): ("Prospecting", "Qualification", "Needs Analysis", "Value Proposition",
                                   "Proposal/Price Quote", "Negotiation/Review", "Closed Won", "Closed Lost"),
    ("Opportunity", "CurrencyIsoCode"): ("EUR", "USD", "GBP"),
    ("Opportunity", "Type"): ("New Customer", "Existing Customer - Upgrade", "Existing Customer - Replacement"),
    ("OpportunityContactRole", "Role"): ("Business User", "Decision Maker", "Economic Buyer", "Evaluator", "Influencer",
                                         "Technical Buyer", "Other"),
    ("Campaign", "Type"): ("Conference", "Webinar", "Trade Show", "Email", "Advertisement", "Telemarketing", "Other"),
    ("Campaign", "Status"): ("Planned", "In Progress", "Completed", "Aborted"),
    ("CampaignMember", "Status"): ("Sent", "Responded"),
    ("Task", "Status"): ("Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred"),
    ("Task", "Priority"): ("High", "Normal", "Low"),
    ("Task", "Type"): ("Call", "Email", "Meeting", "Other"),
    ("Task", "TaskSubtype"): ("Task", "Email", "Call", "ListEmail", "Cadence", "LinkedIn"),
    ("Task", "CallType"): ("Internal", "Inbound", "Outbound"),
    ("Event", "Type"): ("Call", "Email", "Meeting", "Other"),
    ("Event", "EventSubtype"): ("Event",),
}  # fmt: skip

STAGES: dict[str, tuple[float, str]] = {
    "Prospecting": (10, "Pipeline"),
    "Qualification": (10, "Pipeline"),
    "Needs Analysis": (20, "Pipeline"),
    "Value Proposition": (50, "Pipeline"),
    "Proposal/Price Quote": (75, "Pipeline"),
    "Negotiation/Review": (90, "Pipeline"),
    "Closed Won": (100, "Closed"),
    "Closed Lost": (0, "Omitted"),
}
"""Probability in per cent and forecast category of a stage."""
