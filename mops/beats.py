"""What the beat wakes, and how often. Each entry only looks whether something is due."""

from celery.schedules import schedule

CELERY_BEAT_SCHEDULE = {
    "sweep due work": {"task": "mops.core.tasks.sweep", "schedule": schedule(5)},
    "refresh scores and stages": {"task": "martech.tasks.refresh_people", "schedule": schedule(5)},
    "look at held leads": {"task": "martech.tasks.look_at_held_leads", "schedule": schedule(10)},
    "score by the learned model": {"task": "martech.tasks.score_by_learned", "schedule": schedule(3_600)},
    "ask quality monitors": {"task": "martech.tasks.begin_quality_day", "schedule": schedule(3_600)},
    "remind of tools": {"task": "martech.tasks.remind_of_tools", "schedule": schedule(3_600)},
    "purge tracking events": {"task": "martech.tasks.purge_tracking", "schedule": schedule(3_600)},
    "purge drafts of requests": {"task": "workflow.tasks.purge_drafts", "schedule": schedule(3_600)},
    "begin sync rounds": {"task": "martech.tasks.begin_sync_rounds", "schedule": schedule(5)},
    "read journals": {"task": "martech.tasks.read_journals", "schedule": schedule(45)},
    "refresh roll-ups": {"task": "reporting.tasks.refresh", "schedule": schedule(5)},
    "seal history": {"task": "governance.tasks.seal_history", "schedule": schedule(300)},
}
