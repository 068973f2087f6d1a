"""Files of the library as its pages draw them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from markupsafe import Markup

from webapp.domain import offering, videos
from webapp.domain.library import Entry, Folio
from webapp.domain.permissions import allow
from webapp.domain.pictures import Picture
from webapp.doors import actor
from webapp.web import phrases
from webapp.web.editor.drawing import Part, parts
from webapp.web.editor.forms import TextForm
from webapp.web.filters import ago
from webapp.web.library.forms import MediaTextForm
from webapp.web.shots import Shot, shot

PATH = "/library/"
PREVIEW = 1280
"""Pixels of width that a file's own page needs."""

LOOKS = 12
LONGEST_WAIT = 30
"""How often a tile without its picture asks for itself again, and seconds between two looks: 1, 2, 4, … this."""


@dataclass(frozen=True)
class Look:
    """Where a tile without its picture asks for itself again, and after how many seconds."""

    url: str
    seconds: int


@dataclass(frozen=True)
class FileCard:
    """A file in the list; `lasts` is how long a video does, such as 3:05."""

    id: UUID
    name: str
    url: str
    picture: Shot | None
    kind: str
    lasts: str
    missing: bool
    no_alt: bool
    failed: bool
    pixels: str
    size: int | None
    added: Markup
    used_in: int
    trashed: Markup | None
    again: Look | None

    def to(self, verb: str) -> str:
        """Return where something is done to this file."""
        return f"{PATH}{self.id}/{verb}"


def picks() -> bool:
    """Say whether who looks may do something to several files."""
    ways = ("media:update", "media:delete", "galleries:update", "translations:update")
    return any(allow(actor(), way) for way in ways)


def cards(entries: Sequence[Entry], uses: Mapping[UUID, int] | None = None) -> list[FileCard]:
    """Return files as cards, each with how many galleries show it where that is known."""
    return [card(entry, used_in=(uses or {}).get(entry.id, 0)) for entry in entries]


def card(entry: Entry, *, looks: int = 0, used_in: int = 0) -> FileCard:
    """Return a file as a card that has asked for itself so many times."""
    picture = draw(entry.picture, widest=320) if entry.picture else None
    drawn = bool(picture and picture.src)
    waits = entry.making == "pending" and not drawn and not entry.missing and not entry.deleted_at
    return FileCard(
        id=entry.id,
        name=entry.name,
        url=f"{PATH}{entry.id}",
        picture=picture,
        kind=entry.kind,
        lasts=videos.clock(entry.seconds) if entry.seconds else "",
        missing=entry.missing,
        no_alt=entry.no_alt,
        failed=entry.making == "failed" and not drawn,
        pixels=f"{entry.width} × {entry.height}" if entry.width else "",
        size=entry.size,
        added=ago(entry.created_at),
        used_in=used_in,
        trashed=ago(entry.deleted_at) if entry.deleted_at else None,
        again=_look(entry.id, looks) if waits and 0 <= looks < LOOKS else None,
    )


def _look(file_id: UUID, looks: int) -> Look:
    return Look(f"{PATH}{file_id}/tile?looks={looks + 1}", min(2**looks, LONGEST_WAIT))


def draw(picture: Picture, *, widest: int) -> Shot:
    """Return a picture with what fits a width."""
    return shot(
        picture.sha256,
        width=picture.width,
        height=picture.height,
        colour=picture.colour,
        files=picture.files,
        widest=widest,
    )


def tabs(folio: Folio) -> list[dict[str, Any]]:
    """Return the languages with how many of the file's texts they have."""
    return [
        {
            "code": language.code,
            "name": phrases.tongue(language),
            "url": f"{PATH}{folio.media.id}?lang={language.code}",
            "percent": _percent(folio, language.id),
            "is_source": language is folio.tongues.source,
        }
        for language in folio.tongues.offered
    ]


def text_form(folio: Folio) -> MediaTextForm:
    """Return the form of a file's texts as they stand."""
    shown = {name: segment.shown for name, segment in folio.sheet.segments.items()}
    return MediaTextForm(data=shown | {"version": folio.sheet.version})


def text_parts(form: TextForm, folio: Folio, actor: Any) -> dict[str, Part]:
    """Return each text of a file with its field."""
    return parts(form, folio.sheet, actor, offers=offers(folio))


def offers(folio: Folio) -> dict[str, str]:
    """Return what the file says for the texts that it lacks."""
    return offering.offers(folio.blob.said if folio.blob else None, folio.sheet, folio.tongues)


def _percent(folio: Folio, language_id: UUID) -> int:
    """Return how many of the texts that the source language has are there, whatever they say."""
    row, source = folio.rows.get(language_id), folio.rows.get(folio.tongues.source.id)
    wanted = [name for name in MediaTextForm.FIELDS if source and getattr(source, name)] or ["alt"]
    return 100 * sum(bool(row and getattr(row, name)) for name in wanted) // len(wanted)
