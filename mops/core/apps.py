"""The kernel: no business nouns, no tables of its own beyond abstract ones."""

from importlib import import_module

from django.apps import AppConfig

from mops.core.collecting import look_less


class CoreConfig(AppConfig):
    name = "mops.core"
    label = "core"

    def ready(self) -> None:
        import_module("mops.core.lookups")
        look_less()
