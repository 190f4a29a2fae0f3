"""The Celery application. State lives in Postgres; Celery only wakes (docs/adr/0001)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mops.settings")

app = Celery("mops")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
