"""Templates: what would fail in silence is refused here."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.template import engines
from django_cotton.compiler_regex import CottonCompiler

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))


def render(source: str, **context: Any) -> str:
    html: str = engines["django"].from_string(CottonCompiler().process(source)).render(context)
    return " ".join(html.split())


def test_every_template_compiles_with_icons_that_exist() -> None:
    names = [str(path.relative_to(TEMPLATES)) for path in PAGES]
    assert len(names) > 40
    for name in names:
        engines["django"].get_template(name)
    icons = {icon for path in PAGES for icon in re.findall(r'{% icon "([\w-]+)"', path.read_text())}
    for icon in sorted(icons):
        assert "<svg" in render(f'{{% icon "{icon}" %}}')


def test_no_variable_attribute_of_a_component_uses_a_filter() -> None:
    found = [
        f"{path.relative_to(TEMPLATES)}: {attribute}"
        for path in PAGES
        for attribute in re.findall(r' :[a-z_]+="[^"{]*\|[^"]*"', path.read_text())
    ]
    assert found == []


def test_every_component_of_a_page_exists() -> None:
    used = {name for path in PAGES for name in re.findall(r"<c-([a-z-]+)", path.read_text())}
    known = {path.stem.replace("_", "-") for path in (TEMPLATES / "components").glob("*.html")}
    assert used - known - {"slot", "vars"} == set()


@pytest.mark.parametrize(
    ("direction", "good", "expected"),
    [
        (
            "up",
            "yes",
            '<span class="up"><span aria-hidden="true">▲</span><span class="visually-hidden">up</span> 12%</span>',
        ),
        (
            "down",
            "no",
            '<span class="down"><span aria-hidden="true">▼</span><span class="visually-hidden">down</span> 12%</span>',
        ),
        ("", "", '<span class="">12%</span>'),
    ],
)
def test_a_delta_has_an_arrow_and_a_word(direction: str, good: str, expected: str) -> None:
    html = render(f'<c-kpi label="Leads" value="7" delta="12%" direction="{direction}" good="{good}" href="/rows/" />')
    assert expected in html
    assert html.startswith('<a href="/rows/" class="kpi">')


def test_a_chart_carries_its_figure_its_label_and_its_table() -> None:
    from mops.core.charts import Series, bar_chart

    chart = bar_chart("spend", "Spend </script>", ["Jan"], [Series("Search", [5], ["/rows/?a=1&b=2"])], unit="€")
    html = render('<c-chart :chart="chart" />', chart=chart)
    assert 'role="img"' in html
    assert '<td class="num" data-label="Spend &lt;/script&gt;"><a href="/rows/?a=1&amp;b=2">€5</a></td>' in html
    assert html.count("</script>") == 2


def test_what_people_typed_is_escaped() -> None:
    html = render(
        '<c-todo :title="text" :text="text" href="/x/" /><c-page-head :title="text" :pill="text" />', text="<b>"
    )
    assert "<b>" not in html
    assert html.count("&lt;b&gt;") == 5
