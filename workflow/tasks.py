"""Celery entry points of workflow."""

from celery import shared_task
from django.utils import timezone

from workflow.services import purge_drafts


@shared_task(name="workflow.tasks.purge_drafts")
def purge() -> None:
    """Delete drafts of requests that nobody changed for long."""
    purge_drafts(timezone.now())
