"""What a completeness proof says: its question, how many are on each side, and the classes of difference by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from martech.models import ProofSide, RunKind, SyncObject, SyncRun
from martech.sync.reasons import DIFFERENCE_STEPS, DIFFERENCES


@dataclass(frozen=True)
class DifferenceLine:
    """One class of difference on one side, with the address of its records."""

    reason: str
    side: str
    word: str
    step: str
    number: int
    url: str
    next: str = ""
    """Where the step is taken, if that is one page."""
    since: int = 0
    """How many of records that were missed are missed no more."""


@dataclass(frozen=True)
class SideLines:
    """The classes of one side, the commonest first."""

    side: str
    label: str
    number: int
    lines: Sequence[DifferenceLine]


@dataclass(frozen=True)
class ProofLines:
    """A proof in figures. `matched` are on both sides, `asked` is the question in words (empty: everything).

    Where a part was asked for, `here` is `matched` and those only here, `there` is `matched` and those only there.
    """

    asked: str
    here: int
    there: int
    matched: int
    sides: Sequence[SideLines]

    @property
    def differing(self) -> int:
        return sum(side.number for side in self.sides)

    def only(self, side: str) -> int:
        return next((one.number for one in self.sides if one.side == side), 0)


def question_of_run(run: SyncRun) -> dict[str, Any]:
    found = (run.plan or {}).get("question")
    return found if isinstance(found, dict) else {}


def proof_of(run: SyncRun, since: Mapping[tuple[str, str], int] | None = None) -> ProofLines | None:
    """The figures of a proof that came to its end; None before that. `since` counts what was read since (`read_since`)."""
    numbers = (run.plan or {}).get("numbers")
    if run.kind != RunKind.COMPARE or not numbers:
        return None
    by_side = run.plan.get("sides") or {"": run.plan.get("reasons", {})}
    labels = {"": "Differences", **dict(ProofSide.choices)}
    order = [ProofSide.HERE, ProofSide.THERE, ProofSide.BOTH, ""]
    sides = [side_lines(run, side, labels[side], by_side[side], since or {}) for side in order if by_side.get(side)]
    only_here = sum((by_side.get(ProofSide.HERE) or {}).values())
    return ProofLines(
        asked=question_of_run(run).get("words", ""),
        here=numbers["here"],
        there=numbers["there"],
        matched=max(0, numbers["here"] - only_here),
        sides=sides,
    )


def side_lines(
    run: SyncRun, side: str, label: str, reasons: dict[str, int], since: Mapping[tuple[str, str], int]
) -> SideLines:
    page = reverse("martech:sync-run-differences", args=[run.pk])
    lines = [
        DifferenceLine(
            reason,
            side,
            DIFFERENCES.get(reason, reason),
            DIFFERENCE_STEPS.get(reason, ""),
            number,
            f"{page}?{urlencode({'reason': reason, **({'side': side} if side else {})})}",
            next_page(run, reason),
            since.get((side, reason), 0),
        )
        for reason, number in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    return SideLines(side, label, sum(reasons.values()), lines)


def next_page(run: SyncRun, reason: str) -> str:
    name, query = run.connection.name, {"connection": run.connection.name}
    if run.object and reason in ("not_made", "not_wanted"):
        return reverse("martech:mapping-records", args=[name, run.object.name])
    if run.object and reason in ("no_word", "differs_by_rule", "not_taken"):
        return reverse("martech:mapping", args=[name, run.object.name])
    pages = {
        "dead_letter": "martech:dead-letters",
        "undecided": "martech:first-contact",
        "waits_for_approval": "martech:sync-runs",
    }
    if page := pages.get(reason):
        return f"{reverse(page)}?{urlencode(query | ({'state': 'held'} if page == 'martech:sync-runs' else {}))}"
    return ""


def proofs() -> QuerySet[SyncRun]:
    """Every proof, with what its lines name."""
    return SyncRun.objects.filter(kind=RunKind.COMPARE).select_related("connection", "object", "actor", "mapping")


@dataclass(frozen=True)
class EarlierProof:
    run: SyncRun
    proof: ProofLines | None
    asked: str


def earlier_proofs(object: SyncObject) -> list[EarlierProof]:
    """The last ten of an object, the newest first."""
    rows = proofs().filter(object=object).order_by("-pk")[:10]
    return [EarlierProof(run, proof_of(run), question_of_run(run).get("words", "Everything")) for run in rows]
