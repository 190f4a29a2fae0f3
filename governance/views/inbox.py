"""What mops wants you to know."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from governance.models import Notification
from governance.services import mark_notifications_read
from mops.core.pages import render_page
from mops.core.rights import SIGNED_IN, requires


@requires(SIGNED_IN)
def inbox(request: HttpRequest) -> HttpResponse:
    """The newest lines of the user's inbox."""
    rows = Notification.objects.filter(user=request.user)
    lines, unread = list(rows[:200]), rows.filter(read_at=None).count()
    return render_page(request, "governance/inbox.html", {"title": "Inbox", "lines": lines, "unread": unread})


@requires(SIGNED_IN)
def open_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a line leads; whoever goes there has read it."""
    line = get_object_or_404(Notification, user=request.user, pk=pk)
    mark_notifications_read(user=request.user, pk=pk)  # type: ignore[arg-type]
    return redirect(line.url or "governance:inbox")


@requires(SIGNED_IN)
@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """Mark one line (`pk`) or all of them as read."""
    pk = request.POST.get("pk", "")
    mark_notifications_read(user=request.user, pk=int(pk) if pk.isdigit() else None)  # type: ignore[arg-type]
    return redirect("governance:inbox")
