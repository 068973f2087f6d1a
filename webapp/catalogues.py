"""The catalogues of the interface: found in code and templates, kept in `translations/`, compiled beside them.

`./run words` does all of it. A catalogue is a file `<code>/LC_MESSAGES/messages.po`, sorted by the English, and the
`messages.mo` that is made of it and read at run time.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from webapp.config import PROJECT_ROOT
from webapp.domain.models.account import LANGUAGES

FOLDER: Final = Path(__file__).parent / "translations"
SOURCE: Final = "en"
TRANSLATED: Final = tuple(code for code in LANGUAGES if code != SOURCE)
METHODS: Final = [("webapp/**.py", "python"), ("templates/**", "jinja2")]
OPTIONS: Final[Any] = {"templates/**": {"encoding": "utf-8", "silent": "false", "trimmed": "false"}}
KEYWORDS: Final[dict[str, Any]] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "Sentence": None,
    "counted": (1, 2),
    "word": None,
    "Conflict": None,
    "Damaged": None,
    "LinkGone": None,
    "NotFound": (1,),
    "Stale": None,
    "Invalid": (2,),
    "Forbidden": (2,),
    "Refused": (2,),
    "Unreachable": (2,),
    "StorageFull": None,
    "StorageFailed": None,
    "Overloaded": None,
    "Absent": None,
}
"""What words are written in: calls that look them up, and refusals of the domain, which a door looks up."""

PLURALS: Final = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
}
"""Where Babel's own rule is not CLDR's: it takes the form of a hundred things for the fifth."""

MADE: Final = datetime(2026, 11, 21, tzinfo=UTC)
"""Stands in every file, so that a file changes only with its words."""


def found() -> Catalog:
    """Return all words of the interface, in English."""
    template = _empty(None)
    for _file, _line, words, _comments, _context in extract_from_dir(PROJECT_ROOT, METHODS, OPTIONS, KEYWORDS):
        template.add(words)
    return template


def kept(code: str) -> Catalog:
    """Return the catalogue of a language as it is written; an empty one where there is none."""
    path = _path(code, "po")
    if not path.is_file():
        return _empty(code)
    with path.open("rb") as file:
        return read_po(file, locale=code)


def renew(code: str) -> int:
    """Put new words into a catalogue, take those away that nothing says any more, and count what is to be done."""
    was, made = kept(code), _empty(code)
    for message in words_of(found()):
        before = was.get(message.id if isinstance(message.id, str) else message.id[0])
        made.add(message.id, before.string if before and before.id == message.id else None)
    _write(_path(code, "po"), _po(made))
    _write(_path(code, "mo"), compiled(code))
    return sum(1 for message in words_of(made) if not is_done(message))


def words_of(catalogue: Catalog) -> Iterator[Message]:
    """List what a catalogue holds, but for its head."""
    return (message for message in catalogue if message.id)


def is_done(message: Message) -> bool:
    """Say whether there are words for it, in each form where it is counted."""
    said = message.string or ""
    return bool(said) and (isinstance(said, str) or all(said))


def compiled(code: str) -> bytes:
    """Return a catalogue as it is read at run time."""
    written = BytesIO()
    write_mo(written, kept(code))
    return written.getvalue()


def _empty(code: str | None) -> Catalog:
    made = Catalog(
        locale=code,
        project="Vitrine",
        version="dashboard",
        copyright_holder="the authors of Vitrine",
        msgid_bugs_address="the issues of the project",
        last_translator="the authors of Vitrine",
        language_team="the authors of Vitrine",
        header_comment="# Words of the dashboard. ./run words keeps this file in step with the code.",
        creation_date=MADE,
        revision_date=MADE,
        fuzzy=False,
    )
    if code in PLURALS:
        made.mime_headers = [("Plural-Forms", PLURALS[code])]
    return made


def _po(catalogue: Catalog) -> bytes:
    written = BytesIO()
    write_po(written, catalogue, width=0, no_location=True, sort_output=True, ignore_obsolete=True)
    return written.getvalue()


def _path(code: str, ending: str) -> Path:
    return FOLDER / code / "LC_MESSAGES" / f"messages.{ending}"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
