"""The one error that services raise for a refusal; forms show it, the API maps it to problem+json."""

from collections.abc import Mapping, Sequence


class DomainError(Exception):
    """A refusal with its reason and remedy.

    `errors` maps a field name to the reasons it was refused; `status` is 422 for bad input, 409 for a conflict.
    """

    status = 422

    def __init__(
        self, detail: str, *, errors: Mapping[str, Sequence[str]] | None = None, code: str = "refused"
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = {field: list(reasons) for field, reasons in (errors or {}).items()}
        self.code = code


class ConflictError(DomainError):
    """Somebody else changed it first, or a guard refuses the effect: 409."""

    status = 409
