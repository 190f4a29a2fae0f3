"""Entry point: `python -m mops.supervisor`, which is what `manage.py up` becomes."""

import argparse
import signal
import sys

from mops.core.embedded import EmbeddedError
from mops.supervisor.options import HELP, add_options
from mops.supervisor.supervisor import Supervisor


class Stop(BaseException):
    """Somebody asked us to end."""


def stop(_signal: int, _frame: object) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise Stop


def main() -> int:
    parser = argparse.ArgumentParser(prog="manage.py up", description=HELP)
    add_options(parser)
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    supervisor = Supervisor(options)
    try:
        supervisor.run()
    except Stop:
        print("\nStopping…", flush=True)
    except EmbeddedError as error:
        print(f"mops: {error}", file=sys.stderr, flush=True)
        return 1
    finally:
        supervisor.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
