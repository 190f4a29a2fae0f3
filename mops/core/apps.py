"""The kernel: no business nouns, no tables of its own beyond abstract ones and the one that holds what a transaction still owes."""

from importlib import import_module

from django.apps import AppConfig

from mops.core.collecting import look_less
from mops.core.form_words import speak_plainly

# Before any form is made: a field takes its words when its class is read.
speak_plainly()


class CoreConfig(AppConfig):
    name = "mops.core"
    label = "core"

    def ready(self) -> None:
        import_module("mops.core.lookups")
        import_module("mops.core.api.words").speak_plainly()
        import_module("mops.core.api.times").tell_in_utc()
        import_module("mops.core.lists.signatures").remember_signatures()
        look_less()
