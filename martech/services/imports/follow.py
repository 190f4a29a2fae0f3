"""What follows an import of people once it is committed: their accounts are found, then the new ones are routed.

Apart from the import, for it takes longer than the import itself; in steps that are durable work, so that a worker that
dies loses one step. An owner may depend on the account, so routing comes after matching.
"""

from martech.models import ImportBatch, ImportState, ImportWork, Person
from martech.services.accounts import match_people
from martech.services.routing import enqueue_routing
from mops.core.sql import fetch
from mops.core.work import wake

STEP = 10_000
WRITTEN = """
select id from (
  select p.id from martech_person p where p.import_batch_id = %s and p.id > %s
  union select c.object_id from martech_importchange c where c.batch_id = %s and c.object = 'person' and c.object_id > %s
  union select e.person_id from martech_importaddition a join martech_personemail e on e.id = a.row_id
    where a.batch_id = %s and a."table" = 'martech_personemail' and e.person_id > %s
) written order by id limit %s
"""


def follow_people(work: ImportWork) -> None:
    """Match and route the next people that the import wrote, in the order of their ids, and queue the step after."""
    batch, after = work.batch_id, work.position
    if not ImportBatch.objects.filter(pk=batch, state=ImportState.DONE).exists():
        return  # taken back meanwhile
    ids = [row[0] for row in fetch(WRITTEN, batch, after, batch, after, batch, after, STEP)]
    match_people(ids)
    fresh = (
        Person.objects.filter(pk__in=ids, import_batch=batch, owner=None).order_by("pk").values_list("pk", flat=True)
    )
    enqueue_routing(list(fresh), cause="import")
    if len(ids) == STEP:
        ImportWork.objects.create(batch_id=batch, step="follow", position=ids[-1])
        wake("import")
