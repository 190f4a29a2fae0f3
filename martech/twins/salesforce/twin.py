"""The practice org over HTTP: which handler answers which address, sessions and limits before, the usage behind."""

import re
import threading
from collections import Counter
from collections.abc import Callable

from martech.twins.clock import TwinClock
from martech.twins.controls import Controls
from martech.twins.faults import Faults
from martech.twins.population import Population
from martech.twins.salesforce.behaviours import BEHAVIOURS
from martech.twins.salesforce.bulk import Bulk
from martech.twins.salesforce.collection import Collections
from martech.twins.salesforce.controls import FAULTS, OrgControls
from martech.twins.salesforce.describing import described, every_object, summary
from martech.twins.salesforce.feeds import Feeds
from martech.twins.salesforce.keeping import Keeping
from martech.twins.salesforce.queries import Queries
from martech.twins.salesforce.refusals import Refusal, not_found
from martech.twins.salesforce.resources import Resources
from martech.twins.salesforce.rules import Checks
from martech.twins.salesforce.seeds import Planter
from martech.twins.salesforce.sign_in import SignIn
from martech.twins.salesforce.store import Store
from martech.twins.salesforce.writing import Writer
from martech.twins.serving import Answer, Call, answer_json
from martech.twins.shelf import Shelf
from martech.twins.windows import RollingWindow

DAY = 86_400
LIMIT = 15_000
"""The calls a day of a developer edition."""
UNLIMITED = 100_000_000
DATA = re.compile(r"/services/data(?:/(v\d+\.\d))?(?:/(.*))?")
SOAP = re.compile(r"/services/Soap/u/(\d+\.\d)")
OLDEST, NEWEST = 31, 67


class SalesforceTwin:
    """Rules over a state; one call at a time changes or reads it."""

    name = "salesforce"

    def __init__(self, store: Store, *, limits: bool = True) -> None:
        self.store, self.clock = store, store.clock
        self.faults = Faults(FAULTS)
        self.daily = RollingWindow(LIMIT if limits else UNLIMITED, DAY)
        self.checks = Checks(store)
        self.writer = Writer(store, self.checks)
        self.sign_in = SignIn(store)
        self.queries, self.feeds = Queries(store), Feeds(store)
        self.resources = Resources(store, self.writer)
        self.collections = Collections(store, self.writer, self.resources)
        self.bulk = Bulk(store, self.writer)
        self.calls: Counter[str] = Counter()
        self.lock = threading.RLock()
        self._controls = Controls(self.clock, self.faults, BEHAVIOURS)
        self._controls.actions.update(OrgControls(self).actions())

        known = self.sign_in.credentials
        self.credentials = {
            "domain": self.sign_in.host.removesuffix(".salesforce.com"),
            "consumer_key": known.consumer_key,
            "consumer_secret": known.consumer_secret,
        }
        """What a connection signs in with."""

    def control(self, call: Call) -> Answer:
        with self.lock:
            answer = self._controls.answer(call)
            self.noted()
            return answer

    def keep(self, shelf: Shelf) -> None:
        """Take in what was kept, and keep every change from now on."""
        Keeping(self, shelf)

    def noted(self) -> None:
        """Something about sessions or the clock may have changed; `keeping` hooks in here."""

    def answer(self, call: Call) -> Answer:
        try:
            with self.lock:
                return self._answer(call)
        except Refusal as refusal:
            return self._with_usage(refusal.answer())

    def _answer(self, call: Call) -> Answer:
        if call.path == "/services/oauth2/token":
            self.noted()
            return self.sign_in.token(call)
        if (soap := SOAP.match(call.path)) is not None:
            return self.sign_in.soap(call, soap[1])
        found = DATA.fullmatch(call.path.rstrip("/"))
        if found is None:
            raise not_found()
        if found[1] is None:
            return answer_json(_versions())
        self._check_version(found[1])
        self.sign_in.check(call)
        if not self.daily.take(self.clock.now()):
            raise Refusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status=403)
        parts = found[2].split("/") if found[2] else []
        self.calls[f"{call.method} {'/'.join(parts[:2])}"] += 1
        return self._with_usage(self._data(call, found[1], parts))

    def _check_version(self, version: str) -> None:
        number = int(version[1:].split(".")[0])
        if 21 <= number < OLDEST:
            message = "The requested API version has been retired and is not available"
            raise Refusal("UNSUPPORTED_API_VERSION", message, status=410)
        if not OLDEST <= number <= NEWEST:
            raise not_found()

    def _with_usage(self, answer: Answer) -> Answer:
        used = self.daily.limit - self.daily.remaining(self.clock.now())
        answer.headers["Sforce-Limit-Info"] = f"api-usage={used}/{self.daily.limit}"
        return answer

    def _data(self, call: Call, version: str, parts: list[str]) -> Answer:
        """An address behind the version, by its first word. Raises Refusal."""
        first, rest = (parts[0] if parts else ""), parts[1:]
        handlers: dict[str, Callable[[], Answer]] = {
            "": lambda: answer_json(
                {name: f"/services/data/{version}/{name}" for name in ("sobjects", "query", "limits", "jobs")}
            ),
            "query": lambda: self._query(call, version, "query", rest),
            "queryAll": lambda: self._query(call, version, "queryAll", rest),
            "sobjects": lambda: self._sobjects(call, version, rest),
            "composite": lambda: self._composite(call, version, rest),
            "limits": lambda: self._limits(call, rest),
            "jobs": lambda: self._jobs(call, version, rest),
        }
        if first not in handlers:
            raise not_found()
        return handlers[first]()

    def _query(self, call: Call, version: str, resource: str, rest: list[str]) -> Answer:
        return self.queries.more(rest[0]) if rest else self.queries.answer(call, version, resource)

    def _sobjects(self, call: Call, version: str, rest: list[str]) -> Answer:
        match rest:
            case []:
                return answer_json(every_object(self.store, version))
            case [object]:
                if call.method == "POST":
                    return self.resources.create(call, object)
                return answer_json(
                    {"objectDescribe": summary(self.resources.table(object).type, version), "recentItems": []}
                )
            case [object, "describe"]:
                return answer_json(described(self.resources.table(object).type, version))
            case [object, ("deleted" | "updated") as feed]:
                return self.feeds.answer(call, self.resources.table(object), feed)
            case [object, id]:
                return self.resources.one(call, version, object, id)
            case [object, field, *value]:
                return self.resources.by_key(call, version, object, field, "/".join(value))
        raise not_found()

    def _composite(self, call: Call, version: str, rest: list[str]) -> Answer:
        match call.method, rest:
            case (("POST" | "PATCH"), ["sobjects"]):
                return self.collections.write(call)
            case "DELETE", ["sobjects"]:
                return self.collections.delete(call)
            case (("GET" | "POST"), ["sobjects", object]):
                return self.collections.read(call, version, object)
            case "PATCH", ["sobjects", object, field]:
                return self.collections.upsert(call, object, field)
        raise not_found()

    def _limits(self, call: Call, rest: list[str]) -> Answer:
        if rest == ["recordCount"]:
            names = [name for name in call.first("sObjects").split(",") if name in self.store.tables]
            counts = [{"count": len(self.store.tables[name].rows), "name": name} for name in names]
            return answer_json({"sObjects": counts})
        daily = {"Max": self.daily.limit, "Remaining": self.daily.remaining(self.clock.now())}
        jobs = {"Max": 10_000, "Remaining": 10_000 - len(self.bulk.jobs)}
        return answer_json({"DailyApiRequests": daily, "DailyBulkV2QueryJobs": jobs})

    def _jobs(self, call: Call, version: str, rest: list[str]) -> Answer:
        if not rest or rest[0] not in ("ingest", "query"):
            raise not_found()
        return self.bulk.answer(call, version, rest[0], rest[1:])


def _versions() -> list[dict[str, str]]:
    numbers = range(OLDEST, NEWEST + 1)
    return [
        {"label": f"v{number}", "url": f"/services/data/v{number}.0", "version": f"{number}.0"} for number in numbers
    ]


def new_store(clock: TwinClock | None = None) -> Store:
    """An org with one administrator and nothing else."""
    store = Store(clock or TwinClock())
    store.insert(
        "Organization",
        {"Name": "Practice", "OrganizationType": "Developer Edition", "InstanceName": "SIM1", "IsSandbox": True},
    )
    names = {"FirstName": "Olga", "LastName": "Operations", "Name": "Olga Operations"}
    reach = {"Username": "ops@practice.example", "Email": "ops@practice.example"}
    user = store.insert("User", {**names, **reach, "IsActive": True, "UserType": "Standard"})
    store.user_id = user.id
    return store


def make(
    population: Population, *, clock: TwinClock | None = None, lag_seconds: float = 0, limits: bool = True
) -> SalesforceTwin:
    """The practice org of a population; see `martech.twins.making`."""
    store = new_store(clock)
    Planter(store, population).plant()
    store.lag_seconds = lag_seconds
    return SalesforceTwin(store, limits=limits)
