"""An installation of one's own has nothing of the demo company, not even its name."""

import os
from argparse import Namespace
from pathlib import Path

import pytest

from mops.supervisor import prepare
from mops.supervisor.supervisor import Supervisor
from tests.factories import make_user


def started(directory: Path) -> None:
    options = Namespace(data=directory, no_demo=True, bind="127.0.0.1", port=8000, workers=1)
    Supervisor(options).name_the_company()


def test_only_the_demo_company_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "environ", {})
    started(tmp_path)
    assert ("MOPS_COMPANY" in os.environ, capsys.readouterr().out) == (False, "")
    (tmp_path / "demo-sign-ins").touch()
    started(tmp_path)
    assert os.environ["MOPS_COMPANY"] == "Brightline"
    assert (
        "holds the demo company already; for an empty installation choose another with --data"
        in capsys.readouterr().out
    )


@pytest.mark.django_db
def test_an_installation_in_which_nobody_can_sign_in_says_how_to_begin(capsys: pytest.CaptureFixture[str]) -> None:
    prepare.say_how_to_begin()
    assert "manage.py create_user you@example.com --role admin" in capsys.readouterr().out
    make_user()
    prepare.say_how_to_begin()
    assert capsys.readouterr().out == ""
