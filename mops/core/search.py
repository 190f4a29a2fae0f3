"""Search over everything registered: the palette's hits by htmx, and a whole page without."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse

from mops.core import registry, rights
from mops.core.pages import render_page
from mops.core.registry import Hit

LIMIT = 6
PAGE_LIMIT = 25
MIN_LENGTH = 2


@dataclass(frozen=True)
class Group:
    label: str
    hits: Sequence[Hit]


def find(user: Any, text: str, limit: int = LIMIT) -> list[Group]:
    """Pages and commands by their words, then every source's hits; groups without a hit are left out."""
    groups = [Group("Go to", _pages(user, text)[: limit if text else 40]), Group("Do", _commands(user, text)[:limit])]
    if len(text) >= MIN_LENGTH:
        groups += [Group(source.label, source.find(user, text, limit)) for source in registry.search_sources()]
    return [group for group in groups if group.hits]


def _pages(user: Any, text: str) -> list[Hit]:
    labels = {area.key: area.label for area in registry.areas()}
    items = [item for item in registry.nav_items() if item.permission is None or rights.can(user, item.permission)]
    found = [(item, f"{item.label} {labels[item.area]}") for item in items if _address(item.url_name)]
    return [Hit(i.label, labels[i.area], _address(i.url_name), i.icon) for i, words in found if _matches(text, words)]


def _commands(user: Any, text: str) -> list[Hit]:
    may = [action for action in registry.actions() if action.permission is None or rights.can(user, action.permission)]
    return [
        Hit(action.label, "", _address(action.url_name), action.icon)
        for action in may
        if _address(action.url_name) and _matches(text, f"{action.label} {action.keywords}")
    ]


def _matches(text: str, words: str) -> bool:
    """Every typed word begins some word of the entry."""
    begun = words.casefold().split()
    return all(any(word.startswith(part) for word in begun) for part in text.casefold().split())


def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


@rights.requires(rights.SIGNED_IN)
def palette(request: HttpRequest) -> HttpResponse:
    """`?q=`: the hits for the palette when htmx asks, else the search page."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    limit = LIMIT if getattr(request, "htmx", False) else PAGE_LIMIT
    context = {"title": "Search", "text": text, "groups": find(request.user, text, limit), "limit": limit}
    return render_page(request, "search/page.html", context, partial="palette-hits")
