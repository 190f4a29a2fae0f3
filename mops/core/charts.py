"""Charts: one look, drawn by Plotly in the browser, with the same numbers as a real table beneath.

A figure names colours as `var(--…)`; `static/js/charts.js` puts in what the theme says when it draws.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from mops.core.templatetags.mops import compact, money_compact, number, percent

Value = int | float | Decimal | None
CURRENCIES = {"€": "EUR", "$": "USD", "£": "GBP"}
COLOURS = tuple(f"var(--mops-chart-{n})" for n in range(1, 6))
STYLES = ("line", "target", "area")


@dataclass(frozen=True)
class Series:
    """One line or set of bars: a value per category, None where there is none, and the address of the rows behind each.

    `style`: line, area (filled), or target (thin and dashed).
    """

    name: str
    values: Sequence[Value]
    links: Sequence[str] = ()
    style: str = "line"


@dataclass(frozen=True)
class Note:
    """A thin vertical mark at a category, with a word."""

    at: str
    text: str


@dataclass(frozen=True)
class Chart:
    """What `<c-chart>` draws: the figure for Plotly, a sentence for who cannot see it, and the table."""

    key: str
    title: str
    figure: Mapping[str, Any]
    label: str
    heading: Sequence[str]
    rows: Sequence[Sequence[tuple[str, str]]]
    height: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(text != "—" for row in self.rows for text, _ in row[1:])


def line_chart(
    key: str,
    title: str,
    categories: Sequence[Any],
    series: Sequence[Series],
    *,
    unit: str = "",
    notes: Sequence[Note] = (),
    height: str = "",
    most_words: int = 0,
) -> Chart:
    """Lines over `categories` (dates or words). `unit` is a currency sign, % (values are shares of one) or a word.

    Raises ValueError when a series is not as long as the categories. `height` is low, tall or nothing; of categories that
    follow each other, such as months, at most `most_words` are written below the axis, upright.
    """
    names = _checked(categories, series)
    traces = [_line(one, names, COLOURS[i % len(COLOURS)], unit) for i, one in enumerate(series)]
    layout = _layout(series, unit)
    layout["xaxis"] |= _upright(most_words)
    layout["shapes"] = [_mark(note) for note in notes]
    layout["annotations"] = [_word(note) for note in notes]
    return _chart(key, title, names, series, {"data": traces, "layout": layout}, unit, height)


def bar_chart(
    key: str,
    title: str,
    categories: Sequence[Any],
    series: Sequence[Series],
    *,
    unit: str = "",
    is_stacked: bool = False,
    is_horizontal: bool = False,
    height: str = "",
    most_words: int = 0,
) -> Chart:
    """Bars beside or on top of each other; raises ValueError when a series is not as long as the categories."""
    names = _checked(categories, series)
    traces = [_bars(one, names, COLOURS[i % len(COLOURS)], unit, is_horizontal) for i, one in enumerate(series)]
    layout = _layout(series, unit, is_horizontal)
    layout["xaxis"] |= _upright(most_words)
    layout["barmode"] = "stack" if is_stacked else "group"
    return _chart(key, title, names, series, {"data": traces, "layout": layout}, unit, height)


def _upright(most_words: int) -> dict[str, Any]:
    return {"nticks": most_words, "tickangle": 0} if most_words else {}


def _checked(categories: Sequence[Any], series: Sequence[Series]) -> list[str]:
    for one in series:
        if len(one.values) != len(categories) or (one.links and len(one.links) != len(categories)):
            raise ValueError(f"series {one.name!r} has {len(one.values)} values for {len(categories)} categories")
        if one.style not in STYLES:
            raise ValueError(f"style is one of {', '.join(STYLES)}, not {one.style!r}")
    return [category.isoformat() if isinstance(category, date) else str(category) for category in categories]


def _line(series: Series, names: Sequence[str], colour: str, unit: str) -> dict[str, Any]:
    is_target = series.style == "target"
    trace = _trace(series, names, unit) | {
        "type": "scatter",
        "mode": "lines" if len(names) > 1 else "markers",
        "line": {"color": "var(--mops-text-2)" if is_target else colour, "width": 1.2 if is_target else 2},
        "x": list(names),
        "y": _numbers(series),
    }
    if is_target:
        trace["line"]["dash"] = "dot"
    if series.style == "area":
        trace |= {"fill": "tozeroy", "fillcolor": f"{colour}/0.1"}
    return trace


def _bars(series: Series, names: Sequence[str], colour: str, unit: str, is_horizontal: bool) -> dict[str, Any]:
    along, across = ("y", "x") if is_horizontal else ("x", "y")
    return _trace(series, names, unit) | {
        "type": "bar",
        "marker": {"color": colour, "cornerradius": 3},
        "orientation": "h" if is_horizontal else "v",
        "textposition": "none",
        along: list(names),
        across: _numbers(series),
    }


def _trace(series: Series, names: Sequence[str], unit: str) -> dict[str, Any]:
    texts = [shown(value, unit) for value in series.values]
    trace: dict[str, Any] = {"name": series.name, "text": texts, "hovertemplate": "%{text}"}
    if series.style != "line" or series.links:
        trace["customdata"] = list(series.links) or [""] * len(names)
    return trace


def _numbers(series: Series) -> list[float | None]:
    return [None if value is None else float(value) for value in series.values]


def _layout(series: Sequence[Series], unit: str, is_horizontal: bool = False) -> dict[str, Any]:
    words = {
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "automargin": True,
        "ticks": "",
        "ticklabelstandoff": 6,
    }
    values = words | {"showgrid": True, "gridcolor": "var(--mops-line-soft)", "nticks": 6, "rangemode": "tozero"}
    values |= {"tickformat": ",.0%" if unit == "%" else "~s", "tickprefix": unit if unit in CURRENCIES else ""}
    words = {**words, "type": "category"} if is_horizontal else words
    return {
        "xaxis": values if is_horizontal else words,
        "yaxis": {**words, "autorange": "reversed"} if is_horizontal else values,
        "showlegend": len(series) > 1,
        "legend": {"orientation": "h", "x": 0, "y": 1.12, "xanchor": "left", "yanchor": "bottom"},
        "hovermode": "y unified" if is_horizontal else "x unified",
        "hoverlabel": {
            "bgcolor": "var(--mops-surface)",
            "bordercolor": "var(--mops-line)",
            "font": {"color": "var(--mops-text)"},
        },
        "margin": {"l": 8, "r": 16, "t": 28 if len(series) > 1 else 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "Inter Variable, sans-serif", "size": 12, "color": "var(--mops-text-2)"},
        "colorway": list(COLOURS),
        "bargap": 0.35,
    }


def _mark(note: Note) -> dict[str, Any]:
    line = {"color": "var(--mops-line)", "width": 1}
    return {"type": "line", "x0": note.at, "x1": note.at, "yref": "paper", "y0": 0, "y1": 1, "line": line}


def _word(note: Note) -> dict[str, Any]:
    place = {
        "x": note.at,
        "y": 1,
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "top",
        "xshift": 4,
        "showarrow": False,
    }
    return {"text": note.text, "font": {"size": 11}, **place}


def _chart(
    key: str, title: str, names: list[str], series: Sequence[Series], figure: dict[str, Any], unit: str, height: str
) -> Chart:
    rows = [
        [(name, ""), *((shown(one.values[i], unit), one.links[i] if one.links else "") for one in series)]
        for i, name in enumerate(names)
    ]
    return Chart(key, title, figure, _label(title, names, series, unit), ["", *(s.name for s in series)], rows, height)


def _label(title: str, names: Sequence[str], series: Sequence[Series], unit: str) -> str:
    if not names:
        return f"{title}: no data"
    ends = ", ".join(f"{s.name} {shown(s.values[0], unit)} to {shown(s.values[-1], unit)}" for s in series)
    return f"{title}, {names[0]} to {names[-1]}: {ends}. The table below has every number."


def shown(value: Value, unit: str) -> str:
    """A value as the chart's texts say it: €742k, 23%, 1.2k leads."""
    if value is None:
        return "—"
    if unit == "%":
        return percent(value, 1)
    if unit in CURRENCIES:
        return money_compact(value, CURRENCIES[unit])
    text = number(value) if float(value).is_integer() else compact(value)
    return f"{text} {unit}".strip()


def validate(chart: Chart) -> None:
    """Raise ValueError where the figure is not one Plotly knows; slow to import, for tests."""
    from plotly import graph_objects

    graph_objects.Figure(_plain(chart.figure))


def _plain(node: Any) -> Any:
    """The figure with black in the place of every theme colour, as Plotly's checker wants a real one."""
    if isinstance(node, str):
        return "black" if node.startswith("var(") else node
    if isinstance(node, Mapping):
        return {key: _plain(child) for key, child in node.items()}
    return [_plain(child) for child in node] if isinstance(node, list) else node
