"""Associations v4, read for many records at once and completely for each."""

from collections.abc import Mapping, Sequence
from typing import Any

from martech.connectors.errors import Misconfigured
from martech.connectors.hubspot.calls import Calls
from martech.connectors.hubspot.paths import Paths
from martech.connectors.hubspot.reading import after_of
from martech.connectors.port import Link

MOST = 1000
NONE_FOUND = "NO_ASSOCIATIONS_FOUND"


class Linking:
    def __init__(self, calls: Calls, paths: Paths) -> None:
        self.calls, self.paths = calls, paths

    def links(self, object: str, to_object: str, ids: Sequence[str]) -> list[Link]:
        """Raises Misconfigured when HubSpot could not read one of them: a part of the answer is none."""
        path = self.paths.links(object, to_object)
        todo: list[dict[str, str]] = [{"id": id} for id in dict.fromkeys(ids)]
        found: list[Link] = []
        while todo:
            batch, todo = todo[:MOST], todo[MOST:]
            answer = self.calls.read("POST", path, {"inputs": batch})
            for error in answer.get("errors") or []:
                refuse_other(error)
            for result in answer.get("results", []):
                from_id = str(result["from"]["id"])
                found += [link_of(object, from_id, to_object, entry) for entry in result["to"]]
                if after := after_of(result):
                    todo.append({"id": from_id, "after": after})
        return found


def refuse_other(error: Mapping[str, Any]) -> None:
    """A record without associations is told like an error, and is none."""
    if NONE_FOUND not in str(error.get("subCategory", "")):
        raise Misconfigured(f"Associations could not be read: {str(error.get('message', ''))[:200]}")


def link_of(object: str, from_id: str, to_object: str, entry: Mapping[str, Any]) -> Link:
    labels = [str(kind.get("label") or "") for kind in entry["associationTypes"]]
    roles = sorted(label for label in labels if label and label != "Primary")
    return Link(object, from_id, to_object, str(entry["toObjectId"]), ", ".join(roles), "Primary" in labels)
