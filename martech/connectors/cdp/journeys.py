"""A track, page or screen call as a touch: what it was, where it came from, for which campaign."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

KINDS = {
    "form_submitted": "form",
    "form_submit": "form",
    "email_opened": "email_open",
    "email_link_clicked": "email_click",
    "email_clicked": "email_click",
    "ad_clicked": "ad_click",
    "meeting_booked": "meeting",
    "demo_requested": "form",
    "signed_up": "signup",
}
"""Names of the events that the protocol's own specifications give; any other event is called by its own name."""
SEARCH = {"google", "bing", "duckduckgo", "yahoo", "ecosia", "baidu", "yandex", "startpage"}
WORD = re.compile(r"[^a-z0-9]+")
UTM = ("source", "medium", "campaign", "term", "content", "id")


@dataclass(frozen=True, slots=True)
class Journey:
    """`utm` holds only what was said; `referrer` is a host other than the page's own."""

    kind: str
    url: str
    utm: dict[str, str]
    referrer: str

    @property
    def source(self) -> str:
        return (self.utm.get("source") or self.searched or self.referrer)[:120]

    @property
    def medium(self) -> str:
        if self.utm.get("source") or self.utm.get("medium"):
            return self.utm.get("medium", "")[:120]
        return "organic" if self.searched else "referral" if self.referrer else ""

    @property
    def searched(self) -> str:
        """The search engine that sent them, by the referrer's second-level name."""
        return next((word for word in self.referrer.split(".") if word in SEARCH), "")


def journey_of(type: str, name: str, payload: Mapping[str, Any]) -> Journey:
    context, properties = part(payload, "context"), part(payload, "properties")
    page = part(context, "page")
    url = (
        text(properties.get("url") if type == "page" else None) or text(page.get("url")) or text(properties.get("url"))
    )
    referrer = text(properties.get("referrer")) or text(page.get("referrer"))
    return Journey(kind_of(type, name), url[:1000], utm_of(context, properties, url), foreign_host(referrer, url))


def kind_of(type: str, name: str) -> str:
    if type != "track":
        return type
    word = WORD.sub("_", name.lower()).strip("_")[:40] or "event"
    return KINDS.get(word, word)


def utm_of(context: Mapping[str, Any], properties: Mapping[str, Any], url: str) -> dict[str, str]:
    """By precedence: `context.campaign`, `utm_…` of the properties, `utm_…` of the address."""
    campaign = part(context, "campaign")
    asked = query_of(url)
    found = {}
    for key in UTM:
        said = campaign.get("name") if key == "campaign" else campaign.get(key)
        value = text(said) or text(properties.get(f"utm_{key}")) or asked.get(f"utm_{key}", "")
        if value:
            found[key] = value[:200]
    return found


def query_of(url: str) -> dict[str, str]:
    try:
        return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    except ValueError:
        return {}


def foreign_host(referrer: str, url: str) -> str:
    hosts = [host_of(referrer), host_of(url)]
    return hosts[0] if hosts[0] and hosts[0] != hosts[1] else ""


def host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")[:120]
    except ValueError:
        return ""


def part(mapping: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = mapping.get(name)
    return found if isinstance(found, dict) else {}


def text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
