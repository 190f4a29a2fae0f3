"""The Celery application. State lives in Postgres; Celery only wakes (docs/adr/0001)."""

import os

from celery import Celery
from celery.signals import worker_init

from mops.core.collecting import leave_out_what_is_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mops.settings")

app = Celery("mops")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def before_the_processes_fork(**_event: object) -> None:
    leave_out_what_is_loaded()
