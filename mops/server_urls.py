"""Settings of servers from their URLs."""

from typing import Any

import dj_database_url
import dj_email_url

ENCRYPTED_MAIL = {"smtp+tls": "EMAIL_USE_TLS", "smtp+ssl": "EMAIL_USE_SSL"}
"""Encrypted once the connection stands, and from the first byte on; the library does not know these."""
POSTGRES = ("postgres", "postgresql")
REDIS = ("redis", "rediss", "unix")
MAIL = (*dj_email_url.SCHEMES, *ENCRYPTED_MAIL)


def database(url: str) -> dict[str, Any]:
    settings: dict[str, Any] = {**dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True)}
    settings["ENGINE"] = "django.db.backends.postgresql"
    settings["OPTIONS"] = {**settings.get("OPTIONS", {}), "connect_timeout": 5, "application_name": "mops"}
    return settings


def mail(url: str) -> dict[str, Any]:
    scheme, _, rest = url.partition(":")
    if encrypted := ENCRYPTED_MAIL.get(scheme.lower()):
        return {**dj_email_url.parse(f"smtp:{rest}"), encrypted: True}
    return dict(dj_email_url.parse(url))
