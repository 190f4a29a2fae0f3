"""The one error that services raise for a refusal; forms show it, the API maps it to problem+json."""

from collections.abc import Mapping, Sequence


class DomainError(Exception):
    """A refusal with its reason and remedy.

    `errors` maps a field name to the reasons it was refused; `kind` is one of `mops.core.problems`, by which a client of
    the API tells what to do.
    """

    kind = "refused"

    def __init__(
        self, detail: str, *, errors: Mapping[str, Sequence[str]] | None = None, kind: str | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = {field: list(reasons) for field, reasons in (errors or {}).items()}
        self.kind = kind or self.kind


class ConflictError(DomainError):
    """What is there now does not allow it: 409. Of the kinds `stale` (somebody changed it since it was read), `duplicate`
    (there is one already), `busy` (repeat the call) and `over-budget` where one of them is meant."""

    kind = "conflict"
