"""Galleries as the list draws them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID
from zlib import crc32

from flask_babel import gettext as _
from markupsafe import Markup, escape

from webapp.domain.completeness import Tally
from webapp.domain.listing import GalleryRow, Thumb
from webapp.domain.models import Language
from webapp.domain.presence import Person
from webapp.web import phrases
from webapp.web.files.addresses import rendition_url
from webapp.web.filters import ago
from webapp.web.galleries import addresses
from webapp.web.shots import Shot

LARGE: Final = 640
SMALL: Final = 320
"""Pixels of width that the first picture of a card is shown in, and the others."""

EMPTY: Final = Tally(UUID(int=0), 0, 0, {})


@dataclass(frozen=True)
class Bar:
    """How far a gallery is in a language."""

    code: str
    name: str
    percent: int


@dataclass(frozen=True)
class Card:
    """What `ui/card.html` asks for; `lang` is empty where the slug stands for the title, `asked` are open notes."""

    id: UUID
    title: str
    lang: str
    dir: str
    url: str
    slug: str
    status: str
    published: bool
    archived: bool
    count: int
    edited: Markup
    moment: Markup
    pictures: tuple[Shot, ...]
    languages: tuple[Bar, ...]
    tag: str
    asked: int = 0
    people: tuple[Person, ...] = ()

    def to(self, verb: str) -> str:
        """Return where something is done to this gallery."""
        return addresses.below(self.id, verb)

    @property
    def public_url(self) -> str:
        """Return where visitors find it."""
        return addresses.public(self.slug)


def cards(rows: Sequence[GalleryRow], languages: Sequence[Language], code: str = "") -> list[Card]:
    """Return the rows as cards, with a bar for each of the languages; they lead to the one with the code."""
    return [_card(row, languages, code) for row in rows]


def peopled(shown: Sequence[Card], people: Mapping[UUID, Sequence[Person]]) -> list[Card]:
    """Return the cards with who else is at work on them."""
    return [_with(card, tuple(people[card.id])) if card.id in people else card for card in shown]


def tag_of(shown: Sequence[Card], beside: object) -> str:
    """Return what changes whenever one of the cards does, or their order, or what is shown beside them."""
    return _tag(([(card.id, card.tag) for card in shown], beside))


def _with(card: Card, people: tuple[Person, ...]) -> Card:
    return replace(card, people=people, tag=_tag((card.tag, people)))


def _card(row: GalleryRow, languages: Sequence[Language], code: str) -> Card:
    bars = tuple(
        Bar(language.code, phrases.tongue(language), row.tally.progress(language.id).percent)
        for language in languages
    )
    return Card(
        id=row.id,
        title=row.title,
        lang=row.code,
        dir=row.direction,
        url=addresses.editor(row.id, "" if code == row.code else code),
        slug=row.slug,
        status="trashed" if row.deleted_at else "held" if row.held else row.status,
        published=row.status == "published",
        archived=row.status == "archived",
        count=row.tally.items,
        edited=_when(row),
        moment=ago(row.deleted_at or row.touched_at),
        pictures=_shots(row.thumbs),
        languages=bars,
        asked=row.asked,
        tag=_tag((replace(row, tally=EMPTY), row.tally.items, bars)),
    )


def _tag(shown: object) -> str:
    return f"{crc32(repr(shown).encode()):08x}"


def _when(row: GalleryRow) -> Markup:
    if row.deleted_at:
        return escape(_("Thrown away %(when)s")) % {"when": ago(row.deleted_at)}
    return escape(_("Edited %(when)s")) % {"when": ago(row.touched_at)}


def _shots(thumbs: Sequence[Thumb]) -> tuple[Shot, ...]:
    """Return the pictures of a card: the first one large, the others small."""
    return tuple(_shot(thumb, widest=LARGE if place == 0 else SMALL) for place, thumb in enumerate(thumbs))


def _shot(thumb: Thumb, *, widest: int) -> Shot:
    """Return a picture in WebP up to a width, and the smallest JPEG for who does not know that."""
    seen = thumb.picture
    made = {kind: [file for file in seen.files if file.format == kind] for kind in ("webp", "jpg")}
    fitting = [file for file in made["webp"] if file.width <= widest] or made["webp"][:1]
    srcset = ", ".join(f"{rendition_url(seen.sha256, file.name)} {file.width}w" for file in fitting)
    return Shot(
        src=rendition_url(seen.sha256, made["jpg"][0].name) if made["jpg"] else "",
        width=seen.width,
        height=seen.height,
        sources=(("image/webp", srcset),) if srcset else (),
        colour=seen.colour,
        focal_x=thumb.focal[0] if thumb.focal else None,
        focal_y=thumb.focal[1] if thumb.focal else None,
    )
