"""What a person tells about their company, what we know of an account, and the keys under which the two meet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import phonenumbers

from martech.accounts.names import Name, fold, read_name
from martech.normalisation import domain_of, is_free_mail

Key = tuple[str, str]
"""A kind (domain, name, former, people, core, acronym, sound, phone) and a value."""

CODES_OF_OTHERS = frozenset(["io", "co", "ai", "me", "tv", "fm", "gg", "ly", "sh", "to", "cc", "ws", "eu"])
"""Country codes that companies everywhere use; they say nothing about a country."""


@dataclass(frozen=True)
class Evidence:
    """`domains` are those of a company, the e-mail's first; `country` is given, or follows from name, phone or domain."""

    name: Name | None = None
    domains: tuple[str, ...] = ()
    country: str = ""
    phone: str = ""

    @property
    def is_empty(self) -> bool:
        return self.name is None and not self.domains

    def lookup_keys(self) -> set[Key]:
        """Where candidates are looked up."""
        found = {(kind, domain) for domain in self.domains for kind in ("domain", "people")}
        if self.name is not None:
            found |= {(kind, form) for form in self.name.compact for kind in ("name", "former", "acronym")}
            found |= {("name", acronym) for acronym in self.name.acronyms}
            found |= {("core", self.name.core), ("sound", self.name.skeleton)}
        return found | ({("phone", self.phone)} if self.phone else set())


@dataclass(frozen=True)
class Candidate:
    """An account as matching sees it. `root` is the top of its family; `ancestors` its parents upwards."""

    id: int
    name: Name
    text: str
    domains: frozenset[str] = frozenset()
    former: tuple[Name, ...] = ()
    people_domains: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    country: str = ""
    root: int = 0
    ancestors: frozenset[int] = field(default_factory=frozenset)
    has_owner: bool = False
    is_customer: bool = False
    order: int = 0


def read_evidence(values: Mapping[str, str], ignored: frozenset[str] = frozenset()) -> Evidence:
    """Evidence from a person's `company, email, website, phone, country`; free mail and hosts are no company's domain.

    `email` may hold several addresses, the primary one first, separated by spaces.
    """
    return _read(*(values.get(key) or "" for key in ("company", "email", "website", "phone", "country")), ignored)


@lru_cache(maxsize=65_536)
def _read(company: str, email: str, website: str, phone: str, country: str, ignored: frozenset[str]) -> Evidence:
    found = [domain_of(address) for address in email.split() if "@" in address] + [domain_of(website)]
    domains = tuple(dict.fromkeys(one for one in found if is_company_domain(one, ignored)))
    name = read_name(company) if company.strip() else None
    return Evidence(name, domains, country_of(country, phone, domains, name), phone_key(phone))


def is_company_domain(domain: str, ignored: frozenset[str] = frozenset()) -> bool:
    return bool(domain) and domain not in ignored and not is_free_mail(domain)


def country_of(country: str, phone: str, domains: Sequence[str], name: Name | None) -> str:
    """The country the company's name speaks of, else the one given, else that of the phone number or the domain."""
    if name is not None and len(name.places) == 1:
        return next(iter(name.places))
    if country:
        return country
    if phone.startswith("+"):
        try:
            if region := phonenumbers.region_code_for_number(phonenumbers.parse(phone)):
                return str(region)
        except phonenumbers.NumberParseException:
            pass
    return next((found for domain in domains if (found := country_of_domain(domain))), "")


def country_of_domain(domain: str) -> str:
    code = domain.rpartition(".")[2]
    if len(code) != 2 or code in CODES_OF_OTHERS:
        return ""
    return "GB" if code == "uk" else code.upper()


def phone_key(phone: str) -> str:
    """A company's numbers share all but the extension."""
    return phone[:-3] if phone.startswith("+") and len(phone) >= 10 else ""


def label_of(domain: str) -> str:
    """The name in a domain: “blue-ocean.co.uk” → “blueocean”."""
    return fold(domain.partition(".")[0]).replace("-", "")


def account_keys(
    name: str, former_names: Sequence[str], domains: Sequence[str], ignored: frozenset[str] = frozenset()
) -> set[Key]:
    """The keys of an account that follow from its own fields; those of its people are added by the caller."""
    found = {("domain", one) for given in domains if is_company_domain(one := domain_of(given), ignored)}
    if (own := read_name(name)) is not None:
        found |= {("name", form) for form in own.compact} | {("acronym", one) for one in own.acronyms}
        found |= {("core", own.core), ("sound", own.skeleton)}
    for former in former_names:
        if (old := read_name(former)) is not None:
            found |= {("former", form) for form in old.compact} | {("acronym", one) for one in old.acronyms}
    return {(kind, value[:300]) for kind, value in found if value}
