"""Celery entry points of the kernel. A message carries a kind and nothing else; state is in Postgres."""

from celery import shared_task

from mops.core import work


@shared_task(name="mops.core.tasks.run_work")
def run_work(kind: str) -> None:
    """Work through what is due of one kind."""
    work.run_due(kind)


@shared_task(name="mops.core.tasks.sweep")
def sweep() -> None:
    """Wake every kind that has something due; losing every message costs this beat's period, never work."""
    work.sweep()
