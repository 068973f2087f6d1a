"""Backgrounds as their pages draw them: rows of the list, places, and two states side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from webapp.domain import editing, geo, library, wording
from webapp.domain.backgrounds import contents
from webapp.domain.backgrounds.areas import Area
from webapp.domain.backgrounds.comparing import Difference
from webapp.domain.backgrounds.contents import Contents
from webapp.domain.geo import Point
from webapp.domain.models import Background, Language
from webapp.domain.wording import Piece
from webapp.web.backgrounds import sheets, words
from webapp.web.backgrounds.words import FIELD_WORDS, Standing
from webapp.web.library import drawing as files
from webapp.web.library.drawing import FileCard
from webapp.web.shots import Shot

LOOKED_AT = 3
"""Pictures of a background among which the list looks for one that is still there."""


@dataclass(frozen=True)
class Place:
    """An area in words; where it is a circle with its middle in degrees and its radius in metres, for the map."""

    words: str
    latitude: float | None = None
    longitude: float | None = None
    radius: float | None = None


@dataclass(frozen=True)
class Row:
    """A background in the list."""

    background: Background
    title: str
    picture: Shot | None
    pictures: int
    zones: tuple[str, ...]
    places: tuple[Place, ...]
    standing: Standing
    by: str

    @property
    def url(self) -> str:
        """Where its page is."""
        return f"/backgrounds/{self.background.id}"


@dataclass(frozen=True)
class Value:
    """What stands in a field on one side of a comparison: pictures, lines or a text; True marks what only it has."""

    pictures: tuple[tuple[FileCard | None, bool], ...] = ()
    lines: tuple[tuple[str, bool], ...] = ()
    pieces: tuple[Piece, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing."""
        return not (self.pictures or self.lines or any(piece.text for piece in self.pieces))


@dataclass(frozen=True)
class Sides:
    """A field with what stands in it on both sides; `language` is that of a caption."""

    name: str
    label: str
    language: Language | None
    before: Value
    after: Value

    @property
    def is_code(self) -> bool:
        """Whether it is JSON, which runs from left to right in every language."""
        return self.name == "metadatas"


def rows(found: Sequence[Background]) -> list[Row]:
    """Return backgrounds as rows of a list; seven statements, whatever their number."""
    kept = contents.of([each.id for each in found])
    wanted = {media_id for each in kept.values() for media_id in each.media_ids[:LOOKED_AT]}
    shots = {card.id: card.picture for card in files.cards(library.entries(list(wanted)))}
    names = editing.names(each.updated_by_id for each in found)
    return [_row(each, kept[each.id], shots, names) for each in found]


def row(found: Background) -> Row:
    """Return one background as a row."""
    return rows([found])[0]


def place(area: Area) -> Place:
    """Return an area as the list and the map draw it."""
    said, circle = words.area(area), area.circle
    if circle is None:
        return Place(said)
    return Place(said, circle.centre.latitude, circle.centre.longitude, circle.radius)


def circle(centre: Point, distance: str) -> Place:
    """Return a circle as the map draws it."""
    return Place(words.distance(distance), centre.latitude, centre.longitude, geo.metres(distance))


def sides(found: Sequence[Difference], languages: Sequence[Language]) -> list[Sides]:
    """Return differences with both their sides drawn; two statements where pictures differ."""
    media_ids = {each for one in found if one.field == "media_ids" for each in (*one.before, *one.after)}
    cards = {card.id: card for card in files.cards(library.entries(list(media_ids)))}
    spoken = {language.id: language for language in languages}
    return [
        Sides(
            each.name.replace(":", "-"),
            str(FIELD_WORDS[each.field]),
            spoken.get(each.language_id) if each.language_id else None,
            *_values(each, cards),
        )
        for each in found
    ]


def _row(found: Background, kept: Contents, shots: Mapping[UUID, Shot | None], names: Mapping[UUID, str]) -> Row:
    zones = tuple(kept.zones)
    return Row(
        background=found,
        title=words.titled(found, zones),
        picture=next((shots[each] for each in kept.media_ids[:LOOKED_AT] if shots.get(each)), None),
        pictures=len(kept.media_ids),
        zones=tuple(words.zone(each) for each in zones),
        places=tuple(place(each) for each in kept.areas),
        standing=words.standing(found),
        by=names.get(found.updated_by_id, "") if found.updated_by_id else "",
    )


def _values(found: Difference, cards: Mapping[UUID, FileCard]) -> tuple[Value, Value]:
    before, after = found.before, found.after
    if found.field == "media_ids":
        return _pictures(before or (), after or (), cards), _pictures(after or (), before or (), cards)
    if found.field in ("zones", "areas"):
        old, new = _lines(found.field, before), _lines(found.field, after)
        return _marked(old, new), _marked(new, old)
    pieces = wording.compare(_text(found.field, before), _text(found.field, after))
    old_pieces = tuple(each for each in pieces if each.kind != "added")
    return Value(pieces=old_pieces), Value(pieces=tuple(each for each in pieces if each.kind != "removed"))


def _pictures(mine: Sequence[UUID], other: Sequence[UUID], cards: Mapping[UUID, FileCard]) -> Value:
    return Value(pictures=tuple((cards.get(each), each not in other) for each in mine))


def _lines(field: str, value: Any) -> list[str]:
    if field == "zones":
        return [words.zone(each) for each in value or ()]
    return [words.area(each) for each in value or ()] or [_("Everywhere")]


def _marked(mine: Sequence[str], other: Sequence[str]) -> Value:
    return Value(lines=tuple((each, each not in other) for each in mine))


def _text(field: str, value: Any) -> str:
    if field == "metadatas":
        return sheets.pretty(value or {})
    if field == "is_active":
        return str(_("Yes") if value else _("No"))
    if field in ("starts_at", "ends_at"):
        return words.moment(value)
    return str(words.TURN_WORDS.get(value, value) if field == "turns" else value or "")
