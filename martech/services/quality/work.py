"""Runs of monitors and steps of fixes as durable work."""

from collections.abc import Sequence

from martech.models import QualityFix, QualityStep, QualityWork
from martech.services.quality.fixes import count_fix, follow_fix, take_back, write_fix
from martech.services.quality.running import run_monitors
from mops.core.work import Kind

OF_FIX = {QualityStep.COUNT: count_fix, QualityStep.APPLY: write_fix, QualityStep.UNDO: take_back}


def do_steps(rows: Sequence[QualityWork]) -> None:
    for row in rows:
        if row.fix_id is None:
            run_monitors()
            continue
        fix = QualityFix.objects.select_related("actor").get(pk=row.fix_id)
        if row.step == QualityStep.FOLLOW:
            follow_fix(fix, row.position)
        else:
            OF_FIX[QualityStep(row.step)](fix)


QUALITY = Kind("quality", QualityWork, do_steps, batch=1, is_long=True, max_attempts=3)
