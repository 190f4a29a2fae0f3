"""The house as docs/adr and the plan describe it, held by the code itself."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ["governance", "planning", "martech", "workflow", "reporting", "mops"]
NAMELESS = {"utils.py", "helpers.py", "misc.py", "common.py", "manager.py", "base2.py"}


def tracked_files(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    return [ROOT / name for name in listed if name and (ROOT / name).exists()]


PYTHON = [path for path in tracked_files("*.py") if "/migrations/" not in str(path)]
PRODUCT = [path for path in PYTHON if path.relative_to(ROOT).parts[0] in APPS]


def test_no_file_of_the_product_is_longer_than_400_lines() -> None:
    long = {str(p.relative_to(ROOT)): n for p in PRODUCT if (n := p.read_text().count("\n") + 1) > 400}
    assert long == {}


def test_no_function_of_the_product_is_longer_than_50_lines() -> None:
    long = {}
    for path in PRODUCT:
        text = path.read_text()
        for node in ast.walk(ast.parse(text)) if text.count("\n") > 50 else ():
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > 50:
                long[f"{path.relative_to(ROOT)}:{node.name}"] = (node.end_lineno or 0) - node.lineno + 1
    assert long == {}


def test_file_names_say_what_is_inside() -> None:
    assert [str(path) for path in PRODUCT if path.name in NAMELESS] == []


def test_nothing_is_left_to_do_in_the_code() -> None:
    pattern = re.compile(r"\b(TODO|FIXME|HACK)\b|raise NotImplementedError|pytest\.mark\.(skip|xfail)\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in PYTHON
        if path != Path(__file__)
        for number, line in enumerate(path.read_text().split("\n"), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_colours_live_in_tokens_only() -> None:
    hexadecimal = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\b(?!;?[\"']?\s*(?:id|href))")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in tracked_files("static/css/*.css")
        if path.name != "tokens.css"
        for number, line in enumerate(path.read_text().split("\n"), 1)
        if hexadecimal.search(line) and "url(" not in line
    ]
    assert found == []


def test_templates_hold_no_style_attributes_and_no_inline_handlers() -> None:
    pattern = re.compile(r"\sstyle=|\son(click|change|submit|load|input)=|hx-on")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in tracked_files("templates/*.html")
        for number, line in enumerate(path.read_text().split("\n"), 1)
        if pattern.search(line) and "/email/" not in str(path)
    ]
    assert found == []


def test_the_settings_file_and_the_environment_module_alone_read_the_environment() -> None:
    allowed = {"mops/environment.py", "mops/settings.py", "mops/celery.py", "mops/wsgi.py", "manage.py"}
    prefixes = ("mops/core/embedded/", "mops/supervisor", "mops/management/", "mops/bench/")
    found = [
        str(path.relative_to(ROOT))
        for path in PRODUCT
        if "os.environ" in path.read_text()
        and str(path.relative_to(ROOT)) not in allowed
        and not str(path.relative_to(ROOT)).startswith(prefixes)
    ]
    assert found == []


@pytest.mark.parametrize("app", ["governance", "planning", "martech", "workflow", "reporting"])
def test_foreign_keys_point_down_the_ladder_only(app: str) -> None:
    from django.apps import apps

    ladder = ["governance", "planning", "martech", "workflow", "reporting"]
    above = set(ladder[ladder.index(app) + 1 :])
    found = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and getattr(field.related_model, "_meta", None)
        if field.related_model._meta.app_label in above
    ]
    assert found == []
