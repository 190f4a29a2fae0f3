"""`.env.example` names exactly the variables that are read: the settings, and docker-compose, read nothing else."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READERS = {"env_text", "env_bool", "env_int", "env_list"}
OF_COMPOSE = {"POSTGRES_PASSWORD"}
FOLDERS = ("mops", "governance", "planning", "martech", "workflow", "reporting")


def listed() -> list[str]:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return [line.split("=")[0] for line in lines if line and not line.startswith("#")]


@cache
def read_by(path: Path) -> set[str]:
    """The variables a module asks the typed readers for."""
    text = path.read_text(encoding="utf-8")
    if not any(reader in text for reader in READERS):
        return set()
    calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    return {
        str(call.args[0].value)
        for call in calls
        if getattr(call.func, "id", "") in READERS and call.args and isinstance(call.args[0], ast.Constant)
    }


def test_every_variable_that_is_read_is_listed_and_every_listed_one_is_read() -> None:
    found = {name for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") for name in read_by(path)}
    assert len(found) > 20
    assert set(listed()) - OF_COMPOSE == found


def test_none_is_listed_twice() -> None:
    assert sorted(listed()) == sorted(set(listed()))


def test_settings_are_the_only_reader() -> None:
    readers = {
        str(path.relative_to(ROOT)) for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") if read_by(path)
    }
    assert readers == {"mops/settings.py"}


def test_docker_compose_asks_for_nothing_that_is_not_listed() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    asked = set(re.findall(r"\$\{([A-Z_]+)", text))
    assert asked
    assert asked <= set(listed())


def test_the_operating_guide_names_no_variable_that_does_not_exist() -> None:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    named = {
        name.removesuffix("_FILE")
        for name in re.findall(r"\b(?:MOPS|EMAIL|REDIS|DATABASE|REPORTING)_[A-Z_]*[A-Z]\b", text)
    }
    assert named <= set(listed())
