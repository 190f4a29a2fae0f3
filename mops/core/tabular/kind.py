"""What a file really is, by its first bytes, against what its name says."""

import io
import zipfile
from typing import BinaryIO

from mops.core.tabular.errors import TableError

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC = (
    (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (_OLE, "xls"), (b"%PDF", "a PDF"), (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"), (b"GIF8", "a GIF picture"), (b"\x1f\x8b", "a gzip archive"),
    (b"{\\rtf", "an RTF document"), (b"SQLite format 3", "an SQLite database"), (b"PAR1", "a Parquet file"),
)  # fmt: skip
_MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<head", b"<body")
_SHEETS = ("xlsx", "xlsm", "xls", "xlsb")
_SAVE = "Save it as CSV (UTF-8) or XLSX and upload that"


def find_kind(file: BinaryIO, filename: str, limit: int) -> str:
    """`csv`, `xlsx` or `xls`. TableError when empty, too large, encrypted, or not what the name says."""
    size = file.seek(0, io.SEEK_END)
    if size == 0:
        raise TableError("file", "it is empty", "Choose a file with a header and at least one row")
    if size > limit:
        raise TableError("file", f"it has {size:,} bytes, more than the limit of {limit:,}", "Split it into parts")
    file.seek(0)
    kind = _by_content(file, file.read(512))
    file.seek(0)
    _check_name(kind, filename)
    return kind


def _by_content(file: BinaryIO, head: bytes) -> str:
    kind = next((kind for magic, kind in _MAGIC if head.startswith(magic)), "csv")
    if kind == "zip":
        return _zip_kind(file)
    if kind == "xls":
        return _ole_kind(file)
    if kind == "csv" and head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_MARKUP):
        kind = "an HTML or XML page"
    if kind != "csv":
        raise TableError("file", f"it is {kind}, not a table", _SAVE)
    return kind


def _zip_kind(file: BinaryIO) -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise TableError("file", "it is a damaged ZIP or XLSX file", "Export it again") from error
    if "xl/workbook.xml" in names:
        return "xlsx"
    raise TableError("file", "it is a ZIP archive or another office document, not an XLSX workbook", _SAVE)


def _ole_kind(file: BinaryIO) -> str:
    """An old XLS, or an encrypted XLSX, whose container names a stream EncryptedPackage."""
    file.seek(0)
    tail, wanted = b"", "EncryptedPackage".encode("utf-16-le")
    while block := file.read(1 << 20):
        if wanted in tail + block:
            raise TableError("file", "it is protected with a password", "Remove the password and save it again")
        tail = block[-len(wanted) :]
    return "xls"


def _check_name(kind: str, filename: str) -> None:
    ending = filename.rsplit(".", 1)[-1].lower() if "." in filename else ""
    is_sheet_name, is_sheet = ending in _SHEETS, kind != "csv"
    if ending in (*_SHEETS, "csv", "tsv", "txt", "tab") and is_sheet_name != is_sheet:
        really = f"an Excel workbook ({kind})" if is_sheet else "a text file"
        remedy = f"Rename it to .{kind}" if is_sheet else "Rename it to .csv, or export it again"
        raise TableError("file", f"its name ends in .{ending} but it is {really}", remedy)
