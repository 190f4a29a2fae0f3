"""Reporting: metrics, roll-ups and the dashboards."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "Reporting"

    def ready(self) -> None:
        from reporting import registration

        registration.register()
