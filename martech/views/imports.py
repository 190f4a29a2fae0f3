"""Imports in the browser: upload, see the effect, run, take back."""

import secrets
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from martech.importing import FIELDS
from martech.importing.fields import NOTES
from martech.models import Account, Deal, ImportBatch, ImportKind, ImportState, Person
from martech.services.imports import begin_import, choose_encoding, undo_batch
from martech.services.imports.background import start_step
from martech.services.imports.inspection import ask_again
from mops.core.errors import DomainError
from mops.core.pages import Crumb, render_page, toast
from mops.core.rights import requires
from mops.core.tabular import write_csv


class UploadForm(forms.Form):
    """A file and what is in it."""

    kind = forms.ChoiceField(choices=ImportKind.choices, label="What is in it?")
    source = forms.CharField(
        max_length=80, initial="file", help_text="The system it came from; ids are unique within it"
    )
    file = forms.FileField(label="CSV or XLSX file")


def keep_upload(upload: Any) -> Path:
    """The file under a name nobody can guess, readable by the service only. Raises DomainError when too large."""
    if upload.size > settings.IMPORT_MAX_BYTES:
        limit = settings.IMPORT_MAX_BYTES // 2**20
        raise DomainError("The file is too large.", errors={"file": [f"{limit} MB are the most; split it."]})
    folder = Path(settings.MEDIA_ROOT) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{secrets.token_hex(16)}{Path(upload.name).suffix.lower()[:8]}"
    with path.open("wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
    path.chmod(0o600)
    return path


def begin(form: UploadForm, user: Any) -> ImportBatch:
    """Keep the uploaded file and read its headers. Raises DomainError when it is not a table."""
    upload = form.cleaned_data["file"]
    path = keep_upload(upload)
    try:
        return begin_import(
            path=path,
            file_name=upload.name,
            kind=form.cleaned_data["kind"],
            source=form.cleaned_data["source"],
            actor=user,
        )
    except DomainError:
        path.unlink(missing_ok=True)
        raise


@requires("martech.import_data")
def imports(request: HttpRequest) -> HttpResponse:
    """Earlier imports, and the form for the next."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(begin(form, request.user))
        except DomainError as error:
            reasons = [reason for found in error.errors.values() for reason in found]
            form.add_error("file", list(dict.fromkeys([error.detail, *reasons])))
    context = {"title": "Imports", "form": form, "batches": list(ImportBatch.objects.select_related("actor")[:50])}
    return render_page(request, "martech/imports.html", context, status=422 if form.errors else 200)


def columns_of(batch: ImportBatch) -> list[dict[str, Any]]:
    """Every column with its field and up to three sample values."""
    sample = batch.options.get("sample", [])
    chosen = batch.mapping.get("columns", {})
    return [
        {
            "name": name,
            "field": chosen.get(name, ""),
            "index": index,
            "values": [r[index] for r in sample if index < len(r)],
        }
        for index, name in enumerate(batch.columns)
        if not name.startswith(NOTES)
    ]


def seconds_left(batch: ImportBatch) -> int | None:
    """By the pace so far; None while there is too little to tell."""
    if not batch.started_at or batch.progress < 0.02:
        return None
    taken = (timezone.now() - batch.started_at).total_seconds()
    return max(1, round(taken / batch.progress - taken))


WAYS_OF_WRITING = {
    "dates": {
        "YMD": "year, month, day: 2026-12-31",
        "DMY": "day, month, year: 31.12.2026",
        "MDY": "month, day, year: 12/31/2026",
    },
    "decimal": {".": "with a point: 1,234.50", ",": "with a comma: 1.234,50"},
}


def proofs_of(batch: ImportBatch) -> list[dict[str, Any]]:
    """How dates and numbers are written: what proves it, or that it is to be chosen."""
    labels = {"dates": "Dates are written", "decimal": "Numbers are written"}
    return [
        {
            "name": what,
            "label": labels[what],
            "choices": WAYS_OF_WRITING[what].items(),
            "proof": proof,
            "proven": WAYS_OF_WRITING[what].get(proof["value"], "").split(":")[0],
            "is_open": not proof["value"] or bool(proof["against"]),
            "chosen": batch.mapping.get(what) if is_told(batch, what, proof) else "",
        }
        for what, proof in batch.options.get("proofs", {}).items()
    ]


def is_told(batch: ImportBatch, what: str, proof: dict[str, Any]) -> bool:
    """Whether the file proves it without a contradiction, or somebody answered."""
    return bool(proof["value"] and not proof["against"]) or what in batch.options.get("answered", [])


@requires("martech.import_data")
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One import in whatever state it is; while it works, the page asks again every second."""
    found = get_object_or_404(ImportBatch, pk=pk)
    context = {
        "title": found.file_name,
        "batch": found,
        "percent": round(found.progress * 100),
        "seconds_left": seconds_left(found),
        "columns": columns_of(found),
        "fields": FIELDS[found.kind],
        "proofs": proofs_of(found),
        "rejects": list(found.rejects.all()[:50]),
        "kept": kept_rows(found),
        "is_working": found.state in (ImportState.PREVIEWING, ImportState.RUNNING),
        "crumbs": [Crumb("Imports", reverse("martech:imports"))],
    }
    return render_page(request, "martech/import.html", context, partial="state")


def read_answers(request: HttpRequest, found: ImportBatch) -> dict[str, Any]:
    """The map with the columns and the ways of writing that were chosen. Raises DomainError for an open question."""
    mapping, errors = dict(found.mapping), {}
    if "column-0" not in request.POST:
        return mapping
    mapping["rest"] = request.POST.get("rest", mapping.get("rest", "properties"))
    chosen = {name: request.POST.get(f"column-{index}", "") for index, name in enumerate(found.columns)}
    mapping["columns"] = {name: field for name, field in chosen.items() if field}
    if mapping["columns"] != found.mapping["columns"]:
        ask_again(batch=found, columns=mapping["columns"])
    for what in found.options.get("proofs", {}):
        if answer := request.POST.get(what):
            mapping[what] = answer
        else:
            errors[what] = ["The file does not prove it; choose how it is written."]
    if errors:
        raise DomainError("One question is open.", errors=errors)
    answered = [what for what in ("dates", "decimal") if request.POST.get(what)]
    ImportBatch.objects.filter(pk=found.pk).update(options={**found.options, "answered": answered})
    return mapping


@requires("martech.import_data")
@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was chosen, then preview or import in the background."""
    found = get_object_or_404(ImportBatch, pk=pk)
    try:
        if encoding := request.POST.get("encoding"):
            choose_encoding(batch=found, encoding=encoding)
        else:
            name = "apply" if request.POST.get("step") == "apply" else "preview"
            start_step(batch=found, step=name, mapping=read_answers(request, found), actor=request.user)
    except DomainError as error:
        reasons = [f"{field}: {reason}" for field, found_ in error.errors.items() for reason in found_]
        toast(request, " ".join([error.detail, *reasons]), "error")
    return redirect(found)


MODELS = {"person": Person, "account": Account, "deal": Deal}


def kept_rows(batch: ImportBatch) -> list[dict[str, Any]]:
    """What an undo left, with its name as it is today."""
    rows = batch.undone.get("rows", [])[:50]
    names = {
        name: model._default_manager.in_bulk([row["id"] for row in rows if row["object"] == name])
        for name, model in MODELS.items()
    }
    return [{**row, "found": names.get(row["object"], {}).get(row["id"])} for row in rows]


@requires("martech.import_data")
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the import back."""
    found = get_object_or_404(ImportBatch, pk=pk)
    try:
        done = undo_batch(batch=found, actor=request.user)
        toast(request, f"{done['deleted']} deleted, {done['restored']} restored, {done['kept']} kept.")
    except DomainError as error:
        toast(request, error.detail, "error")
    return redirect(found)


@requires("martech.import_data")
def rejects(request: HttpRequest, pk: int) -> FileResponse:
    """The rejected rows as they stood in the file, with the reasons; the file can be corrected and imported again."""
    import tempfile

    found = get_object_or_404(ImportBatch, pk=pk)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    rows = (
        [
            *(row.values.get(name, "") for name in found.columns),
            row.row_number,
            "; ".join(f"{k}: {' '.join(v)}" for k, v in row.errors.items()),
        ]
        for row in found.rejects.iterator()
    )
    write_csv(file, [*found.columns, f"{NOTES}row", f"{NOTES}reasons"], rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"rejects-{pk}.csv", content_type="text/csv; charset=utf-8")
