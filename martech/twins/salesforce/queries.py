"""/query, /queryAll and their cursors."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from martech.twins.salesforce.conditions import Compiler
from martech.twins.salesforce.evaluation import columns, figures, select, table_for
from martech.twins.salesforce.refusals import Refusal
from martech.twins.salesforce.rendering import Renderer
from martech.twins.salesforce.soql import parse
from martech.twins.salesforce.store import Row, Store
from martech.twins.serving import Answer, Call, answer_json

CURSOR_LIFE = timedelta(days=2)
PAGE = 2000


@dataclass
class Cursor:
    rows: list[Row]
    renderer: Renderer
    resource: str
    size: int
    opened_at: datetime


class Queries:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.cursors: dict[str, Cursor] = {}
        self._opened = 0

    def answer(self, call: Call, version: str, resource: str) -> Answer:
        """Run `q`; `resource` is query or queryAll. Raises Refusal."""
        text = call.first("q")
        query = parse(text)
        table = table_for(self.store, query.object)
        rows = select(self.store, table, query, text, deleted_too=resource == "queryAll")
        if query.is_count:
            return answer_json({"totalSize": len(rows), "done": True, "records": []})
        if query.aggregates or query.groups:
            records = figures(self.store, table, query, rows, text)
            return answer_json({"totalSize": len(records), "done": True, "records": records})
        fields = columns(table, query, Compiler(self.store, table, text))
        cursor = Cursor(
            rows, Renderer(self.store, table, fields, version), resource, _size(call), self.store.clock.now()
        )
        return self._page(cursor, "", 0)

    def more(self, locator: str) -> Answer:
        """The next page of a cursor that is still open."""
        name, _, start = locator.rpartition("-")
        cursor = self.cursors.get(name)
        if cursor is None or not start.isdigit() or self.store.clock.now() - cursor.opened_at > CURSOR_LIFE:
            raise Refusal("INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._page(cursor, name, int(start))

    def _page(self, cursor: Cursor, name: str, start: int) -> Answer:
        end = start + cursor.size
        is_done = end >= len(cursor.rows)
        following = ""
        if not is_done:
            name = name or self._keep(cursor)
            url = f"/services/data/{cursor.renderer.version}/{cursor.resource}/{name}-{end}"
            following = f'"nextRecordsUrl":"{url}",'
        records = cursor.renderer.records(cursor.rows[start:end])
        head = f'{{"totalSize":{len(cursor.rows)},"done":{"true" if is_done else "false"},{following}"records":['
        return Answer(200, f"{head}{records}]}}".encode())

    def _keep(self, cursor: Cursor) -> str:
        self._opened += 1
        name = f"0r8{self._opened:012d}AAA"
        self.cursors[name] = cursor
        return name

    def expire(self) -> None:
        self.cursors.clear()


def _size(call: Call) -> int:
    """Rows of a page: the hint of the header within what is allowed."""
    said = call.headers.get("sforce-query-options", "").partition("batchSize=")[2].split(",")[0].strip()
    return min(max(int(said), 200), PAGE) if said.isdigit() else PAGE
