"""People who use mops, their teams and how they like the pages."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from governance.policies import OPERATORS, Role
from mops.core.history import tracked


class Theme(models.TextChoices):
    SYSTEM = "system", "Like the system"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class Density(models.TextChoices):
    COMFORTABLE = "comfortable", "Comfortable"
    COMPACT = "compact", "Compact"


@tracked()
class Team(models.Model):
    """People who work together; a sales team has a region."""

    name = models.CharField(max_length=120, unique=True)
    region = models.CharField(max_length=60, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, roles=[Role.ADMIN], **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


class NoticePace(models.TextChoices):
    """When notices leave by mail or chat; in the app they are at once."""

    ONCE = "once", "At once"
    HOURLY = "hourly", "Once an hour"
    DAILY = "daily", "Once a day, at eight"
    APP = "app", "Never, only here"


@tracked(exclude=["password", "last_login"])
class User(AbstractBaseUser):
    """A person who signs in with an e-mail address, or an integration that only has tokens."""

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=150, blank=True, default="")
    job_title = models.CharField(max_length=120, blank=True, default="")
    roles: "ArrayField[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=30, choices=Role.choices), default=list, blank=True
    )
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="members")
    is_active = models.BooleanField(default=True)
    theme = models.CharField(max_length=8, choices=Theme.choices, default=Theme.SYSTEM)
    density = models.CharField(max_length=12, choices=Density.choices, default=Density.COMFORTABLE)
    time_zone = models.CharField(max_length=60, blank=True, default="")
    notices = models.CharField(max_length=6, choices=NoticePace.choices, default=NoticePace.ONCE)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["name", "email"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_absolute_url(self) -> str:
        return reverse("governance:user", args=[self.pk])

    @property
    def role_keys(self) -> list[str]:
        return self.roles

    @property
    def role_label(self) -> str:
        return Role(self.roles[0]).label if self.roles else "No role"

    @property
    def role_labels(self) -> list[str]:
        return [Role(role).label for role in self.roles]

    @property
    def initials(self) -> str:
        words = (self.name or self.email).replace(".", " ").split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    def get_full_name(self) -> str:
        return self.name or self.email

    # Django's admin asks for these; the answer is the role, never a stored flag.
    @property
    def is_staff(self) -> bool:
        return self.is_active and bool(OPERATORS & set(self.roles))

    @property
    def is_superuser(self) -> bool:
        return self.is_active and Role.ADMIN in self.roles

    def has_perm(self, _permission: str, _obj: Any = None) -> bool:
        return self.is_staff

    def has_perms(self, _permissions: Any, _obj: Any = None) -> bool:
        return self.is_staff

    def has_module_perms(self, _app_label: str) -> bool:
        return self.is_staff
