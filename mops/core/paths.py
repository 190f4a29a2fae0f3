"""Addresses that are made of what people call things."""

from typing import Any

from django.urls import Resolver404, resolve, reverse


def is_taken(url_name: str, **names: Any) -> bool:
    """Whether another page answers at the address that these names would get, so that nobody could open theirs."""
    try:
        return resolve(reverse(url_name, kwargs=names)).view_name != url_name
    except Resolver404:
        return True
