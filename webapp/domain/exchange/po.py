"""PO, the format of gettext: each text is named by its context, and what is not sure is fuzzy."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from webapp.domain.exchange.units import Damaged, Document, Returned, Unit, check_room
from webapp.domain.sentences import Sentence

FINGERPRINT: Final = "vitrine-source: "
ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
LETTERS: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
ESCAPED: Final = re.compile(r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|(.))", re.DOTALL)
CONTROL: Final = re.compile(r"[\\\"\x00-\x1f\x7f]")
LINE: Final = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr)(?:\[(\d{1,2})\])?[ \t]+)?"((?:[^"\\]|\\.)*)"[ \t]*')
CHARSET: Final = re.compile(r"charset=([\w.:-]+)", re.IGNORECASE)
LANGUAGE: Final = re.compile(r"^Language:[ \t]*([\w@.-]*)", re.MULTILINE)


def write(document: Document) -> Iterator[str]:
    """Give a document piece by piece."""
    header = (
        f"Language: {document.target}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
        f"Content-Transfer-Encoding: 8bit\nX-Source-Language: {document.source}\nX-Generator: Vitrine\n"
    )
    yield _entry("msgid", "") + _entry("msgstr", header)
    for unit in document.units:
        yield _unit(unit)


def read(content: bytes) -> list[Returned]:
    """Return the texts of a file. Raises Damaged."""
    found: list[Returned] = []
    language = ""
    for entry in _entries(_decoded(content)):
        if not entry.texts.get("msgid") and "msgctxt" not in entry.texts:
            language = _language(entry.texts.get("msgstr", ""))
            continue
        found.append(_returned(entry, language))
        check_room(len(found))
    return found


@dataclass
class _Entry:
    texts: dict[str, str] = field(default_factory=dict)
    fingerprint: str = ""
    fuzzy: bool = False
    last: str = ""


def _unit(unit: Unit) -> str:
    said = (unit.place, unit.note, f"At most {unit.most} characters." if unit.most else "")
    lines = [f"#. {' '.join(text.split())}\n" for text in said if text.strip()]
    fuzzy = unit.target and unit.state in ("machine", "stale")
    return "".join(
        [
            "\n",
            *lines,
            f"#. {FINGERPRINT}{unit.fingerprint}\n",
            "#, fuzzy\n" if fuzzy else "",
            _entry("#| msgid", unit.was, again="#| ") if unit.was and fuzzy else "",
            _entry("msgctxt", unit.id),
            _entry("msgid", unit.source),
            _entry("msgstr", unit.target),
        ]
    )


def _entry(keyword: str, text: str, *, again: str = "") -> str:
    """Write a text, one line of the file for each of its own."""
    lines = [_escaped(line) for line in re.split(r"(?<=\n)", text) if line] or [""]
    if len(lines) == 1:
        return f'{keyword} "{lines[0]}"\n'
    return "".join([f'{keyword} ""\n', *(f'{again}"{line}"\n' for line in lines)])


def _escaped(text: str) -> str:
    return CONTROL.sub(lambda found: ESCAPES.get(found[0]) or f"\\{ord(found[0]):03o}", text)


def _plain(text: str) -> str:
    return ESCAPED.sub(_letter, text)


def _letter(found: re.Match[str]) -> str:
    if found[1] or found[2]:
        return chr(int(found[1], 8) if found[1] else int(found[2], 16))
    return LETTERS.get(found[3], found[3])


def _decoded(content: bytes) -> str:
    charset = CHARSET.search(content[:4096].decode("ascii", "replace"))
    if charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii", "charset"):
        raise Damaged(Sentence("This file is written in %(charset)s: save it as UTF-8.", charset=charset[1]))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = Sentence("This file is no UTF-8: byte %(byte)s makes no character.", byte=error.start)
        raise Damaged(said) from None


def _entries(text: str) -> Iterator[_Entry]:
    entry = _Entry()
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip("\r")  # noqa: PLW2901
        starts = line.startswith(("msgctxt", "#")) or (line.startswith("msgid") and entry.last != "msgctxt")
        if entry.last.startswith("msgstr") and (starts or not line.strip()):
            yield entry
            entry = _Entry()
        if line.startswith("#"):
            _note(entry, line)
        elif line.strip():
            _take(entry, line, number)
    if entry.last and not entry.last.startswith("msgstr"):
        raise Damaged("This file ends in the middle of a text.")
    if entry.last:
        yield entry


def _note(entry: _Entry, line: str) -> None:
    if line.startswith("#,") and "fuzzy" in line:
        entry.fuzzy = True
    elif line.startswith("#.") and line[2:].strip().startswith(FINGERPRINT.strip()):
        entry.fingerprint = line.partition(FINGERPRINT.strip())[2].strip()


def _take(entry: _Entry, line: str, number: int) -> None:
    found = LINE.fullmatch(line.strip())
    keyword = (found[1] or entry.last) if found else ""
    if found is None or not keyword or (found[1] and _named(found) in entry.texts):
        raise Damaged(Sentence("Line %(line)s of this file is no line of a PO file.", line=number))
    name = _named(found) if found[1] else entry.last
    entry.texts[name] = entry.texts.get(name, "") + _plain(found[3])
    entry.last = name


def _named(found: re.Match[str]) -> str:
    return found[1] + (found[2] or "").lstrip("0")


def _language(header: str) -> str:
    found = LANGUAGE.search(header)
    return found[1].replace("_", "-") if found else ""


def _returned(entry: _Entry, language: str) -> Returned:
    return Returned(
        id=entry.texts.get("msgctxt", ""),
        language=language,
        source=entry.texts.get("msgid", ""),
        target=entry.texts.get("msgstr", ""),
        fingerprint=entry.fingerprint,
        finished=not entry.fuzzy,
        trouble=Sentence("It has plural forms, which no text here has.") if "msgid_plural" in entry.texts else "",
    )
