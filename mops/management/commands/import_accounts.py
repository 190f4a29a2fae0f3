"""`manage.py import_accounts FILE [--map FILE.json] [--dry-run] [--source NAME]`"""

from mops.management.commands._imports import ImportCommand


class Command(ImportCommand):
    help = "Import accounts from a CSV or XLSX file"
    kind = "accounts"
