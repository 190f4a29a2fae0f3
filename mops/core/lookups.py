"""`icontains` as ILIKE. Django compares UPPER(…) with UPPER(…), which no trigram index on the column answers."""

from typing import Any

from django.db.models import CharField, TextField
from django.db.models.lookups import BuiltinLookup, IContains


@CharField.register_lookup
@TextField.register_lookup
class ContainsAnyCase(IContains):
    """Text that stands somewhere in the value, in capitals or not. Compared with another column it is Django's own."""

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Any:
        if not self.rhs_is_direct_value():
            return super().process_lhs(compiler, connection, lhs)
        return super(BuiltinLookup, self).process_lhs(compiler, connection, lhs)

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        return f"ILIKE {rhs}" if self.rhs_is_direct_value() else super().get_rhs_op(connection, rhs)
