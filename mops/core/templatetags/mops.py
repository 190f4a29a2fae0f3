"""Tags and filters every template has without loading them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from django import template
from django.conf import settings
from django.http import Http404
from django.template.defaultfilters import date as date_filter
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from mops.core import periods, registry, rights
from mops.core.documents import place_in_words
from mops.core.trails import CursorRefused, TrailPage

register = template.Library()

Number = int | float | Decimal
SPELLED = {"email": "e-mail", "url": "URL", "id": "ID", "utm": "UTM", "linkedin": "LinkedIn"}
CURRENCY_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CHF": "CHF ", "BRL": "R$"}


@cache
def _icon_body(name: str) -> str:
    path = Path(settings.NODE_MODULES) / "@tabler" / "icons" / "icons" / "outline" / f"{name}.svg"
    if not path.is_file():
        raise template.TemplateSyntaxError(f"There is no icon named {name!r}; see tabler.io/icons (outline)")
    text = path.read_text(encoding="utf-8")
    return text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")].strip()


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """A Tabler outline icon as inline SVG: decoration, unless `label` says what it means."""
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="i {}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round"'
        ' stroke-linejoin="round" {}>{}</svg>',
        css,
        role,
        mark_safe(_icon_body(name)),
    )


@register.filter
def place(path: str) -> str:
    """Where in a document a finding is: "rules[2].when.all[0]" -> "Rule 3, test 1"."""
    return place_in_words(path)


@register.filter
def number(value: Number | None, places: int = 0) -> str:
    """1234567 -> 1,234,567; None -> an em dash."""
    return "—" if value is None else f"{value:,.{places}f}".replace("-", "−")


@register.filter
def compact(value: Number | None) -> str:
    """Three significant digits with k, m or bn: 8020000 -> 8.02m, 742123 -> 742k, 950 -> 950."""
    if value is None:
        return "—"
    size, sign = abs(float(value)), "−" if value < 0 else ""
    for limit, unit in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if size >= limit * 0.9995:
            return f"{sign}{_three_digits(size / limit)}{unit}"
    return f"{sign}{_three_digits(size) if size % 1 else int(size)}"


def _three_digits(size: float) -> str:
    places = max(0, 2 - len(str(int(size))) + 1) if size >= 1 else 2
    return f"{size:.{places}f}".rstrip("0").rstrip(".") if places else f"{size:.0f}"


def _signed(text: str, currency: str) -> str:
    sign = CURRENCY_SIGNS.get(currency, f"{currency} ")
    return f"−{sign}{text[1:]}" if text.startswith("−") else f"{sign}{text}"


@register.filter
def money(value: Number | None, currency: str = "") -> str:
    """412300 -> €412,300 in whole units; the base currency unless another is named."""
    return "—" if value is None else _signed(number(value), currency or settings.BASE_CURRENCY)


@register.filter
def money_exact(value: Number | None, currency: str = "") -> str:
    """412300.5 -> €412,300.50."""
    return "—" if value is None else _signed(number(value, 2), currency or settings.BASE_CURRENCY)


@register.filter
def money_compact(value: Number | None, currency: str = "") -> str:
    """8020000 -> €8.02m."""
    return "—" if value is None else _signed(compact(value), currency or settings.BASE_CURRENCY)


@register.filter
def percent(value: Number | None, places: int = 0) -> str:
    """A share of one: 0.225 -> 23%; with places=1 22.5%."""
    return "—" if value is None else f"{number(float(value) * 100, places)}%"


@register.filter
def size(value: Number | None) -> Number | None:
    """How large, whichever sign: -0.24 -> 0.24."""
    return None if value is None else abs(value)


@register.filter
def spoken(name: object) -> str:
    """A technical name as people read it: landing_page -> Landing page, linkedin_url -> LinkedIn URL."""
    text = " ".join(SPELLED.get(word, word) for word in str(name).replace("_", " ").split())
    return text[:1].upper() + text[1:]


@register.filter
def initials(name: object) -> str:
    """Priya Raman -> PR; ana@example.com -> A."""
    words = [word for word in str(name).partition("@")[0].replace(".", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"


@register.filter
def ago(moment: datetime | None) -> str:
    """just now, 42 min ago, 3 h ago, 2 d ago, then the date: short enough for a table."""
    if moment is None:
        return "never"
    seconds = (timezone.now() - moment).total_seconds()
    if seconds < 0:
        return when(moment)
    for limit, size, unit in ((60, 0, ""), (3600, 60, "min"), (86_400, 3600, "h"), (7 * 86_400, 86_400, "d")):
        if seconds < limit:
            return f"{int(seconds // size)} {unit} ago" if size else "just now"
    return when(moment)


@register.filter
def when(moment: datetime | None) -> str:
    """10:04 today, 20 Nov this year, 20 Nov 2025 before."""
    if moment is None:
        return "—"
    local, now = timezone.localtime(moment), timezone.localtime()
    if local.date() == now.date():
        return date_filter(local, "H:i")
    return date_filter(local, "j M" if local.year == now.year else "j M Y")


@register.filter
def moment(value: datetime | None) -> str:
    """To the minute: 10:04 today, Fri 10:04 in the six days around, 20 Nov 10:04 else, with the year when it is another."""
    if value is None:
        return "—"
    local, now = timezone.localtime(value), timezone.localtime()
    if local.date() == now.date():
        return date_filter(local, "H:i")
    if abs(local.date() - now.date()).days < 7:
        return date_filter(local, "D H:i")
    return date_filter(local, "j M H:i" if local.year == now.year else "j M Y H:i")


@register.filter
def span(seconds: Number | None) -> str:
    """A length of time in one or two units: 0 s, 0.4 s, 42 s, 12 min, 3 h 5 min, 2 d 4 h; None -> an em dash."""
    if seconds is None:
        return "—"
    whole = max(float(seconds), 0.0)
    if whole < 60:
        return f"{whole:.1f} s" if 0 < whole < 10 else f"{whole:.0f} s"
    minutes = round(whole / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


@register.filter
def country(code: str) -> str:
    """DE -> Germany; what is no ISO 3166-1 code stays as it is."""
    return str(_territories().get(code, code)) if code else ""


@cache
def _territories() -> Mapping[str, str]:
    return Locale("en", "GB").territories


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """The value of a dict under a key known only at render time."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.simple_tag(takes_context=True)
def breadcrumbs(context: template.Context) -> list[Any]:
    """{% breadcrumbs as way %}: area and entry of the sidebar, then the page's own crumbs."""
    from mops.core.pages import way_to

    crumbs = [*context["shell"].crumbs, *(context.get("crumbs") or [])]
    return way_to(context["request"].path, str(context.get("title") or ""), crumbs)


@register.simple_tag(takes_context=True)
def can(context: template.Context, permission: str, obj: Any = None) -> bool:
    """{% can "planning.change_campaign" campaign as may_change %}"""
    user = getattr(context.get("request"), "user", None)
    return user is not None and bool(rights.can(user, permission, obj))


@register.filter
def called(obj: Any, user: Any) -> str:
    """{{ person|called:request.user }}: what the object is called to the reader, without anything they may not see."""
    return "" if obj in (None, "") else rights.called(user, obj)


@register.simple_tag(takes_context=True)
def panels(context: template.Context, obj: Any, place: str = "side") -> list[registry.Panel]:
    """{% panels campaign "side" as cards %}: the cards other apps have for the object."""
    return registry.panels_for(context["request"], obj, place)


@register.simple_tag(takes_context=True)
def trail(context: template.Context, obj: Any, limit: int = 50) -> TrailPage:
    """{% trail campaign as trail_page %}: what happened to the object, from `?trail=` on, of the kind `?entries=` or all."""
    request = context["request"]
    asked = request.GET
    try:
        return registry.tabbed_trail(request.user, obj, asked.get("trail", ""), limit, asked.get("entries", ""))
    except CursorRefused as error:
        raise Http404 from error


@register.simple_tag
def load_periods() -> dict[str, Iterable[tuple[str, str]]]:
    return {"presets": periods.PRESETS.items(), "comparisons": periods.COMPARISONS.items()}


@register.filter
def slug(text: object) -> str:
    return "-".join(str(text).lower().split())


# --- small drawings, made on the server so that they need no script -------------------------------------------------


@register.simple_tag
def sparkline(values: Sequence[Number] | None, label: str = "") -> SafeString:
    """The course of a few numbers as a line of 64 by 18; nothing when there are fewer than two."""
    points = [float(value) for value in values or ()]
    if len(points) < 2:
        return mark_safe("")
    low, high = min(points), max(points)
    span, step = (high - low) or 1.0, 62 / (len(points) - 1)
    line = " ".join(f"{1 + i * step:.1f},{16 - (point - low) / span * 14:.1f}" for i, point in enumerate(points))
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="spark" viewBox="0 0 64 18" {}><polyline points="{}"/></svg>', role, line)


@register.simple_tag
def pace(value: Number | None, target: Number | None = None, label: str = "") -> SafeString:
    """A thin bar: how far `value` came, with a mark where `target` is; both are shares of one."""
    if value is None:
        return mark_safe("")
    mark = format_html('<rect class="mark" x="{}%" y="0" width="1.5" height="10"/>', _share(target)) if target else ""
    text = label or (f"{percent(value)}, target {percent(target)}" if target else percent(value))
    return format_html(
        '<svg class="pace" role="img" aria-label="{}"><rect class="track" y="3" width="100%" height="4" rx="2"/>'
        '<rect class="done" y="3" width="{}%" height="4" rx="2"/>{}</svg>',
        text,
        _share(value),
        mark,
    )


@register.simple_tag
def bar(share: Number | None) -> SafeString:
    """The small bar before a number in a table; `share` of the largest, 0 to 1. The number itself stands beside it."""
    width = 58 * _share(share) / 100
    return format_html(
        '<svg class="bar" viewBox="0 0 58 6" aria-hidden="true"><rect x="{}" width="{}" height="6" rx="3"/></svg>',
        f"{58 - width:.1f}",
        f"{width:.1f}",
    )


@register.simple_tag
def track(share: Number | None) -> SafeString:
    """The wide bar of a funnel; `share` of the largest, 0 to 1."""
    return format_html(
        '<svg class="track" aria-hidden="true"><rect class="track" width="100%" height="100%" rx="5"/>'
        '<rect class="done" width="{}%" height="100%" rx="5"/></svg>',
        _share(share),
    )


def _share(value: Number | None) -> float:
    return round(min(max(float(value or 0), 0.0), 1.0) * 100, 2)


@register.filter
def sentence(text: object) -> str:
    """First letter large, the rest as it is."""
    plain = conditional_escape(text)
    return mark_safe(plain[:1].upper() + plain[1:])


@register.filter
def item(pairs: Mapping[str, object] | None, key: str) -> object:
    """The value under a key that only the template knows; None where there is none."""
    return (pairs or {}).get(key)
