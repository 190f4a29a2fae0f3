"""Bad files are refused with field, reason and remedy, and leave nothing half-written."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from martech.importing import process, reading
from martech.models import ImportBatch, ImportReject, Person, PersonEmail
from martech.services.imports import run_file_import
from mops.core.errors import DomainError
from mops.core.tabular import write_xlsx

pytestmark = pytest.mark.django_db


def refused(path: Path) -> str:
    with pytest.raises(DomainError) as error:
        run_file_import(kind="people", path=path, source="crm", actor=None)
    assert (Person.objects.count(), PersonEmail.objects.count()) == (0, 0)
    return str(error.value.detail)


def file(tmp_path: Path, content: bytes | str, name: str = "people.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def loaded(path: Path) -> tuple[int, int]:
    summary = run_file_import(kind="people", path=path, source="crm", actor=None)
    return summary["created"], summary["rejected"]


def test_a_workbook_called_csv_is_refused(tmp_path: Path) -> None:
    book = io.BytesIO()
    write_xlsx(book, ["email"], [["ana@example.org"]])
    assert "Its name ends in .csv but it is an Excel workbook" in refused(file(tmp_path, book.getvalue()))


def test_a_text_called_xlsx_is_refused(tmp_path: Path) -> None:
    assert "Its name ends in .xlsx but it is a text file" in refused(file(tmp_path, "email\na@example.org\n", "p.xlsx"))


def test_a_file_of_two_gigabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = file(tmp_path, "email\nana@example.org\n")
    with path.open("r+b") as big:
        big.truncate(2 * 2**30)  # sparse: it takes no room on the disk
    assert "more than the limit of" in refused(path)


def test_a_workbook_that_unpacks_to_a_thousand_times_its_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    assert "300" in refused(path) or "unpacks" in refused(path)


def test_a_file_of_one_line_is_refused(tmp_path: Path) -> None:
    assert "a header but no row below it" in refused(file(tmp_path, "email,first_name"))


def test_mixed_encodings_are_refused_with_both_lines(tmp_path: Path) -> None:
    content = "email,first_name\na@example.org,Zoë\n".encode() + "b@example.org,Zoë\n".encode("cp1252")
    assert "it mixes encodings: line 2 is UTF-8, line 3 is not" in refused(file(tmp_path, content))


def test_a_quote_that_is_never_closed_takes_back_the_rows_before_it(tmp_path: Path) -> None:
    rows = "".join(f"p{number}@example.org,x\n" for number in range(2_000))
    assert "a quote opened here is never closed" in refused(file(tmp_path, f'email,city\n{rows}z@example.org,"Ulm\n'))
    assert ImportBatch.objects.get().state == "failed"
    assert ImportReject.objects.count() == 0


def test_columns_nobody_knows_become_properties_and_a_file_without_a_key_is_rejected_row_by_row(tmp_path: Path) -> None:
    assert loaded(file(tmp_path, "Lieblingsfarbe,email\nblau,ana@example.org\n")) == (1, 0)
    assert Person.objects.get().properties == {"Lieblingsfarbe": "blau"}
    assert loaded(file(tmp_path, "Lieblingsfarbe\nblau\n")) == (0, 1)


def test_a_field_of_ten_thousand_characters_is_rejected_with_its_limit_and_the_others_are_taken(tmp_path: Path) -> None:
    text = f"email,city\nana@example.org,{'x' * 10_000}\nbo@example.org,Ulm\n"
    assert loaded(file(tmp_path, text)) == (1, 1)
    assert ImportReject.objects.get().errors == {"city": ["It has 10,000 characters; 120 are the most."]}


def test_control_characters_go_and_right_to_left_text_stays(tmp_path: Path) -> None:
    text = "email,first_name,city,note\nana@example.org,A\x07na\x1b,القاهرة,a\x1fb\\N\\t\n"
    assert loaded(file(tmp_path, text)) == (1, 0)
    person = Person.objects.get()
    assert (person.first_name, person.city) == ("Ana", "القاهرة")
    assert person.properties == {"note": "a\x1fb\\N\\t"}


def test_a_multi_line_cell_with_backslashes_arrives_as_it_was(tmp_path: Path) -> None:
    assert loaded(file(tmp_path, 'email,note,job_title\nana@example.org,"one\ntwo\\.\tthree",C:\\temp\n')) == (1, 0)
    person = Person.objects.get()
    assert (person.properties["note"], person.job_title) == ("one\ntwo\\.\tthree", "C:\\temp")


def test_the_command_line_refuses_to_guess_an_encoding_and_takes_the_one_it_is_told(tmp_path: Path) -> None:
    path = file(tmp_path, "email,first_name\nana@example.org,Zoë\n".encode("cp1252"))
    with pytest.raises(CommandError, match="cp1252: "):
        call_command("import_people", path)
    assert Person.objects.count() == 0
    call_command("import_people", path, encoding="cp1252")
    assert Person.objects.get().first_name == "Zoë"


def test_the_command_line_says_which_rows_it_rejected_and_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = "".join(f"p{number}@example.org,Philipines\n" for number in range(7))
    call_command("import_people", file(tmp_path, f"email,country\nana@example.org,Peru\n{bad}"))
    said = capsys.readouterr()
    assert json.loads(said.out)["rejected"] == 7
    first, *_others, last = said.err.splitlines()
    assert first == "row 3: country: Nobody knows a country “Philipines”; write a name or an ISO code like DE."
    assert last == "…and 2 more rows; all are under Imports, to correct and upload."


def test_a_large_file_is_read_beside_with_the_same_outcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "LARGE", 0)
    text = "email,city\nana@example.org,Bonn\nnobody,Ulm\nbo@example.org,Kiel\n"
    assert loaded(file(tmp_path, text)) == (2, 1)
    assert list(Person.objects.order_by("pk").values_list("city", flat=True)) == ["Bonn", "Kiel"]


def test_a_refusal_of_the_reader_beside_reaches_the_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "LARGE", 0)
    assert "never closed" in refused(file(tmp_path, 'email,city\na@example.org,x\nb@example.org,"Ulm\n'))


def test_a_reader_that_dies_fails_the_import_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "LARGE", 0)
    monkeypatch.setattr(process, "ROOT", tmp_path)  # where there is no such module
    with pytest.raises(process.ReaderFailed):
        run_file_import(kind="people", path=file(tmp_path, "email\na@example.org\n"), source="crm", actor=None)
    assert Person.objects.count() == 0


def test_chunks_end_at_a_bounded_amount_of_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHARACTERS", 1_000)
    text = "email,note\n" + "".join(f"p{number}@example.org,{'x' * 400}\n" for number in range(20))
    assert loaded(file(tmp_path, text)) == (20, 0)
