"""Planning: campaigns, their calendar, the budget ledger."""

from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "planning"
    verbose_name = "Planning"

    def ready(self) -> None:
        from planning import registration

        registration.register()
