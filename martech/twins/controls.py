"""`/__twin__/`: how a rehearsal moves the clock, arms faults and reads what is imitated. Never part of a vendor's API."""

from collections.abc import Callable
from typing import Any

from martech.twins.behaviours import Behaviour, as_json
from martech.twins.clock import TwinClock
from martech.twins.faults import Faults
from martech.twins.serving import CONTROL, Answer, Call, answer_json


class Controls:
    """Common controls and those a vendor adds: name → function of the posted document."""

    def __init__(self, clock: TwinClock, faults: Faults, behaviours: tuple[Behaviour, ...]) -> None:
        self.clock, self.faults, self.behaviours = clock, faults, behaviours
        self.actions: dict[str, Callable[[dict[str, Any]], Any]] = {
            "clock": lambda said: {"now": self.clock.advance(float(said.get("advance", 0))).isoformat()},
            "faults": self._arm,
            "faults/clear": lambda said: self.faults.clear(),
        }

    def _arm(self, said: dict[str, Any]) -> None:
        self.faults.arm(said["name"], on=said.get("on", ""), times=said.get("times", 1), after=said.get("after", 0))

    def answer(self, call: Call) -> Answer:
        name = call.path.removeprefix(CONTROL).strip("/")
        if name == "behaviours":
            return answer_json(as_json(self.behaviours))
        if (action := self.actions.get(name)) is None:
            return answer_json({"error": f"no control {name}", "known": ["behaviours", *sorted(self.actions)]}, 404)
        try:
            return answer_json(action(call.json or {}) or {"ok": True})
        except (KeyError, TypeError, ValueError) as error:
            return answer_json({"error": f"{type(error).__name__}: {error}"}, 400)
