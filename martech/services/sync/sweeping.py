"""Associations have a reconcile of their own: a change of one moves no record's stamp, so that no pull would show it."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from martech.models import RemoteRow
from martech.services.sync.course import Course, Line
from martech.services.sync.following import ask_links, linked_objects, take_links
from martech.services.sync.pulling import keep

AT_ONCE = 5_000
"""Records whose associations are asked for in one round."""
EVERY = timedelta(hours=1)


def sweep_links(line: Line, course: Course) -> int:
    """Look at the associations of the next records, beginning anew once an hour; answers how many were new or gone."""
    object, now = course.object, timezone.now()
    is_resting = not object.links_after and object.links_seen_at and object.links_seen_at > now - EVERY
    if is_resting or object.backfilled_at is None or not (to_objects := linked_objects(line, course)):
        return 0
    rows = RemoteRow.objects.filter(object=object, pk__gt=object.links_after, local_id__isnull=False, fate="")
    found = list(rows.order_by("pk").values_list("pk", "external_id")[:AT_ONCE])
    brought = ask_links(line, object.name, to_objects, [external_id for _pk, external_id in found])
    is_last = len(found) < AT_ONCE
    with transaction.atomic():
        changed = sum(take_links(course, one.to_object, one.ids, one.links) for one in brought)
        keep(object, links_after=0 if is_last else found[-1][0], links_seen_at=now if is_last else object.links_seen_at)
    return changed
