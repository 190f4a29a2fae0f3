"""People by the words of their name, address and company."""

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
