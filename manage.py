#!/usr/bin/env python
"""Entry point of every mops command; see `manage.py help` and docs/operating.md."""

import os
import sys

from mops.core.embedded import provide_servers, trouble_of


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mops.settings")
    with provide_servers(sys.argv):
        from django.core.management import execute_from_command_line
        from django.db import OperationalError, connection

        try:
            execute_from_command_line(sys.argv)
        except OperationalError as error:
            if connection.connection is not None:
                raise
            sys.exit(f"mops: {trouble_of(str(error))}")


if __name__ == "__main__":
    main()
