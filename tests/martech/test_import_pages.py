"""The import wizard in the browser: nothing is guessed that cannot be proven, and everything is shown before it is done."""

import csv
import io
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from martech.importing.proofs import differences, prove
from martech.models import ImportBatch, Person
from mops.core import work
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


class Wizard:
    def __init__(self) -> None:
        self.client = Client()
        self.client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")
        self.batch = ImportBatch()

    def upload(self, content: bytes | str, kind: str = "people", name: str = "people.csv") -> Any:
        data = content if isinstance(content, bytes) else content.encode()
        form = {"kind": kind, "source": "crm", "file": SimpleUploadedFile(name, data)}
        answer = self.client.post("/martech/imports/", form)
        if answer.status_code == 302:
            self.batch = ImportBatch.objects.latest("pk")
        return answer

    def step(self, name: str, **answers: str) -> None:
        self.client.post(f"/martech/imports/{self.batch.pk}/step/", {"step": name, **answers})
        work.run_due("import")
        self.batch.refresh_from_db()

    def columns(self) -> dict[str, str]:
        found = enumerate(self.batch.columns)
        return {f"column-{index}": self.batch.mapping["columns"].get(name, "") for index, name in found}

    def page(self) -> str:
        return self.client.get(f"/martech/imports/{self.batch.pk}/").content.decode()


def test_a_file_that_is_not_utf8_is_read_only_in_the_encoding_somebody_chose() -> None:
    wizard = Wizard()
    wizard.upload("email,first_name\nana@example.org,Zoë\nbo@example.org,Łukasz\n".encode("cp1250", "replace"))
    text = wizard.page()
    assert "Which of these reads right?" in text
    assert all(f'value="{name}"' in text for name in ("cp1252", "cp1250", "mac-roman"))
    wizard.step("preview")
    assert wizard.batch.state == "uploaded"
    wizard.step("", encoding="cp1250")
    assert (wizard.batch.options["encoding"], "choices" in wizard.batch.options) == ("cp1250", False)
    wizard.step("apply", **wizard.columns())
    assert list(Person.objects.order_by("pk").values_list("first_name", flat=True)) == ["Zoë", "Łukasz"]


def test_the_order_of_dates_is_proven_by_a_row_or_asked_for() -> None:
    wizard = Wizard()
    wizard.upload("email,created_at\nana@example.org,03/04/2026\nbo@example.org,31/04/2026\n")
    assert wizard.batch.options["proofs"]["dates"] == {
        "value": "DMY",
        "row": 3,
        "column": "created_at",
        "text": "31/04/2026",
        "against": "",
    }
    assert "Row 3, “created_at”: “31/04/2026” can only be day, month, year." in wizard.page()
    wizard.upload("email,created_at\nana@example.org,03/04/2026\n")
    assert "No value of the file proves it: choose." in wizard.page()
    wizard.step("preview", **wizard.columns())
    assert wizard.batch.state == "uploaded"
    wizard.step("apply", dates="MDY", **wizard.columns())
    assert timezone.localdate(Person.objects.get(email="ana@example.org").created_at) == date(2026, 3, 4)


def test_a_year_first_contradicts_no_other_order_and_what_is_contradicted_begins_open() -> None:
    wizard = Wizard()
    wizard.upload("email,created_at\nana@example.org,31.01.2026\nbo@example.org,2026-01-31\n")
    assert wizard.batch.options["proofs"]["dates"]["against"] == ""
    assert wizard.batch.mapping["dates"] == "DMY"
    wizard.upload("email,created_at\nana@example.org,31.01.2026\nbo@example.org,01/31/2026\n")
    page = wizard.page()
    assert "“01/31/2026” can only be month, day, year" in page
    assert '<option value="">choose…</option>' in page
    assert '<option value="YMD" selected>' not in page


def test_a_preview_without_effect_offers_no_import() -> None:
    wizard = Wizard()
    wizard.upload("email\nnobody\n")
    wizard.step("preview", **wizard.columns())
    page = wizard.page()
    assert "There is nothing to import" in page
    assert "Import now" not in page


def test_columns_that_are_no_field_are_left_out_when_somebody_says_so() -> None:
    wizard = Wizard()
    wizard.upload("email,Passport\nana@example.org,X1\n")
    wizard.step("preview", **wizard.columns(), rest="ignore")
    assert '<option value="ignore" selected>' in wizard.page()
    wizard.step("apply")
    assert Person.objects.get().properties == {}


def test_a_column_mapped_by_hand_is_asked_about_as_well() -> None:
    wizard = Wizard()
    wizard.upload("email,Kontakt\nana@example.org,03/04/2026\n")
    assert wizard.batch.options["proofs"] == {}
    wizard.step("preview", **{**wizard.columns(), "column-1": "created_at"})
    assert wizard.batch.state == "uploaded"
    assert "No value of the file proves it: choose." in wizard.page()


def test_the_preview_shows_new_changed_unchanged_and_rejected_rows_and_writes_nothing() -> None:
    wizard = Wizard()
    wizard.upload("email,city\nana@example.org,Berlin\nbo@example.org,Ulm\n")
    wizard.step("apply", **wizard.columns())
    wizard.upload("email,city\nana@example.org,Bonn\nbo@example.org,Ulm\ncy@example.org,Kiel\nnobody,Rom\n")
    wizard.step("preview", **wizard.columns())
    preview = wizard.batch.preview
    assert [row["label"] for row in preview["new"]] == ["cy@example.org"]
    assert preview["changed"] == [
        {"label": "ana@example.org", "fields": [{"name": "city", "old": "Berlin", "new": "Bonn"}]}
    ]
    assert preview["same"] == ["bo@example.org"]
    assert [row["row"] for row in preview["rejects"]] == [5]
    assert (wizard.batch.state, Person.objects.count()) == ("previewed", 2)
    assert "<del>Berlin</del> → <ins>Bonn</ins>" in wizard.page()


def test_columns_that_moved_since_last_time_keep_their_field_and_the_difference_is_told() -> None:
    wizard = Wizard()
    wizard.upload("email,Ort der Firma,Fax\nana@example.org,Berlin,1\n")
    wizard.step("apply", **{**wizard.columns(), "column-1": "city"})
    wizard.upload("Ort der Firma,email,Kanal\nBonn,ana@example.org,x\n")
    assert wizard.batch.mapping["columns"] == {"Ort der Firma": "city", "email": "email"}
    assert wizard.batch.options["differences"] == [
        "“Fax” is gone.",
        "“Kanal” is new and becomes a property unless you say what it is.",
        "“Ort der Firma” moved from column 2 to 1; it keeps its field.",
    ]
    assert "moved from column 2 to 1" in wizard.page()


def test_traces_of_damage_by_a_spreadsheet_are_shown() -> None:
    wizard = Wizard()
    wizard.upload("email,phone,id\nana@example.org,4.47912E+11,1234567890.0\nbo@example.org,#N/A,2\n")
    text = wizard.page()
    assert "4.47912E+11 looks like a long number shortened to scientific notation" in text
    assert "1234567890.0 looks like an identifier turned into a decimal" in text
    assert "#N/A looks like a formula error" in text


def test_rejected_rows_are_downloaded_corrected_and_imported_again() -> None:
    wizard = Wizard()
    wizard.upload("email,first_name,note\nana(at)example.org,Ana,=1+1\nbo@example.org,Bo,\n")
    wizard.step("apply", **wizard.columns())
    answer = wizard.client.get(f"/martech/imports/{wizard.batch.pk}/rejects/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["email"], row["mops: row"]) == ("ana(at)example.org", "2")
    assert "is not an e-mail address" in row["mops: reasons"]
    wizard.upload(text.replace("ana(at)", "ana@"))
    wizard.step("apply", **wizard.columns())
    assert (wizard.batch.created, wizard.batch.rejected) == (1, 0)
    assert Person.objects.get(first_name="Ana").properties == {"note": "=1+1"}


def test_the_page_tells_percent_rows_and_what_an_undo_kept() -> None:
    wizard = Wizard()
    wizard.upload("email\nana@example.org\n")
    ImportBatch.objects.filter(pk=wizard.batch.pk).update(state="running", progress=0.42, rows=4200)
    assert "42 %" in wizard.page()
    assert "4,200 rows read" in wizard.page()
    ImportBatch.objects.filter(pk=wizard.batch.pk).update(state="uploaded")
    wizard.step("apply", **wizard.columns())
    person = Person.objects.get()
    person.touches.create(kind="form", at=person.created_at)
    wizard.client.post(f"/martech/imports/{wizard.batch.pk}/undo/")
    assert "It has touches" in wizard.page()
    assert Person.objects.count() == 1


def test_an_upload_that_is_no_table_leaves_neither_a_batch_nor_a_file(tmp_path: Path) -> None:
    wizard = Wizard()
    answer = wizard.upload(b"%PDF-1.7 ...")
    assert (answer.status_code, ImportBatch.objects.count()) == (422, 0)
    said = re.findall("[^<>]*is a PDF, not a table[^<>]*", answer.content.decode())
    assert {text.strip(" :\n") for text in said} == {
        "It is a PDF, not a table. Save it as CSV (UTF-8) or XLSX and upload that."
    }
    assert len(said) == 2  # above the form and at the field, once each
    assert list((tmp_path / "imports").iterdir()) == []


def test_proofs_name_their_row_and_say_when_another_row_proves_the_contrary() -> None:
    rows = [(2, ["01/02/2026", "1,234"]), (3, ["31/01/2026", "1.234,5"]), (4, ["01/31/2026", "7"])]
    found = prove(rows, ["day", "cost"], {"day": "date", "cost": "amount"})
    assert (found["dates"].value, found["dates"].row) == ("DMY", 3)
    assert found["dates"].against == "row 4, column “day”: “01/31/2026” can only be month, day, year"
    assert (found["decimal"].value, found["decimal"].row, found["decimal"].against) == (",", 3, "")
    assert prove(rows[:1], ["day", "cost"], {"day": "date"})["dates"].value == ""


def test_the_same_columns_in_the_same_order_differ_in_nothing() -> None:
    assert differences(["a", "b", "c"], ["a", "b", "c"], {}) == []
    assert differences(["a", "b", "c"], ["a", "x", "b", "c"], {}) == [
        "“x” is new and becomes a property unless you say what it is."
    ]
