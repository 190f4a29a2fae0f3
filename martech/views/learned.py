"""Pages of the learned score: what it is trained on, how it was judged, publishing it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from martech.learned_forms import LearnedForm, learned_initial
from martech.models import LearnedVersion
from martech.selectors.learned import learned_page, learned_to_edit
from martech.services.learned import discard_learned_draft, publish_learned, save_learned_draft, start_training
from martech.views.drafts import say_dropped, say_published
from mops.core.errors import DomainError
from mops.core.pages import Crumb, render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import requires
from mops.core.versions import revision_among


def crumbs() -> list[Crumb]:
    return [Crumb("Scoring", reverse("martech:scoring"))]


@requires("martech.view_scoring")
def learned(request: HttpRequest) -> HttpResponse:
    """The report of the draft, or of what is in force."""
    context = {"title": "Learned score", "page": learned_page(), "crumbs": crumbs()}
    return render_page(request, "martech/learned.html", context, partial="learned")


@requires("martech.edit_scoring")
def edit(request: HttpRequest) -> HttpResponse:
    """What the model is trained on."""
    initial = {**learned_initial(learned_to_edit()), "revision": revision_among(LearnedVersion.objects.all())}
    form = LearnedForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            revision = form.cleaned_data["revision"]
            save_learned_draft(document=form.document(), actor=request.user, revision=revision)  # type: ignore[arg-type]
            start_training(actor=request.user)  # type: ignore[arg-type]
        except DomainError as error:
            add_errors(form, error)
        else:
            toast(request, "It is being trained; nobody is scored by it before you publish.")
            return redirect("martech:learned")
    context = {"title": "Train a model", "form": form, "back": reverse("martech:learned"), "submit": "Save and train"}
    context |= {"crumbs": [*crumbs(), Crumb("Learned score", reverse("martech:learned"))]}
    context["lede"] = "Trained on your own won and lost deals, in the background."
    return render_page(request, "martech/policy_form.html", context, status=422 if form.errors else 200)


@requires("martech.edit_scoring")
@require_POST
def train(request: HttpRequest) -> HttpResponse:
    """Trains the draft again, with the deals there are now."""
    try:
        start_training(actor=request.user)  # type: ignore[arg-type]
    except DomainError as error:
        toast(request, error.detail, "error")
    return redirect("martech:learned")


@requires("martech.edit_scoring")
@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Puts the draft that was seen into force."""

    def put(revision: int) -> str:
        version = publish_learned(actor=request.user, revision=revision)  # type: ignore[arg-type]
        return f"Version {version.number} is in force; everybody is being scored."

    say_published(request, put)
    return redirect("martech:learned")


@requires("martech.edit_scoring")
@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Drops the draft."""
    say_dropped(request, discard_learned_draft)
    return redirect("martech:learned")
