"""The shared budget on a real store: no number of workers takes more than the vendor allows."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from martech.connectors.errors import BudgetExhausted
from martech.connectors.port import BudgetPolicy
from martech.services.sync.budget import SharedBudget

NOON = datetime(2026, 9, 10, 12, tzinfo=UTC).timestamp()
ROLLING = BudgetPolicy("calls", 50, 10)
DAILY = BudgetPolicy("daily", 200, 86_400, resets="Europe/Berlin")


class Clock:
    """Shared by everybody; moves only when somebody waits, to where the wait that began at his last look is over."""

    def __init__(self) -> None:
        self.now, self.lock, self.looked = NOON, threading.Lock(), threading.local()

    def __call__(self) -> float:
        with self.lock:
            self.looked.at = self.now
            return self.now

    def pause(self, seconds: float) -> None:
        with self.lock:
            self.now = max(self.now, getattr(self.looked, "at", NOON) + seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def account() -> str:
    return f"test:{uuid.uuid4()}"


def budget(account: str, clock: Clock, *policies: BudgetPolicy, interactive: bool = False) -> SharedBudget:
    known = {policy.name: policy for policy in policies}
    return SharedBudget(account, known, is_interactive=interactive, clock=clock, pause=clock.pause)


def test_eight_workers_never_exceed_a_rolling_window(account: str, clock: Clock) -> None:
    """Six windows of fifty calls have to be over before the last twenty of 320 may go."""

    def work(_number: int) -> int:
        own = budget(account, clock, ROLLING, interactive=True)
        while own.calls < 40:
            with suppress(BudgetExhausted):  # others were quicker for half a minute: it comes again
                own.spend("calls")
        return own.calls

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 320
    assert clock.now - NOON >= 60
    used = budget(account, clock, ROLLING).used()["calls"]
    assert used["used"] <= 50


def test_a_window_that_is_full_refuses_every_worker_until_it_has_rolled_on(account: str, clock: Clock) -> None:
    hour = BudgetPolicy("hour", 50, 7_200)
    refused = 0
    lock = threading.Lock()

    def work(_number: int) -> int:
        nonlocal refused
        own = budget(account, clock, hour, interactive=True)
        for _call in range(20):
            try:
                own.spend("hour")
            except BudgetExhausted:
                with lock:
                    refused += 1
        return own.calls

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 50
    assert refused == 110
    clock()
    clock.pause(7_201)
    assert work(0) == 20


def test_eight_workers_never_exceed_a_quota_of_the_day(account: str, clock: Clock) -> None:
    def work(_number: int) -> int:
        own = budget(account, clock, DAILY, interactive=True)
        for _call in range(60):
            try:
                own.spend("daily")
            except BudgetExhausted:
                continue
        return own.calls

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 200
    with pytest.raises(BudgetExhausted) as refused:
        budget(account, clock, DAILY, interactive=True).spend("daily")
    assert refused.value.until == datetime(2026, 9, 10, 22, tzinfo=UTC)
    clock()
    clock.pause(10 * 3_600)
    budget(account, clock, DAILY, interactive=True).spend("daily")


def test_the_background_leaves_a_reserve_to_people_who_wait(account: str, clock: Clock) -> None:
    background, person = budget(account, clock, DAILY), budget(account, clock, DAILY, interactive=True)
    for _call in range(180):
        background.spend("daily")
    with pytest.raises(BudgetExhausted):
        background.spend("daily")
    for _call in range(20):
        person.spend("daily")
    with pytest.raises(BudgetExhausted):
        person.spend("daily")


def test_a_refusal_of_the_vendor_bars_everybody_until_it_is_over(account: str, clock: Clock) -> None:
    budget(account, clock, ROLLING).penalise("calls", seconds=20)
    other = budget(account, clock, ROLLING)
    other.spend("calls")
    assert clock.now - NOON == pytest.approx(20, abs=0.01)
    assert other.waited == pytest.approx(20, abs=0.01)


def test_a_vendor_that_says_the_day_is_used_up_bars_everybody_until_its_end(account: str, clock: Clock) -> None:
    budget(account, clock, DAILY).penalise("daily", seconds=3_600)
    with pytest.raises(BudgetExhausted) as refused:
        budget(account, clock, DAILY, interactive=True).spend("daily")
    assert refused.value.until.timestamp() == pytest.approx(NOON + 3_600, abs=0.01)
    clock()
    clock.pause(3_601)
    budget(account, clock, DAILY).spend("daily")


def test_what_was_forgotten_of_a_refusal_is_remembered_until_it_is_over(account: str, clock: Clock) -> None:
    own = budget(account, clock, DAILY, ROLLING)
    own.penalise("daily", seconds=3_600)
    forgotten = own.forget_refusals()
    assert forgotten == {"daily": pytest.approx(NOON + 3_600)}
    own.spend("daily")
    own.remember_refusals(forgotten)
    with pytest.raises(BudgetExhausted):
        own.spend("daily")
    clock()
    clock.pause(3_601)
    own.remember_refusals(forgotten)
    own.spend("daily")
    assert budget(account, clock, ROLLING).forget_refusals() == {}


def test_what_the_vendor_counts_of_other_tools_counts_here(account: str, clock: Clock) -> None:
    own = budget(account, clock, DAILY, interactive=True)
    own.spend("daily")
    own.observe("daily", used=199, limit=200)
    own.spend("daily")
    with pytest.raises(BudgetExhausted):
        own.spend("daily")


def test_accounts_have_budgets_of_their_own(account: str, clock: Clock) -> None:
    one, other = (budget(f"{account}:{name}", clock, DAILY, interactive=True) for name in ("one", "other"))
    for _call in range(200):
        one.spend("daily")
    other.spend("daily")
    assert other.used()["daily"]["used"] == 1
