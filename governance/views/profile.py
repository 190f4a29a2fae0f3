"""Your own account: how pages look, how you sign in, your API tokens."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from governance.forms import NoticesForm, TokenForm
from governance.models import ApiToken
from governance.services import choose_notices, create_token, revoke_token
from mops.core.pages import render_page, toast
from mops.core.rights import requires


@requires("governance.own_token")
def profile(request: HttpRequest) -> HttpResponse:
    """The profile page; a POST makes a token, which is shown in the answer and never again."""
    form = TokenForm(request.POST or None)
    new_token = ""
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["expires_in"]
        _row, new_token = create_token(
            user=request.user,  # type: ignore[arg-type]
            actor=request.user,  # type: ignore[arg-type]
            name=form.cleaned_data["name"],
            scope=form.cleaned_data["scope"],
            expires_at=timezone.now() + timedelta(days=days) if days else None,
        )
        form = TokenForm()
    tokens = ApiToken.objects.filter(user=request.user, revoked_at=None)  # type: ignore[misc]
    paces = NoticesForm(initial={"notices": request.user.notices})  # type: ignore[union-attr]
    context = {"title": "Your profile", "form": form, "tokens": tokens, "new_token": new_token, "paces": paces}
    return render_page(request, "governance/profile.html", context, status=422 if form.errors else 200)


@requires("governance.own_token")
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke one of the user's own tokens."""
    token = get_object_or_404(ApiToken, pk=pk, user=request.user)
    revoke_token(token=token, actor=request.user)  # type: ignore[arg-type]
    toast(request, f"The token {token.prefix}… no longer works.")
    return redirect("governance:profile")


@requires("governance.own_token")
@require_POST
def notices(request: HttpRequest) -> HttpResponse:
    """Keep when the user's notices leave by mail and chat."""
    form = NoticesForm(request.POST)
    if form.is_valid():
        choose_notices(user=request.user, pace=form.cleaned_data["notices"])  # type: ignore[arg-type]
        toast(request, "Noted.")
    return redirect("governance:profile")
