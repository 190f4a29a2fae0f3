"""Consent: what stands for an address, the purposes, and how often the gate held somebody back."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from governance.consent_forms import AddressForm, NewPurposeForm, PurposeForm
from governance.models import ConsentRecord, ContactChannel, ContactCheck, Suppression
from governance.purposes import KnownPurpose
from governance.selectors.consents import Standing, said_about, standing_consents
from governance.selectors.purposes import purposes
from governance.services.purposes import save_purpose
from governance.subjects import canonical, subject_of, subject_of_phone
from mops.core.pages import Crumb, render_page, toast
from mops.core.rights import requires


@dataclass(frozen=True)
class LookedUp:
    """What is known of an address, without the address."""

    standing: list[Standing]
    records: list[ConsentRecord]
    suppressions: list[Suppression]


def looked_up(form: AddressForm) -> LookedUp | None:
    """What is known of the address in a form that was sent; an address that is none becomes the form's error."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        kind, value = canonical(form.cleaned_data["address"])
    except ValueError as refused:
        form.add_error("address", str(refused))
        return None
    subject = subject_of(value) if kind == "email" else subject_of_phone(value)
    suppressed = list(Suppression.objects.filter(subject=subject).select_related("added_by", "lifted_by"))
    return LookedUp(standing_consents([subject]), said_about(subject), suppressed)


@requires("governance.view_consent")
def consent(request: HttpRequest) -> HttpResponse:
    """Purposes, the newest uses of the gate, and a look-up by address, which is posted so that no log holds it."""
    form = AddressForm(request.POST or None)
    found, known = looked_up(form), purposes()
    context = {
        "title": "Consent",
        "form": form,
        "found": found,
        "purposes": known,
        "checks": ContactCheck.objects.select_related("actor")[:12],
        "labels": {one.key: one.label for one in known} | dict(ContactChannel.choices),
    }
    return render_page(request, "governance/consent.html", context, status=422 if form.errors else 200)


def purpose_page(request: HttpRequest, form: PurposeForm, title: str) -> HttpResponse:
    context = {"title": title, "form": form, "crumbs": [Crumb("Consent", reverse("governance:consent"))]}
    return render_page(request, "governance/purpose.html", context, status=422 if form.errors else 200)


@requires("governance.edit_purposes")
def new_purpose(request: HttpRequest) -> HttpResponse:
    """Add a purpose."""
    form = NewPurposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        purpose = save_purpose(**form.cleaned_data, actor=request.user)  # type: ignore[arg-type]
        toast(request, f"{purpose} was added.")
        return redirect("governance:consent")
    return purpose_page(request, form, "Add a purpose")


@requires("governance.edit_purposes")
def purpose(request: HttpRequest, key: str) -> HttpResponse:
    """Change a purpose; the gate goes by it at once."""
    known: KnownPurpose | None = next((one for one in purposes() if one.key == key), None)
    if known is None:
        raise Http404
    initial = {"label": known.label, "description": known.description, "basis": known.basis}
    form = PurposeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        save_purpose(key=key, **form.cleaned_data, actor=request.user)  # type: ignore[arg-type]
        toast(request, f"{form.cleaned_data['label']} was changed.")
        return redirect("governance:consent")
    return purpose_page(request, form, known.label)
