"""Which address of Marketo's API is answered by what."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from martech.twins.clock import TwinClock
from martech.twins.controls import Controls
from martech.twins.faults import Break, Faults
from martech.twins.marketo import feed, leads, programs
from martech.twins.marketo.behaviours import BEHAVIOURS
from martech.twins.marketo.envelope import MESSAGES, Refused, failed, succeeded
from martech.twins.marketo.extracts import Extracts
from martech.twins.marketo.gate import Gate
from martech.twins.marketo.imports import Imports
from martech.twins.marketo.keeping import Keeping
from martech.twins.marketo.state import State
from martech.twins.serving import Answer, Call
from martech.twins.shelf import Shelf

Route = Callable[..., Answer]
CLIENT_ID, CLIENT_SECRET = "practice", "practice-secret"
LARGEST, LARGEST_IMPORT, LONGEST_URI = 2**20, 10 * 2**20, 8 * 1024


def refusal(code: str) -> Break:
    return Break("status", 200, failed(code).body.decode())


FAULTS = {
    **{f"error_{code}": refusal(code) for code in MESSAGES if code.startswith("6") or code in ("702", "713")},
    "transient_after_apply": Break("status", 200, failed("713").body.decode(), applies_first=True),
    "timeout_604_after_apply": Break(
        "status", 200, failed("604", "Request timed out").body.decode(), applies_first=True
    ),
    "export_quota": Break("status", 200, failed("1029", "Export daily quota exceeded").body.decode()),
    "export_queue": Break("status", 200, failed("1029", "Too many jobs in queue").body.decode()),
}


class MarketoTwin:
    """A Marketo account over HTTP. With `limits` off no quota refuses and extracts are ready at once."""

    name = "marketo"
    credentials: Mapping[str, str] = {
        "munchkin_id": "000-MOPS-000",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    }

    def __init__(self, state: State, *, limits: bool = True) -> None:
        self.state = state
        self.faults = Faults(FAULTS)
        self.gate = Gate(state.clock, limits=limits, client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
        self.extracts = Extracts(state, seconds=90 if limits else 0)
        self.imports = Imports(state)
        self.controls = Controls(state.clock, self.faults, BEHAVIOURS)
        self.controls.actions |= {
            "token/expire": lambda said: self.gate.expire(),
            "race": lambda said: setattr(state, "race_seconds", float(said["seconds"])),
            "subscription": lambda said: setattr(state, "has_updated_filter", bool(said["updatedAt"])),
            "limits": self._limit,
            "extracts/lose": lambda said: self.extracts.jobs.clear(),
            "merge": lambda said: state.merge_leads(int(said["winner"]), [int(one) for one in said["losers"]]),
        }
        self.routes = self._routes()

    def _limit(self, said: dict[str, Any]) -> None:
        self.gate.day.limit = int(said.get("daily", self.gate.day.limit))
        self.gate.window.limit = int(said.get("rate", self.gate.window.limit))
        self.gate.concurrent = int(said.get("concurrent", self.gate.concurrent))

    def _routes(self) -> list[tuple[str, re.Pattern[str], Route]]:
        def of(function: Callable[..., Answer]) -> Route:
            return lambda call, *parts: function(self.state, call, *parts)

        table: list[tuple[str, str, Route]] = [
            ("GET", "/rest/v1/leads/describe2.json", of(leads.describe)),
            ("GET", "/rest/v1/leads.json", of(leads.search)),
            ("POST", "/rest/v1/leads.json", of(leads.upsert)),
            ("DELETE", "/rest/v1/leads.json", of(leads.delete)),
            ("POST", "/rest/v1/leads/delete.json", of(leads.delete)),
            ("POST", r"/rest/v1/leads/(\d+)/merge.json", of(leads.merge)),
            ("GET", r"/rest/v1/lead/(\d+).json", of(leads.one_lead)),
            ("GET", r"/rest/v1/leads/programs/(\d+).json", of(programs.members)),
            ("GET", "/rest/v1/lists.json", of(leads.lists)),
            ("GET", r"/rest/v1/lists?/(\d+)/leads.json", of(leads.list_leads)),
            ("POST", r"/rest/v1/lists?/(\d+)/leads.json", of(leads.change_list)),
            ("DELETE", r"/rest/v1/lists?/(\d+)/leads.json", of(leads.change_list)),
            ("GET", "/rest/v1/activities/types.json", of(feed.types)),
            ("GET", "/rest/v1/activities/pagingtoken.json", of(feed.paging_token)),
            ("GET", "/rest/v1/activities.json", of(feed.activities)),
            ("GET", "/rest/v1/activities/leadchanges.json", of(feed.changes)),
            ("GET", "/rest/v1/activities/deletedleads.json", of(feed.deleted)),
            ("GET", "/rest/asset/v1/programs.json", of(programs.browse)),
            ("GET", r"/rest/asset/v1/program/(\d+).json", of(programs.one_program)),
            ("POST", r"/rest/v1/programs/(\d+)/members/status.json", of(programs.change_status)),
            ("GET", "/rest/v1/stats/usage.json", lambda call: self._usage()),
            ("POST", r"/bulk/v1/(leads|activities)/export/create.json", self.extracts.create),
            ("POST", r"/bulk/v1/(?:leads|activities)/export/([\w-]+)/enqueue.json", self.extracts.enqueue),
            ("POST", r"/bulk/v1/(?:leads|activities)/export/([\w-]+)/cancel.json", self.extracts.cancel),
            ("GET", r"/bulk/v1/(?:leads|activities)/export/([\w-]+)/status.json", self.extracts.status),
            ("GET", r"/bulk/v1/(?:leads|activities)/export/([\w-]+)/file.json", self.extracts.file),
            ("POST", "/bulk/v1/leads.json", self.imports.create),
            ("GET", r"/bulk/v1/leads/batch/(\d+).json", self.imports.status),
            ("GET", r"/bulk/v1/leads/batch/(\d+)/failures.json", self.imports.failures),
            ("GET", r"/bulk/v1/leads/batch/(\d+)/warnings.json", self.imports.warnings),
        ]
        return [(method, re.compile(pattern.replace(".json", r"\.json")), route) for method, pattern, route in table]

    def _usage(self) -> Answer:
        today = self.state.clock.now().astimezone(ZoneInfo("America/Chicago")).date().isoformat()
        used = self.gate.used_by_day.get(today, 0)
        return succeeded(
            [{"date": today, "total": used, "users": [{"userId": "practice@mops.example", "count": used}]}]
        )

    def answer(self, call: Call) -> Answer:
        if call.path == "/identity/oauth/token":
            return self.gate.token(call)
        most = LARGEST_IMPORT if call.path == "/bulk/v1/leads.json" else LARGEST
        if len(call.body) > most:
            return Answer(413, b"Request Entity Too Large", "text/plain")
        if len(call.target) > LONGEST_URI:
            return Answer(414, b"Request-URI Too Long", "text/plain")
        try:
            with self.gate.passing(call):
                return self._routed(call)
        except Refused as refused:
            return failed(refused.code, refused.message)
        except (KeyError, ValueError, TypeError) as error:
            return failed("611", f"System error: {type(error).__name__}")

    def _routed(self, call: Call) -> Answer:
        method = call.method
        if method == "POST":
            method = call.first("_method") or (call.form.get("_method", [""])[0] if is_form(call) else "") or method
        for wanted, pattern, route in self.routes:
            if wanted == method and (found := pattern.fullmatch(call.path)):
                return route(call, *found.groups())
        raise Refused("610")

    def keep(self, shelf: Shelf) -> None:
        """Take in what was kept, and keep every change from now on."""
        Keeping(self.state, shelf)

    def control(self, call: Call) -> Answer:
        return self.controls.answer(call)


def is_form(call: Call) -> bool:
    return "x-www-form-urlencoded" in call.headers.get("content-type", "")


def empty(*, clock: TwinClock | None = None, lag_seconds: float = 0, limits: bool = True) -> MarketoTwin:
    """An account without a single lead."""
    return MarketoTwin(State(clock or TwinClock(), lag_seconds), limits=limits)
