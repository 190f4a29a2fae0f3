"""Who may do what: one registry asked by page, API, export, search and template alike. Deny by default.

Each app declares its permissions in `policies.py` and registers them in `AppConfig.ready()`. A permission names the
roles that hold it; roles are opaque text here (`governance.policies` names them). A view without a right is refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import Model

PUBLIC = "public"
SIGNED_IN = "signed_in"

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Permission:
    """`key` is `<app>.<verb>_<noun>`; `roles` hold it for every object unless an object rule narrows it."""

    key: str
    label: str
    roles: frozenset[str]


_permissions: dict[str, Permission] = {}
_object_rules: dict[str, Callable[[Any, Any], bool]] = {}
_hidden_fields: dict[str, dict[str, frozenset[str]]] = {}
_names: dict[str, Callable[[Any, frozenset[str]], str]] = {}


def register_permissions(permissions: Mapping[str, tuple[str, frozenset[str]]]) -> None:
    """Add `{key: (label, roles)}`. A key declared twice is a programming error."""
    for key, (label, roles) in permissions.items():
        if key in _permissions:
            raise ImproperlyConfigured(f"permission {key} is declared twice")
        _permissions[key] = Permission(key, label, frozenset(roles))


def register_object_rule(key: str, rule: Callable[[Any, Any], bool]) -> None:
    """Narrow a permission for single objects: `rule(user, obj) -> bool` is asked after the role."""
    _object_rules[key] = rule


def register_hidden_fields(model_label: str, fields: Mapping[str, frozenset[str]]) -> None:
    """Hide fields of a model: `{field: roles that may not see it}`; a user sees it when any role of theirs may."""
    _hidden_fields.setdefault(model_label, {}).update(fields)


def register_name(model_label: str, name: Callable[[Any, frozenset[str]], str]) -> None:
    """Say what objects of a model are called where their usual name may tell a hidden field: `name(obj, hidden)`."""
    _names[model_label] = name


def is_called_by_reader(model: type[Model]) -> bool:
    """Whether what an object of this model is called depends on who reads."""
    return model._meta.label_lower in _names


def permissions() -> list[Permission]:
    return sorted(_permissions.values(), key=lambda permission: permission.key)


def roles_of(user: Any) -> frozenset[str]:
    """The role keys of an active user; none for anybody else."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return frozenset()
    return frozenset(user.role_keys)


def can(user: Any, permission: str, obj: Any = None) -> bool:
    """May `user` do `permission` (to `obj`)? An unknown permission is a programming error, not a no."""
    if permission == PUBLIC:
        return True
    if permission == SIGNED_IN:
        return bool(roles_of(user))
    if permission not in _permissions:
        raise ImproperlyConfigured(f"permission {permission} is not declared")
    if not roles_of(user) & _permissions[permission].roles:
        return False
    rule = _object_rules.get(permission)
    return rule is None or obj is None or rule(user, obj)


def require(user: Any, permission: str, obj: Any = None) -> None:
    """Raise PermissionDenied with a sentence the 403 page shows."""
    if not can(user, permission, obj):
        label = _permissions[permission].label if permission in _permissions else permission
        raise PermissionDenied(f"Your role does not include “{label}”.")


def hidden_fields(user: Any, model: type[Model]) -> frozenset[str]:
    """Field names of `model` that `user` may not see on a page, in an export, in search or in the API."""
    rules = _hidden_fields.get(model._meta.label_lower, {})
    roles = roles_of(user)
    return frozenset(field for field, denied in rules.items() if not roles - denied)


def called(user: Any, obj: Any) -> str:
    """What an object is called to `user`, in a page, title, toast, notice, export or answer: nothing hidden is in it.

    Nobody (None) sees no hidden field. Objects of models without a registered name are called as they call themselves.
    """
    name = _names.get(obj._meta.label_lower) if isinstance(obj, Model) else None
    return name(obj, hidden_fields(user, type(obj))) if name else str(obj)


def requires(permission: str, *, object_rule: bool = False) -> Callable[[View], View]:
    """Decorate a function view with the right it needs. `object_rule` says that the view narrows by object itself."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: Any, *args: Any, **kwargs: Any) -> Any:
            if permission != PUBLIC:
                require(request.user, permission)
            return view(request, *args, **kwargs)

        checked.right = permission  # type: ignore[attr-defined]
        checked.has_object_rule = object_rule  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return decorate


def right_of(callback: Any) -> str | dict[str, str] | None:
    """The right a resolved view declares: a permission, or a permission per HTTP method for API classes."""
    for holder in (callback, getattr(callback, "view_class", None), getattr(callback, "cls", None)):
        right = getattr(holder, "right", None)
        if right is not None:
            return right  # type: ignore[no-any-return]
    return None
