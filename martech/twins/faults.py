"""Faults that any vendor's server may show, switched on by name for a number of matching calls."""

import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Break:
    """What happens to a call instead of its plain answer.

    `kind`: status (answer `status` with `body`), cut (half of the true body), slow (a pause of `seconds` inside the
    body), silence (no answer for `seconds`), hang_up (the connection closes). With `applies_first` the call takes
    effect before it breaks, which is what makes an outcome unknown.
    """

    kind: str
    status: int = 0
    body: str = ""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0
    applies_first: bool = False


GENERIC: dict[str, Break] = {
    "bad_gateway": Break("status", 502, "<html><body>502 Bad Gateway</body></html>", "text/html"),
    "bad_gateway_after_apply": Break(
        "status", 502, "<html><body>502 Bad Gateway</body></html>", "text/html", applies_first=True
    ),
    "unavailable": Break("status", 503, "", "text/plain"),
    "html_error": Break("status", 500, "<!DOCTYPE html><title>Something went wrong</title>", "text/html"),
    "truncated_json": Break("cut"),
    "slow_body": Break("slow", seconds=3),
    "read_timeout": Break("silence", seconds=30),
    "timeout_after_apply": Break("silence", seconds=30, applies_first=True),
    "hang_up": Break("hang_up"),
    "hang_up_after_apply": Break("hang_up", applies_first=True),
}


@dataclass
class _Armed:
    fault: Break
    pattern: re.Pattern[str]
    after: int
    times: int


class Faults:
    """Faults armed for calls to come; each is used up after its `times`. Safe to share between threads."""

    def __init__(self, own: Mapping[str, Break] | None = None) -> None:
        self.known = {**GENERIC, **(own or {})}
        self._armed: list[_Armed] = []
        self._lock = threading.Lock()

    def arm(self, name: str, *, on: str = "", times: int = 1, after: int = 0) -> None:
        """Break the next `times` calls whose "METHOD /path" matches the expression `on`, letting `after` pass first.

        Raises KeyError for a fault that is not known here.
        """
        with self._lock:
            self._armed.append(_Armed(self.known[name], re.compile(on), after, times))

    def arm_all(self, specifications: Iterable[str]) -> None:
        """Each like `name`, `name*3` (three times), `name@POST /crm` (where), `name*3@POST`."""
        for text in specifications:
            name, _, where = text.partition("@")
            name, _, times = name.partition("*")
            self.arm(name, on=where, times=int(times or 1))

    def strike(self, method: str, path: str) -> Break | None:
        line = f"{method} {path}"
        with self._lock:
            for armed in self._armed:
                if armed.times > 0 and armed.pattern.search(line):
                    if armed.after > 0:
                        armed.after -= 1
                        continue
                    armed.times -= 1
                    return armed.fault
        return None

    def clear(self) -> None:
        with self._lock:
            self._armed.clear()
