"""`.env.example` names exactly the variables that are read: the settings, and docker-compose, read nothing else."""

import ast
import os
import re
import runpy
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[2]
READERS = {f"env_{kind}" for kind in ["text", "bool", "int", "list", "url", "choice", "currency", "zone", "keys"]}
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


WRONG = {
    "MOPS_BASE_URL": ("mops.example.com", "MOPS_BASE_URL must begin with http: or https:"),
    "DATABASE_URL": ("mysql://me:secret@db/mops", "DATABASE_URL must begin with postgres: or postgresql:"),
    "REDIS_URL": ("http://redis", "REDIS_URL must begin with redis: or rediss: or unix:"),
    "MOPS_BASE_CURRENCY": ("Euro", "MOPS_BASE_CURRENCY='EURO' is no code of a currency; use three letters, like EUR"),
    "MOPS_FISCAL_YEAR_START": ("13", "MOPS_FISCAL_YEAR_START='13' is not a whole number from 1 to 12"),
    "MOPS_TIME_ZONE": ("Berlin", "MOPS_TIME_ZONE='Berlin' is no time zone; use a name like Europe/Berlin or UTC"),
    "MOPS_BEHIND_PROXY": ("maybe", "MOPS_BEHIND_PROXY='maybe' is not a yes or no; use 1 or 0"),
    "LOG_LEVEL": ("loud", "LOG_LEVEL='LOUD' is not known; use CRITICAL, DEBUG, ERROR, INFO, WARNING"),
    "MOPS_ENCRYPTION_KEYS": (
        "1:c2hvcnQ=",
        (
            "MOPS_ENCRYPTION_KEYS: key number 1 is no key; write id:base64 of 32 bytes, such as 1: and what"
            " `openssl rand -base64 32` prints"
        ),
    ),
}


def settings_read(**variables: str) -> dict[str, Any]:
    """The settings module, executed with this environment alone."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with patch.dict(os.environ, {**kept, "MOPS_DEBUG": "1", **variables}, clear=True):
        return runpy.run_path(str(ROOT / "mops" / "settings.py"))


@pytest.mark.parametrize("name", sorted(WRONG))
def test_a_wrong_value_stops_the_start_and_says_what_to_write(name: str) -> None:
    value, message = WRONG[name]
    with pytest.raises(ImproperlyConfigured) as refused:
        settings_read(**{name: value})
    assert str(refused.value) == message


def test_the_example_copied_as_it_is_sets_nothing_that_is_empty() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    empty = {
        name: "" for line in lines if line and not line.startswith("#") and line.endswith("=") for name in [line[:-1]]
    }
    assert len(empty) > 15
    read, plain = settings_read(**empty), settings_read()
    assert {name: read[name] for name in plain if name.isupper()} == {
        name: plain[name] for name in plain if name.isupper()
    }
    assert read["EMAIL_BACKEND"] == "django.core.mail.backends.console.EmailBackend"


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp+tls://me:secret@mail.example.com:587", 587, True, False),
        ("smtp+ssl://me:secret@mail.example.com:465", 465, False, True),
        ("smtp://me:secret@mail.example.com:25", 25, False, False),
    ],
)
def test_mail_is_encrypted_as_its_address_says(url: str, port: int, tls: bool, ssl: bool) -> None:
    read = settings_read(EMAIL_URL=url)
    assert read["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert (read["EMAIL_HOST"], read["EMAIL_PORT"]) == ("mail.example.com", port)
    assert (read["EMAIL_HOST_USER"], read["EMAIL_HOST_PASSWORD"]) == ("me", "secret")
    assert (read["EMAIL_USE_TLS"], read["EMAIL_USE_SSL"]) == (tls, ssl)
