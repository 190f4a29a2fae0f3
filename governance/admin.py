"""Admin pages of governance: people, teams, tokens, naming rules. What signs people in stays out of the admin."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import action
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminPasswordWidget

from governance.models import ApiToken, ConsentRecord, ContactCheck, NamingRule, Purpose, Suppression, Team, User
from governance.naming import named_kinds
from governance.policies import Role
from governance.services import change_user, create_user, revoke_token, save_team
from governance.services.purposes import save_purpose
from governance.services.taxonomy import publish_naming_draft, save_naming_draft
from mops.core.admin_pages import DocumentField, ReadOnlyAdmin, ServiceAdmin, ServiceForm
from mops.core.errors import DomainError
from mops.core.rights import can

# They hold secrets (TOTP keys, client secrets) or would let somebody sign in as another; rights come from roles.
for model in (Group, EmailAddress, Authenticator, SocialApp, SocialToken, SocialAccount):
    admin.site.unregister(model)


class UserForm(ServiceForm):
    renamed = {"role": "roles"}
    roles = forms.MultipleChoiceField(
        choices=Role.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget, help_text="Rights add up"
    )
    password = forms.CharField(
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        required=False,
        label="First password",
        help_text="At least 12 characters. Leave it empty for people who use single sign-on.",
    )

    class Meta:
        model = User
        fields = ("email", "name", "job_title", "roles", "team", "is_active")

    def write(self) -> User:
        given = dict(self.cleaned_data)
        password = given.pop("password", "") or None
        if self.instance.pk:
            return change_user(user=User.objects.get(pk=self.instance.pk), actor=self.actor, **given)
        given.pop("is_active", None)
        return create_user(password=password, actor=self.actor, **given)


@admin.register(User)
class UserAdmin(ServiceAdmin):
    view_right, edit_right = "governance.view_users", "governance.edit_users"
    form = UserForm
    list_display = ("__str__", "email", "role_names", "team", "is_active", "last_login")
    list_filter = ("is_active", "team")
    list_select_related = ("team",)
    search_fields = ("name", "email")

    @admin.display(description="Roles")
    def role_names(self, user: User) -> str:
        return ", ".join(user.role_labels)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        common = ["email", "name", "job_title", "roles", "team"]
        if obj is None:
            return [*common, "password"]
        if not self.has_change_permission(request, obj):
            return ["email", "name", "job_title", "role_names", "team", "is_active", "last_login"]
        return [*common, "is_active"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if self.has_change_permission(request, obj) else ["role_names", "last_login"]


class TeamForm(ServiceForm):
    class Meta:
        model = Team
        fields = ("name", "region")

    def write(self) -> Team:
        return save_team(team=Team.objects.filter(pk=self.instance.pk).first(), actor=self.actor, **self.cleaned_data)


@admin.register(Team)
class TeamAdmin(ServiceAdmin):
    view_right, edit_right = "governance.view_users", "governance.edit_users"
    form = TeamForm
    list_display = ("name", "region")
    search_fields = ("name", "region")


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """Tokens are made on the profile page, where their text is shown once; here they are seen and revoked."""

    view_right = "governance.own_token"
    fields = ("name", "prefix", "user", "scope", "created_at", "expires_at", "revoked_at", "last_used_at")
    list_display = ("name", "shown_prefix", "user", "scope", "expires_at", "last_used_at", "revoked_at")
    list_filter = ("scope",)
    list_select_related = ("user",)
    actions = ("revoke",)

    @admin.display(description="Begins with")
    def shown_prefix(self, token: ApiToken) -> str:
        return f"{token.prefix}…"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        """Administrators see every token, everybody else their own."""
        rows = super().get_queryset(request)
        return rows if can(request.user, "governance.edit_users") else rows.filter(user=request.user.pk)

    @action(description="Revoke")
    def revoke(self, request: HttpRequest, tokens: QuerySet[ApiToken]) -> None:
        for token in tokens:
            revoke_token(token=token, actor=request.user)  # type: ignore[arg-type]
        self.message_user(request, "What uses these tokens stops working now.", messages.SUCCESS)


class NamingRuleForm(ServiceForm):
    kind = forms.ChoiceField(choices=lambda: [(kind.key, kind.label) for kind in named_kinds()])

    parts = DocumentField(help_text="A list of parts: key, label, and the allowed values; none means free text.")

    class Meta:
        model = NamingRule
        fields = ("kind", "delimiter", "parts")

    def write(self) -> NamingRule:
        """Keep the draft. The kind of a draft stays what it is."""
        kind = self.cleaned_data.get("kind") or self.instance.kind
        delimiter, parts = self.cleaned_data["delimiter"], self.cleaned_data["parts"]
        return save_naming_draft(
            kind=kind, delimiter=delimiter, parts=parts if isinstance(parts, list) else [], actor=self.actor
        )


@admin.register(NamingRule)
class NamingRuleAdmin(ServiceAdmin):
    """A draft is edited and published here or in the app; what was published never changes."""

    view_right, edit_right = "governance.view_taxonomy", "governance.edit_taxonomy"
    form = NamingRuleForm
    list_display = ("kind", "version", "state", "delimiter", "published_at")
    list_filter = ("kind", "state")
    actions = ("publish",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = obj is None or obj.state == NamingRule.State.DRAFT
        return is_open and super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["kind"] if obj else []

    @action(description="Publish the drafts", permissions=["change"])
    def publish(self, request: HttpRequest, rules: QuerySet[NamingRule]) -> None:
        for rule in rules:
            try:
                published = publish_naming_draft(kind=rule.kind, actor=request.user)  # type: ignore[arg-type]
            except DomainError as error:
                self.message_user(request, error.detail, messages.ERROR)
            else:
                self.message_user(request, f"{published} is in force.", messages.SUCCESS)


@admin.register(ConsentRecord)
class ConsentRecordAdmin(ReadOnlyAdmin):
    """Consent is a sequence of records; none of them is ever changed."""

    view_right = "governance.view_consent"


class PurposeForm(ServiceForm):
    class Meta:
        model = Purpose
        fields = ("key", "label", "description", "basis")

    def write(self) -> Purpose:
        """Of a purpose that exists the key stays what it is."""
        values = {name: self.cleaned_data[name] for name in ("label", "description", "basis")}
        key = self.cleaned_data.get("key") or self.instance.key
        return save_purpose(key=key, actor=self.actor, **values)


@admin.register(Purpose)
class PurposeAdmin(ServiceAdmin):
    view_right, edit_right = "governance.view_consent", "governance.edit_purposes"
    form = PurposeForm
    list_display = ("label", "key", "basis")
    search_fields = ("label", "key")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["key"] if obj else []


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin):
    """Entries are added and lifted on the pages of the app."""

    view_right = "governance.view_consent"
    list_display = ("__str__", "scope", "reason", "added_at", "added_by", "lifted_at")
    list_filter = ("kind", "reason", "channel")
    list_select_related = ("added_by",)


@admin.register(ContactCheck)
class ContactCheckAdmin(ReadOnlyAdmin):
    view_right = "governance.view_consent"
    list_display = ("use", "purpose", "channel", "asked", "denied", "actor", "at")
    list_filter = ("purpose", "channel")
    list_select_related = ("actor",)
