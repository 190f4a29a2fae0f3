"""Where list pages keep their saved views; registered with the kernel, which has no tables."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from governance.models import SavedView
from mops.core import registry


def shown(view: SavedView, user: Any) -> registry.SavedView:
    return registry.SavedView(
        pk=view.pk,
        name=view.name,
        querystring=view.querystring,
        is_shared=view.is_shared,
        is_default=view.is_default and view.user_id == user.pk,
        is_mine=view.user_id == user.pk,
    )


class SavedViews:
    """The views a user sees on a page: their own and those others share."""

    def list(self, user: Any, page: str) -> list[registry.SavedView]:
        rows = SavedView.objects.filter(Q(user=user) | Q(is_shared=True), page=page)
        return [shown(view, user) for view in rows]

    def save(
        self, user: Any, page: str, name: str, querystring: str, is_shared: bool, is_default: bool
    ) -> registry.SavedView:
        """Keep a view under a name; the same name is replaced, and only one view of a page is the default."""
        with transaction.atomic():
            if is_default:
                SavedView.objects.filter(user=user, page=page, is_default=True).exclude(name=name).update(
                    is_default=False
                )
            values = {"querystring": querystring, "is_shared": is_shared, "is_default": is_default}
            view, _created = SavedView.objects.update_or_create(user=user, page=page, name=name, defaults=values)
        return shown(view, user)

    def delete(self, user: Any, page: str, pk: int) -> None:
        SavedView.objects.filter(pk=pk, user=user, page=page).delete()
