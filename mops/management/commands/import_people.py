"""`manage.py import_people FILE [--map FILE.json] [--dry-run] [--source NAME]`"""

from mops.management.commands._imports import ImportCommand


class Command(ImportCommand):
    help = "Import people from a CSV or XLSX file"
    kind = "people"
