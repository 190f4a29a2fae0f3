"""What marketing tools can do, by area: one list for all tools, so that overlaps show."""

AREAS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "people": (
        "People and data",
        (
            ("crm", "Customer records"),
            ("cdp", "Event collection and profiles"),
            ("enrichment", "Enrichment"),
            ("dedupe", "Deduplication"),
            ("routing", "Lead routing"),
            ("scoring", "Lead scoring"),
            ("segmentation", "Segmentation"),
            ("warehouse", "Data warehouse"),
            ("sync", "Data synchronisation"),
        ),
    ),
    "reach": (
        "Reach and engage",
        (
            ("email", "E-mail sending"),
            ("nurture", "Nurture and journeys"),
            ("forms", "Forms and landing pages"),
            ("web", "Website and CMS"),
            ("ads", "Advertising"),
            ("social", "Social publishing"),
            ("webinars", "Webinars"),
            ("events", "Events"),
            ("chat", "Chat"),
            ("abm", "Account-based marketing"),
            ("seo", "Search optimisation"),
            ("personalisation", "Personalisation"),
        ),
    ),
    "sell": (
        "Sales hand-over",
        (
            ("sequences", "Sales sequences"),
            ("calls", "Call recording"),
            ("meetings", "Meeting booking"),
            ("intent", "Intent data"),
        ),
    ),
    "measure": (
        "Measure",
        (
            ("web_analytics", "Web analytics"),
            ("attribution", "Attribution"),
            ("dashboards", "Dashboards"),
            ("experiments", "Experiments"),
            ("surveys", "Surveys"),
        ),
    ),
    "run": (
        "Plan and run",
        (
            ("planning", "Planning and calendar"),
            ("budget", "Budget"),
            ("intake", "Requests and workflow"),
            ("proofing", "Proofing and approval"),
            ("assets", "Asset library"),
            ("design", "Design"),
            ("consent", "Consent and privacy"),
            ("automation", "Integration and automation"),
        ),
    ),
}
CAPABILITIES: dict[str, str] = {key: label for _area, rows in AREAS.values() for key, label in rows}
AREA_OF: dict[str, str] = {key: area for area, (_label, rows) in AREAS.items() for key, _name in rows}
DATA = (
    ("people", "People"),
    ("consent", "Consent"),
    ("accounts", "Companies"),
    ("deals", "Deals"),
    ("behaviour", "Behaviour"),
    ("campaigns", "Campaigns"),
    ("spend", "Spend"),
    ("content", "Content"),
    ("staff", "Own staff"),
)
"""What a tool may hold; those of persons are in `PERSONAL`."""
PERSONAL = frozenset({"people", "consent", "behaviour", "deals", "staff"})


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """For a select, grouped by area."""
    return [(label, list(rows)) for label, rows in AREAS.values()]


def capability_of(text: str) -> str:
    """The key of a capability written as its key or its name; empty for one that nobody knows."""
    plain = " ".join(text.lower().replace("_", " ").replace("-", " ").split())
    for key, label in CAPABILITIES.items():
        if plain in (key.replace("_", " "), " ".join(label.lower().replace("-", " ").split())):
            return key
    return ""
