"""The kernel: no business nouns, no tables of its own beyond abstract ones."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "mops.core"
    label = "core"
