"""The rows of a list as a file: exactly the filtered rows and the visible columns, read in chunks."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils import timezone

from mops.core.lists.columns import ListTable

CHUNK = 2_000
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


Screen = Callable[[list[Any]], list[Any]]
"""Takes a chunk of rows and gives those of them that may leave."""


def everything(rows: list[Any]) -> list[Any]:
    return rows


def export_response(
    kind: str,
    name: str,
    rows: QuerySet[Any],
    table_for: Callable[[Iterable[Any]], ListTable],
    screen: Screen = everything,
) -> HttpResponseBase:
    """The file as a download, of the rows that pass `screen`. `kind` is csv or xlsx; anything else is 400."""
    if kind not in TYPES:
        return HttpResponse("export is csv or xlsx", status=400)
    from mops.core import tabular

    write = tabular.write_csv if kind == "csv" else tabular.write_xlsx
    file = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    heading = table_for([])
    labels = [str(heading.columns[column].header) for column in heading.export_names()]
    write(file, labels, _values(rows, table_for, screen))
    file.seek(0)
    filename = f"{name}-{timezone.localdate().isoformat()}.{kind}"
    return FileResponse(file, as_attachment=True, filename=filename, content_type=TYPES[kind])


def _values(
    rows: QuerySet[Any], table_for: Callable[[Iterable[Any]], ListTable], screen: Screen
) -> Iterator[list[Any]]:
    stream = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(stream, CHUNK)):
        yield from table_for(screen(chunk)).export_rows()
