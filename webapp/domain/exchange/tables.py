"""CSV for spreadsheets: what a program would take for a formula is marked as text, and the mark taken off again."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Final

from webapp.domain.exchange.units import Damaged, Document, Returned, Unit, check_room
from webapp.domain.sentences import Sentence

BOM: Final = "\ufeff"
"""What tells Excel that a file is UTF-8."""
COLUMNS: Final = (
    "id",
    "language",
    "field",
    "place",
    "note",
    "source",
    "target",
    "state",
    "most",
    "was",
    "source_language",
    "fingerprint",
)
NEEDED: Final = ("id", "language", "target")
FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""How a cell begins that some program runs, however often that has been marked as text before."""


def write(document: Document) -> Iterator[str]:
    """Give a document row by row; a byte order mark comes before it where the reader wants one."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    for row in (COLUMNS, *(_row(unit, document) for unit in document.units)):
        writer.writerow([marked(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def read(content: bytes) -> list[Returned]:
    """Return the texts of a file, its columns apart by commas, semicolons or tabs. Raises Damaged."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = Sentence("This file is no UTF-8: byte %(byte)s makes no character.", byte=error.start)
        raise Damaged(said) from None
    rows = _rows(text)
    _, header = next(rows, (0, []))
    missing = [name for name in NEEDED if name not in header]
    if missing:
        wanted = ", ".join(missing)
        raise Damaged(
            Sentence("The first row has to name the columns; there is none called %(names)s.", names=wanted)
        )
    found: list[Returned] = []
    for number, row in rows:
        if any(row):
            found.append(_returned(header, row, number))
            check_room(len(found))
    return found


def marked(cell: str) -> str:
    """Return a cell that every spreadsheet takes for text."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def unmarked(cell: str) -> str:
    """Return what a cell was before it was marked."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def _row(unit: Unit, document: Document) -> tuple[str, ...]:
    return (
        unit.id,
        document.target,
        unit.field,
        unit.place,
        unit.note,
        unit.source,
        unit.target,
        unit.state,
        str(unit.most or ""),
        unit.was,
        document.source,
        unit.fingerprint,
    )


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            said = Sentence("Line %(line)s of this file is no row of a CSV file.", line=reader.line_num)
            raise Damaged(said) from error
        if row is None:
            return
        yield reader.line_num, row


def _returned(header: Sequence[str], row: Sequence[str], number: int) -> Returned:
    cells = {name: unmarked(cell) for name, cell in zip(header, row, strict=False)}
    if len(row) != len(header):
        trouble = Sentence(
            "Its row, which ends in line %(line)s, has %(cells)s cells where the first has %(wanted)s.",
            line=number,
            cells=len(row),
            wanted=len(header),
        )
        return Returned(id=cells.get("id", ""), language=cells.get("language", ""), trouble=trouble)
    return Returned(
        id=cells.get("id", ""),
        language=cells.get("language", ""),
        source=cells.get("source", ""),
        target=cells.get("target", ""),
        fingerprint=cells.get("fingerprint", ""),
    )
