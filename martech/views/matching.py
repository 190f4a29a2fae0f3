"""Account matching: choosing by hand, and its settings."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from martech.account_panels import rule_text, tie_breaker_text
from martech.accounts import MATCH_RULE_LABELS, TIE_BREAKER_LABELS, MatchSettings
from martech.merge_forms import lines
from martech.models import Account, RuleKind
from martech.selectors.people import people_for
from martech.services.accounts import choose_account, explain_match, publish_match_settings, settings_in_force
from martech.services.rule_versions import version_in_force
from mops.core.errors import DomainError
from mops.core.pages import render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import called, requires


class MatchSettingsForm(forms.Form):
    """Orders as one key a line."""

    rules = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text="One a line, asked in this order; a rule that is left out is off. "
        + "; ".join(f"{key} – {label}" for key, label in MATCH_RULE_LABELS.items())
        + ".",
    )
    tie_breakers = forms.CharField(
        label="Tie-breakers",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="One a line, asked in this order when several accounts fit. Where none decides, the answer is a question. "
        + "; ".join(f"{key} – {label}" for key, label in TIE_BREAKER_LABELS.items())
        + ".",
    )
    ignored_domains = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Domains that are nobody’s, one a line: agencies, resellers, shared offices. Free mail is known.",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    @staticmethod
    def initial_of(settings: MatchSettings, seen: int) -> dict[str, Any]:
        return {name: "\n".join(values) for name, values in settings.as_json().items()} | {"seen": seen}

    def document(self) -> dict[str, Any]:
        return {name: lines(self.cleaned_data[name]) for name in ("rules", "tie_breakers", "ignored_domains")}


class TryForm(forms.Form):
    company = forms.CharField(required=False, max_length=300)
    email = forms.CharField(required=False, max_length=254, label="E-mail")
    website = forms.CharField(required=False, max_length=500)
    country = forms.CharField(required=False, max_length=2)


@requires("martech.edit_account_matching")
def settings(request: HttpRequest) -> HttpResponse:
    """Rules and tie-breakers as data; somebody made up can be tried against those in force."""
    version, in_force = version_in_force(RuleKind.ACCOUNTS), settings_in_force()
    initial = MatchSettingsForm.initial_of(in_force, version.number if version else 0)
    form = MatchSettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = publish_match_settings(
                document=form.document(),
                seen=form.cleaned_data["seen"],
                actor=request.user,  # type: ignore[arg-type]
            )
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, f"Version {made.number} is in force; everybody is matched again in the background.")
            return redirect("martech:account-matching")
    context = {"title": "Account matching", "form": form, "version": version, **tried(request)}
    return render_page(request, "martech/account_matching.html", context, status=422 if form.errors else 200)


def tried(request: HttpRequest) -> dict[str, Any]:
    """The answer for the lead in the address, if there is one."""
    trial = TryForm(request.GET or None)
    if not trial.is_valid() or not any(trial.cleaned_data.values()):
        return {"trial": trial}
    found, names = explain_match(trial.cleaned_data)
    accounts = Account.objects.visible_to(request.user).in_bulk(list(names))
    shown = {"account": accounts.get(found.account or 0), "tied": [accounts[pk] for pk in found.tied if pk in accounts]}
    texts = {"rule": rule_text(found.rule), "tie_breaker": tie_breaker_text(found.tie_breaker)}
    return {"trial": trial, "answer": found, **shown, **texts}


def account_named(text: str, user: Any) -> Account:
    """The one account of this domain, else of this name. Raises DomainError where there is none, or more than one."""
    accounts = Account.objects.visible_to(user)
    found = list(accounts.filter(domain__iexact=text)[:2]) or list(accounts.filter(name__iexact=text)[:2])
    if not found:
        raise DomainError(
            f"No account is called “{text[:80]}”. Give its name or domain as the list of accounts shows it."
        )
    if len(found) > 1:
        raise DomainError(f"Several accounts are called “{text[:80]}”. Give the domain of the right one.")
    return found[0]


@requires("martech.choose_account")
@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a person to an account by hand, or give the question back to matching."""
    person = get_object_or_404(people_for(request.user), pk=pk)
    given, named = request.POST.get("account", ""), request.POST.get("named", "").strip()
    account = None
    if named:
        try:
            account = account_named(named, request.user)
        except DomainError as error:
            toast(request, error.detail, "error")
            return redirect(person)
    elif given:
        number = int(given) if given.isdigit() and len(given) < 19 else 0
        account = get_object_or_404(Account.objects.visible_to(request.user), pk=number)
    choose_account(person=person, account=account, actor=request.user)  # type: ignore[arg-type]
    toast(request, f"{called(request.user, person)} belongs to {account}." if account else "Matching decides again.")
    return redirect(person)
