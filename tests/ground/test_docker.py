"""The production files, checked as far as that goes without a Docker engine."""

import os
import re
import shlex
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from celery.bin.celery import celery
from click.testing import CliRunner

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()
OURS = ("migrate", "web", "worker", "beat")
SERVICE_KEYS = {
    *(
        "build",
        "image",
        "env_file",
        "environment",
        "volumes",
        "restart",
        "command",
        "depends_on",
        "healthcheck",
        "ports",
    ),
}


def example_names() -> set[str]:
    return set(re.findall(r"^([A-Z_]+)=", EXAMPLE, re.M))


def test_every_part_of_production_is_there_and_ours_share_one_image() -> None:
    assert set(SERVICES) == {*OURS, "postgres", "redis"}
    assert {SERVICES[name]["image"] for name in OURS} == {"mops"}
    for name, service in SERVICES.items():
        assert set(service) <= SERVICE_KEYS, name


def test_every_server_has_a_health_check_and_ours_wait_for_it() -> None:
    for name in ("web", "worker", "postgres", "redis"):
        assert SERVICES[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL"), name
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert SERVICES[name]["depends_on"]["redis"] == {"condition": "service_healthy"}
    assert SERVICES["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}


def test_data_lie_in_named_volumes() -> None:
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service["volumes"]}
    assert used == set(COMPOSE["volumes"])


def test_no_password_stands_in_the_files() -> None:
    password = SERVICES["postgres"]["environment"]["POSTGRES_PASSWORD"]
    assert password == "${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD in .env}"
    for name in ("MOPS_SECRET_KEY", "MOPS_ENCRYPTION_KEYS", "POSTGRES_PASSWORD", "MOPS_OIDC_CLIENT_SECRET"):
        assert f"\n{name}=\n" in EXAMPLE


def test_the_example_names_exactly_what_the_settings_read() -> None:
    read = set(re.findall(r'env_\w+\(\s*"([A-Z_]+)"', (ROOT / "mops" / "settings.py").read_text()))
    read |= set(
        re.findall(r'"(LOG_LEVEL)"', (ROOT / "mops" / "settings.py").read_text() + (ROOT / "mops/logs.py").read_text())
    )
    assert example_names() == read | {"POSTGRES_PASSWORD"}


def test_what_the_image_copies_exists_and_it_runs_as_nobody_special() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.M)
    for name in (name for line in copied for name in line.split()):
        assert (ROOT / name).exists(), name
    assert re.search(r"^USER 10001$", DOCKERFILE, re.M)
    for app in ("mops", "governance", "planning", "martech", "workflow", "reporting", "templates", "static"):
        assert f"COPY {app} ./{app}" in DOCKERFILE


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_the_commands_of_celery_are_understood(name: str) -> None:
    command = SERVICES[name]["command"]
    assert command[:3] == ["celery", "-A", "mops"]
    told = CliRunner().invoke(celery, [*command[1:4], "--help"], catch_exceptions=False).output
    for option in (word for word in command if word.startswith("--")):
        assert option in told


def test_web_is_healthy_with_the_settings_of_production(tmp_path: Path) -> None:
    """The command of the image, the example's settings, and the health check as written."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = eval(re.findall(r"^CMD (\[.+\])$", DOCKERFILE, re.M)[-1])
    command = [word.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for word in command]
    given = dict(re.findall(r"^([A-Z_]+)=(.+)$", EXAMPLE, re.M))
    keys = {
        name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL", "MOPS_ENCRYPTION_KEYS") if name in os.environ
    }
    environment = {
        **os.environ,
        **given,
        **keys,
        "MOPS_DATA": str(tmp_path),
        "MOPS_SECRET_KEY": "0123456789-abcdefghij" * 3,
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    check = SERVICES["web"]["healthcheck"]["test"][1:]
    check = [sys.executable if word == "python" else word.replace(":8000", f":{port}") for word in check]
    web = subprocess.Popen(
        [sys.executable, "-m", *command], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + 40
        while not is_listening(port) and web.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        while (found := subprocess.run(check, capture_output=True, text=True, check=False)).returncode:
            assert web.poll() is None, web.stderr.read() if web.stderr else ""
            assert time.monotonic() < deadline, f"{shlex.join(check)}: {found.stderr}"
            time.sleep(0.3)
    finally:
        web.terminate()
        web.wait(timeout=20)
