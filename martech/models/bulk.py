"""People as they are searched, and what large statements leave to be done for their people a little later.

A statement that writes more than 10,000 people (an import does, 25,000 at a time) leaves one row with the set of their
ids, in place of one row for each; triggers write them, and durable work takes them up once the statement is committed.
A transaction may lower that number for itself (`mops.core.sql.many_from`); pages of a synchronisation do.
"""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from mops.core.work import Work

IDS = "Who they are: an int8multirange of ids"


class PersonWords(models.Model):
    """Name, address and company of a person in one text, by which search finds them. Triggers keep it; see docs/search.md.

    Apart from the person's row, so that an import need not wait for a trigram index.
    """

    person_id = models.BigIntegerField(primary_key=True)
    words = models.TextField()

    class Meta:
        indexes = [GinIndex(fields=["words"], opclasses=["gin_trgm_ops"], name="person_words_search")]

    def __str__(self) -> str:
        return f"words of {self.person_id}"


class SearchWork(Work):
    """New people of one large statement whom search cannot find yet."""

    people = models.TextField(help_text=IDS)

    class Meta(Work.Meta):
        pass


class ArrivalWork(Work):
    """People of one large page of a synchronisation, whose accounts are to be found; owners, too, of new ones."""

    people = models.TextField(help_text=IDS)
    is_new = models.BooleanField(help_text="They came in with it, and may be given owners")

    class Meta(Work.Meta):
        pass


class IdentityMarks(Work):
    """People whom one large statement changed, not yet marked for comparison one by one (`IdentityWork`)."""

    people = models.TextField(help_text=IDS)

    class Meta(Work.Meta):
        pass
