"""`manage.py import_touches FILE [--map FILE.json] [--dry-run] [--source NAME]`"""

from mops.management.commands._imports import ImportCommand


class Command(ImportCommand):
    help = "Import touches from a CSV or XLSX file"
    kind = "touches"
