"""The kinds of problems the API answers with (RFC 9457), each under an address that never changes, for clients to switch on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

MEDIA_TYPE: Final = "application/problem+json"
NAMESPACE: Final = "urn:problem-type:mops:"


@dataclass(frozen=True)
class ProblemKind:
    """`key` ends the address of the kind; `status` and `title` are what it is answered with."""

    key: str
    status: int
    title: str

    @property
    def type(self) -> str:
        return NAMESPACE + self.key


def _kinds(*kinds: ProblemKind) -> dict[str, ProblemKind]:
    return {kind.key: kind for kind in kinds}


KINDS: Final = _kinds(
    ProblemKind("malformed", 400, "Bad request"),
    ProblemKind("not-signed-in", 401, "Not signed in"),
    ProblemKind("not-allowed", 403, "Not allowed"),
    ProblemKind("read-only-token", 403, "Not allowed"),
    ProblemKind("not-found", 404, "Not found"),
    ProblemKind("no-such-address", 404, "Not found"),
    ProblemKind("method-not-allowed", 405, "Method not allowed"),
    ProblemKind("not-acceptable", 406, "Not acceptable"),
    ProblemKind("conflict", 409, "Conflict"),
    ProblemKind("stale", 409, "Conflict"),
    ProblemKind("duplicate", 409, "Conflict"),
    ProblemKind("busy", 409, "Conflict"),
    ProblemKind("over-budget", 409, "Conflict"),
    ProblemKind("in-flight", 409, "In flight"),
    ProblemKind("too-large", 413, "Too large"),
    ProblemKind("unsupported-media-type", 415, "Unsupported media type"),
    ProblemKind("refused", 422, "Refused"),
    ProblemKind("key-reused", 422, "Key reused"),
    ProblemKind("key-too-long", 422, "Key too long"),
    ProblemKind("too-many-calls", 429, "Too many calls"),
    ProblemKind("internal-error", 500, "Internal error"),
)


def kinds_of(status: int) -> Iterable[ProblemKind]:
    """The kinds a status may be, the general one first."""
    return (kind for kind in KINDS.values() if kind.status == status)


def general_kind(status: int) -> ProblemKind:
    """What a status means where nothing more is known."""
    unnamed = KINDS["malformed"] if status < 500 else KINDS["internal-error"]
    return next(iter(kinds_of(status)), unnamed)


def problem_body(
    kind: ProblemKind, detail: str, errors: Mapping[str, Sequence[str]] | None = None, *, status: int | None = None
) -> dict[str, Any]:
    """The document of a problem; `status` where it is not the kind's own."""
    return {
        "type": kind.type,
        "title": kind.title,
        "status": status or kind.status,
        "detail": detail,
        "errors": {key: list(value) for key, value in (errors or {}).items()},
    }
