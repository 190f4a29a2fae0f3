"""The roof: its management commands are found because it is an installed app."""

from django.apps import AppConfig


class MopsConfig(AppConfig):
    name = "mops"

    def ready(self) -> None:
        # Not in mops/__init__: the supervisor and the keeper of the servers must stay small.
        from mops import celery  # noqa: F401
        from mops.registration import register

        register()
