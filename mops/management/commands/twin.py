"""`manage.py twin hubspot|salesforce|marketo [--port P] [--people N] [--seed S] [--faults LIST] [--own-data]`"""

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from martech.twins.invention import invented
from martech.twins.making import VENDORS, make_twin
from martech.twins.population import Population
from martech.twins.serving import serve


class Command(BaseCommand):
    help = "Run a practice server that speaks a vendor's API, on this machine only, until Ctrl-C"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("vendor", choices=VENDORS)
        parser.add_argument("--port", type=int, default=8010, help="0 takes any free port (8010)")
        parser.add_argument("--people", type=int, default=2_000, help="how many people are invented (2,000)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same people (1)")
        parser.add_argument("--own-data", action="store_true", help="begin with what is in the own database instead")
        parser.add_argument("--lag", type=float, default=0, metavar="SECONDS", help="how late changes become visible")
        parser.add_argument("--no-limits", action="store_true", help="let everybody call as often as they like")
        parser.add_argument(
            "--faults", default="", metavar="LIST", help="e.g. bad_gateway*3@POST,slow_body (see /__twin__/behaviours)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            twin = make_twin(
                options["vendor"], population(options), lag_seconds=options["lag"], limits=not options["no_limits"]
            )
            twin.faults.arm_all(filter(None, options["faults"].split(",")))
            running = serve(twin, port=options["port"])
        except KeyError as error:
            raise CommandError(f"{error.args[0]} is no fault of this server.") from error
        except OSError as error:
            raise CommandError(f"Port {options['port']} cannot be used: {error.strerror}.") from error
        except (LookupError, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{twin.name} practice server: {running.url}")
        for name, value in getattr(twin, "credentials", {}).items():
            self.stdout.write(f"  {name}: {value}")
        self.stdout.flush()
        wait_for_the_end(getattr(twin, "tick", lambda: None))
        running.stop()


def population(options: dict[str, Any]) -> Population:
    if options["own_data"]:
        from martech.selectors.practice import own_population

        return own_population()
    return invented(options["people"], seed=options["seed"])


def wait_for_the_end(tick: Callable[[], None]) -> None:
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    while not ended.wait(1):
        tick()
