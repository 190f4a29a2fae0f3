"""What an empty installation still needs before it is of use: each step is done when the data say so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.apps import apps
from django.urls import NoReverseMatch, reverse

from governance.models import User
from martech.models import Person, PolicyVersion
from planning.models import Campaign
from workflow.models import FormVersion


@dataclass(frozen=True)
class FirstStep:
    """`is_optional` steps are offered, but nobody waits for them."""

    title: str
    text: str
    url: str
    action: str
    icon: str
    is_done: bool
    is_optional: bool = False


def colleagues() -> bool:
    return User.objects.filter(is_active=True).count() > 1


def people() -> bool:
    return Person.objects.exists()


def policy() -> bool:
    return PolicyVersion.objects.filter(state="published").exists()


def campaign() -> bool:
    return Campaign.objects.exists()


def form() -> bool:
    return FormVersion.objects.filter(state="published").exists()


def connection() -> bool:
    """Connections may not be part of this installation."""
    try:
        return bool(apps.get_model("martech", "Connection").objects.exists())
    except LookupError:
        return False


NEEDED: Sequence[tuple[str, str, str, str, str, Callable[[], bool]]] = (
    (
        "Create your colleagues",
        "Each signs in with an address and sees what their roles let them.",
        "governance:new-user",
        "Add a person",
        "users",
        colleagues,
    ),
    (
        "Import people",
        "Leads and contacts from a CSV or Excel file, with a preview before anything is written.",
        "martech:imports",
        "Import a file",
        "upload",
        people,
    ),
    (
        "Publish a routing policy",
        "Who gets which lead. Until one is published nobody is given an owner.",
        "martech:routing",
        "Write the policy",
        "route",
        policy,
    ),
    (
        "Plan the first campaign",
        "It gets a code that goes into links, budgets and the CRM.",
        "planning:new-campaign",
        "Plan a campaign",
        "speakerphone",
        campaign,
    ),
    (
        "Open an intake form",
        "What colleagues ask marketing for, instead of by mail and chat.",
        "first-form",
        "Open the usual forms",
        "inbox",
        form,
    ),
)


def first_steps() -> list[FirstStep]:
    """All steps in order; connecting a system stands among them where this installation can."""
    steps = [
        FirstStep(title, text, reverse(url), action, icon, is_done())
        for title, text, url, action, icon, is_done in NEEDED
    ]
    try:
        url = reverse("martech:connections")
    except NoReverseMatch:
        return steps
    text = "HubSpot, Salesforce or Marketo: people, companies and deals flow both ways."
    connect = FirstStep("Connect a system", text, url, "Connect", "plug-connected", connection(), is_optional=True)
    return [*steps[:3], connect, *steps[3:]]


def is_set_up() -> bool:
    """Nothing that is needed is missing."""
    return all(is_done() for *_texts, is_done in NEEDED)
