"""Addresses, numbers and profiles in the form that matching compares, and which of them name nobody."""

import re
from functools import cache, lru_cache
from sys import intern
from typing import NamedTuple
from urllib.parse import unquote

import phonenumbers
from disposable_email_domains import blocklist

from martech.normalisation import domain_of, is_free_mail

PERSONAL, ROLE = "personal", "role"
ROLES = frozenset(
    [
        "abuse",
        "accounting",
        "accounts",
        "admin",
        "administration",
        "ap",
        "ar",
        "assistant",
        "billing",
        "biuro",
        "booking",
        "bookings",
        "buchhaltung",
        "career",
        "careers",
        "centrale",
        "comercial",
        "communications",
        "compliance",
        "contabilidad",
        "contact",
        "contacto",
        "contato",
        "contatti",
        "contracts",
        "customer",
        "customercare",
        "customerservice",
        "customersupport",
        "desk",
        "direction",
        "einkauf",
        "empfang",
        "enquiries",
        "enquiry",
        "event",
        "events",
        "export",
        "faktura",
        "feedback",
        "finance",
        "frontdesk",
        "general",
        "hallo",
        "hello",
        "help",
        "helpdesk",
        "hi",
        "hr",
        "import",
        "info",
        "infos",
        "information",
        "inquiries",
        "inquiry",
        "invest",
        "investor",
        "investors",
        "invoice",
        "invoices",
        "it",
        "jobs",
        "kontakt",
        "kontor",
        "kundenservice",
        "legal",
        "mail",
        "mailbox",
        "mailing",
        "main",
        "marketing",
        "media",
        "news",
        "newsletter",
        "noreply",
        "office",
        "order",
        "orders",
        "partner",
        "partners",
        "personal",
        "post",
        "posta",
        "postmaster",
        "pr",
        "presse",
        "press",
        "privacy",
        "procurement",
        "purchasing",
        "receptie",
        "reception",
        "recruiting",
        "rh",
        "root",
        "sales",
        "security",
        "secretariat",
        "sekretariat",
        "service",
        "services",
        "shop",
        "staff",
        "studio",
        "support",
        "team",
        "tech",
        "technik",
        "tender",
        "ufficio",
        "unsubscribe",
        "vendas",
        "ventas",
        "verkauf",
        "vertrieb",
        "verwaltung",
        "web",
        "webmaster",
        "welcome",
    ]
)
PLACEHOLDERS = frozenset(
    [
        "test",
        "tester",
        "testing",
        "none",
        "na",
        "nobody",
        "noone",
        "noemail",
        "noname",
        "unknown",
        "example",
        "asdf",
        "qwerty",
        "xxx",
        "abc",
        "dummy",
        "fake",
        "anonymous",
    ]
)
NO_REPLY = re.compile(r"^(do-?not-?reply|no-?reply|noreply)")
GMAIL = frozenset({"gmail.com", "googlemail.com"})
HOST_SLIPS = frozenset(
    [
        "gmial.com",
        "gmai.com",
        "gnail.com",
        "gmal.com",
        "gmail.co",
        "gamil.com",
        "gmaill.com",
        "gmail.con",
        "hotmial.com",
        "hotmai.com",
        "hotmal.com",
        "yaho.com",
        "yahooo.com",
        "yahoo.co",
        "outlok.com",
        "outloo.com",
        "iclod.com",
        "icoud.com",
        "gmx.d",
        "wed.de",
    ]
)
"""Free hosts as people misspell them; some of these names catch mail and stand on lists of disposable ones."""
NOT_DIGIT = re.compile(r"\D")
EXTENSION = re.compile(r"(?:ext\.?|x|durchwahl|dw)\s*(\d{1,6})\s*$", re.IGNORECASE)
PROFILE = re.compile(r"linkedin\.com/(?:in|pub)/([^/?#]+)", re.IGNORECASE)
GLOBAL_ID = re.compile(r"^(?=.*\d)(?=.*[a-zA-Z])[0-9a-zA-Z-]{15,40}$")
BLANKS = frozenset(
    [
        "",
        "n/a",
        "na",
        "none",
        "null",
        "unknown",
        "-",
        "--",
        "?",
        "tbd",
        "test",
        "n.a.",
        "keine",
        "no company",
        "self",
        "self employed",
        "self-employed",
        "freelance",
        "freelancer",
        "private",
        "privat",
        "individual",
        "company",
    ]
)


class Mail(NamedTuple):
    """An address taken apart; `local` without its plus part, and without dots where the host ignores them."""

    local: str
    domain: str
    is_free: bool
    is_role: bool


@cache
def _disposable() -> frozenset[str]:
    return frozenset(blocklist)


@lru_cache(maxsize=65_536)
def _is_role(local: str) -> bool:
    word = local.strip("0123456789._-+")
    if not word or word in ROLES or word in PLACEHOLDERS or (local[0] in "dn" and NO_REPLY.match(local)):
        return True
    words = word.replace("_", ".").replace("-", ".").split(".")
    return words[0] in ROLES and (len(words) == 1 or len(words[-1]) <= 3 or words[-1] in ROLES)


@lru_cache(maxsize=65_536)
def _domain_facts(domain: str) -> tuple[str, bool, bool]:
    """The domain once, whether it is a free mail host, and whether its addresses are thrown away."""
    known = intern(domain)
    if domain in HOST_SLIPS:
        return known, True, False
    return known, is_free_mail(domain), domain in _disposable()


def read_mail(address: str) -> Mail | None:
    """None where the address names nobody: disposable, or no address at all."""
    local, at, domain = address.strip().lower().rpartition("@")
    if not at or not local or "." not in domain:
        return None
    domain, is_free, is_disposable = _domain_facts(domain)
    if is_disposable:
        return None
    local = local.partition("+")[0] or local
    if domain in GMAIL:
        local, domain = local.replace(".", ""), "gmail.com"
    return Mail(local, domain, is_free, _is_role(local))


@cache
def _calling_codes() -> frozenset[str]:
    return frozenset(str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


def cleaned_phone(text: str) -> tuple[str, str, str]:
    """What was written without the extension, its digits, and the extension as “x12”."""
    found = EXTENSION.search(text)
    kept = (text[: found.start()] if found else text).strip().replace("(0)", "")
    return kept, NOT_DIGIT.sub("", kept), f"x{found.group(1)}" if found else ""


@lru_cache(maxsize=65_536)
def read_phone(text: str) -> str:
    """The last ten digits of the national number, and the extension; "" for what is no number of anybody.

    The country is left out on purpose: half of the numbers in a list come without one, and the rest of the
    record says whether two people can be meant. Ten, because a North American number has as many: with nine,
    702 555 0143 and 902 555 0143 were one. A long number without plus or trunk zero begins with its country.
    """
    if text[:1] == "+" and text[1:].isdecimal() and text.isascii():  # as the door writes it: nothing to clean
        kept, digits, extension = text, text[1:], ""
    else:
        kept, digits, extension = cleaned_phone(text)
    if kept.startswith("00"):
        kept, digits = "+" + kept[2:], digits[2:]
    if kept.startswith("+") or (len(digits) > 10 and digits[0] != "0"):
        for size in (1, 2, 3):
            if digits[:size] in _calling_codes():
                digits = digits[size:]
                break
    digits = digits.lstrip("0")[-10:]
    if len(digits) < 7 or len(set(digits)) < 3 or digits in "1234567890123456789" or digits in "9876543210987654321":
        return ""
    return digits + extension


@lru_cache(maxsize=8_192)
def read_profile(url: str) -> str:
    """The name a LinkedIn profile goes by; "" for company pages and other sites."""
    found = PROFILE.search(url)
    return unquote(found.group(1)).lower().strip() if found else ""


def read_id(text: str) -> str:
    """An id that is unique in the world (a Salesforce id, a UUID); "" for one that only its system understands."""
    text = text.strip()
    if not GLOBAL_ID.match(text):
        return ""
    return text[:15] if text.startswith(("003", "00Q", "001")) and len(text) in (15, 18) else text.lower()


@lru_cache(maxsize=65_536)
def web_domain(text: str) -> str:
    """The registrable domain of a company's own site or mail; "" for hosts that everybody uses."""
    domain = domain_of(text) if text else ""
    return "" if not domain or is_free_mail(domain) or domain in _disposable() else intern(domain)


def is_blank(text: str) -> bool:
    """Words that people write to get past a required field."""
    return text.strip().lower() in BLANKS
