"""Secrets typed into a form that was refused: kept sealed for a short time, so that nobody has to paste them again."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from mops.core.secrets import SecretUnreadable, seal, unseal

KEPT_FOR = timedelta(minutes=15)


class KeptSecrets:
    """The secrets of one form, in the session of whoever typed them. They are never sent back to the browser."""

    def __init__(self, session: SessionBase, form: str) -> None:
        self.session, self.key = session, f"kept:{form}"

    def read(self) -> dict[str, str]:
        """By field, what is kept still."""
        kept = self.session.get(self.key)
        if not kept or datetime.fromisoformat(kept["until"]) <= timezone.now():
            return {}
        try:
            return {name: unseal(text, place=self._place(name)) for name, text in kept["sealed"].items()}
        except SecretUnreadable:
            return {}

    def keep(self, secrets: Mapping[str, str]) -> None:
        """Keep these, and nothing else, for a quarter of an hour."""
        sealed = {name: seal(text, place=self._place(name)) for name, text in secrets.items()}
        self.session[self.key] = {"until": (timezone.now() + KEPT_FOR).isoformat(), "sealed": sealed}

    def forget(self) -> None:
        self.session.pop(self.key, None)

    def _place(self, name: str) -> str:
        return f"session:{self.session.session_key}:{self.key}:{name}"
