"""Charts say the same in the figure, in the sentence and in the table."""

import json
from datetime import date
from decimal import Decimal

import pytest

from mops.core.charts import Chart, Note, Series, bar_chart, line_chart, shown, validate

MONTHS = [date(2026, 1, 1), date(2026, 2, 1)]


def pipeline(**options: object) -> Chart:
    actual = Series("Pipeline", [Decimal(700_000), None], ["/records/?m=1", "/records/?m=2"], "area")
    return line_chart(
        "pipeline", "Pipeline", MONTHS, [actual, Series("Target", [650_000, 1_300_000], style="target")], unit="€"
    )


def test_the_figure_is_one_that_plotly_knows() -> None:
    validate(pipeline())
    validate(line_chart("l", "L", ["a", "b"], [Series("S", [1, 2])], notes=[Note("a", "Launch")]))
    validate(bar_chart("b", "B", ["a"], [Series("S", [0.25])], unit="%", is_stacked=True))
    validate(bar_chart("h", "H", ["a"], [Series("S", [3])], is_horizontal=True))


def test_the_figure_travels_as_json() -> None:
    figure = json.loads(json.dumps(pipeline().figure))
    assert figure["data"][0]["y"] == [700_000.0, None]
    assert figure["data"][0]["x"] == ["2026-01-01", "2026-02-01"]


def test_every_colour_is_one_of_the_theme() -> None:
    assert "#" not in json.dumps(pipeline().figure)


def test_the_table_has_every_number_with_its_link() -> None:
    chart = pipeline()
    assert list(chart.heading) == ["", "Pipeline", "Target"]
    assert chart.rows[0] == [("2026-01-01", ""), ("€700k", "/records/?m=1"), ("€650k", "")]
    assert chart.rows[1][1] == ("—", "/records/?m=2")


def test_a_click_leads_to_the_rows_behind_the_point() -> None:
    assert pipeline().figure["data"][0]["customdata"] == ["/records/?m=1", "/records/?m=2"]


def test_the_label_tells_the_course() -> None:
    assert pipeline().label.startswith(
        "Pipeline, 2026-01-01 to 2026-02-01: Pipeline €700k to —, Target €650k to €1.3m."
    )


def test_no_number_at_all_is_an_empty_chart() -> None:
    assert line_chart("x", "X", ["a"], [Series("S", [None])]).is_empty
    assert line_chart("x", "X", [], [Series("S", [])]).is_empty
    assert not pipeline().is_empty


def test_a_series_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="'S' has 1 values for 2 categories"):
        line_chart("x", "X", ["a", "b"], [Series("S", [1])])


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(ValueError, match="style is one of line, target, area, not 'dots'"):
        line_chart("x", "X", ["a"], [Series("S", [1], style="dots")])


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (742_123, "€", "€742k"),
        (0.225, "%", "22.5%"),
        (18_240, "leads", "18,240 leads"),
        (-1_300_000, "$", "−$1.3m"),
        (None, "", "—"),
    ],
)
def test_values_read_well(value: float | None, unit: str, text: str) -> None:
    assert shown(value, unit) == text
