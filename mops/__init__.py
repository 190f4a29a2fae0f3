"""The roof of mops: settings, URLs, Celery and the management commands wire the five apps together."""

from mops.celery import app as celery_app

__all__ = ["celery_app"]
