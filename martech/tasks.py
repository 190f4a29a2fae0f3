"""Celery entry points of martech."""

from celery import shared_task
from django.utils import timezone

from martech.services.learned import score_again
from martech.services.openings import look_where_somebody_opened
from martech.services.quality.running import begin_quality_day
from martech.services.refreshing import refresh_people
from martech.services.stack import remind
from martech.services.sync.due_rounds import begin_due_rounds
from martech.services.sync.journal import begin_journal_readings
from martech.services.sync.practising import connect_practice_servers
from martech.services.sync.rounds import forget_old
from martech.services.tracking import purge_events


@shared_task(name="martech.tasks.refresh_people")
def refresh() -> None:
    """Bring scores and stages up to date with whatever changed."""
    refresh_people()


@shared_task(name="martech.tasks.look_at_held_leads")
def look_at_held_leads() -> None:
    """Let the leads that wait be routed where somebody can take them now."""
    look_where_somebody_opened()


@shared_task(name="martech.tasks.begin_quality_day")
def quality_day() -> None:
    """Ask the monitors once a day, and remind owners of findings."""
    begin_quality_day()


@shared_task(name="martech.tasks.purge_tracking")
def purge_tracking() -> None:
    """Delete tracking events whose time is over, and what synchronisation kept for a while."""
    purge_events(timezone.now())
    forget_old()


@shared_task(name="martech.tasks.begin_sync_rounds")
def begin_sync_rounds() -> None:
    """Put the connections whose time has come to work; the sweep wakes it."""
    connect_practice_servers()
    begin_due_rounds()


@shared_task(name="martech.tasks.read_journals")
def read_journals() -> None:
    """Put the journals of connections that read one to work."""
    begin_journal_readings()


@shared_task(name="martech.tasks.remind_of_tools")
def remind_of_tools() -> None:
    """Tell owners of renewals that come near, and colleagues of questions that wait."""
    remind(timezone.now())


@shared_task(name="martech.tasks.score_by_learned")
def score_learned() -> None:
    """Score everybody again by the learned score, once a day."""
    score_again()
