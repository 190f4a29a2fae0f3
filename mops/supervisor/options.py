"""The options of `manage.py up`, for the supervisor and for `manage.py help up` alike."""

import argparse
from pathlib import Path

from mops.core.embedded import data_directory

HELP = """Run everything: the database and broker below the data directory (unless DATABASE_URL and REDIS_URL name
others), the web server, the background worker and its beat. Ctrl-C stops all of it; the data stay."""


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=port, default=8000, help="port of the web server (8000)")
    parser.add_argument("--bind", default="127.0.0.1", metavar="ADDR", help="address to listen on (127.0.0.1)")
    parser.add_argument("--data", type=Path, default=data_directory(), metavar="DIR", help="data ($MOPS_DATA or var)")
    parser.add_argument("--workers", type=positive, default=2, metavar="N", help="web processes, of 4 threads each (2)")
    parser.add_argument("--no-demo", action="store_true", help="start empty instead of with the demo company")


def port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; use 1 to 65535")
    return int(text)


def positive(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes; use 1 to 64")
    return int(text)
