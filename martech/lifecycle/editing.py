"""Changes of a lifecycle document in place."""

from collections.abc import Iterable
from typing import Any

Document = dict[str, Any]


def put_stage(document: Document, key: str, fields: dict[str, Any], targets: Iterable[str]) -> None:
    """Set what is said of a stage (None takes a field away) and where people may move from it."""
    stages = document.setdefault("stages", [])
    stage = next((one for one in stages if one.get("key") == key), None)
    if stage is None:
        return
    for name, value in fields.items():
        if value is None:
            stage.pop(name, None)
        else:
            stage[name] = value
    kept = [move for move in document.get("moves", []) if move[0] != key]
    document["moves"] = [*kept, *([key, target] for target in targets)]
