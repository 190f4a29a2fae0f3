"""Users as owners: the engine asks for them in its own words, which every vendor has."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from martech.connectors.port import Page
from martech.connectors.salesforce.reading import Reading

OWNERS = "User"
WORDS = {"email": "Email", "name": "Name", "is_active": "IsActive", "user_key": "Id"}


def owners(reading: Reading, fields: Sequence[str], *, after: str = "") -> Iterator[Page]:
    """All users, those who left too, with the values under the names that were asked for."""
    theirs = {name: WORDS.get(name, name) for name in fields}
    for page in reading.everything(OWNERS, list(theirs.values()), after=after):
        records = [
            replace(record, values={name: record.values[their] for name, their in theirs.items()})
            for record in page.records
        ]
        yield replace(page, records=records)
