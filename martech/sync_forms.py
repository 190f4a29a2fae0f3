"""Forms of connections and mappings, made from what the vendor asks for."""

from collections.abc import Mapping
from typing import Any

from django import forms

from martech.connectors.port import Vendor
from martech.models import Connection
from martech.services.sync.sealed import known_secrets


class ConnectionForm(forms.Form):
    """The settings of a vendor. A secret that the connection has, or that is `kept` from before a refusal, may stay empty."""

    def __init__(
        self,
        vendor: Vendor,
        *args: Any,
        connection: Connection | None = None,
        kept: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.secrets = {one.name for one in vendor.settings if one.is_secret}
        sealed = known_secrets(connection) if connection else frozenset()
        typed = {name: str(self.data.get(self.add_prefix(name), "")).strip() for name in self.secrets}
        self.kept = {**(kept or {}), **{name: text for name, text in typed.items() if text}}
        if connection is None:
            self.fields["name"] = forms.SlugField(
                max_length=60, initial=vendor.key, help_text="Our people carry the other system's ids under it"
            )
        for one in vendor.settings:
            self.fields[one.name] = self.field_of(one, one.name in sealed, connection)
            if when := asked_when(vendor, one.name):
                self.fields[one.name].widget.attrs["data-when"] = when
        self.fields["base_url"] = forms.URLField(
            required=False,
            label="Another address",
            initial=connection.base_url if connection else "",
            help_text="Only for a practice server or a proxy",
            assume_scheme="https",
        )

    def field_of(self, one: Any, has_secret: bool, connection: Connection | None) -> forms.Field:
        known: dict[str, Any] = {
            "label": one.label,
            "help_text": one.help,
            "required": one.is_required and not has_secret and one.name not in self.kept,
        }
        if one.is_secret:
            attributes = {"autocomplete": "off"}
            if one.name in self.kept:
                words = "What you typed is kept sealed for a few minutes; leave it empty to use it."
                known["help_text"], attributes["placeholder"] = f"{one.help} {words}".strip(), "•••••••• kept"
            elif has_secret:
                known["help_text"] = f"{one.help} Kept sealed; leave it empty to keep it.".strip()
            widget = forms.PasswordInput(attrs=attributes)
            return forms.CharField(widget=widget, **known)
        initial = connection.options.get(one.name, one.default) if connection else one.default
        if one.choices:
            return forms.ChoiceField(
                choices=[(value, in_words(value)) for value in one.choices], initial=initial, **known
            )
        return forms.CharField(initial=initial, **known)

    def given(self) -> dict[str, str]:
        typed = {
            n: str(v) for n, v in self.cleaned_data.items() if n not in ("name", "base_url") and v not in (None, "")
        }
        return {**self.kept, **typed}


def asked_when(vendor: Vendor, name: str) -> str:
    """The choices that alone ask for a setting, as `sign_in=token`; empty for one that is always asked."""
    asked = [(one.name, *said) for one in vendor.settings for said in (*one.needs.items(), *one.uses.items())]
    askers = {
        setting: [choice for of, choice, names in asked if of == setting and name in names] for setting, *_ in asked
    }
    found = {setting: choices for setting, choices in askers.items() if choices}
    return "".join(f"{setting}={'|'.join(choices)}" for setting, choices in found.items()) if len(found) == 1 else ""


def in_words(choice: str) -> str:
    """professional -> Professional; versions such as v3 and 2026-03 stay as they are."""
    return {"oauth": "OAuth", "jwt": "JWT", "soap": "SOAP"}.get(
        choice, choice if any(sign.isdigit() for sign in choice) else choice.replace("_", " ").capitalize()
    )


class ConnectionSettingsForm(forms.Form):
    """How often it runs and what it may do by itself."""

    every_seconds = forms.IntegerField(min_value=30, max_value=86_400, label="Seconds between two rounds")
    pushes_alone = forms.BooleanField(required=False, label="Write without approval while the guard rails hold")
    rows = forms.IntegerField(min_value=0, label="Records a push may write without approval")
    blank_outs = forms.IntegerField(min_value=0, label="Values it may empty")
    creates = forms.IntegerField(min_value=0, label="Records it may create")
    percent = forms.IntegerField(
        min_value=0,
        max_value=100,
        label="Per cent of all linked records it may change",
        help_text="From 100 linked on.",
    )
    sensitive = forms.IntegerField(min_value=0, label="Lifecycle or routing values it may change")
