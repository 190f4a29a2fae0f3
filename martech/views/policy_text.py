"""A policy as text: shown, compared with what is published, and only then saved in the draft."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from martech.models import PolicyVersion, RoutingPolicy
from martech.routing.text import errors_with_lines, policy_text
from martech.routing_forms import TextForm
from martech.selectors.policies import last_change
from martech.selectors.policy_text import compare_text, compare_with_earlier
from martech.selectors.routing import document_to_edit, draft_of
from martech.services.policies import save_draft
from martech.views.drafts import number_in, revision_sent
from martech.views.policy_edit import revision_seen, say_refused
from martech.views.routing import crumbs, policy_by
from mops.core.document_text import FORMATS, MOST_BYTES, comments_in
from mops.core.errors import ConflictError, DomainError
from mops.core.pages import render_page, toast
from mops.core.refusals import add_errors
from mops.core.rights import requires

TYPES = {"yaml": "application/yaml", "json": "application/json"}


def wanted_format(request: HttpRequest) -> str:
    """`?format=json`; YAML by itself."""
    asked = request.GET.get("format", "")
    return asked if asked in FORMATS else "yaml"


@requires("martech.view_routing")
def export(request: HttpRequest, key: str) -> HttpResponse:
    """The draft, the newest version, or the one of `?version=`, as a file."""
    policy, text_format = policy_by(key), wanted_format(request)
    if asked := request.GET.get("version", ""):
        version = version_by(policy, number_in(asked))
    else:
        version = draft_of(policy) or get_object_or_404(policy.versions.order_by("-number")[:1])
    name = f"{policy.key}-v{version.number}.{text_format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    text = policy_text(version.document, text_format)
    return HttpResponse(text, content_type=f"{TYPES[text_format]}; charset=utf-8", headers=headers)


@requires("martech.edit_routing")
def text(request: HttpRequest, key: str) -> HttpResponse:
    """The whole policy, to be changed or pasted. The first click compares, the second one saves what was compared."""
    policy, text_format = policy_by(key), wanted_format(request)
    shown = {"document": policy_text(document_to_edit(policy), text_format), "revision": revision_seen(policy)}
    form = TextForm(_sent(request), initial=shown)
    context: dict[str, Any] = {"title": "Policy as text", "form": form, "policy": policy, "crumbs": crumbs(policy)}
    if form.is_bound and form.is_valid():
        written, values = form.cleaned_data["document"], form.cleaned_data
        if form.was_seen:
            try:
                save_draft(
                    policy=policy,
                    document=written.document,
                    revision=values["revision"],
                    actor=request.user,  # type: ignore[arg-type]
                )
            except ConflictError as error:
                form.add_error(
                    None,
                    f"{error.detail} {last_change(policy, request.user)} Your text is kept: save it again to replace theirs.",
                )
                form.put_on_top_of(revision_seen(policy))
            except DomainError as error:
                add_errors(form, DomainError(error.detail, errors=errors_with_lines(error.errors, written)))
            else:
                toast(request, "Saved in the draft.")
                return redirect(policy)
        context |= {"compared": compare_text(policy, written), "seen": form.digest}
        context["comments"] = comments_in(str(form["document"].value()))
    context |= {"format": text_format, "other": next(one for one in FORMATS if one != text_format)}
    return render_page(request, "martech/policy_text.html", context, status=422 if form.errors else 200)


def version_by(policy: RoutingPolicy, number: int) -> PolicyVersion:
    return get_object_or_404(policy.versions.select_related("published_by"), number=number)


@requires("martech.view_routing")
def version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """What one version said, what it changed, and a way back to it."""
    policy = policy_by(key)
    shown = version_by(policy, number)
    context = {
        "title": f"{policy.name}, version {number}",
        "policy": policy,
        "shown": shown,
        "text": policy_text(shown.document),
        "compared": compare_with_earlier(shown),
        "draft": draft_of(policy),
        "revision": revision_seen(policy),
        "crumbs": crumbs(policy),
    }
    return render_page(request, "martech/policy_version.html", context)


@requires("martech.edit_routing")
@require_POST
def take_up(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Makes what an earlier version said the draft; the draft that was seen gives way."""
    policy = policy_by(key)
    shown = version_by(policy, number)
    try:
        draft = save_draft(
            policy=policy,
            document=shown.document,
            revision=revision_sent(request),
            actor=request.user,  # type: ignore[arg-type]
        )
    except DomainError as error:
        say_refused(request, policy, error)
        return redirect(request.path.removesuffix("take-up/"))
    toast(request, f"The draft of version {draft.number} says what version {number} said. Publish it to route by it.")
    return redirect(policy)


def _sent(request: HttpRequest) -> QueryDict | None:
    """What was posted, with the text of the file where one was chosen; a file that is no text shows as such."""
    if request.method != "POST":
        return None
    sent = request.POST.copy()
    if (file := request.FILES.get("file")) is not None:
        sent["document"] = file.read(MOST_BYTES + 1).decode("utf-8-sig", "replace")
    return sent
