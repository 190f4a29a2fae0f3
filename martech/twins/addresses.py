"""Where the practice servers of an installation are: a file in its data directory that their process writes."""

import json
from dataclasses import dataclass
from pathlib import Path

FOLDER = "practice"


@dataclass(frozen=True)
class PracticeServer:
    """`credentials` are what a connection signs in with, by the vendor's names for them."""

    vendor: str
    url: str
    credentials: dict[str, str]


def population_file(directory: Path) -> Path:
    return directory / FOLDER / "population.json"


def servers_file(directory: Path) -> Path:
    return directory / FOLDER / "servers.json"


def practice_servers(directory: Path) -> dict[str, PracticeServer]:
    """By vendor, those that `up` runs beside the data in `directory`; nothing where it runs none."""
    try:
        found = json.loads(servers_file(directory).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {vendor: PracticeServer(vendor, row["url"], row["credentials"]) for vendor, row in found.items()}
