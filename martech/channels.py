"""Which of our channels a touch or lead belongs to, from what its source calls it. Pure but for the channel names."""

from functools import lru_cache

BY_MEDIUM = {
    "cpc": "paid_search",
    "ppc": "paid_search",
    "paidsearch": "paid_search",
    "sem": "paid_search",
    "paid_social": "paid_social",
    "paidsocial": "paid_social",
    "cpm": "display",
    "display": "display",
    "banner": "display",
    "email": "email",
    "e-mail": "email",
    "newsletter": "email",
    "organic": "organic_search",
    "social": "social",
    "referral": "referral",
    "affiliate": "partner",
    "partner": "partner",
    "webinar": "webinar",
    "event": "event",
    "none": "direct",
    "(none)": "direct",
}
BY_SOURCE = {
    "paid search": "paid_search",
    "paid_search": "paid_search",
    "google ads": "paid_search",
    "google adwords": "paid_search",
    "adwords": "paid_search",
    "bing ads": "paid_search",
    "organic search": "organic_search",
    "organic_search": "organic_search",
    "seo": "organic_search",
    "google": "organic_search",
    "bing": "organic_search",
    "blog": "content",
    "content": "content",
    "download": "content",
    "email": "email",
    "e-mail": "email",
    "newsletter": "email",
    "social": "social",
    "facebook ads": "paid_social",
    "linkedin ads": "paid_social",
    "facebook": "social",
    "instagram": "social",
    "linkedin": "social",
    "twitter": "social",
    "tiktok": "social",
    "youtube": "social",
    "display": "display",
    "webinar": "webinar",
    "event": "event",
    "trade show": "event",
    "direct": "direct",
    "direct_traffic": "direct",
    "direct traffic": "direct",
    "referral": "referral",
    "partner": "partner",
    "cold call": "outbound",
    "outbound": "outbound",
}
AD_SOURCES = {"facebook": "paid_social", "instagram": "paid_social", "linkedin": "paid_social", "tiktok": "paid_social"}


@lru_cache(maxsize=16_384)
@lru_cache(maxsize=4_096)
def channel_of(source: str, medium: str = "") -> str:
    """The channel key of a source and medium; `other` when neither says anything we know.

    A paid medium on a social network is paid social, whatever else the medium is called.
    """
    source, medium = source.strip().lower(), medium.strip().lower()
    if medium in ("cpc", "ppc", "paid", "paid_social", "cpm") and source in AD_SOURCES:
        return AD_SOURCES[source]
    if medium == "organic" and source in ("blog", "content"):
        return "content"
    return BY_MEDIUM.get(medium) or BY_SOURCE.get(source) or BY_SOURCE.get(source.replace("_", " ")) or "other"
