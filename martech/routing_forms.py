"""Forms of the policy builder; what they say goes into the document, and the document is what is checked."""

import hashlib
from collections import Counter
from typing import Any

from django import forms
from django.db.models import QuerySet

from governance.models import User
from martech.models import WorkingCalendar
from martech.normalisation import country_code
from martech.routing.document import HITS, ON_BREACH, OVERFLOW, RETURNERS, STRATEGIES
from mops.core.conditions.widget import ConditionField
from mops.core.document_text import TextRefused, Written, read_text
from mops.core.seen import send_again

Choices = list[tuple[str, str]]
HIT_WORDS = {"first": "The first rule that matches", "unique": "Exactly one rule may match"}
STRATEGY_WORDS = {
    "round_robin": "Everybody in turn",
    "weighted": "In turn, by weight",
    "least_loaded": "Fewest open leads first",
}
RETURNER_WORDS = {
    "keep_position": "Keeps the place they had",
    "accrue": "Gets the turns they missed",
    "no_memory": "Starts with everybody else",
}
ABSENT_WORDS = {
    "hold": "Hold the lead until somebody is back",
    "assign_anyway": "Assign anyway, whatever the hour",
    "otherwise": "Send it to everyone else’s pool",
}
BREACH_WORDS = {"remind": "Remind", "reassign": "Reassign", "escalate": "Escalate"}


def calendars() -> Choices:
    return [("", "Always"), *WorkingCalendar.objects.values_list("key", "name")]


def colleagues(*known: str) -> Choices:
    """Active sales colleagues, and whoever is in the pool already."""
    active = User.objects.filter(is_active=True, roles__contains=["sales_rep"])
    users = (active | User.objects.filter(email__in=known)).distinct()
    return by_name(users)


def everybody(*known: str) -> Choices:
    """Active colleagues, and whoever is named already."""
    users = (User.objects.filter(is_active=True) | User.objects.filter(email__in=known)).distinct()
    return by_name(users)


def by_name(users: QuerySet[User]) -> Choices:
    """Colleagues by name; of namesakes the address as well."""
    found = list(users.order_by("name", "email"))
    known = Counter(str(user) for user in found)
    labels = [str(user) if known[str(user)] == 1 else f"{user} ({user.email})" for user in found]
    return [("", "—"), *((user.email.lower(), label) for user, label in zip(found, labels, strict=True))]


class EditForm(forms.Form):
    """Every edit names the revision it saw, so that two editors never overwrite one another."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def put_on_top_of(self, revision: int) -> None:
        """Sent again as it stands, it goes on top of what is there now."""
        send_again(self, revision=revision)


class RuleForm(EditForm):
    was = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(max_length=200, help_text="What colleagues call these leads, such as DACH enterprise")
    when = ConditionField("person", label="When")
    to = forms.ChoiceField(label="Send to", help_text="The pool that gets the leads")

    def __init__(self, *args: Any, pools: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"].choices = [(key, key) for key in pools]  # type: ignore[attr-defined]

    def rule(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name", "when", "to")}


class CountForm(forms.Form):
    """The condition of a rule while it is written."""

    when = ConditionField("person")


class PoolForm(EditForm):
    key = forms.RegexField(
        r"^[\w.-]+( [\w.-]+)*$",
        label="Name",
        max_length=60,
        error_messages={"invalid": "Use letters, digits, spaces, dots, - and _, such as dach-enterprise."},
    )
    strategy = forms.ChoiceField(choices=[(key, STRATEGY_WORDS[key]) for key in STRATEGIES], label="Who is next")
    calendar = forms.ChoiceField(
        required=False, label="Working hours", help_text="Hours and holidays are kept under Routing, Working hours"
    )
    when_absent = forms.ChoiceField(label="When nobody is there")
    returner = forms.ChoiceField(choices=[(key, RETURNER_WORDS[key]) for key in RETURNERS], label="Who comes back")

    def __init__(self, *args: Any, pools: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.pools, own = pools, self.initial.get("key")
        overflows = [(f"{OVERFLOW}{key}", f"Overflow into {key}") for key in pools if key != own]
        self.fields["when_absent"].choices = [*ABSENT_WORDS.items(), *overflows]  # type: ignore[attr-defined]
        self.fields["calendar"].choices = calendars()  # type: ignore[attr-defined]
        if own:
            self.fields["key"].disabled = True

    def as_filled_in(self) -> "PoolForm":
        """The same with what was typed, not yet checked."""
        again = PoolForm(initial=self.initial, pools=self.pools)
        again.initial = {**self.initial, **{field.name: field.value() for field in self}}
        return again


class MemberForm(forms.Form):
    user = forms.ChoiceField(required=False, label="Colleague", widget=forms.Select({"class": "form-select"}))
    weight = forms.IntegerField(min_value=1, max_value=100, required=False, initial=1)
    per_hour = forms.IntegerField(min_value=0, required=False, label="Most an hour")
    per_day = forms.IntegerField(min_value=0, required=False, label="Most a day")
    open = forms.IntegerField(min_value=0, required=False, label="Most open")
    paused = forms.BooleanField(required=False, label="Paused")

    def __init__(self, *args: Any, choices: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["user"].choices = choices  # type: ignore[attr-defined]

    def member(self) -> dict[str, Any]:
        """The member as the document says it; defaults are left out."""
        values = self.cleaned_data
        caps = {name: values[name] for name in ("per_hour", "per_day", "open") if values.get(name) is not None}
        found: dict[str, Any] = {"user": values["user"]}
        if values.get("weight") not in (None, 1):
            found["weight"] = values["weight"]
        return {**found, **({"caps": caps} if caps else {}), **({"paused": True} if values.get("paused") else {})}


MemberFormSet = forms.formset_factory(MemberForm, extra=1, max_num=500)


def pool_from(form: PoolForm, members: Any) -> dict[str, Any]:
    """The pool of the document; a row without a colleague is no member."""
    pool = {name: form.cleaned_data[name] for name in ("strategy", "when_absent", "returner")}
    if form.cleaned_data["calendar"]:
        pool["calendar"] = form.cleaned_data["calendar"]
    pool["members"] = [row.member() for row in members if row.cleaned_data.get("user")]
    return pool


def member_initial(pool: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**member, **member.get("caps", {})} for member in pool.get("members", [])]


class SettingsForm(EditForm):
    name = forms.CharField(max_length=120)
    hit = forms.ChoiceField(choices=[(key, HIT_WORDS[key]) for key in HITS], label="Which rule decides")
    otherwise = forms.ChoiceField(label="Everyone else goes to", required=False)
    keep_owner = forms.BooleanField(required=False, label="Who has an owner keeps them")
    match_account_owner = forms.BooleanField(required=False, label="The owner of the account comes before the rules")

    def __init__(self, *args: Any, pools: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["otherwise"].choices = [("", "—"), *((key, key) for key in pools)]  # type: ignore[attr-defined]

    def settings(self) -> dict[str, Any]:
        values = self.cleaned_data
        kept = ("name", "hit", "otherwise", "keep_owner", "match_account_owner")
        return {name: values[name] for name in kept}


def settings_initial(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "keep_owner": document.get("keep_owner", True)}


class ResponseForm(EditForm):
    """A response time: of the policy, of a pool or of a rule."""

    respond_within_minutes = forms.IntegerField(
        min_value=1, max_value=525_600, required=False, label="Answer within (minutes)"
    )
    calendar = forms.ChoiceField(required=False, label="Counted in the hours of")
    warn_at_percent = forms.IntegerField(
        min_value=1, max_value=100, required=False, label="Warn at (percent of the time)", help_text="80 when empty"
    )
    on_breach = forms.ChoiceField(choices=[(key, BREACH_WORDS[key]) for key in ON_BREACH], label="When it is too late")
    max_hops = forms.IntegerField(
        min_value=0,
        max_value=20,
        required=False,
        label="Reassign at most (times)",
        help_text="Never back to who was late",
    )
    escalate_to = forms.ChoiceField(required=False, label="Tell of it", help_text="Nobody named: the ops managers")
    pauses = forms.BooleanField(required=False, label="The clock stands still while the condition below holds")
    pause_when = ConditionField("person", required=False, label="Stands still while")

    def __init__(self, *args: Any, is_general: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        known = str(self.initial.get("escalate_to", ""))
        self.fields["calendar"].choices = calendars()  # type: ignore[attr-defined]
        self.fields["escalate_to"].choices = everybody(known)  # type: ignore[attr-defined]
        empty = "Empty: no deadline" if is_general else "Empty: the time of the pool, else of the policy"
        self.fields["respond_within_minutes"].help_text = empty

    def sla(self) -> dict[str, Any] | None:
        """The response time as the document says it; None takes it out."""
        values = self.cleaned_data
        if not values["respond_within_minutes"]:
            return None
        names = ("respond_within_minutes", "calendar", "warn_at_percent", "on_breach", "max_hops", "escalate_to")
        found = {name: values[name] for name in names if values[name]}
        return {**found, **({"pause_when": values["pause_when"]} if values["pauses"] else {})}


def response_initial(sla: dict[str, Any] | None) -> dict[str, Any]:
    return {"on_breach": "remind", "pause_when": {"all": []}, **(sla or {}), "pauses": "pause_when" in (sla or {})}


class CapsForm(EditForm):
    """The hours and every cap of one member of a pool; empty is no cap."""

    calendar = forms.ChoiceField(
        required=False,
        label="Works in the hours of",
        help_text="Where they live elsewhere or work in shifts. Caps count in the pool’s clock all the same",
    )
    per_hour = forms.IntegerField(min_value=0, required=False, label="Most an hour", help_text="By the pool’s clock")
    per_day = forms.IntegerField(min_value=0, required=False, label="Most a day")
    rolling_leads = forms.IntegerField(min_value=0, required=False, label="Most in a rolling window", help_text="Leads")
    rolling_hours = forms.IntegerField(
        min_value=1, max_value=24 * 366, required=False, label="Hours of the rolling window", help_text="Such as 24"
    )
    open = forms.IntegerField(
        min_value=0, required=False, label="Most open", help_text="Neither customer, recycled nor disqualified"
    )
    owned_most = forms.IntegerField(min_value=0, required=False, label="Most owned that meet the condition")
    owned_when = ConditionField("person", required=False, label="Which count")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["calendar"].choices = [("", "The pool"), *calendars()[1:]]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if (values.get("rolling_leads") is None) is not (values.get("rolling_hours") is None):
            self.add_error("rolling_hours", "Say both how many leads and in how many hours, or neither.")
        return values

    def caps(self) -> dict[str, Any]:
        values = self.cleaned_data
        found = {name: values[name] for name in ("per_hour", "per_day", "open") if values[name] is not None}
        if values["rolling_leads"] is not None:
            found["rolling"] = {"hours": values["rolling_hours"], "leads": values["rolling_leads"]}
        if values["owned_most"] is not None:
            found["owned"] = {"most": values["owned_most"], "when": values["owned_when"] or {"all": []}}
        return found


def caps_initial(member: dict[str, Any]) -> dict[str, Any]:
    caps = member.get("caps") or {}
    rolling, owned = caps.get("rolling") or {}, caps.get("owned") or {}
    return {
        **caps,
        "calendar": member.get("calendar", ""),
        "rolling_leads": rolling.get("leads"),
        "rolling_hours": rolling.get("hours"),
        "owned_most": owned.get("most"),
        "owned_when": owned.get("when", {"all": []}),
    }


class TextForm(EditForm):
    """`seen` is the digest of the text whose comparison the editor saw; only that one is saved."""

    document = forms.CharField(
        label="Policy as text",
        widget=forms.Textarea(attrs={"rows": 28, "class": "font-monospace", "spellcheck": "false"}),
        help_text="YAML or JSON, see docs/routing.md. Comments are not kept; keep the text in version control if you have any.",
    )
    file = forms.FileField(required=False, label="Or a file", help_text="Its text takes the place of the one above")
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_document(self) -> Written:
        try:
            return read_text(self.cleaned_data["document"])
        except TextRefused as refused:
            raise forms.ValidationError(str(refused)) from None

    @property
    def digest(self) -> str:
        return hashlib.sha256(str(self["document"].value()).encode()).hexdigest()[:16]

    @property
    def was_seen(self) -> bool:
        return bool(self.cleaned_data["seen"] == self.digest)


class NewPolicyForm(forms.Form):
    name = forms.CharField(max_length=120, help_text="Such as Inbound leads")
    key = forms.SlugField(max_length=60, help_text="Its name in addresses, such as inbound")


class ObjectField(forms.JSONField):
    """A JSON object; nothing at all is shown as nothing, not as the word null."""

    def prepare_value(self, value: Any) -> Any:
        return super().prepare_value(value) if value else ""


class TryForm(forms.Form):
    """A lead to try: one we know, or one described."""

    person = forms.CharField(
        max_length=254,
        required=False,
        label="Somebody we know",
        help_text="Their e-mail address, or the number in the address of their page. Or describe a lead:",
    )
    country = forms.CharField(max_length=60, required=False, help_text="A name or an ISO code")
    company = forms.CharField(max_length=300, required=False)
    job_title = forms.CharField(max_length=200, required=False)
    source = forms.CharField(max_length=120, required=False)
    employees = forms.IntegerField(required=False, label="Employees of the account")
    more = ObjectField(
        required=False,
        label="Further fields, as JSON",
        initial=dict,
        widget=forms.Textarea({"rows": 3}),
        help_text='Such as {"properties": {"plan": "pro"}}',
    )

    def clean_country(self) -> str:
        text = self.cleaned_data["country"]
        code = country_code(text) if text else ""
        if code is None:
            raise forms.ValidationError("Enter a country, like Germany or DE.")
        return code

    def given(self) -> dict[str, Any]:
        values = {k: v for k, v in self.cleaned_data.items() if v not in (None, "")}
        more = values.pop("more", {})
        if "employees" in values:
            values["account.employees"] = values.pop("employees")
        values.pop("person", None)
        return {**values, **(more if isinstance(more, dict) else {})}


class ExampleForm(EditForm):
    """A lead as it was tried, and where it should go from now on."""

    given = forms.JSONField(widget=forms.HiddenInput)
    pool = forms.ChoiceField(label="Should go to")
    rule = forms.ChoiceField(label="By the rule", required=False)

    def __init__(self, *args: Any, pools: list[str], rules: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["pool"].choices = [(key, key) for key in pools]  # type: ignore[attr-defined]
        self.fields["rule"].choices = [("", "Whichever"), *((name, name) for name in rules)]  # type: ignore[attr-defined]

    def clean_given(self) -> dict[str, Any]:
        given = self.cleaned_data["given"]
        if not isinstance(given, dict) or not given:
            raise forms.ValidationError("Describe the lead first, then keep it.")
        return given

    def expected(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("pool", "rule") if self.cleaned_data[name]}
