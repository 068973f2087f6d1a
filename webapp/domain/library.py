"""The library as people look through it: pages of it by key, and one file with its texts and where it is used."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, func, select, union
from sqlalchemy.orm import aliased

from webapp.domain import films, languages, pictures, sieve, tags, translations, uses
from webapp.domain.editing import Sheet, Tongues, sheet
from webapp.domain.errors import NotFound
from webapp.domain.films import Film
from webapp.domain.models import (
    Blob,
    Gallery,
    Item,
    Language,
    Media,
    MediaText,
    Rendition,
    User,
)
from webapp.domain.paging import Order, Page
from webapp.domain.pictures import Picture
from webapp.domain.sieve import EVERYTHING, Sieve, sifting
from webapp.domain.uses import Backdrop, Place
from webapp.infra.db import db

SIZE: Final = 48
QUERY: Final = sieve.QUERY


@dataclass(frozen=True)
class Entry:
    """A file in the list; `no_alt` where it has no alt text in the site's default language.

    `seconds` is how long a video lasts, 0 where that cannot be told.
    """

    id: UUID
    name: str
    kind: str
    missing: bool
    no_alt: bool
    deleted_at: datetime | None
    picture: Picture | None
    width: int | None
    height: int | None
    size: int | None
    created_at: datetime
    seconds: int
    making: str
    """Of what a list needs: `pending` while something is still being made, `failed` where it was given up."""


@dataclass(frozen=True)
class Made:
    """A rendition, whatever its state; sizes in pixels and bytes, `progress` in hundredths."""

    batch: str
    format: str
    width: int
    state: str
    size: int | None
    progress: int


@dataclass(frozen=True)
class Folio:
    """One file of the library, its texts in one language, and where it is used."""

    media: Media
    blob: Blob | None
    picture: Picture | None
    film: Film | None
    uploaded_by: str
    tags: tuple[str, ...]
    tongues: Tongues
    sheet: Sheet
    places: tuple[Place, ...]
    behind: tuple[Backdrop, ...]
    made: tuple[Made, ...]
    rows: Mapping[UUID, MediaText]


def page(query: str = "", *, after: str | None = None, size: int = SIZE) -> Page[Entry]:
    """Return a page of the library, the newest first. Raises Invalid for a cursor of another list."""
    return sifted(sifting(query, {}), after=after, size=size)


def sifted(through: Sieve = EVERYTHING, *, after: str | None = None, size: int = SIZE) -> Page[Entry]:
    """Return a page of what goes through a sieve, the newest first. Raises Invalid for a cursor of another list."""
    found = sieve.found(through)
    ids = found.first(size + 1, after)
    places = [column for column in ids.c if column.name != "media_id"]
    statement = _entries().join(ids, ids.c.media_id == Media.id).add_columns(*places)
    rows = db.session.execute(statement.order_by(*(place.desc() for place in places))).all()
    return _drawn(found.order.page(rows, size, lambda row: row[-len(places) :]))


def thrown_away(*, after: str | None = None, size: int = SIZE) -> Page[Entry]:
    """Return a page of the trash, the last thrown away first. Raises Invalid for a cursor of another list."""
    order = Order("trashed", (Media.deleted_at, Media.id), (datetime, UUID))
    statement = _entries().where(Media.deleted_at.is_not(None), *order.beyond(after))
    rows = db.session.execute(statement.order_by(*order.by()).limit(size + 1)).all()
    return _drawn(order.page(rows, size, lambda row: (row.deleted_at, row.id)))


def _drawn(found: Page[Any]) -> Page[Entry]:
    known = pictures.small([row.id for row in found.rows])
    return Page(tuple(_entry(row, known.get(row.id)) for row in found.rows), found.after)


def entry(media_id: UUID) -> Entry:
    """Return a living file as it stands in the list. Raises NotFound."""
    row = db.session.execute(_entries().where(Media.id == media_id, Media.deleted_at.is_(None))).one_or_none()
    if row is None:
        raise NotFound("Media")
    return _entry(row, pictures.small([media_id]).get(media_id))


def trashed(media_id: UUID) -> Entry:
    """Return a file of the trash as it stands there. Raises NotFound."""
    row = db.session.execute(_entries().where(Media.id == media_id, Media.deleted_at.is_not(None))).one_or_none()
    if row is None:
        raise NotFound("Media")
    return _entry(row, pictures.small([media_id]).get(media_id))


def entries(media_ids: Sequence[UUID]) -> list[Entry]:
    """Return living files as they stand in the list, in the order asked for; two statements, none for no files."""
    if not media_ids:
        return []
    rows = db.session.execute(_entries().where(Media.id.in_(media_ids), Media.deleted_at.is_(None)))
    known = pictures.small(media_ids)
    found = {row.id: _entry(row, known.get(row.id)) for row in rows}
    return [found[media_id] for media_id in media_ids if media_id in found]


def used_in(media_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return in how many living galleries files are shown, those that are; one statement, none for no files."""
    if not media_ids:
        return {}
    shown = union(
        *(
            select(place.label("media_id"), Item.gallery_id.label("gallery_id")).where(
                place.in_(media_ids), Item.deleted_at.is_(None)
            )
            for place in (Item.media_id, Item.poster_id)
        ),
        select(Gallery.cover_media_id, Gallery.id).where(Gallery.cover_media_id.in_(media_ids)),
    ).subquery()
    living = select(shown.c.media_id, func.count()).join(Gallery, Gallery.id == shown.c.gallery_id)
    rows = db.session.execute(living.where(Gallery.deleted_at.is_(None)).group_by(shown.c.media_id))
    return {media_id: number for media_id, number in rows}  # noqa: C416  rows are no pairs


def open_file(media_id: UUID, code: str | None = None) -> Folio:
    """Return a living file with its texts in a language (default: the site's). Raises NotFound."""
    row = db.session.execute(
        select(Media, Blob, User.name)
        .join(Blob, Blob.id == Media.blob_id, isouter=True)
        .join(User, User.id == Media.uploaded_by_id, isouter=True)
        .where(Media.id == media_id, Media.deleted_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound("Media")
    media, blob, uploaded_by = row
    tongues = _speak(code)
    rows = {text.language_id: text for text in translations.all_of(media)}
    return Folio(
        media=media,
        blob=blob,
        picture=pictures.of([media.id]).get(media.id),
        film=films.captioned([media.id], tongues.chain).get(media.id) if media.kind == "video" else None,
        uploaded_by=uploaded_by or "",
        tags=tuple(tags.of(media)),
        tongues=tongues,
        sheet=sheet(MediaText.fields, rows, tongues),
        places=tuple(uses.places(media.id)),
        behind=tuple(uses.backdrops(media.id)),
        made=tuple(_made(blob)),
        rows=rows,
    )


def _entries() -> Select[Any]:
    text, default = aliased(MediaText), aliased(Language)
    in_default = select(default.id).where(default.is_default).scalar_subquery()
    return (
        select(Media.id, Media.original_filename, Media.kind, Media.state, Media.created_at, Media.deleted_at)
        .add_columns(
            Blob.missing_since,
            Blob.width,
            Blob.height,
            Blob.size,
            Blob.duration,
            text.alt,
            _in_state("pending"),
            _in_state("failed"),
        )
        .join(Blob, Blob.id == Media.blob_id, isouter=True)
        .join(text, and_(text.media_id == Media.id, text.language_id == in_default), isouter=True)
    )


def _in_state(state: str) -> Any:
    """Return the column that says whether one of the small renditions is in a state."""
    small = and_(Rendition.batch == "web", Rendition.width <= pictures.SMALL)
    statement = select(Rendition.id).where(Rendition.blob_id == Media.blob_id, small, Rendition.state == state)
    return statement.exists().label(state)


def _entry(row: Any, picture: Picture | None) -> Entry:
    return Entry(
        id=row.id,
        name=row.original_filename,
        kind=row.kind,
        missing=row.missing_since is not None or row.state == "missing",
        no_alt=not row.alt,
        deleted_at=row.deleted_at,
        picture=picture,
        width=row.width,
        height=row.height,
        size=row.size,
        created_at=row.created_at,
        seconds=films.seconds(row.duration),
        making="pending" if row.pending else "failed" if row.failed else "",
    )


def _speak(code: str | None) -> Tongues:
    """Return the languages of the site, that with the code current (D17). Raises NotFound."""
    offered = tuple(languages.all_languages(active_only=True))
    source = next(each for each in offered if each.is_default)
    current = next((each for each in offered if code and each.code.lower() == code.lower()), None)
    if code and current is None:
        raise NotFound("Language")
    return Tongues(offered, source, current or source, tuple(languages.fallback_chain(current or source)))


def _made(blob: Blob | None) -> list[Made]:
    if blob is None:
        return []
    columns = (
        Rendition.batch,
        Rendition.format,
        Rendition.width,
        Rendition.state,
        Rendition.size,
        Rendition.progress,
    )
    statement = select(*columns).where(Rendition.blob_id == blob.id).order_by(Rendition.width, Rendition.format)
    return [Made(*row) for row in db.session.execute(statement)]
