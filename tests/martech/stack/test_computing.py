"""Use, overlaps, suggestions and the map, computed without a database."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from martech.stack.drawing import GAP, HEIGHT, ROOM, draw, widths
from martech.stack.suggesting import suggest
from martech.stack.taxonomy import AREA_OF, CAPABILITIES, capability_of
from martech.stack.usage import Evidence, ToolUse, Use, Verdict, judge, overlap, team_utilisation

TODAY = date(2026, 9, 1)


def tool(pk: int, cost: int | None = 1_000, **verdicts: str) -> ToolUse:
    return ToolUse(
        pk,
        f"Tool {pk}",
        tuple(Verdict(key, Use(use), "") for key, use in verdicts.items()),
        None if cost is None else Decimal(cost),
    )


def test_evidence_decides_before_what_people_say() -> None:
    seen = [Evidence("hubspot", "9 e-mails sent", 9, capabilities=("email",))]
    assert judge("email", seen, {"no": 3}) == Verdict("email", Use.USED, "9 e-mails sent")
    assert judge("forms", seen, {}).use == Use.UNKNOWN


@pytest.mark.parametrize(
    ("answers", "use"),
    [
        ({"yes": 2, "no": 1}, Use.USED),
        ({"sometimes": 1}, Use.USED),
        ({"yes": 1, "no": 1}, Use.UNUSED),
        ({"no": 2}, Use.UNUSED),
        ({"no": 1, "": 3}, Use.UNUSED),
        ({"": 3}, Use.UNKNOWN),
    ],
)
def test_most_of_those_asked_decide_where_nothing_measures(answers: dict[str, int], use: Use) -> None:
    assert judge("email", [], answers).use == use


def test_what_is_watched_and_never_seen_is_unused() -> None:
    watched = [Evidence("mops", "0 leads routed", 0, capabilities=("routing",))]
    assert judge("routing", watched, {}) == Verdict("routing", Use.UNUSED, "0 leads routed")
    assert judge("routing", watched, {"yes": 1}).use == Use.USED


def test_the_team_s_number_counts_what_is_known_of_tools_that_stay() -> None:
    tools = [tool(1, email="used", forms="unused", ads="unknown"), tool(2, web="used"), tool(3)]
    leaving = ToolUse(4, "Old", (Verdict("chat", Use.UNUSED, ""),), is_leaving=True)
    assert team_utilisation([*tools, leaving]) == (2 / 3, 3, 4)
    assert team_utilisation([tool(5, ads="unknown")]) == (None, 0, 1)


def test_cost_is_shared_by_the_capabilities_that_are_used() -> None:
    assert tool(1, 900, email="used", forms="used", ads="unused").cost_per_used == Decimal("450.00")
    assert tool(1, 900, ads="unused").cost_per_used is None
    assert tool(1, None, ads="used").cost_per_used is None


def test_overlaps_name_every_tool_and_stand_first() -> None:
    rows = overlap([tool(1, email="used", ads="used"), tool(2, email="unused")])
    assert [(row.capability, row.cells, row.is_overlap) for row in rows] == [
        ("email", ("used", "unused"), True),
        ("ads", ("used", ""), False),
    ]


def kinds(*tools: ToolUse) -> list[tuple[str, int, Decimal]]:
    return [(one.kind, one.tool, one.stake) for one in suggest(tools, TODAY)]


def test_a_tool_of_which_nothing_is_used_is_cut_once_everything_was_looked_at() -> None:
    assert kinds(tool(1, chat="unused", meetings="unused")) == [("cut", 1, Decimal("1000.00"))]
    assert [kind for kind, _tool, _stake in kinds(tool(1, chat="unused", meetings="unknown"))] == ["ask"]


def test_of_two_tools_that_do_the_same_the_dearer_is_given_up() -> None:
    assert kinds(tool(1, 500, email="used"), tool(2, 900, email="used")) == [("overlap", 2, Decimal("900.00"))]
    assert kinds(tool(1, 500, email="used"), tool(2, 500, email="used")) == [("overlap", 2, Decimal("500.00"))]


def test_nothing_is_given_up_for_what_others_do_while_nobody_knows_all_that_it_does() -> None:
    found = kinds(tool(1, 500, crm="used"), tool(2, 900, crm="used", dashboards="unknown"))
    assert found == [("overlap", 1, Decimal("500.00")), ("ask", 2, Decimal(0))]


def test_what_is_little_used_costs_its_idle_share() -> None:
    assert kinds(tool(1, 900, email="used", forms="unused", ads="unused")) == [("better", 1, Decimal("600.00"))]


def test_empty_seats_are_given_back() -> None:
    paid = ToolUse(1, "Seats", (Verdict("crm", Use.USED, ""),), Decimal(1_000), seats=10, people=4)
    [one] = suggest([paid], TODAY)
    assert (one.kind, one.stake, one.reasons[0]) == (
        "seats",
        Decimal("600.00"),
        "4 people signed in; 10 seats are paid.",
    )


@pytest.mark.parametrize(("days", "kinds_found"), [(0, ["decide"]), (60, ["decide"]), (61, []), (-1, [])])
def test_a_decision_is_due_while_notice_can_be_given_within_sixty_days(days: int, kinds_found: list[str]) -> None:
    near = ToolUse(1, "Near", (Verdict("crm", Use.USED, ""),), to_decide=(7, TODAY + timedelta(days=days)))
    assert [one.kind for one in suggest([near], TODAY)] == kinds_found


USES = st.dictionaries(st.sampled_from(sorted(CAPABILITIES)), st.sampled_from([use.value for use in Use]), max_size=5)


@given(st.lists(st.tuples(st.none() | st.integers(0, 10**6), USES), max_size=6))
def test_suggestions_are_ranked_have_reasons_and_never_cost_more_than_the_tool(
    rows: list[tuple[int | None, Any]],
) -> None:
    tools = [tool(pk, cost, **uses) for pk, (cost, uses) in enumerate(rows)]
    found = suggest(tools, TODAY)
    assert [one.stake for one in found] == sorted((one.stake for one in found), reverse=True)
    assert all(one.reasons and Decimal(0) <= one.stake <= (tools[one.tool].cost or 0) for one in found)
    given_up = {one.tool for one in found if one.kind == "overlap"}
    for one in found:  # whatever is given up is still done by a tool that stays
        if one.kind == "overlap":
            mine = set(tools[one.tool].capabilities(Use.USED))
            rest = {key for other in tools if other.pk not in given_up for key in other.capabilities(Use.USED)}
            assert mine <= rest


def test_every_capability_has_an_area_and_is_found_by_its_name() -> None:
    assert set(AREA_OF) == set(CAPABILITIES)
    assert all(capability_of(label.upper()) == key == capability_of(key) for key, label in CAPABILITIES.items())
    assert capability_of("mind reading") == ""


@given(
    st.lists(st.sampled_from(["people", "reach", "run", "nowhere"]), max_size=12),
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=20),
)
def test_no_two_boxes_of_the_map_touch_and_lines_join_what_is_there(
    areas: list[str], pairs: list[tuple[int, int]]
) -> None:
    drawing = draw([(pk, f"T{pk}", area) for pk, area in enumerate(areas)], [(a, b, "", False) for a, b in pairs], {})
    boxes = [(node.x, node.y, node.width) for node in drawing.nodes]
    joined = {end for pair in pairs if max(pair) < len(areas) for end in pair}
    assert sorted(node.pk for node in drawing.nodes) == sorted(joined)
    assert sorted(node.pk for node in drawing.alone) == sorted(set(range(len(areas))) - joined)
    assert all(
        abs(one[0] - two[0]) >= min(one, two)[2] or abs(one[1] - two[1]) >= HEIGHT
        for number, one in enumerate(boxes)
        for two in boxes[:number]
    )
    listed = {node.pk: lines for area in drawing.areas for node, lines in area.tools}
    assert sorted(listed) == list(range(len(areas)))
    assert sum(map(len, listed.values())) == sum(len({*edge.ends}) for edge in drawing.edges)
    assert len(drawing.edges) == sum(a < len(areas) and b < len(areas) for a, b in pairs)
    assert all(
        0 <= node.x <= drawing.width - node.width and node.y + HEIGHT <= drawing.height for node in drawing.nodes
    )


@given(
    areas=st.lists(st.sampled_from(["people", "reach", "sell", "measure", "run"]), min_size=3, max_size=12),
    data=st.data(),
)
def test_no_line_of_the_map_runs_behind_a_box(areas: list[str], data: st.DataObject) -> None:
    ends = st.integers(0, len(areas) - 1)
    pairs = data.draw(st.lists(st.tuples(ends, ends), min_size=1, max_size=12))
    drawing = draw([(pk, f"T{pk}", area) for pk, area in enumerate(areas)], [(a, b, "", False) for a, b in pairs], {})
    boxes = {node.pk: node for node in drawing.nodes}
    for line in drawing.edges:
        points = {tuple(map(int, point.split(","))) for point in re.findall(r"\d+,\d+", line.path)}
        left, right = sorted((boxes[end] for end in line.ends), key=lambda node: node.x)
        for box in boxes.values():
            if left.x < box.x < right.x:
                (level,) = {y for x, y in points if x == box.x} & {y for x, y in points if x == box.end}
                assert not box.y <= level <= box.y + HEIGHT


def test_tools_that_are_joined_stand_side_by_side_so_that_lines_do_not_cross() -> None:
    left = [(pk, f"A{pk}", "people") for pk in range(4)]
    right = [(10 + pk, f"B{pk}", "reach") for pk in range(4)]
    drawing = draw([*left, *right], [(pk, 13 - pk, "", False) for pk in range(4)], {})
    rows = {node.pk: node.y for node in drawing.nodes}
    assert [rows[pk] for pk in range(4)] == [rows[13 - pk] for pk in range(4)]


def test_a_column_is_as_wide_as_its_longest_name_while_there_is_room() -> None:
    assert widths([["mops"], ["LinkedIn Campaign Manager", "Drift"]]) == [146, 214]
    crowded = widths([["A very long name of a tool that somebody once bought"]] * 4 + [["mops"]])
    assert (crowded, sum(crowded) + 4 * GAP < ROOM) == ([166, 166, 166, 166, 146], True)
    assert widths([["x" * 120]] * 9) == [146] * 9
    assert widths([]) == []


def test_around_a_tool_are_those_it_is_joined_to_and_its_own_integrations() -> None:
    tools = [(1, "HubSpot", "people"), (2, "Slack", "run"), (3, "Figma", "reach"), (4, "Zoom", "reach")]
    drawing = draw(tools, [(1, 2, "Alerts", False), (2, 3, "Files", True)], {"people": "People"})
    near = drawing.around(1)
    assert [node.label for node in near.tools] == ["HubSpot", "Slack"]
    assert [edge.text for edge in near.edges] == ["HubSpot to Slack: Alerts"]
    assert [node.label for node in drawing.alone] == ["Zoom"]
    assert {node.label: node.number for node in drawing.nodes} == {"HubSpot": 1, "Slack": 2, "Figma": 1}


@pytest.mark.parametrize("capability", ["ads", "sync"])
def test_what_two_tools_do_each_for_itself_is_no_reason_to_give_one_up(capability: str) -> None:
    alike = [tool(1, 900, chat="used"), tool(2, 300, chat="used")]
    assert [one.tool for one in suggest(alike, TODAY) if one.kind == "overlap"] == [1]
    own = [tool(pk, cost, chat="used", **{capability: "used"}) for pk, cost in ((1, 900), (2, 300))]
    assert [one for one in suggest(own, TODAY) if one.kind == "overlap"] == []
