"""Which encoding a text file is in: BOM, then strict UTF-8 over the whole file, else candidates to choose from."""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from mops.core.tabular.errors import TableError

CANDIDATES = ("cp1252", "latin-1", "cp1250", "mac-roman", "cp1251")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
# Accented Latin letters in UTF-8; in a one-byte text these pairs are not words of any language.
_CLEAR_UTF8 = re.compile(rb"[\xc3-\xc5][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
_COMMON = {
    "cp1252": frozenset("éèàçäöüßñóíáâêôãõåøæúëïîûìòùœÉÄÖÜÀÇÓÅØÁÍÑ€’“”–…«»°"),
    "cp1250": frozenset("áéíóúýčďěňřšťůžąćęłńśźżőűăâîșțşţđäöüßÁÉÍÓÚČŘŠŽŁŚŻÖÜ€’“”„–…"),
}
_SAMPLED_LINES = 300


@dataclass(frozen=True)
class EncodingChoice:
    """One way to read the file with three decoded lines to judge it by; `confidence` from 0 to 1."""

    encoding: str
    confidence: float
    samples: tuple[str, ...]


def find_encoding(file: BinaryIO) -> tuple[str, tuple[EncodingChoice, ...]]:
    """(encoding, choices): choices are empty when the encoding is certain, else best first.

    Reads the whole file once, in blocks. TableError for NUL bytes and for lines in different encodings.
    """
    file.seek(0)
    head = file.read(4096)
    bom = next((name for mark, name in _BOMS if head.startswith(mark)), None) or _bare_utf16(head)
    if bom:
        check_decodes(file, bom)
        return bom, ()
    if _is_utf8(file):
        return "utf-8", ()
    lines = _foreign_lines(file)
    choices = _rank(lines)
    return choices[0].encoding, tuple(choices)


def check_decodes(file: BinaryIO, encoding: str) -> None:
    """Decode the whole file strictly; TableError names the line that does not fit."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)("strict")
    except LookupError as error:
        raise TableError("encoding", f"{encoding!r} is not known", "Use a name such as utf-8 or cp1252") from error
    row = 1
    file.seek(0)
    for block in _blocks(file, 1 << 16):
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            row += block[: max(0, error.start)].count(b"\n")
            raise TableError("encoding", f"it is not {encoding} from here on", "Choose another", row=row) from error
        if "\0" in text:
            row += text[: text.index("\0")].count("\n")
            raise TableError("file", "it contains NUL characters", "Choose another encoding or export again", row=row)
        row += text.count("\n")


def _bare_utf16(head: bytes) -> str | None:
    """UTF-16 without a mark: in Western text every other byte is zero."""
    pairs = max(1, len(head) // 2)
    if head[1::2].count(0) > 0.6 * pairs and head[0::2].count(0) < 0.1 * pairs:
        return "utf-16-le"
    if head[0::2].count(0) > 0.6 * pairs and head[1::2].count(0) < 0.1 * pairs:
        return "utf-16-be"
    return None


def _blocks(file: BinaryIO, size: int) -> Iterator[bytes]:
    """Blocks of the file and one empty one, which ends the decoding."""
    while block := file.read(size):
        yield block
    yield b""


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    row, is_valid = 1, True
    file.seek(0)
    for block in _blocks(file, 1 << 20):
        if b"\x00" in block:
            row += block[: block.index(b"\x00")].count(b"\n")
            raise TableError("file", "it contains NUL bytes, so it is not plain text", "Export it again", row=row)
        row += block.count(b"\n")
        try:
            is_valid = is_valid and decoder.decode(block, final=not block) is not None
        except UnicodeDecodeError:
            is_valid = False
    return is_valid


def _foreign_lines(file: BinaryIO) -> list[bytes]:
    """Lines that are not UTF-8; TableError when others clearly are."""
    foreign: list[bytes] = []
    first_foreign = first_utf8 = 0
    file.seek(0)
    for row, line in enumerate(iter(lambda: file.readline(1 << 20), b""), 1):
        if line.isascii():
            continue
        if not _decodes_utf8(line):
            first_foreign = first_foreign or row
            if len(foreign) < _SAMPLED_LINES:
                foreign.append(line[:2000])
        elif _CLEAR_UTF8.search(line):
            first_utf8 = first_utf8 or row
        if first_utf8 and first_foreign:
            reason = f"it mixes encodings: line {first_utf8} is UTF-8, line {first_foreign} is not"
            raise TableError("encoding", reason, "Save the whole file as UTF-8", row=max(first_utf8, first_foreign))
    return foreign


def _decodes_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _rank(lines: list[bytes]) -> list[EncodingChoice]:
    sample = b"".join(lines)
    scored = []
    for order, name in enumerate(CANDIDATES):
        try:
            text = sample.decode(name)
        except UnicodeDecodeError:
            continue
        scored.append((-_plausibility(name, text), order, name, text))
    scored.sort()
    best, best_text = -scored[0][0], scored[0][3]
    second = max((-score for score, _, _, text in scored if text != best_text), default=0.0)
    margin = min(0.95, max(0.3, 0.5 + (best - second) / 2))
    return [_choice(name, lines, margin if not place else round(max(0.0, -score) * 0.3, 2))
            for place, (score, _, name, _) in enumerate(scored)]  # fmt: skip


def _choice(name: str, lines: list[bytes], confidence: float) -> EncodingChoice:
    samples = tuple(line.decode(name).strip()[:200] for line in lines[:3])
    return EncodingChoice(name, round(confidence, 2), samples)


def _plausibility(name: str, text: str) -> float:
    """Mean over the non-ASCII characters: usual letters speak for it; mixed scripts, case flips, controls against."""
    marks = [_mark(name, text[at - 1 : at], char, text[at + 1 : at + 2])
             for at, char in enumerate(text) if not char.isascii()]  # fmt: skip
    return sum(marks) / max(1, len(marks))


def _mark(name: str, before: str, char: str, after: str) -> float:
    if unicodedata.category(char) == "Cc":
        return -1.0
    is_cyrillic = "Ѐ" <= char <= "ӿ"
    for near in (before, after):
        if near.isalpha() and char.isalpha() and is_cyrillic != ("Ѐ" <= near <= "ӿ"):
            return -1.0
    is_inside_word = before.isalpha() and after.isalpha()
    is_odd_sign = is_inside_word and not char.isalpha() and char != "’"
    if is_odd_sign or (char.isupper() and before.islower()):
        return -0.5
    if is_cyrillic:
        return 0.9
    return 1.0 if char in _COMMON.get(name, _COMMON["cp1252"]) else 0.2
