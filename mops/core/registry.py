"""What the shell must know of the apps, told by them in `AppConfig.ready()`; the kernel itself knows none of them.

Registering the same thing twice is an error: two apps fighting over one entry is a bug to see at start-up.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model
from django.http import HttpRequest

from mops.core import rights
from mops.core.trails import TrailMaker, TrailPage, TrailSource, page_of, with_tabs

Count = tuple[int, bool]
"""How many things wait for the user, and whether one of them is late."""


@dataclass(frozen=True)
class Area:
    key: str
    label: str
    order: int = 100


@dataclass(frozen=True)
class NavItem:
    area: str
    label: str
    url_name: str
    icon: str
    permission: str | None = None
    count: Callable[[Any], Count | None] | None = None
    order: int = 100
    is_everyday: bool = True


@dataclass(frozen=True)
class Hit:
    """One search result: what it is called, one line about it, where it lives."""

    title: str
    subtitle: str
    url: str
    icon: str = "file"


@dataclass(frozen=True)
class SearchSource:
    key: str
    label: str
    find: Callable[[Any, str, int], list[Hit]]
    order: int = 100


@dataclass(frozen=True)
class Action:
    label: str
    url_name: str
    permission: str | None = None
    keywords: str = ""
    icon: str = "arrow-right"


@dataclass(frozen=True)
class Panel:
    """A card another app adds to an object's page: `template` is rendered with `context`; `place` is main, side, or top: beside what is seen first."""

    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    place: str = "side"


@dataclass(frozen=True)
class Due:
    """Things of one kind that are broken or due: how many, since when the oldest, and the page that lists them.

    `note` says more in a few words: how many of them are late, for example. `action` is what one does about them.
    """

    title: str
    count: int
    since: datetime | None
    url: str
    icon: str = "alert-triangle"
    is_broken: bool = False
    note: str = ""
    action: str = "Open"


@dataclass(frozen=True)
class SavedView:
    """A list's state under a name. `querystring` is without the leading question mark."""

    pk: int
    name: str
    querystring: str
    is_shared: bool
    is_default: bool
    is_mine: bool


class SavedViewStore(Protocol):
    def list(self, user: Any, page: str) -> list[SavedView]: ...

    def save(
        self, user: Any, page: str, name: str, querystring: str, is_shared: bool, is_default: bool
    ) -> SavedView: ...

    def delete(self, user: Any, page: str, pk: int) -> None: ...


PanelMaker = Callable[[HttpRequest, Any], Panel | None]
ToldMaker = Callable[[Any, Any], Mapping[str, Collection[str]]]
DueFinder = Callable[[Any], Due | None]


@dataclass
class _Entries:
    areas: dict[str, Area] = field(default_factory=dict)
    nav: dict[str, NavItem] = field(default_factory=dict)
    search: dict[str, SearchSource] = field(default_factory=dict)
    actions: dict[str, Action] = field(default_factory=dict)
    panels: dict[tuple[str, str], tuple[int, PanelMaker]] = field(default_factory=dict)
    trails: dict[tuple[str, str], TrailSource] = field(default_factory=dict)
    told: dict[tuple[str, str], ToldMaker] = field(default_factory=dict)
    dues: dict[str, tuple[int, str, DueFinder]] = field(default_factory=dict)
    homes: dict[str, tuple[int, str]] = field(default_factory=dict)
    single: dict[str, Any] = field(default_factory=dict)


_entries = _Entries()


def _add(store: dict[Any, Any], key: Any, value: Any) -> None:
    if key in store:
        raise ImproperlyConfigured(f"{key!r} is registered twice")
    store[key] = value


def register_area(key: str, label: str, order: int = 100) -> None:
    """A heading of the sidebar. An area nobody registers is labelled with its app's verbose name."""
    _add(_entries.areas, key, Area(key, label, order))


def register_nav(
    area: str,
    label: str,
    url_name: str,
    icon: str,
    permission: str | None = None,
    count: Callable[[Any], Count | None] | None = None,
    order: int = 100,
    is_everyday: bool = True,
) -> None:
    """An entry of the sidebar; `area=""` puts it on top, above all headings. `count(user)` runs once a page.

    What is opened now and then is not `is_everyday`: it stands under More, unless something waits there.
    """
    _add(_entries.nav, url_name, NavItem(area, label, url_name, icon, permission, count, order, is_everyday))


def register_search(key: str, label: str, find: Callable[[Any, str, int], list[Hit]], order: int = 100) -> None:
    """`find(user, text, limit)` answers only what the user may see, best first."""
    _add(_entries.search, key, SearchSource(key, label, find, order))


def register_action(
    label: str, url_name: str, permission: str | None = None, keywords: str = "", icon: str = "arrow-right"
) -> None:
    """A command of the palette; `keywords` are further words it is found by."""
    _add(_entries.actions, url_name, Action(label, url_name, permission, keywords, icon))


def register_panel(model_label: str, make: PanelMaker, order: int = 100) -> None:
    """A card on every page of that model (`"planning.campaign"`); `make` answers None where it has nothing to say."""
    _add(_entries.panels, (model_label.lower(), _name(make)), (order, make))


def register_trail(model_label: str, kind: str, make: TrailMaker) -> None:
    """A source of the object's trail: `make(user, obj, asked)` answers the newest entries that are asked for. They stand
    under the tab `kind`, of which several sources may be."""
    _add(_entries.trails, (model_label.lower(), _name(make)), TrailSource(kind, make))


def register_told(model_label: str, make: ToldMaker) -> None:
    """`make(user, obj)` answers `{verb: fields}`: whose changes by that verb another source of the trail tells this user,
    so that the history does not tell them a second time."""
    _add(_entries.told, (model_label.lower(), _name(make)), make)


def register_due(key: str, permission: str, find: DueFinder, order: int = 100) -> None:
    """A line of the page of what is broken or due; `find(user)` answers None where nothing waits."""
    _add(_entries.dues, key, (order, permission, find))


def register_home(role: str, url_name: str, order: int = 100) -> None:
    """Where `/` leads people of that role; the lowest order wins for someone with several roles."""
    _add(_entries.homes, role, (order, url_name))


def register_saved_view_store(store: SavedViewStore) -> None:
    _add(_entries.single, "saved views", store)


def register_preference_saver(save: Callable[..., None]) -> None:
    """`save(*, user, theme, density)` keeps how somebody likes the pages."""
    _add(_entries.single, "preferences", save)


def _name(make: Callable[..., Any]) -> str:
    return f"{make.__module__}.{getattr(make, '__qualname__', type(make).__qualname__)}"


def areas() -> list[Area]:
    """Areas that have an entry in the sidebar, in order."""
    keys = {item.area for item in _entries.nav.values()}
    return sorted((_area(key) for key in keys), key=lambda area: (area.order, area.label))


def _area(key: str) -> Area:
    if key == "":
        return Area("", "", -1)
    if key in _entries.areas:
        return _entries.areas[key]
    return Area(key, str(apps.get_app_config(key).verbose_name) if apps.is_installed(key) else key.capitalize())


def nav_items() -> list[NavItem]:
    return sorted(_entries.nav.values(), key=lambda item: (item.order, item.label))


def search_sources() -> list[SearchSource]:
    return sorted(_entries.search.values(), key=lambda source: (source.order, source.label))


def actions() -> list[Action]:
    return sorted(_entries.actions.values(), key=lambda action: action.label)


def panels_for(request: HttpRequest, obj: Model, place: str | None = None) -> list[Panel]:
    """The cards other apps have for this object, in their order; made once a request, however many places ask."""
    kept: dict[Any, list[Panel]] = vars(request).setdefault("made_panels", {}) if request else {}
    key = (obj._meta.label_lower, obj.pk)
    if key not in kept:
        kept[key] = _made_panels(request, obj)
    return [panel for panel in kept[key] if place in (None, panel.place)]


def _made_panels(request: HttpRequest, obj: Model) -> list[Panel]:
    makers = sorted(
        (
            (order, name, make)
            for (label, name), (order, make) in _entries.panels.items()
            if label == obj._meta.label_lower
        ),
        key=lambda entry: entry[:2],
    )
    panels = (make(request, obj) for _, _, make in makers)
    return [panel for panel in panels if panel is not None]


def trail_page(user: Any, obj: Model, cursor: str = "", limit: int = 50) -> TrailPage:
    """A page of everything that happened to the object, newest first, from all sources. Raises CursorRefused."""
    return page_of(_sources(obj), user, obj, cursor, limit)


def tabbed_trail(user: Any, obj: Model, cursor: str = "", limit: int = 50, kind: str = "") -> TrailPage:
    """A page of the entries of one kind, or of all, and which kinds there are. Raises CursorRefused."""
    sources = _sources(obj)
    return with_tabs(page_of(sources, user, obj, cursor, limit, kind), sources, user, obj)


def told_by_others(user: Any, obj: Model) -> dict[str, set[str]]:
    """{verb: fields} of the object's changes that the user reads in its trail from another source than the history."""
    found: dict[str, set[str]] = {}
    for (label, _), make in _entries.told.items():
        if label == obj._meta.label_lower:
            for verb, fields in make(user, obj).items():
                found.setdefault(verb, set()).update(fields)
    return found


def _sources(obj: Model) -> list[TrailSource]:
    return [source for (label, _), source in _entries.trails.items() if label == obj._meta.label_lower]


def dues_for(user: Any) -> list[Due]:
    """What is broken or due and the user may see: broken first, then in the order of registration."""
    entries = sorted(_entries.dues.items(), key=lambda entry: (entry[1][0], entry[0]))
    found = (find(user) for _, (_, permission, find) in entries if rights.can(user, permission))
    return sorted((due for due in found if due is not None and due.count), key=lambda due: not due.is_broken)


def home_for(roles: Iterable[str]) -> str | None:
    """The URL name of the first page for somebody with these roles; None when no role has one."""
    homes = [_entries.homes[role] for role in roles if role in _entries.homes]
    return min(homes)[1] if homes else None


def saved_view_store() -> SavedViewStore | None:
    store: SavedViewStore | None = _entries.single.get("saved views")
    return store


def preference_saver() -> Callable[..., None] | None:
    save: Callable[..., None] | None = _entries.single.get("preferences")
    return save


@contextmanager
def empty_registry() -> Iterator[None]:
    """For tests: nothing is registered inside; what was comes back afterwards."""
    global _entries
    kept, _entries = _entries, _Entries()
    try:
        yield
    finally:
        _entries = kept
