"""Workflow: intake, triage and the requests' trail."""

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "workflow"
    verbose_name = "Workflow"

    def ready(self) -> None:
        from workflow import registration

        registration.register()
