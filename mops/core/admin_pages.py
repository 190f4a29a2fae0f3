"""Admin pages with the same rights and services as the app: who may not do it there may not do it here."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextareaWidget

from mops.core.errors import DomainError
from mops.core.rights import called, can, is_called_by_reader
from mops.core.seen import read_seen


class RightsAdmin(ModelAdmin):
    """Seen with `view_right`, changed with `edit_right`; without an edit right it is read only. Nothing is deleted
    unless the subclass says so.
    """

    view_right: ClassVar[str]
    edit_right: ClassVar[str] = ""
    is_deletable: ClassVar[bool] = False
    #: Fields of the form that are no fields of the model: only asked of those who may edit.
    extra_fields: ClassVar[Sequence[str]] = ()
    show_full_result_count = False

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """The page of the app where the row is worked with; rules have their builder there."""
        return obj.get_absolute_url() if obj is not None and hasattr(obj, "get_absolute_url") else None

    @admin.display(description="In the app")
    def in_the_app(self, obj: Any) -> str:
        return format_html(
            '<a class="text-primary-600 dark:text-primary-400" href="{}">Open</a>', obj.get_absolute_url()
        )

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        has_page = hasattr(self.model, "get_absolute_url")
        shown = [self.told_to(request.user, name) for name in super().get_list_display(request)]
        return [*shown, *(["in_the_app"] if has_page else [])]

    def told_to(self, reader: Any, name: Any) -> Any:
        """A field as the admin shows it; what refers to somebody says what they are called to the reader."""
        field = next((field for field in self.opts.concrete_fields if field.name == name), None)
        if field is None or not (field.related_model and is_called_by_reader(field.related_model)):
            return name

        @admin.display(description=field.verbose_name, ordering=name)
        def shown(row: Any) -> str:
            value = getattr(row, name)
            return called(reader, value) if value else ""

        return shown

    def may_edit(self, request: HttpRequest) -> bool:
        return bool(self.edit_right) and can(request.user, self.edit_right)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return can(request.user, self.view_right)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can(request.user, self.view_right)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_edit(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_edit(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.is_deletable and self.may_edit(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        fields = super().get_fields(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fields
        return [name for name in fields if name not in self.extra_fields]


class ReadOnlyAdmin(RightsAdmin):
    """What is only ever added to, or is written in the app alone."""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        names = self.fields or [field.name for field in self.opts.concrete_fields]
        return [self.told_to(request.user, name) for name in names]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return self.get_fields(request, obj)


class DocumentField(forms.JSONField):
    """A JSON document as people read it."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 18, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


class ServiceForm(forms.ModelForm):
    """A form that writes through a service. Subclasses say how in `write`; a refusal stands at its fields.

    The service runs when everything else is valid; a refusal leaves nothing of it behind.
    """

    actor: Any = None
    #: Where a service calls a field otherwise than the form does.
    renamed: ClassVar[dict[str, str]] = {}

    def write(self) -> models.Model:
        """Create or change `self.instance` with `self.cleaned_data`; answers the stored row."""
        raise TypeError(f"{type(self).__name__} must say how it is written")

    def _post_clean(self) -> None:
        if self.errors:
            return
        try:
            with transaction.atomic():
                self.instance = self.write()
        except DomainError as error:
            self.refuse(error)

    def refuse(self, error: DomainError) -> None:
        for field, reasons in error.errors.items():
            name = self.renamed.get(field, field.split("[")[0])
            self.add_error(name if name in self.fields else None, reasons)
        if not error.errors:
            self.add_error(None, error.detail)

    def save(self, commit: bool = True) -> Any:
        return self.instance

    def save_m2m(self) -> None:
        """The service wrote everything."""


class SeenServiceForm(ServiceForm):
    """Says which state of the row it was filled in on, so that two editors never overwrite one another."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["seen"].initial = self.instance.updated_at.isoformat()

    @property
    def seen_at(self) -> datetime:
        """The `updated_at` that the page showed; that of now where a script sends none."""
        return read_seen(self.cleaned_data["seen"]) if self.cleaned_data.get("seen") else self.instance.updated_at


class ServiceAdmin(RightsAdmin):
    """A page whose form is a `ServiceForm`. One that `is_deletable` says in `delete_one` by which service."""

    def delete_one(self, request: HttpRequest, obj: Any) -> None:
        raise TypeError(f"{type(self).__name__} must say how a row is deleted")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.delete_one(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset.order_by("pk"):
            self.delete_one(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        made = super().get_form(request, obj, change=change, **kwargs)
        return type(made)(made.__name__, (made,), {"actor": request.user})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The service wrote it."""
