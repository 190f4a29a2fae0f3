"""The purposes every installation starts with; a row of the same key in the table takes its place. Pure."""

from dataclasses import dataclass

OPT_IN, OPT_OUT = "opt_in", "opt_out"


@dataclass(frozen=True)
class KnownPurpose:
    key: str
    label: str
    basis: str
    description: str = ""


DATA_TRANSFER = "data_transfer"
BUILT_IN = (
    KnownPurpose("newsletter", "Newsletter", OPT_IN, "Regular news by e-mail"),
    KnownPurpose("marketing", "Marketing messages", OPT_IN, "Campaigns, offers and invitations"),
    KnownPurpose("events", "Events", OPT_IN, "Invitations to webinars and events"),
    KnownPurpose("sales_outreach", "Sales outreach", OPT_OUT, "A colleague of sales gets in touch"),
    KnownPurpose(DATA_TRANSFER, "Passing data on", OPT_OUT, "A file or another system receives the data"),
)
