"""A person as matching sees them: every value in its comparable form, several of a kind where there are several."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from operator import attrgetter
from sys import intern
from typing import Any

import cleanco

from martech.identity.addresses import Mail, is_blank, read_id, read_mail, read_phone, read_profile, web_domain
from martech.identity.names import NOBODY, Name, folded, read_name
from martech.normalisation import company_key

LABEL = 6
"""So many letters of a company's name or domain make a key; the rest is compared, not looked up."""


class Record:
    """`id` orders records: the lower one came first. Empty values are empty strings and tuples, never None."""

    __slots__ = (
        *("id", "name", "former", "mails", "phones", "profiles", "ids", "domains", "companies", "country", "city"),
        *("title", "born", "number", "street", "postcode"),
    )

    def __init__(self, id: int, name: Name = NOBODY) -> None:
        self.id = id
        self.name = name
        self.former: tuple[Name, ...] = ()
        self.mails: tuple[Mail, ...] = ()
        self.phones: tuple[str, ...] = ()
        self.profiles: tuple[str, ...] = ()
        self.ids: tuple[str, ...] = ()
        self.domains: tuple[str, ...] = ()
        self.companies: tuple[str, ...] = ()
        self.country = self.city = self.title = self.born = self.number = self.street = self.postcode = ""

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, _values(self)


_values = attrgetter(*Record.__slots__)


def _rebuilt(id: int, name: Name, *values: Any) -> Record:
    """A record as another process sent it; one tuple is half the price of pickle's own way with slots."""
    record = Record(id, name)
    record.former, record.mails, record.phones, record.profiles, record.ids, record.domains = values[:6]
    record.companies, record.country, record.city, record.title, record.born = values[6:11]
    record.number, record.street, record.postcode = values[11:]
    return record


@cache
def _form_words() -> frozenset[str]:
    """Words that begin or end a legal form; cleaning is ten times the price of looking whether there is any."""
    return frozenset(word.replace(".", "") for _size, words in cleanco.prepare_default_terms() for word in words)


@lru_cache(maxsize=131_072)
def comparable_company(name: str) -> str:
    """A company without its legal form, folded; "" for words that only fill the field."""
    if is_blank(name):
        return ""
    words = name.lower().replace(".", "").replace(",", " ").split()
    has_form = not name.isascii() or (words and (words[0] in _form_words() or words[-1] in _form_words()))
    return intern(folded(company_key(name) if has_form else name))


@lru_cache(maxsize=65_536)
def comparable_text(text: str) -> str:
    return "" if is_blank(text) else intern(folded(text))


def unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))


def each(read: Callable[[str], str], value: str | None, more: Iterable[str] | None) -> tuple[str, ...]:
    """What is read from a value and from further ones; nearly always there is one or none."""
    if more:
        return unique(map(read, [value or "", *more]))
    found = read(value) if value else ""
    return (found,) if found else ()


def read_mails(address: str | None, more: Iterable[str] | None) -> tuple[Mail, ...]:
    if more:
        return tuple(sorted({mail for written in {address or "", *more} if written and (mail := read_mail(written))}))
    mail = read_mail(address) if address else None
    return (mail,) if mail else ()


def domains_of(website: str | None, mails: Iterable[Mail]) -> tuple[str, ...]:
    """The site's domain and those of mailboxes that are nobody's free ones; mostly all of them are the same."""
    site = web_domain(website) if website else ""
    others = {mail.domain for mail in mails if not mail.is_free and mail.domain != site}
    return unique([site, *map(web_domain, others)]) if others else (site,) if site else ()


def read_record(id: int, values: Mapping[str, Any]) -> Record:
    """A record from a person's columns, plus lists of what else is known of them.

    `emails`, `phones`, `companies`, `linkedin_urls`, `external_ids`, `names` (pairs) hold further and former values.
    """
    record = Record(id)
    first, last = values.get("first_name") or "", values.get("last_name") or ""
    record.name = read_name("" if is_blank(first) else first, "" if is_blank(last) else last)
    if names := values.get("names"):
        record.former = tuple(sorted({read_name(*pair) for pair in names} - {record.name}))
    record.mails = read_mails(values.get("email"), values.get("emails"))
    record.phones = each(read_phone, values.get("phone"), values.get("phones"))
    record.profiles = each(read_profile, values.get("linkedin_url"), values.get("linkedin_urls"))
    if ids := values.get("external_ids"):
        record.ids = unique(map(read_id, ids))
    record.domains = domains_of(values.get("website"), record.mails)
    record.companies = each(comparable_company, values.get("company"), values.get("companies"))
    record.country = values.get("country") or ""
    record.city = comparable_text(values.get("city") or "")
    record.title = comparable_text(values.get("job_title") or "")
    record.born = values.get("birth_date") or ""
    record.number = values.get("national_id") or ""
    record.street = comparable_text(values.get("street") or "")
    record.postcode = values.get("postcode") or ""
    return record
