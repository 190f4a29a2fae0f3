"""Imports in the browser: upload, see the effect, run, take back."""

import secrets
from itertools import islice
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from martech.importing import FIELDS, guess_map
from martech.models import ImportBatch, ImportKind, ImportState
from martech.services.imports import undo_batch
from martech.services.imports.background import start_step
from mops.core.errors import DomainError
from mops.core.pages import Crumb, render_page, toast
from mops.core.rights import requires
from mops.core.tabular import open_table, write_csv


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
    """Read the headers of an uploaded file and guess its map. Raises DomainError when it is not a table."""
    upload = form.cleaned_data["file"]
    path = keep_upload(upload)
    kind, source = form.cleaned_data["kind"], form.cleaned_data["source"]
    try:
        with open_table(path, filename=upload.name, limit=settings.IMPORT_MAX_BYTES) as table:
            sample = list(islice((cells for _n, cells in table.rows(on_error=lambda *_: None)), 200))
            columns = list(table.columns)
    except DomainError:
        path.unlink(missing_ok=True)
        raise
    before = ImportBatch.objects.filter(kind=kind, source=source, columns=columns, state=ImportState.DONE).first()
    mapping = before.mapping if before else guess_map(kind, columns, sample).as_json()
    return ImportBatch.objects.create(
        kind=kind,
        source=source,
        file_name=upload.name[:255],
        file_path=str(path),
        file_bytes=upload.size,
        columns=columns,
        mapping=mapping,
        options={"sample": sample[:3]},
        actor=user,
    )


@requires("martech.import_data")
def imports(request: HttpRequest) -> HttpResponse:
    """Earlier imports, and the form for the next."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(begin(form, request.user))
        except DomainError as error:
            reasons = [reason for found in error.errors.values() for reason in found]
            form.add_error("file", [error.detail, *reasons])
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
    ]


@requires("martech.import_data")
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One import in whatever state it is; while it works, the page asks again every second."""
    found = get_object_or_404(ImportBatch, pk=pk)
    context = {
        "title": found.file_name,
        "batch": found,
        "columns": columns_of(found),
        "fields": FIELDS[found.kind],
        "date_orders": ["YMD", "DMY", "MDY"],
        "rejects": list(found.rejects.all()[:50]),
        "is_working": found.state in (ImportState.PREVIEWING, ImportState.RUNNING),
        "crumbs": [Crumb("Imports", reverse("martech:imports"))],
    }
    return render_page(request, "martech/import.html", context, partial="state")


@requires("martech.import_data")
@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the chosen columns, then preview or import in the background."""
    found = get_object_or_404(ImportBatch, pk=pk)
    mapping = dict(found.mapping)
    if "dates" in request.POST:
        chosen = {name: request.POST.get(f"column-{index}", "") for index, name in enumerate(found.columns)}
        mapping["columns"] = {name: field for name, field in chosen.items() if field}
        mapping |= {"dates": request.POST["dates"], "decimal": request.POST.get("decimal", ".")}
    name = "apply" if request.POST.get("step") == "apply" else "preview"
    try:
        start_step(batch=found, step=name, mapping=mapping, actor=request.user)
    except DomainError as error:
        reasons = [f"{field}: {reason}" for field, found_ in error.errors.items() for reason in found_]
        toast(request, " ".join([error.detail, *reasons]), "error")
    return redirect(found)


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
            "; ".join(f"{k}: {' '.join(v)}" for k, v in row.errors.items()),
        ]
        for row in found.rejects.iterator()
    )
    write_csv(file, [*found.columns, "mops: reasons"], rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"rejects-{pk}.csv", content_type="text/csv; charset=utf-8")
