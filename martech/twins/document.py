"""`python -m martech.twins.document docs/practice.md`: writes what is imitated into the page, from the registries."""

import sys
from importlib import import_module
from pathlib import Path

from martech.twins.behaviours import Behaviour
from martech.twins.faults import GENERIC
from martech.twins.making import VENDORS

BEGIN, END = "<!-- behaviours: written by python -m martech.twins.document -->\n", "<!-- end of behaviours -->\n"
LABELS = {"hubspot": "HubSpot", "salesforce": "Salesforce", "marketo": "Marketo"}


def behaviours_of(vendor: str) -> tuple[Behaviour, ...]:
    found: tuple[Behaviour, ...] = import_module(f"martech.twins.{vendor}.behaviours").BEHAVIOURS
    return found


def section(vendor: str) -> str:
    lines = [f"### {LABELS[vendor]}", "", "| behaviour | | source |", "|---|---|---|"]
    for found in behaviours_of(vendor):
        lines.append(f"| {found.text} | {found.label.value} | {found.source} |".replace("\n", " "))
    return "\n".join([*lines, ""])


def written(page: str) -> str:
    """The page with its tables as they should be. Raises ValueError when the marks are missing."""
    before, _, rest = page.partition(BEGIN)
    _old, mark, after = rest.partition(END)
    if not mark:
        raise ValueError("The page lacks the marks between which the tables stand.")
    faults = f"Faults of every server: {', '.join(f'`{name}`' for name in GENERIC)}.\n"
    sections = "\n".join(map(section, VENDORS))
    return f"{before}{BEGIN}\n{faults}\n{sections}\n{END}{after}"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(written(path.read_text(encoding="utf-8")), encoding="utf-8")
