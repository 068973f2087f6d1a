"""The history as its page draws it: day by day, each deed a sentence, each field with its two values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from webapp.domain import wording
from webapp.domain.headings import Heading
from webapp.domain.history import Diff, Entry, History
from webapp.domain.models import Language
from webapp.web.changes import words
from webapp.web.changes.drawing import picture
from webapp.web.editor.addresses import editor_url
from webapp.web.filters import weekday
from webapp.web.shots import Shot

DOORS: Final = {
    "cms": _l("API"),
    "wix": _l("API"),
    "sherl": _l("API"),
    "cli": _l("command line"),
    "job": _l("worker"),
}
"""What came not through the dashboard, by door."""

DEEDS: Final = {
    "gallery.create": _l("made the gallery"),
    "gallery.clone": _l("made the gallery as a copy of another"),
    "gallery.update": _l("changed the settings"),
    "gallery.trash": _l("moved the gallery to the trash"),
    "gallery.restore": _l("took the gallery out of the trash"),
    "gallery.hold": _l("held changes from here on"),
    "gallery.hold.publish": _l("published the held changes"),
    "gallery.hold.discard": _l("discarded the held changes"),
    "item.update": _l("changed an item"),
    "translation.update": _l("wrote"),
    "translation.delete": _l("deleted the texts"),
    "translation.confirm": _l("said that the texts are still right"),
}


HOW: Final = {
    "taken": _l("sorted the items by when they were taken"),
    "name": _l("sorted the items by name"),
    "added": _l("sorted the items by when they were added"),
    "reverse": _l("turned the order round"),
    "undo": _l("took back a change of the order"),
}
"""What was done to a whole order."""


@dataclass(frozen=True)
class Change:
    """A field of an entry; `token` is what the button that puts its text back sends, where there is one."""

    field: str
    label: Any
    pieces: Sequence[wording.Piece]
    language: Language | None
    token: str


@dataclass(frozen=True)
class Deed:
    """An entry as a sentence with what it is about."""

    id: int
    at: datetime
    who: str
    through: str
    said: str
    item_name: str
    item_language: Language | None
    item_url: str
    picture: Shot | None
    language: Language | None
    changes: Sequence[Change]
    pictures: Sequence[Shot]
    order_known: bool


def days(heading: Heading, found: History) -> list[tuple[str, list[Deed]]]:
    """Return the entries of a page by day, as they come."""
    grouped = groupby(found.page.rows, key=lambda entry: entry.at.date())
    return [(weekday(day), [_deed(heading, entry, found.names) for entry in entries]) for day, entries in grouped]


def field_words(field: str) -> Any:
    """Return what can be asked for is called."""
    asked = {"order": _("Order"), "items": _("Items added and removed")}
    return asked.get(field) or words.label(field)


def _deed(heading: Heading, entry: Entry, names: Mapping[str, str]) -> Deed:
    face = entry.item
    return Deed(
        id=entry.id,
        at=entry.at,
        who=entry.by or _("Vitrine"),
        through=_through(entry),
        said=_said(entry),
        item_name=face.name or _("an item") if face else _("an item that is gone") if entry.thing == "item" else "",
        item_language=face.language if face else None,
        item_url=editor_url(heading.id, item=face.id) if face and face.living else "",
        picture=picture(face) if face else None,
        language=entry.language,
        changes=[_change(diff, entry, names) for diff in entry.diffs],
        pictures=[shot for each in entry.faces if (shot := picture(each))],
        order_known=entry.order_known,
    )


def _through(entry: Entry) -> str:
    if entry.key:
        return str(_("through the key “%(name)s”", name=entry.key))
    return str(_("through the %(door)s", door=DOORS[entry.door])) if entry.door in DOORS else ""


def _said(entry: Entry) -> str:
    if entry.verb == "gallery.revision.restore":
        return str(_("restored revision %(number)s", number=entry.number))
    counted = {
        "item.add": ngettext("added %(num)s item", "added %(num)s items", entry.count),
        "item.move": ngettext("moved %(num)s item", "moved %(num)s items", entry.count),
        "item.reorder": HOW.get(entry.how) or _("put the items in another order"),
        "item.trash": ngettext("removed %(num)s item", "removed %(num)s items", entry.count),
        "item.restore": ngettext("brought back %(num)s item", "brought back %(num)s items", entry.count),
        "item.purge": ngettext("deleted %(num)s item for good", "deleted %(num)s items for good", entry.count),
    }
    return str(counted.get(entry.verb) or DEEDS.get(entry.verb) or _("changed something"))


def _change(diff: Diff, entry: Entry, names: Mapping[str, str]) -> Change:
    is_text = entry.verb.startswith("translation.")
    before, after = (words.value(diff.field, each, names) for each in (diff.before, diff.after))
    return Change(
        field=diff.field,
        label=field_words(diff.field),
        pieces=diff.pieces if is_text else wording.compare(before, after),
        language=entry.language if is_text else None,
        token=diff.token,
    )
