"""The formats that texts are exchanged in, and which of them a file is: its content decides, never its name."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from webapp.domain.exchange import po, tables, xliff1, xliff2, xml
from webapp.domain.exchange.units import MOST_BYTES, Damaged, Document, Returned
from webapp.domain.sentences import Sentence

MOST_MIB: Final = MOST_BYTES // 1024**2
XML: Final = re.compile(rb"\s*<|\xfe\xff|\xff\xfe|\x00")
UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
PO: Final = re.compile(rb'^msg(?:id|ctxt)\s+"', re.MULTILINE)


@dataclass(frozen=True)
class Format:
    """A format: its name for programs, for people, the ending of its files and their type."""

    name: str
    label: str
    ending: str
    mime_type: str
    write: Callable[[Document], Iterator[str]]
    read: Callable[[bytes], list[Returned]]
    head: str = ""


FORMATS: Final = {
    each.name: each
    for each in (
        Format("xliff12", "XLIFF 1.2", "xlf", "application/x-xliff+xml", xliff1.write, xliff1.read),
        Format("xliff20", "XLIFF 2.0", "xlf", "application/xliff+xml", xliff2.write, xliff2.read),
        Format("po", "PO (gettext)", "po", "text/x-gettext-translation", po.write, po.read),
        Format("csv", "CSV (UTF-8)", "csv", "text/csv", tables.write, tables.read),
        Format("csv-excel", "CSV for Excel", "csv", "text/csv", tables.write, tables.read, head=tables.BOM),
    )
}


def written(document: Document, name: str) -> bytes:
    """Return a document as a file of a format. Raises Damaged where it would be larger than what is taken back."""
    chosen = FORMATS[name]
    made = bytearray(chosen.head.encode())
    for piece in chosen.write(document):
        made += piece.encode("utf-8", "surrogatepass")
        if len(made) > MOST_BYTES:
            raise Damaged(Sentence("This would be more than %(most)s MiB: ask for fewer texts.", most=MOST_MIB))
    return bytes(made)


def read(content: bytes) -> tuple[Format, list[Returned]]:
    """Return which format a file is and the texts in it. Raises Damaged."""
    if len(content) > MOST_BYTES:
        raise Damaged(Sentence("This file is larger than %(most)s MiB: split it.", most=MOST_MIB))
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise Damaged("This file is empty.")
    chosen = recognise(content)
    found = chosen.read(content)
    if not found:
        raise Damaged("There is no text in this file.")
    return chosen, found


def recognise(content: bytes) -> Format:
    """Say which format a file is. Raises Damaged."""
    if content[:2] in UTF_16 and not content[2:4].strip(b"\x00 ").startswith(b"<"):
        raise Damaged("This file is UTF-16: save it as UTF-8.")
    if XML.match(content.removeprefix(b"\xef\xbb\xbf")):
        _, root = next(iter(xml.elements(content, ())))
        version = root.attributes.get("version", "")
        if root.tag == "xliff" and version[:2] in ("1.", "2."):
            return FORMATS["xliff12" if version.startswith("1") else "xliff20"]
        raise Damaged(
            Sentence("This is XML, but no XLIFF 1.2 or 2.0: its outermost element is <%(tag)s>.", tag=root.tag[:40])
        )
    if content.startswith((b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0")):
        raise Damaged("This is a document of another program: save it as CSV UTF-8, or send XLIFF or PO.")
    return FORMATS["po" if PO.search(content) else "csv"]
