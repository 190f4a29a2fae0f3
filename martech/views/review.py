"""Possible duplicates, one after the other: the same, not the same, cannot be told, later."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from martech.models import DuplicatePair
from martech.selectors.match_rules import still_to_compare
from martech.selectors.merging import visible_merges
from martech.selectors.review import card_of, next_pair, queue
from martech.services.identity.reviewing import keep_apart, merge_pair, set_aside
from martech.services.identity.reviewing import take_back as undo_verdict
from martech.views.merging import chosen_values, refusal
from mops.core.errors import DomainError
from mops.core.pages import render_page, toast
from mops.core.rights import called, requires

SKIPPED = "duplicates_skipped"
LAST = "duplicates_last"
KEPT_SKIPS = 300


@requires("martech.view_duplicates")
def duplicates(request: HttpRequest) -> HttpResponse:
    """The next pair of the queue."""
    is_ambiguous = request.GET.get("show") == "ambiguous"
    if "again" in request.GET:
        request.session[SKIPPED] = []
    skipped = request.session.get(SKIPPED, [])
    pair = next_pair(request.user, skipped, ambiguous=is_ambiguous)
    keep = request.GET.get("keep", "")
    waiting = queue(request.user).count()
    context: dict[str, Any] = {
        "title": "Possible duplicates",
        "waiting": waiting,
        "ambiguous": queue(request.user, ambiguous=True).count(),
        "is_ambiguous": is_ambiguous,
        "comparing": still_to_compare(),
        "skipped": len(skipped),
        "last": request.session.get(LAST),
        "card": card_of(request.user, pair, int(keep) if keep.isdigit() and len(keep) < 19 else None) if pair else None,
    }
    return render_page(request, "martech/duplicates.html", context)


@requires("martech.merge_people")
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the verdict on one pair, and go on to the next."""
    pair = get_object_or_404(DuplicatePair.objects.select_related("one", "other"), pk=pk)
    card_of_seen = queue(request.user).filter(pk=pk) | queue(request.user, ambiguous=True).filter(pk=pk)
    verdicts: dict[str, Callable[[HttpRequest, DuplicatePair], None]] = {
        "merge": _merge,
        "apart": _apart,
        "ambiguous": _ambiguous,
        "skip": _skip,
    }
    verdict = verdicts.get(request.POST.get("verdict", ""))
    if verdict is None or not card_of_seen.exists():
        toast(request, "Somebody has decided this pair meanwhile.", "warning")
        return redirect(_back(request))
    try:
        verdict(request, pair)
    except DomainError as refused:
        toast(request, refusal(refused), "error")
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    return reverse("martech:duplicates") + ("?show=ambiguous" if request.POST.get("show") == "ambiguous" else "")


def _merge(request: HttpRequest, pair: DuplicatePair) -> None:
    keep = pair.other if request.POST.get("keep") == str(pair.other_id) else pair.one
    goes = pair.one if keep == pair.other else pair.other
    choices = chosen_values(request, keep, [goes])
    merge = merge_pair(pair=pair, survivor=keep, choices=choices, actor=request.user)  # type: ignore[arg-type]
    request.session[LAST] = {
        "pair": pair.pk,
        "merge": merge.pk,
        "text": f"{called(request.user, goes)} was merged into {called(request.user, keep)}",
    }


def both(request: HttpRequest, pair: DuplicatePair) -> str:
    return f"{called(request.user, pair.one)} and {called(request.user, pair.other)}"


def _apart(request: HttpRequest, pair: DuplicatePair) -> None:
    keep_apart(pair=pair, actor=request.user)  # type: ignore[arg-type]
    request.session[LAST] = {"pair": pair.pk, "text": f"{both(request, pair)} are two people"}


def _ambiguous(request: HttpRequest, pair: DuplicatePair) -> None:
    set_aside(pair=pair, actor=request.user)  # type: ignore[arg-type]
    request.session[LAST] = {"pair": pair.pk, "text": f"{both(request, pair)} cannot be told"}


def _skip(request: HttpRequest, pair: DuplicatePair) -> None:
    request.session[SKIPPED] = [*request.session.get(SKIPPED, []), pair.pk][-KEPT_SKIPS:]


@requires("martech.merge_people")
@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    """Undo the last verdict of this session: an unmerge, or an open pair again."""
    last = request.session.pop(LAST, None) or {}
    pair = DuplicatePair.objects.filter(pk=last.get("pair")).first()
    if pair is not None:
        merge = visible_merges(request.user).filter(pk=last.get("merge")).first()
        try:
            undo_verdict(pair=pair, merge=merge, actor=request.user)  # type: ignore[arg-type]
            toast(request, "Taken back.")
        except DomainError as refused:
            toast(request, refusal(refused), "error")
    request.session[SKIPPED] = []
    return redirect("martech:duplicates")
