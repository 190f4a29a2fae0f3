"""Lanes: pools of different lanes never need the same lock."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from martech.routing.document import Caps, Member, Policy, Pool
from martech.routing.lanes import lanes_of


@st.composite
def policies(draw: Any) -> Policy:
    keys = [f"pool {number}" for number in range(draw(st.integers(1, 9)))]
    absent = st.sampled_from(["hold", "otherwise", *(f"overflow:{key}" for key in keys)])
    users = st.lists(st.sampled_from([f"{name}@example.com" for name in "abcdefgh"]), unique=True, max_size=4)
    caps = st.sampled_from([Caps(), Caps(open=3)])
    pools = {
        key: Pool(key, members=tuple(Member(user, caps=draw(caps)) for user in draw(users)), when_absent=draw(absent))
        for key in keys
    }
    return Policy("Any", pools=pools, otherwise=draw(st.sampled_from(keys)))


@given(policies(), st.integers(1, 5))
def test_pools_of_different_lanes_share_no_lock(policy: Policy, number: int) -> None:
    lane_of = lanes_of(policy, number)
    assert set(lane_of) == set(policy.pools)
    assert set(lane_of.values()) <= set(range(number))
    for key, lane in lane_of.items():
        assert {lane_of[other] for other in policy.pools_to_lock(policy.pools_after(key))} == {lane}


def test_independent_pools_are_spread() -> None:
    pools = {key: Pool(key) for key in "abcdef"}
    lanes = lanes_of(Policy("Any", pools=pools, otherwise="a"), 3)
    assert sorted(lanes.values()) == [0, 0, 1, 1, 2, 2]
