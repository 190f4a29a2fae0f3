"""Normalisation at the door: one canonical form per kind of value, the original kept beside it. Pure."""

from martech.normalisation.companies import company_key, is_free_mail
from martech.normalisation.countries import country_code, country_name
from martech.normalisation.domains import domain_of
from martech.normalisation.text import TextRefused, clean_text, split_name
from mops.core.emails import EmailRefused, email_key
from mops.core.phones import phone_number

__all__ = [
    "EmailRefused",
    "TextRefused",
    "clean_text",
    "company_key",
    "country_code",
    "country_name",
    "domain_of",
    "email_key",
    "is_free_mail",
    "phone_number",
    "split_name",
]
