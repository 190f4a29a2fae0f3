"""Celery entry points of martech."""

from celery import shared_task

from martech.services.refreshing import refresh_people


@shared_task(name="martech.tasks.refresh_people")
def refresh() -> None:
    """Bring scores and stages up to date with whatever changed."""
    refresh_people()
