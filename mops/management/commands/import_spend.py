"""`manage.py import_spend FILE [--map FILE.json] [--dry-run] [--source NAME]`"""

from mops.management.commands._imports import ImportCommand


class Command(ImportCommand):
    help = "Import spend from a CSV or XLSX file"
    kind = "spend"
