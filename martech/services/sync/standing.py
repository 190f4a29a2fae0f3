"""What mops itself makes of people, stages and scores, waits to be written where a mapping writes it.

Their `updated_at` tells when somebody changed them and stays, so that a plan would not look at them.
"""

from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils import timezone

from martech.models import MappingVersion, RemoteRow
from mops.core.sql import among


def wait_to_be_sent(people: Sequence[int], fields: Sequence[str]) -> None:
    """The records of these people are looked at by the next plan of each object that writes one of the fields. Call it in
    the transaction that changes them."""
    if not people:
        return
    writes = reduce(or_, (Q(document__fields__contains=[{"ours": name}]) for name in fields))
    objects = list(MappingVersion.objects.filter(writes, state="published").values_list("object", flat=True))
    if objects:
        rows = RemoteRow.objects.filter(object__in=objects, local_id__in=among(people), fate="", due_at=None)
        rows.update(due_at=timezone.now())
