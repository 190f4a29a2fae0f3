"""The mapping of one object: field by field, which records are made where, as text; checked, then put in force."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from martech.connectors.port import RemoteField
from martech.mapping_forms import (
    DIRECTIONS,
    FieldForm,
    MappingForm,
    RecordsForm,
    field_initial,
    our_name,
    pretty,
    records_initial,
    their_label,
)
from martech.mapping_values import comes_back, unsaid, value_rows
from martech.models import MappingVersion, SyncObject
from martech.routing_forms import EditForm
from martech.selectors.sync_failing import object_label
from martech.selectors.sync_words import words_of
from martech.services.sync.connections import MAPPED
from martech.services.sync.mappings import (
    check_mapping,
    discard_mapping_draft,
    document_to_edit,
    edit_mapping_draft,
    let_go_on,
    other_rules,
    publish_mapping,
    rivals_of,
    save_mapping_draft,
    side_of,
)
from martech.sync.document import read_mapping
from martech.sync.drift import from_json, what_forbids
from martech.sync.fields import our_label
from martech.sync.keys import KEY
from martech.sync.rules import TRUTHS, FieldRule
from martech.sync.value_maps import pairs_of, several, shared
from martech.views.drafts import say_dropped
from mops.core.documents import Finding
from mops.core.errors import ConflictError, DomainError
from mops.core.pages import Crumb, is_htmx, render_page, toast
from mops.core.refusals import add_errors, refusal
from mops.core.rights import requires
from mops.core.versions import draft_among, published_among, revision_among

Change = Callable[[dict[str, Any]], None]


def object_by(name: str, object: str) -> SyncObject:
    """The object of a connection, when it is one that is mapped."""
    found = get_object_or_404(SyncObject.objects.select_related("connection"), connection__name=name, name=object)
    if found.kind not in MAPPED:
        raise Http404
    return found


def address(found: SyncObject) -> str:
    return reverse("martech:mapping", args=[found.connection.name, found.name])


def title_of(found: SyncObject) -> str:
    return f"Mapping of {object_label(found.connection, found.name)}"


def crumbs(found: SyncObject, *, is_within: bool = False) -> list[Crumb]:
    way = [
        Crumb("Connections", reverse("martech:connections")),
        Crumb(found.connection.name, found.connection.get_absolute_url()),
    ]
    return [*way, Crumb(title_of(found), address(found))] if is_within else way


def revision_seen(found: SyncObject) -> int:
    return revision_among(found.versions.all())


def rows_of(found: SyncObject, document: dict[str, Any], findings: list[Finding]) -> list[dict[str, Any]]:
    """The fields of a mapping in words, each with whose word counts for it elsewhere, and what is wrong with it."""
    schema, others = from_json(found.schema), other_rules(found, read_mapping(document, found.kind).mapping)
    return [
        {
            "number": index + 1,
            "ours": our_label(found.kind, str(row.get("ours", ""))),
            "theirs": their_label(schema, str(row.get("theirs", "")), found.schema),
            "direction": DIRECTIONS.get(row.get("direction") or "both", row.get("direction")),
            "truth": TRUTHS.get(row.get("truth") or "newest", row.get("truth")),
            "values": len(row.get("values") or []),
            "back": back_of(found.kind, schema, row),
            "blank_wins": row.get("blank_wins"),
            "others": told_elsewhere(row, others.get(str(row.get("ours", "")), {})),
            "is_aside": row.get("theirs") in found.set_aside,
            "findings": [one for one in findings if one.path.split(".")[0] == f"fields[{index}]"],
        }
        for index, row in enumerate(document.get("fields", []))
        if isinstance(row, dict)
    ]


def told_elsewhere(row: Mapping[str, Any], rules: Mapping[str, FieldRule]) -> list[str]:
    """In how many other mappings of a field the same word counts, and in which ones another does."""
    if row.get("ours") == KEY:
        return []
    truth = row.get("truth") or "newest"
    same = sum(rule.truth == truth for rule in rules.values())
    told = [f"as in {same} other mapping{'s' if same != 1 else ''}"] if same else []
    return told + [f"in {side}: {TRUTHS[rule.truth].lower()}" for side, rule in rules.items() if rule.truth != truth]


AGAIN = "Where that is put right over there, test the connection: it goes on by itself."


def aside_of(found: SyncObject, in_force: MappingVersion | None) -> list[dict[str, Any]]:
    """The fields that are put aside: why, what to do, and whether it is enough that somebody looked."""
    schema, rules = (
        from_json(found.schema),
        read_mapping(in_force.document, found.kind).mapping.rules if in_force else (),
    )
    ways = {rule.theirs: what_forbids(rule, schema.get(rule.theirs)) for rule in rules}
    numbers = {row.get("theirs"): index + 1 for index, row in enumerate(document_to_edit(found).get("fields", []))}
    looked = "Where it still fits, let it go on; else map another field, and publish."
    return [
        {
            "theirs": theirs,
            "label": their_label(schema, theirs, found.schema),
            "why": why,
            "remedy": f"{AGAIN} Or {way[1]}, and publish." if (way := ways.get(theirs)) else looked,
            "number": numbers.get(theirs),
            "can_go_on": theirs in ways and ways[theirs] is None,
        }
        for theirs, why in found.set_aside.items()
    ]


def back_of(kind: str, schema: Mapping[str, RemoteField], row: Mapping[str, Any]) -> list[str]:
    """What comes back as which of ours, where several share one of theirs, and what is written where several mean one."""
    pairs = pairs_of(row.get("values"))
    if not (shared(pairs) or several(pairs)):
        return []
    return comes_back(words_of(kind, str(row["ours"]), schema.get(str(row["theirs"]))), pairs)


@requires("martech.edit_sync")
def mapping(request: HttpRequest, name: str, object: str) -> HttpResponse:
    """The field mapping: as it is in force or the draft, with its findings; a POST keeps it as text."""
    found = object_by(name, object)
    document = document_to_edit(found)
    initial = {"document": pretty(document), "revision": revision_seen(found)}
    form = MappingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and keep_text(request, found, form):
        return redirect(address(found))
    findings = check_mapping(found, document).findings
    rows = rows_of(found, document, findings)
    at_rows = [one for row in rows for one in row["findings"]]
    context = {
        "title": title_of(found),
        "object": found,
        "form": form,
        "revision": initial["revision"],
        "rows": rows,
        "findings": findings,
        "aside": aside_of(found, published_among(found.versions.all())),
        "places": {side_of(one): address(one) for one in rivals_of(found)} if any(f.parties for f in findings) else {},
        "elsewhere": [one for one in findings if one not in at_rows],
        "errors": sum(one.level == "error" for one in findings),
        "in_force": published_among(found.versions.all()),
        "draft": draft_among(found.versions.all()),
        "crumbs": crumbs(found),
    }
    return render_page(request, "martech/mapping.html", context, status=422 if form.errors else 200)


@requires("martech.edit_sync")
@require_POST
def go_on(request: HttpRequest, name: str, object: str) -> HttpResponse:
    """Let a field go on that was put aside as its type changed."""
    found = object_by(name, object)
    user: Any = request.user
    try:
        let_go_on(object=found, theirs=request.POST.get("theirs", ""), actor=user)
        toast(request, "It goes on; everything is read again with the next round.")
    except DomainError as error:
        toast(request, error.detail, "error")
    return redirect(address(found))


def keep_text(request: HttpRequest, found: SyncObject, form: MappingForm) -> bool:
    """Whether the text became the draft; a refusal stands on the form."""
    values, actor = form.cleaned_data, request.user
    try:
        save_mapping_draft(
            object=found,
            document=values["document"],
            actor=actor,  # type: ignore[arg-type]
            revision=values["revision"] or 0,
        )
    except DomainError as error:
        add_errors(form, error)
        return False
    toast(request, "The draft was saved. Nothing goes by it before it is published.")
    return True


def saved(request: HttpRequest, found: SyncObject, form: EditForm, change: Change) -> bool:
    """Whether the change went into the draft. Who saves on top of a colleague keeps the input and decides."""
    try:
        edit_mapping_draft(
            object=found,
            change=change,
            actor=request.user,  # type: ignore[arg-type]
            revision=form.cleaned_data["revision"],
        )
    except ConflictError as error:
        form.add_error(None, f"{error.detail} Your input is kept: save again to put it on top.")
        form.put_on_top_of(revision_seen(found))
        return False
    except DomainError as error:
        add_errors(form, error)
        return False
    return True


def form_page(request: HttpRequest, found: SyncObject, title: str, form: EditForm, **more: Any) -> HttpResponse:
    context = {"title": title, "form": form, "back": address(found), "crumbs": crumbs(found, is_within=True), **more}
    return render_page(request, "martech/mapped_field.html", context, status=422 if form.errors else 200)


@requires("martech.edit_sync")
def field(request: HttpRequest, name: str, object: str, number: int | None = None) -> HttpResponse:
    """Map one more field, or change one that is mapped."""
    found = object_by(name, object)
    rows = document_to_edit(found).get("fields", [])
    if number is not None and not 1 <= number <= len(rows):
        raise Http404
    stored, schema = (rows[number - 1] if number else {"direction": "both"}), from_json(found.schema)
    if is_htmx(request) and request.method == "GET":
        return render_page(request, "martech/mapped_values.html", words_for(found, schema, request.GET, stored))
    initial = {**field_initial(stored), "revision": revision_seen(found)}
    form = FieldForm(request.POST or None, initial=initial, kind=found.kind, schema=schema)
    asked = request.POST if request.method == "POST" else initial
    shown = words_for(found, schema, asked, stored, data=request.POST or None)

    def put(document: dict[str, Any]) -> None:
        rows = document.setdefault("fields", [])
        index = number - 1 if number else len(rows)
        rows[index : index + 1] = [form.row(shown["values"].values())]

    if request.method == "POST" and both_valid(form, shown["values"]) and saved(request, found, form, put):
        return redirect(address(found))
    title = our_label(found.kind, str(stored["ours"])) if number else "Map a field"
    return form_page(request, found, title, form, **shown)


def both_valid(form: EditForm, values: Any) -> bool:
    """Whether the field and the rows of its values are right; what is wrong with a row is said at the top, too."""
    are_rows, is_form = values.is_valid(), form.is_valid()
    if not are_rows:
        form.add_error(None, "Some values need your attention; nothing was saved.")
    return are_rows and is_form


def words_for(
    found: SyncObject,
    schema: Mapping[str, RemoteField],
    asked: Mapping[str, Any],
    stored: Mapping[str, Any],
    *,
    data: Any = None,
) -> dict[str, Any]:
    """The rows of values for the two fields that are chosen: as stored, else as both sides call alike."""
    ours, theirs = our_name(asked), str(asked.get("theirs") or "")
    words = words_of(found.kind, ours, schema.get(theirs))
    is_stored = (ours, theirs) == (stored.get("ours"), stored.get("theirs"))
    pairs = pairs_of(stored.get("values") if is_stored else words.proposed)
    return {"values": value_rows(words, pairs, data=data), "words": words, "unsaid": unsaid(words, pairs)}


@requires("martech.edit_sync")
@require_POST
def remove(request: HttpRequest, name: str, object: str, number: int) -> HttpResponse:
    """Take a field out of the draft."""
    found, form = object_by(name, object), EditForm(request.POST)
    rows = document_to_edit(found).get("fields", [])
    if not form.is_valid() or not 1 <= number <= len(rows):
        raise Http404
    if not saved(request, found, form, lambda document: document["fields"].pop(number - 1)):
        toast(request, "Somebody saved this draft meanwhile. Look at it and try again.", "error")
    return redirect(address(found))


@requires("martech.edit_sync")
def records(request: HttpRequest, name: str, object: str) -> HttpResponse:
    """How records find one another, and which are made where."""
    found = object_by(name, object)
    initial = {**records_initial(document_to_edit(found)), "revision": revision_seen(found)}
    form = RecordsForm(request.POST or None, initial=initial, kind=found.kind)

    def put(document: dict[str, Any]) -> None:
        fields = document.get("fields", [])
        document.clear()
        document |= {"fields": fields, **form.records()}

    if request.method == "POST" and form.is_valid() and saved(request, found, form, put):
        return redirect(address(found))
    return form_page(request, found, "Which records", form)


@requires("martech.edit_sync")
@require_POST
def publish(request: HttpRequest, name: str, object: str) -> HttpResponse:
    """Put the draft in force, as it was seen."""
    found, form = object_by(name, object), EditForm(request.POST)
    if not form.is_valid():
        raise Http404
    user: Any = request.user
    try:
        publish_mapping(object=found, actor=user, revision=form.cleaned_data["revision"])
        toast(request, "The mapping is in force; records are looked at again.")
    except DomainError as error:
        toast(request, refusal(error), "error")
    return redirect(address(found))


@requires("martech.edit_sync")
@require_POST
def discard(request: HttpRequest, name: str, object: str) -> HttpResponse:
    """Drop the draft; what is in force stays."""
    found = object_by(name, object)
    say_dropped(request, discard_mapping_draft, object=found)
    return redirect(address(found))
