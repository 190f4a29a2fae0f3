"""Keeps an account over restarts: leads, activities, programs, lists and merges that came since the population."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from martech.twins.marketo.state import Happening, Program, State, StaticList
from martech.twins.shelf import Shelf


class Keeping:
    """Tokens, quotas, extracts and armed faults are not kept: they do not outlive a server."""

    def __init__(self, state: State, shelf: Shelf) -> None:
        self.state, self.shelf = state, shelf
        self.restore()
        shelf.reader = self.document
        state.on_change = shelf.changed

    def document(self, kind: str, key: str) -> Any:
        """What a name stands for now; None for a lead that is gone."""
        with self.state.lock:
            if kind == "lead":
                return self.state.leads.get(int(key))
            if kind == "happening":
                return written(self.state.happenings[int(key) - 1])
            if kind == "program":
                return with_texts(asdict(self.state.programs[int(key)]))
            if kind == "list":
                found = self.state.lists[int(key)]
                return with_texts({**asdict(found), "members": sorted(found.members)})
            return {"merged": self.state.merged, "next": self.state.next_lead}

    def restore(self) -> None:
        """Take in what the shelf holds; what it does not name stays as the population has it."""
        state, happened = self.state, []
        for kind, key, found in self.shelf.documents():
            if kind == "lead":
                state.put_lead(int(key), found)
            elif kind == "happening":
                happened.append(read_happening(found))
            elif kind == "program":
                state.programs[int(key)] = read_program(found)
            elif kind == "list":
                found = with_times(found)
                state.lists[int(key)] = StaticList(**{**found, "members": set(found["members"])})
            elif kind == "account":
                state.merged = {int(loser): winner for loser, winner in found["merged"].items()}
                state.next_lead = found["next"]
        state.happenings += sorted(happened, key=lambda one: one.number)


TIMES = ("at", "visible_at", "created_at", "updated_at")


def with_texts(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in found.items()}


def with_times(found: dict[str, Any]) -> dict[str, Any]:
    return {name: datetime.fromisoformat(value) if name in TIMES else value for name, value in found.items()}


def written(one: Happening) -> dict[str, Any]:
    return with_texts(asdict(one))


def read_happening(found: dict[str, Any]) -> Happening:
    rows = {name: tuple(tuple(part) for part in found[name]) for name in ("attributes", "changes")}
    return Happening(**{**with_times(found), **rows})


def read_program(found: dict[str, Any]) -> Program:
    members = {int(lead): said for lead, said in found["members"].items()}
    return Program(**{**with_times(found), "members": members})
