"""One more row for a member of a pool, or one less; nothing is checked or saved by it, and no script is needed."""

from typing import Any

from django.http import HttpRequest

from martech.routing_forms import MemberFormSet, PoolForm

ADD, DROP = "add-member", "drop-member"
"""The names of the buttons; the value of the second is the row."""


def rows_asked(request: HttpRequest) -> bool:
    return request.method == "POST" and (ADD in request.POST or DROP in request.POST)


def with_other_rows(request: HttpRequest, form: PoolForm, members: Any) -> tuple[PoolForm, Any]:
    """The form as it was filled in, with the row that was asked for at its end, or without the one that was dropped."""
    rows = [{field.name: field.value() for field in row} for row in members.forms]
    if (dropped := request.POST.get(DROP, "")).isdecimal() and len(dropped) < 5:
        del rows[int(dropped) : int(dropped) + 1]
    shown = MemberFormSet(initial=rows, prefix=members.prefix, form_kwargs=members.form_kwargs)
    shown.extra = 1 if ADD in request.POST or not rows else 0
    if ADD in request.POST:
        shown.forms[-1].fields["user"].widget.attrs["autofocus"] = True
    return form.as_filled_in(), shown
