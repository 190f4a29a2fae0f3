"""Reading tables: encodings, line ends, headers, rows, and every refusal with its place and remedy."""

import io
import struct
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import xlsxwriter

from mops.core.tabular import TableError, guess_date_order, guess_decimal, open_table, parse_date
from mops.core.tabular.table import Table


def opened(text: str | bytes, written: str = "utf-8", filename: str = "people.csv", **options: object) -> Table:
    data = text.encode(written) if isinstance(text, str) else text
    return open_table(io.BytesIO(data), filename=filename, **options)  # type: ignore[arg-type]


def workbook(rows: list[list[object]], first_row: int = 0) -> io.BytesIO:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        page = book.add_worksheet("People")
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                page.write(first_row + number, place, value)
    return file


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "name;city\nJosé;Köln\nRenée;“Genève”\n"),
        ("cp1250", "jméno,město\nŘehoř,Plzeň\nŁukasz,Łódź\n"),
        ("mac-roman", "name,city\nJosé,Köln\nRenée,Genève\n"),
        ("cp1251", "имя,город\nИван,Москва\nАнна,Санкт\n"),
    ],
)
def test_a_one_byte_encoding_is_guessed_and_offered_with_samples(encoding: str, text: str) -> None:
    table = opened(text, encoding)
    assert table.encoding == encoding
    assert [cells for _, cells in table.rows()] == [line.replace(";", ",").split(",") for line in text.splitlines()[1:]]
    assert table.encoding_choices[0].samples[-1] == text.splitlines()[-1]
    assert 0 < table.encoding_choices[0].confidence < 1
    assert table.warnings[0].startswith("the encoding is not certain")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_certain(encoding: str) -> None:
    table = opened("name,city\nJosé,Köln\n", encoding)
    assert (table.columns, list(table.rows())) == (["name", "city"], [(2, ["José", "Köln"])])
    assert table.encoding_choices == ()


def test_an_accent_after_a_megabyte_of_ascii_is_still_seen() -> None:
    table = opened(b"name,city\n" + b"Ana,Bonn\n" * 150_000 + "Zoë,Köln\n".encode("cp1252"))
    assert table.encoding == "cp1252"
    assert list(table.rows())[-1] == (150_002, ["Zoë", "Köln"])


def test_mixed_encodings_are_refused_with_both_lines() -> None:
    with pytest.raises(TableError, match="line 2 is UTF-8, line 3 is not") as refused:
        opened(b"name\n" + "José\n".encode() + "Zoë\n".encode("cp1252"))
    assert refused.value.row == 3


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_and_line_ends_of_every_system(end: str, delimiter: str) -> None:
    lines = [delimiter.join(["id", "note"]), delimiter.join(["1", f'"a{delimiter}b"']), delimiter.join(["2", "c"])]
    table = opened(end.join(lines))
    assert table.delimiter == delimiter
    assert list(table.rows()) == [(2, ["1", f"a{delimiter}b"]), (3, ["2", "c"])]


def test_one_column_single_quotes_and_the_sep_line() -> None:
    assert list(opened("email\na@x.org\nb@x.org\n").rows()) == [(2, ["a@x.org"]), (3, ["b@x.org"])]
    assert list(opened("'id','note'\n'1','a,b'\n").rows()) == [(2, ["1", "a,b"])]
    table = opened("sep=;\nid;note\n1;x\n")
    assert (table.columns, list(table.rows())) == (["id", "note"], [(3, ["1", "x"])])


def test_row_numbers_count_lines_inside_quotes_and_blank_rows() -> None:
    table = opened('\nid,note\n1,"two\nlines"\n\n,\n2,x\n')
    assert list(table.rows()) == [(3, ["1", "two\nlines"]), (7, ["2", "x"])]


def test_ragged_and_broken_rows_are_reported_and_the_rest_is_read() -> None:
    table = opened('a,b\n1\n1,2,3\n"x"y,2\n5,6,\n')
    assert list(table.rows()) == [(2, ["1", ""]), (5, ["5", "6"])]
    assert [(error.row, error.reason) for error in table.row_errors] == [
        (3, "it has 3 cells but there are 2 columns"),
        (4, "its quotes do not pair up"),
    ]
    kept: list[tuple[int, list[str]]] = []
    assert len(list(table.rows(lambda row, cells, error: kept.append((row, cells))))) == 2
    assert kept == [(3, ["1", "2", "3"]), (4, [])]


def test_blank_and_repeated_names_are_made_unique_with_a_warning() -> None:
    table = opened("name,,name,name (2)\n1,2,3,4\n")
    assert table.columns == ["name", "column 2", "name (2)", "name (2) (2)"]
    assert len(table.warnings) == 3


def test_spreadsheet_damage_is_told_with_row_and_column() -> None:
    table = opened("id,gene\n4.47912E+11,MARCH1\n#N/A,x\n1234567890.0,2-Sep\n")
    assert [warning.split(" looks")[0] for warning in table.warnings] == [
        "row 2, column 'id': 4.47912E+11",
        "row 2, column 'gene': MARCH1",
        "row 3, column 'id': #N/A",
        "row 4, column 'id': 1234567890.0",
    ]


@pytest.mark.parametrize(
    ("data", "filename", "message"),
    [
        (b"", "a.csv", "It is empty"),
        (b"\n\n", "a.csv", "no row with text"),
        (b"a,b\n", "a.csv", "a header but no row below it"),
        (b"a,b\n1,\x002\n", "a.csv", "row 2: it contains NUL bytes"),
        (b"%PDF-1.7", "a.xlsx", "It is a PDF"),
        (b"\x89PNG\r\n", "a.xlsx", "It is a PNG picture"),
        (b"\xef\xbb\xbf <html><table>", "a.xls", "It is an HTML or XML page"),
        (b"a,b\n1,2\n", "a.xlsx", "ends in .xlsx but it is a text file"),
        (b"PK\x03\x04rubbish", "a.xlsx", "damaged ZIP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "with a password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "a.xls", "cannot be read"),
        (b",".join([b"c"] * 513) + b"\n1\n", "a.csv", "513 columns, more than 512"),
        (b'a,b\n1,"' + b"x" * 100_001 + b'"\n', "a.csv", "row 2, column 'b': it has 100,001 characters"),
        (b'a,b\n1,"never closed\n2,3\n', "a.csv", "row 2: a quote opened here is never closed"),
    ],
)
def test_what_is_not_a_table_is_refused(data: bytes, filename: str, message: str) -> None:
    with pytest.raises(TableError, match=message) as refused:
        opened(data, filename=filename)
    assert refused.value.remedy


def test_an_encoding_that_was_chosen_is_checked_over_the_whole_file() -> None:
    assert opened("name\nJosé\n", "utf-8-sig", encoding="utf-8").columns == ["name"]
    with pytest.raises(TableError, match="row 3: it is not utf-8-sig from here on"):
        opened(b"name\nAna\n" + "Zoë\n".encode("cp1252"), encoding="utf-8")
    with pytest.raises(TableError, match="row 2: it contains NUL characters"):
        opened(b"name\nA\0na\n", encoding="latin-1")
    with pytest.raises(TableError, match="'klingon' is not known"):
        opened("name\nAna\n", encoding="klingon")


def test_a_file_over_the_limit_is_refused_before_reading() -> None:
    with pytest.raises(TableError, match="more than the limit of 10"):
        opened(b"a,b\n1,2\n3,4\n", limit=10)


def test_a_workbook_is_read_with_ids_dates_and_booleans_as_text() -> None:
    file = workbook(
        [["id", "at", "ok", "share"], [1234567890, datetime(2026, 1, 2, 3, 4), True, 0.1 + 0.2]], first_row=2
    )
    table = open_table(file, filename="a.xlsx")
    assert (table.sheet, table.columns) == ("People", ["id", "at", "ok", "share"])
    expected = [(4, ["1234567890", "2026-01-02 03:04:00", "true", "0.3"])]
    assert [list(table.rows()), list(table.rows())] == [expected, expected]


def test_a_workbook_named_csv_and_an_unknown_sheet_are_refused() -> None:
    with pytest.raises(TableError, match=r"ends in \.csv but it is an Excel workbook"):
        open_table(workbook([["a"], [1]]), filename="a.csv")
    with pytest.raises(TableError, match=r"no sheet 'Deals'\. Use one of People"):
        open_table(workbook([["a"], [1]]), filename="a.xlsx", sheet="Deals")


def repacked(member: str, content: bytes) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(workbook([["a"], [1]])) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, content if name == member else old.read(name))
    return file


def test_a_zip_bomb_is_refused_also_when_it_lies_about_its_size() -> None:
    file = repacked("xl/styles.xml", b" " * 40_000_000)
    with pytest.raises(TableError, match="unpacks to too much"):
        open_table(file, filename="a.xlsx")
    lying = file.getvalue().replace(struct.pack("<L", 40_000_000), struct.pack("<L", 1000))
    with pytest.raises(TableError, match="unpacks to too much"):
        opened(lying, filename="a.xlsx")


def test_a_cell_in_the_last_corner_does_not_fill_the_memory() -> None:
    corner = b'<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    with pytest.raises(TableError, match="reaches to row 1,048,576 and column 16,384"):
        open_table(repacked("xl/worksheets/sheet1.xml", corner), filename="a.xlsx")


def test_date_order_and_decimal_sign_need_proof() -> None:
    assert guess_date_order(["3/1/2017", "10/20/2016"]) == ("MDY", "'10/20/2016' can only be MDY")
    assert guess_date_order(["31-08-2023"])[0] == "DMY"
    assert guess_date_order(["2018-02-26 19:58:54"])[0] == "YMD"
    assert guess_date_order(["3/1/2017"]) == (None, "no value tells day from month")
    assert guess_date_order(["13/1/2017", "1/13/2017"])[0] is None
    assert [guess_decimal([text])[0] for text in ("1,234", "1.234,5", "12,50", "1.429999948")] == [None, ",", ",", "."]


def parsed() -> Iterator[tuple[str, str, date]]:
    yield "2018-02-01", "YMD", date(2018, 2, 1)
    yield "2018-02-26 19:58:54", "DMY", datetime(2018, 2, 26, 19, 58, 54)
    yield "10/20/2016", "MDY", date(2016, 10, 20)
    yield "31-08-2023", "DMY", date(2023, 8, 31)
    yield "1.2.99", "DMY", date(1999, 2, 1)
    yield "3/4/2026 12:05 AM", "MDY", datetime(2026, 3, 4, 0, 5)
    yield "2026-01-02T03:04:05Z", "YMD", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    yield (
        "2026-01-02T03:04:05.250-03:30",
        "YMD",
        datetime(2026, 1, 2, 3, 4, 5, 250000, timezone(-timedelta(hours=3, minutes=30))),
    )


@pytest.mark.parametrize(("text", "order", "value"), list(parsed()))
def test_dates_are_read_in_the_order_told(text: str, order: str, value: date) -> None:
    assert parse_date(text, order) == value


@pytest.mark.parametrize(
    "text", ["43132", "01/02/03", "2026-02-30", "3/4-2026", "soon", "", "2026-01-02 25:00", "1/2/0026"]
)
def test_a_date_that_is_none_names_row_and_column(text: str) -> None:
    with pytest.raises(TableError) as refused:
        parse_date(text, "YMD", row=7, column="Close date")
    assert (refused.value.row, refused.value.column) == (7, "Close date")
    assert str(refused.value).startswith("row 7, column 'Close date': ")
