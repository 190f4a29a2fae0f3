"""Celery entry points of governance."""

from celery import shared_task

from governance.services.sealing import seal_history


@shared_task(name="governance.tasks.seal_history")
def seal() -> None:
    """Seal the history that became final since the last time."""
    seal_history()
