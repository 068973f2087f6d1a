"""Differences as pages draw them: rows of changes, pictures, and lines from one order to the other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask_babel import gettext as _

from webapp.domain import reviewing, wording
from webapp.domain.comparing import FieldChange, ItemChange, OrderChange, TextChange
from webapp.domain.faces import Face
from webapp.domain.headings import Heading
from webapp.domain.models import Language
from webapp.domain.reviewing import Differences, Written
from webapp.web.changes import words
from webapp.web.editor.addresses import editor_url
from webapp.web.shots import Shot, shot

THUMB: Final = 320
"""The widest rendition that a small picture needs."""

NAMED_MOVES: Final = 12
WIRE_HEIGHT: Final = 10


@dataclass(frozen=True)
class Named:
    """An item as a change names it: `number` is its place by now, none where it has none."""

    name: str
    language: Language | None
    number: int | None
    picture: Shot | None
    url: str


@dataclass(frozen=True)
class Row:
    """One change of a text or a field; `button` is what the button that takes it back sends."""

    button: str
    label: Any
    item: Named | None
    language: Language | None
    pieces: Sequence[wording.Piece]
    empty: str
    written: Written | None


@dataclass(frozen=True)
class Coming:
    """An item that has come or gone."""

    button: str
    item: Named
    added: bool
    number: int


@dataclass(frozen=True)
class Place:
    """An item in the strip of an order; `mark` is moved, gone, new or nothing."""

    item: Named
    number: int
    mark: str


@dataclass(frozen=True)
class Strips:
    """Both orders where they begin to differ; wires are paths of a drawing as wide as there are places."""

    before: Sequence[Place]
    after: Sequence[Place]
    wires: Sequence[tuple[str, bool]]
    width: int
    first: int
    last: int
    total: int
    moves: Sequence[tuple[Named, int, int]]
    more: int
    moved: int
    button: str


@dataclass(frozen=True)
class View:
    """All that differs, section by section; `hidden` is how many changes are left out of the page."""

    token: str
    count: int
    strips: Strips | None
    texts: Sequence[Row]
    text_count: int
    tongue_count: int
    items: Sequence[Coming]
    added: int
    removed: int
    details: Sequence[Row]
    detail_count: int
    settings: Sequence[Row]
    hidden: int

    @property
    def all_items(self) -> str:
        """What the button sends that takes back all that came and went."""
        return ",".join(each.button for each in self.items)


def view(heading: Heading, found: Differences) -> View:
    """Return the differences as they are drawn."""
    comparison = found.comparison
    come = [each.added for each in comparison.items]
    shown = len(found.texts) + len(found.items) + len(found.details) + len(comparison.settings)
    return View(
        token=comparison.token,
        count=comparison.count,
        strips=_strips(heading, found, comparison.order) if comparison.order else None,
        texts=[_text(heading, found, change) for change in found.texts],
        text_count=len(comparison.texts),
        tongue_count=len({change.code for change in comparison.texts}),
        items=[_coming(heading, found, change) for change in found.items],
        added=sum(come),
        removed=len(come) - sum(come),
        details=[_field(heading, found, change) for change in found.details],
        detail_count=len(comparison.details),
        settings=[_field(heading, found, change) for change in comparison.settings],
        hidden=comparison.count - shown - bool(comparison.order),
    )


def picture(face: Face) -> Shot | None:
    """Return the small picture of an item."""
    seen = face.picture
    if seen is None:
        return None
    about: dict[str, Any] = {"width": seen.width, "height": seen.height, "colour": seen.colour, "files": seen.files}
    return shot(seen.sha256, focal=face.focal, widest=THUMB, **about)


def _named(heading: Heading, found: Differences, item_id: UUID) -> Named:
    face, number = found.faces.get(item_id), found.numbers.get(item_id)
    url = editor_url(heading.id, item=item_id) if number else ""
    if face is None:
        return Named("", None, number, None, url)
    return Named(face.name, face.language, number, picture(face), url)


def _button(change: Any) -> str:
    return f"{change.key} {change.token}".strip()


def _text(heading: Heading, found: Differences, change: TextChange) -> Row:
    return Row(
        button=_button(change),
        label=words.label(change.field),
        item=_named(heading, found, change.owner) if change.owner else None,
        language=found.languages.get(change.code),
        pieces=change.pieces,
        empty=_emptiness(change.before, change.after),
        written=found.written.get(change.key),
    )


def _field(heading: Heading, found: Differences, change: FieldChange) -> Row:
    before, after = (words.value(change.field, each, found.names) for each in (change.before, change.after))
    return Row(
        button=_button(change),
        label=words.label(change.field),
        item=_named(heading, found, change.owner) if change.owner else None,
        language=None,
        pieces=wording.compare(before, after),
        empty=_emptiness(before, after),
        written=None,
    )


def _emptiness(before: str, after: str) -> str:
    if not before:
        return str(_("Was empty."))
    return "" if after else str(_("Becomes empty."))


def _coming(heading: Heading, found: Differences, change: ItemChange) -> Coming:
    return Coming(_button(change), _named(heading, found, change.item_id), change.added, change.number)


def _strips(heading: Heading, found: Differences, change: OrderChange) -> Strips:
    before, after, start = reviewing.window(change)
    moved = {move.item_id for move in change.moves}
    come = {each.item_id: "new" if each.added else "gone" for each in found.comparison.items}

    def places(ids: Iterable[UUID]) -> list[Place]:
        marks = {**dict.fromkeys(moved, "moved"), **come}
        named = ((item_id, _named(heading, found, item_id)) for item_id in ids)
        return [Place(item, start + n, marks.get(item_id, "")) for n, (item_id, item) in enumerate(named, 1)]

    return Strips(
        before=places(before),
        after=places(after),
        wires=_wires(before, after, moved),
        width=max(len(before), len(after)),
        first=start + 1,
        last=start + len(after),
        total=len(change.after),
        moves=[(_named(heading, found, m.item_id), m.before, m.after) for m in change.moves[:NAMED_MOVES]],
        more=max(0, len(change.moves) - NAMED_MOVES),
        moved=len(change.moves),
        button=_button(change),
    )


def _wires(before: Sequence[UUID], after: Sequence[UUID], moved: set[UUID]) -> list[tuple[str, bool]]:
    """Return a curve for each item that both strips show, and whether it stays; those that move come last, on top."""
    stands = {item_id: place for place, item_id in enumerate(after)}
    drawn = []
    for place, item_id in enumerate(before):
        if item_id in stands:
            start, end, half = place + 0.5, stands[item_id] + 0.5, WIRE_HEIGHT // 2
            path = f"M{start} 0C{start} {half} {end} {half} {end} {WIRE_HEIGHT}"
            drawn.append((path, item_id not in moved))
    return sorted(drawn, key=lambda each: not each[1])
