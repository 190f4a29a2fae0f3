"""Martech & data: the market data — people, accounts, deals, touches — and what routes it."""

from django.apps import AppConfig


class MartechConfig(AppConfig):
    name = "martech"
    verbose_name = "Martech & data"

    def ready(self) -> None:
        from martech import registration

        registration.register()
