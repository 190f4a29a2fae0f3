"""`manage.py import_deals FILE [--map FILE.json] [--dry-run] [--source NAME]`"""

from mops.management.commands._imports import ImportCommand


class Command(ImportCommand):
    help = "Import deals from a CSV or XLSX file"
    kind = "deals"
