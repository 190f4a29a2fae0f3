"""People who use mops."""

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

from governance.models import Density, NoticePace, Team, Theme, User
from governance.policies import Role
from governance.services.delivery import plan_again
from mops.core.duplicates import refusing_duplicates
from mops.core.errors import ConflictError, DomainError
from mops.core.history import recording


def checked_user(email: str, name: str, roles: Iterable[str], password: str | None) -> User:
    """An unsaved user, or DomainError naming every field that is wrong."""
    errors: dict[str, list[str]] = {}
    user = User(email=email.strip().lower(), name=name.strip(), roles=list(roles))
    try:
        validate_email(user.email)
    except ValidationError:
        errors["email"] = [f"“{email}” is not an e-mail address; write it like ana@example.com."]
    unknown = [role for role in user.roles if role not in Role.values]
    if unknown or not user.roles:
        what = f"Unknown role {', '.join(unknown)}" if unknown else "A role is missing"
        errors["role"] = [f"{what}; use one of {', '.join(Role.values)}."]
    if password is not None:
        try:
            validate_password(password, user)
        except ValidationError as error:
            errors["password"] = list(error.messages)
    if errors:
        raise DomainError("The user was not created.", errors=errors)
    user.set_password(password)
    return user


def create_user(
    *,
    email: str,
    roles: Iterable[str],
    actor: User | None,
    name: str = "",
    password: str | None = None,
    team: Team | None = None,
    job_title: str = "",
) -> User:
    """Add a person; without a password they can only sign in by single sign-on. Raises DomainError."""
    user = checked_user(email, name, roles, password)
    user.team, user.job_title = team, job_title
    taken = f"Somebody with the address {user.email} exists already."
    with (
        refusing_duplicates("The user was not created.", "email", taken),
        transaction.atomic(),
        recording("create_user", actor=actor),
    ):
        user.save()
    return user


def change_preferences(*, user: User, theme: str | None = None, density: str | None = None) -> None:
    """Set how pages look for a person. Raises DomainError for an unknown choice."""
    wanted = {"theme": (theme, Theme.values), "density": (density, Density.values)}
    changes = {field: value for field, (value, _allowed) in wanted.items() if value is not None}
    errors = {
        field: [f"Use one of {', '.join(allowed)}."]
        for field, (value, allowed) in wanted.items()
        if value is not None and value not in allowed
    }
    if errors:
        raise DomainError("The preference was not changed.", errors=errors)
    User.objects.filter(pk=user.pk).update(**changes)


def change_user(
    *,
    user: User,
    email: str,
    name: str,
    job_title: str,
    roles: Iterable[str],
    team: Team | None,
    is_active: bool,
    actor: User,
) -> User:
    """Change a person. Refuses to take the last administrator away. Raises DomainError, ConflictError."""
    checked = checked_user(email, name, roles, None)
    stays_admin = is_active and Role.ADMIN in checked.roles
    changes = {"email": checked.email, "name": checked.name, "roles": checked.roles}
    taken = f"Somebody with the address {checked.email} exists already."
    with (
        refusing_duplicates("The user was not changed.", "email", taken),
        transaction.atomic(),
        recording("change_user", actor=actor),
    ):
        keep_an_administrator(user, stays_admin)
        User.objects.filter(pk=user.pk).update(**changes, job_title=job_title, team=team, is_active=is_active)
    user.refresh_from_db()
    return user


def keep_an_administrator(user: User, stays_admin: bool) -> None:
    """Refuse that the last active administrator is one no longer. Administrators are locked, so that two never leave at
    once. Raises ConflictError."""
    admins = list(User.objects.select_for_update().filter(roles__contains=[Role.ADMIN], is_active=True))
    if not stays_admin and [admin.pk for admin in admins] == [user.pk]:
        raise ConflictError(
            "This is the last administrator.", errors={"role": ["Make somebody else an administrator first."]}
        )


def vouch_for_address(*, user: User) -> None:
    """Tell the sign-in that the address an administrator gave is the user's own, and that older ones no longer are.

    Without it an address that was never confirmed by mail would give way to the first one somebody asks to change to.
    """
    with transaction.atomic():
        rows = EmailAddress.objects.select_for_update()
        list(rows.filter(Q(user=user) | Q(email__iexact=user.email)).order_by("pk"))
        EmailAddress.objects.filter(email__iexact=user.email).exclude(user=user).delete()
        EmailAddress.objects.filter(user=user, verified=True).exclude(email__iexact=user.email).delete()
        EmailAddress.objects.filter(user=user, primary=True).exclude(email__iexact=user.email).update(primary=False)
        EmailAddress.objects.update_or_create(
            user=user, email=user.email.lower(), defaults={"verified": True, "primary": True}
        )


def choose_notices(*, user: User, pace: str) -> None:
    """Set when notices leave by mail and chat, those that wait already too. Raises DomainError for a pace there is not."""
    if pace not in NoticePace.values:
        raise DomainError("Nothing was changed.", errors={"notices": [f"Use one of {', '.join(NoticePace.values)}."]})
    with transaction.atomic(), recording("choose_notices", actor=user):
        User.objects.filter(pk=user.pk).update(notices=pace)
        user.notices = pace
        plan_again(user)
