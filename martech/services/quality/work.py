"""Runs of monitors and steps of fixes as durable work."""

from collections.abc import Sequence
from datetime import timedelta

from martech.models import QualityStep, QualityWork
from martech.services.quality.running import run_monitors
from mops.core.work import Kind


def do_steps(rows: Sequence[QualityWork]) -> None:
    for row in rows:
        if row.step == QualityStep.RUN:
            run_monitors()


QUALITY = Kind("quality", QualityWork, do_steps, batch=1, lease=timedelta(minutes=15), max_attempts=3)
