"""The roof: its management commands are found because it is an installed app."""

from django.apps import AppConfig


class MopsConfig(AppConfig):
    name = "mops"
