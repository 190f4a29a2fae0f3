"""People by the words of their name, address and company."""

import re
from collections.abc import Collection

from django.db.models import Q, QuerySet

from martech.models import Person, PersonWords

FIELDS = ("first_name", "last_name", "email", "company")
MOST_WORDS = 8


def with_words(rows: QuerySet[Person], text: str, hidden: Collection[str]) -> QuerySet[Person]:
    """Those of `rows` of whom every word stands in some field that is not hidden.

    The index knows all fields in one text; the fields themselves say whether the word stands in one that may be seen.
    """
    fields = [field for field in FIELDS if field not in hidden]
    for word in text.replace("\x00", "").split()[:MOST_WORDS]:
        match = Q(pk__in=[])
        for field in fields:
            match |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(match, pk__in=PersonWords.objects.filter(words__icontains=word).values("person_id"))
    return rows


def with_words_first(rows: QuerySet[Person], text: str, hidden: Collection[str], limit: int) -> list[Person]:
    """At most `limit` of them, those first in whom every word begins one: for "anna", Anna before Hannah."""
    found = with_words(rows, text, hidden).order_by()
    begun = found
    for word in text.replace("\x00", "").split()[:MOST_WORDS]:
        begins = PersonWords.objects.filter(words__iregex=rf"\m{re.escape(word)}")
        begun = begun.filter(pk__in=begins.values("person_id"))
    first = list(begun[:limit])
    if len(first) == limit:
        return first
    return [*first, *found.exclude(pk__in=[row.pk for row in first])[: limit - len(first)]]
