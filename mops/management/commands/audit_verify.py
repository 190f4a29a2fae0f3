"""`manage.py audit_verify`: is the sealed history as it was sealed?"""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from governance.models import Seal
from governance.services.sealing import seal_history, verify_history


class Command(BaseCommand):
    help = "Verify the sealed history; names the first bad seal of each table and ends with 1"

    def handle(self, *args: Any, **options: Any) -> None:
        faults = verify_history()
        for fault in faults:
            where = f"seal {fault.seal}" if fault.seal else "unsealed"
            self.stdout.write(f"BROKEN  {fault.table}, {where}: {fault.reason}")
        if faults:
            sys.exit(1)
        new = seal_history()
        seals = Seal.objects.count()
        self.stdout.write(f"all {seals} seals hold; {new:,} rows were sealed just now")
