"""Writing tables: nothing a spreadsheet would run, and what was written reads back."""

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mops.core.tabular import TableError, open_table, protect, unprotect, write_csv, write_xlsx

ATTACKS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "'=1",
    "''=1",
]
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30) | st.sampled_from(
    ATTACKS
)
TABLES = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width).filter(any), min_size=1, max_size=8)
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_text_that_would_run_is_protected_and_restored(attack: str) -> None:
    file = io.BytesIO()
    write_csv(file, ["a", "b"], [[attack, "x"]])
    assert protect(attack) == f"'{attack}"
    assert [cells for _, cells in open_table(file, filename="a.csv").rows()] == [[attack, "x"]]


def test_other_apostrophes_stay() -> None:
    assert [protect("'t Hart"), unprotect("'t Hart"), unprotect("'")] == ["'t Hart", "'t Hart", "'"]


def test_numbers_stay_numbers_and_dates_dates() -> None:
    file = io.BytesIO()
    rows = [[-5, Decimal("1E+3"), 2.5, True, None, date(2026, 1, 2), datetime(2026, 1, 2, 3, 4)]]
    assert write_csv(file, list("abcdefg"), rows, bom=True) == 1
    assert file.getvalue().decode() == "\ufeffa,b,c,d,e,f,g\r\n-5,1000,2.5,true,,2026-01-02,2026-01-02 03:04:00\r\n"


def test_a_workbook_holds_no_formula_and_no_link() -> None:
    file = io.BytesIO()
    write_xlsx(file, ["a", "b"], [["=1+1", "https://example.com"], [12345678901234567890, date(2026, 1, 2)]])
    with zipfile.ZipFile(file) as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in page
    assert "<hyperlink" not in page
    rows = [cells for _, cells in open_table(file, filename="a.xlsx").rows()]
    assert rows == [["=1+1", "https://example.com"], ["12345678901234567890", "2026-01-02"]]


def test_a_row_of_the_wrong_width_and_a_long_cell_are_refused_at_their_row() -> None:
    with pytest.raises(TableError, match="row 3: it has 1 values but there are 2 columns"):
        write_csv(io.BytesIO(), ["a", "b"], [["1", "2"], ["3"]])
    with pytest.raises(TableError, match="row 2, column 'b': it has 32,768 characters"):
        write_xlsx(io.BytesIO(), ["a", "b"], [["1", "x" * 32_768]])


@settings(max_examples=60)
@given(TABLES, st.booleans())
def test_what_is_written_as_csv_reads_back(rows: list[list[str]], bom: bool) -> None:
    file = io.BytesIO()
    columns = [f"c{place}" for place in range(len(rows[0]))]
    write_csv(file, columns, rows, bom=bom)
    table = open_table(file, filename="a.csv", delimiter=",")
    assert table.columns == columns
    assert [cells for _, cells in table.rows()] == rows


@settings(max_examples=20)
@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=20),
            min_size=2,
            max_size=2,
        ).filter(lambda row: bool(row[0])),
        min_size=1,
        max_size=6,
    )
)
def test_what_is_written_as_xlsx_reads_back(rows: list[list[str]]) -> None:
    file = io.BytesIO()
    write_xlsx(file, ["a", "b"], rows)
    assert [cells for _, cells in open_table(file, filename="a.xlsx").rows()] == rows
