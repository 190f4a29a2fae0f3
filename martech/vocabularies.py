"""What is looked up about every record: names of countries, public suffixes, legal forms, names of people, dialling codes.

It is read on first use and stays in memory: some fifty megabytes, which processes share that fork after it was read.
"""

import phonenumbers

from martech.connectors.registry import vendors
from martech.identity.addresses import read_mail
from martech.identity.lexicon import given_names
from martech.identity.record import comparable_company
from martech.identity.standard import standard_rulebook
from martech.normalisation.companies import is_free_mail
from martech.normalisation.countries import country_code, country_name
from martech.normalisation.domains import asked_domain
from mops.core.phones import calling_code


def read_vocabularies() -> None:
    """Read all of it now."""
    vendors()
    country_code("Germany")
    country_name("DE")
    asked_domain("www.example.co.uk")
    is_free_mail("example.org")
    read_mail("ana@example.org")
    given_names()
    comparable_company("Example GmbH")
    standard_rulebook()
    for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
        calling_code(f"{code}00"[:3])
