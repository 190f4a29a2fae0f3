"""Chunks as COPY takes them: only the columns that rows fill, whichever row is the first to fill one."""

from pathlib import Path
from typing import Any

from martech.importing.reading import Chunk, Job, read_chunks
from martech.importing.staging import NULL
from martech.services.imports.tables import PEOPLE


def chunks_of(path: Path, text: str, **columns: str) -> list[Chunk]:
    path.write_text(text, encoding="utf-8")
    job = Job(
        path=str(path),
        filename=path.name,
        limit=10**6,
        options={},
        kind="people",
        mapping={"columns": columns, "rest": "ignore"},
        names=PEOPLE.staged,
        source="crm",
        zone="UTC",
        currency="EUR",
        colleagues={},
    )
    return list(read_chunks(job))


def staged(chunk: Chunk) -> list[dict[str, Any]]:
    lines = chunk.copy.decode().removesuffix("\n").split("\n")
    rows = [dict(zip(chunk.columns, line.split("\t"), strict=True)) for line in lines]
    return [{name: text for name, text in row.items() if text != NULL} for row in rows]


def test_a_column_that_a_later_row_fills_first_is_empty_in_those_above(tmp_path: Path) -> None:
    text = "mail,city,tab\na@x.example,,\nb@x.example,Bonn,one\\two\nc@x.example,,\n"
    [chunk] = chunks_of(tmp_path / "people.csv", text, mail="email", city="city", tab="properties.tab")
    common = [
        {"row_number": str(row), "email": mail, "match_key": mail, "is_first": "t"}
        for row, mail in ((2, "a@x.example"), (3, "b@x.example"), (4, "c@x.example"))
    ]
    assert staged(chunk) == [
        common[0],
        {**common[1], "city": "Bonn", "properties": '{"tab": "one\\\\\\\\two"}'},
        common[2],
    ]
    assert set(chunk.columns) == {"row_number", "email", "match_key", "is_first", "city", "properties"}


def test_a_chunk_says_whether_a_key_comes_twice(tmp_path: Path) -> None:
    [once] = chunks_of(tmp_path / "once.csv", "mail\na@x.example\nb@x.example\n", mail="email")
    [twice] = chunks_of(tmp_path / "twice.csv", "mail\na@x.example\nA@x.example\n", mail="email")
    assert (once.has_doubles, twice.has_doubles) == (False, True)
    assert [row["is_first"] for row in staged(twice)] == ["t", "f"]
