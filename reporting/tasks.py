"""Celery entry points of reporting."""

from celery import shared_task

from reporting.services import refresh_rollups


@shared_task(name="reporting.tasks.refresh")
def refresh() -> None:
    """Bring the roll-ups up to date with whatever changed."""
    refresh_rollups()
