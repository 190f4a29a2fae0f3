"""The beat is small, and whatever it wakes is there."""

import os
import subprocess
import sys

from django.conf import settings

from mops.celery import app
from mops.core.embedded import PROJECT


def test_everything_the_beat_wakes_is_a_task() -> None:
    app.loader.import_default_modules()
    woken = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert woken
    assert sorted(woken - set(app.tasks)) == []


def test_the_beat_knows_the_schedule_without_loading_any_application() -> None:
    script = "import sys; from mops.supervisor.beat import app; print(len(app.conf.beat_schedule), 'martech.models' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, env=environment, check=False
    )
    assert done.stdout.split() == [str(len(settings.CELERY_BEAT_SCHEDULE)), "False"], done.stderr
