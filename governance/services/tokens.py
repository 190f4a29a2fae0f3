"""API tokens: made, looked up, revoked. The text of a token leaves `create_token` once and is kept nowhere."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from governance.models import ApiToken, Scope, User
from mops.core.errors import DomainError
from mops.core.history import recording

PREFIX = "mops_"
USED_EVERY = timedelta(minutes=1)


def digest_of(text: str, *, secret: str | None = None) -> str:
    """HMAC-SHA256 of a token, hex, keyed from the secret key."""
    key = hashlib.sha256(b"governance.ApiToken" + (secret or settings.SECRET_KEY).encode()).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def create_token(
    *, user: User, actor: User | None, name: str = "", scope: str = Scope.READ, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make a token of 256 random bits for `user`; returns its row and its text. Raises DomainError."""
    if scope not in Scope.values:
        raise DomainError("Unknown scope.", errors={"scope": [f"Use one of {', '.join(Scope.values)}."]})
    if expires_at is not None and expires_at <= timezone.now():
        raise DomainError("The token would already be expired.", errors={"expires_at": ["Choose a later time."]})
    text = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic(), recording("create_token", actor=actor):
        token = ApiToken.objects.create(
            user=user, name=name[:80], digest=digest_of(text), prefix=text[:9], scope=scope, expires_at=expires_at
        )
    return token, text


def revoke_token(*, token: ApiToken, actor: User | None) -> None:
    """Refuse the token from now on; a second call changes nothing."""
    with transaction.atomic(), recording("revoke_token", actor=actor):
        ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())


def token_of(text: str) -> ApiToken | None:
    """The valid token behind a bearer text, marked as used (at most once a minute), or None."""
    if not text.startswith(PREFIX):
        return None
    digests = [digest_of(text, secret=secret) for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]]
    token = ApiToken.objects.select_related("user").filter(digest__in=digests).first()
    if token is None or not token.is_valid:
        return None
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at < now - USED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_EVERY)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
    return token
