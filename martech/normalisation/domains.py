"""The registrable domain of what is written as a web address, a host or an e-mail address."""

import re
from functools import cache, lru_cache

import tldextract

HOSTS = frozenset(
    [
        "linkedin.com",
        "facebook.com",
        "fb.com",
        "instagram.com",
        "twitter.com",
        "x.com",
        "t.co",
        "youtube.com",
        "tiktok.com",
        "xing.com",
        "pinterest.com",
        "wordpress.com",
        "blogspot.com",
        "blogger.com",
        "tumblr.com",
        "medium.com",
        "substack.com",
        "wixsite.com",
        "wix.com",
        "weebly.com",
        "jimdo.com",
        "jimdofree.com",
        "squarespace.com",
        "webflow.io",
        "webnode.page",
        "strikingly.com",
        "carrd.co",
        "notion.site",
        "github.io",
        "gitlab.io",
        "netlify.app",
        "vercel.app",
        "herokuapp.com",
        "azurewebsites.net",
        "amazonaws.com",
        "cloudfront.net",
        "web.app",
        "firebaseapp.com",
        "myshopify.com",
        "etsy.com",
        "ebay.com",
        "business.site",
        "g.page",
        "sites.google.com",
        "linktr.ee",
        "bit.ly",
        "about.me",
        "ueniweb.com",
        "godaddysites.com",
        "000webhostapp.com",
        "crunchbase.com",
        "yelp.com",
        "tripadvisor.com",
    ]
)
"""Where many companies live: a page there is nobody’s domain."""

PLAIN = re.compile(r"(?:https?://)?(?:[a-z0-9-]+\.)*([a-z0-9-]+\.([a-z]{2,}))/?")
"""Nine in ten: a host of plain letters, with or without the scheme."""


@cache
def _extractor() -> tldextract.TLDExtract:
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=False)


def known_suffixes() -> list[str]:
    """The rules of the public suffix list; `*` stands for any label, `!` before what a star does not mean."""
    return _extractor().tlds


@cache
def _suffixes() -> tuple[frozenset[str], frozenset[str]]:
    """Public suffixes of one label under which names are given, and pairs of labels that some longer rule is about."""
    rules = {rule.lstrip("!") for rule in known_suffixes()}
    pairs = {".".join(rule.rsplit(".", 2)[-2:]) for rule in rules if "." in rule}
    starred = {pair.removeprefix("*.") for pair in pairs if pair.startswith("*.")}
    return frozenset(rule for rule in rules if "." not in rule) - starred, frozenset(pairs)


def plain_domain(host: str) -> str:
    """The domain of a plain host right under a suffix of one label; "" where the list has to be asked."""
    found = PLAIN.fullmatch(host)
    if found is None or "xn--" in host:
        return ""
    suffixes, pairs = _suffixes()
    return found[1] if found[2] in suffixes and found[1] not in pairs else ""


def asked_domain(host: str) -> str:
    """The registrable domain by the public suffix list; the last two labels where it knows no such top-level domain."""
    found = _extractor()(host)
    domain = unicode_of(found.top_domain_under_public_suffix.lower())
    if not domain and not found.suffix and found.domain and found.subdomain:
        domain = f"{found.subdomain.rsplit('.', 1)[-1]}.{found.domain}".lower()
    return domain[:253]


@lru_cache(maxsize=65_536)
def domain_of(text: str) -> str:
    """The registrable domain of a web address, host or e-mail address; "" where there is none.

    Hosts that many companies share (linkedin.com/company/…) are nobody's domain.
    """
    host = text.strip().rsplit("@", 1)[-1]
    domain = plain_domain(host.lower())[:253] or asked_domain(host)
    return "" if domain in HOSTS else domain


def unicode_of(domain: str) -> str:
    """An internationalised domain in one form, the one people read: “xn--mller-kva.de” → “müller.de”."""
    if "xn--" not in domain:
        return domain
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain
