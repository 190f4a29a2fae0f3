"""`manage.py check_invariants`: every invariant of the house on the live data, a line each."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from mops.core.invariants import Verdict, check, invariants


class Command(BaseCommand):
    help = "Check every invariant on the live data; ends with 1 when one is broken"

    def handle(self, *args: Any, **options: Any) -> None:
        verdicts = [check(invariant) for invariant in invariants()]
        for verdict in verdicts:
            self.stdout.write(line(verdict))
        if broken := sum(not verdict.holds for verdict in verdicts):
            self.stdout.write(f"{broken} of {len(verdicts)} invariants are broken")
            sys.exit(1)
        self.stdout.write(f"all {len(verdicts)} invariants hold")


def line(verdict: Verdict) -> str:
    invariant = verdict.invariant
    if verdict.holds:
        return f"ok      {invariant.key}: {invariant.sentence}"
    named = ", ".join(verdict.examples)
    more = "" if verdict.broken <= len(verdict.examples) else ", …"
    return f"BROKEN  {invariant.key}: {invariant.sentence} ({verdict.broken}: {named}{more})"
