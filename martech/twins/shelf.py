"""What a practice server knows, kept in a file: documents by kind and key, written a second after they changed."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Key = tuple[str, str]


class Shelf:
    """`changed` names a document; `flush` asks its reader for the present one and writes it, None removes it."""

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)
        self._connection = sqlite3.connect(path, check_same_thread=False)
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute("pragma synchronous = normal")
        self._connection.execute(
            "create table if not exists kept (kind text, key text, body text, primary key (kind, key)) without rowid"
        )
        self._lock = threading.Lock()
        self._changed: set[Key] = set()
        self.reader: Callable[[str, str], Any] = lambda kind, key: None

    def documents(self) -> Iterator[tuple[str, str, Any]]:
        for kind, key, body in self._connection.execute("select kind, key, body from kept order by kind, key"):
            yield kind, key, json.loads(body)

    def changed(self, kind: str, key: str = "") -> None:
        with self._lock:
            self._changed.add((kind, key))

    def flush(self) -> int:
        """Write what changed in one transaction; returns how many documents that were."""
        with self._lock:
            due, self._changed = self._changed, set()
        if not due:
            return 0
        rows = [(kind, key, json.dumps(self.reader(kind, key), separators=(",", ":"))) for kind, key in due]
        with self._connection:
            self._connection.executemany("insert or replace into kept values (?, ?, ?)", rows)
        return len(rows)

    def close(self) -> None:
        self.flush()
        self._connection.close()
