"""What the editor has before it: a gallery, its texts in one language beside their source, and one of its items.

Rows are read once and in a fixed number of statements, however many items and languages there are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from webapp.domain import completeness, fetching, films, item_kinds, languages, pictures, tags, translations, wording
from webapp.domain.completeness import Tally
from webapp.domain.errors import NotFound
from webapp.domain.films import Film
from webapp.domain.headings import Holding
from webapp.domain.models import (
    Blob,
    Gallery,
    GallerySlug,
    GalleryText,
    Hold,
    Item,
    ItemText,
    Language,
    Media,
    MediaText,
    Rendition,
    ShareNote,
    User,
)
from webapp.domain.models.translation import Texts
from webapp.domain.pictures import Picture
from webapp.infra.db import db

AWAITED: Final = {"pending": "coming", "missing": "missing"}
"""What is said of a file without bytes, by the state of its media."""

FROM_LIBRARY: Final = ("caption", "alt")
"""Those that an item without its own has from the library."""


@dataclass(frozen=True)
class Tongues:
    """The languages of a gallery: those that are offered, its source, the one that is edited and its fallbacks."""

    offered: tuple[Language, ...]
    source: Language
    current: Language
    chain: tuple[Language, ...]

    @property
    def in_source(self) -> bool:
        """Whether the language that is edited is the source."""
        return self.current is self.source

    def code_of(self, language_id: UUID) -> str:
        """Return the code of a language that is offered, or nothing."""
        return next((each.code for each in self.offered if each.id == language_id), "")


@dataclass(frozen=True)
class Draft:
    """What was typed and not saved: over which value, at which token, by whom and when."""

    text: str
    base: str
    version: int
    by: UUID | None
    at: str

    @property
    def moment(self) -> datetime:
        """When it was typed."""
        return datetime.fromisoformat(self.at)


@dataclass(frozen=True)
class Segment:
    """One text in one language beside its source; `pieces` say what changed in the source since it was written.

    `dismissed` says for which two texts somebody found their differences right (webapp/domain/checks.py).
    """

    field: str
    value: str
    state: str
    draft: Draft | None
    source: str
    pieces: tuple[wording.Piece, ...]
    source_changed: datetime | None
    dismissed: Mapping[str, Any] | None = None
    for_review: bool = False

    @property
    def shown(self) -> str:
        """What stands in the field."""
        return self.draft.text if self.draft else self.value

    @property
    def base(self) -> str:
        """What is typed over: where a draft was begun before somebody else saved, what the draft was typed over."""
        return self.draft.base if self.draft else self.value

    @property
    def overtaken(self) -> tuple[wording.Piece, ...]:
        """What somebody else changed in the value since the draft was begun."""
        if self.draft is None or self.draft.base == self.value:
            return ()
        return tuple(wording.compare(self.draft.base, self.value))


@dataclass(frozen=True)
class Sheet:
    """The texts of one thing in one language; `version` is the token that a save of them sends."""

    segments: Mapping[str, Segment]
    version: int


@dataclass(frozen=True)
class Desk:
    """A gallery in the editor; `asked` is how many changes people with a share link wait for."""

    gallery: Gallery
    slug: str
    holding: Holding | None
    trashed: int
    asked: int
    tongues: Tongues
    tally: Tally
    rows: Mapping[UUID, GalleryText]

    @property
    def held(self) -> bool:
        """Whether visitors see a copy while changes are held."""
        return self.holding is not None

    @property
    def title(self) -> str:
        """The title in the source language, or the slug that stands for it."""
        row = self.rows.get(self.tongues.source.id)
        return (row.title if row else None) or self.slug

    @property
    def sheet(self) -> Sheet:
        """The gallery's texts in the language that is edited."""
        return sheet(GalleryText.fields, self.rows, self.tongues)


@dataclass(frozen=True)
class Inherited:
    """A text that visitors are given where the item has none of its own, the language it is in, and whence it is."""

    text: str
    language: Language
    from_library: bool


@dataclass(frozen=True)
class Panel:
    """One item in the editor; `number` is its place from 1 of `count`.

    `state` is that of its file: ready, pending or failed, or coming or missing while its bytes are not here; `reason`
    says why they are missing.
    """

    item: Item
    number: int
    count: int
    previous: UUID | None
    following: UUID | None
    filename: str
    mime_type: str
    size: int
    width: int
    height: int
    state: str
    reason: str
    picture: Picture | None
    film: Film | None
    sheet: Sheet
    inherited: Mapping[str, Inherited]
    tags: tuple[str, ...]
    is_cover: bool
    said: Mapping[str, Any]
    """What its file says of itself (webapp/infra/image_process/said.py)."""


def open_desk(gallery_id: UUID, code: str | None = None) -> Desk:
    """Return a living gallery, to be edited in a language (default: its source). Raises NotFound."""
    row = db.session.execute(_to_be_edited(), {"gallery": gallery_id}).one_or_none()
    if row is None:
        raise NotFound("Gallery")
    gallery, slug, held_at, held_by, trashed, asked = row
    holding = Holding(held_at, held_by or "") if held_at else None
    tongues = speak(gallery, code)
    rows = {text.language_id: text for text in translations.all_of(gallery)}
    return Desk(gallery, slug, holding, trashed, asked, tongues, completeness.of([gallery.id])[gallery.id], rows)


@cache
def _to_be_edited() -> Select[Any]:
    """Build the statement once, for every answer of the editor asks it."""
    current = select(GallerySlug.slug).where(GallerySlug.gallery_id == Gallery.id, GallerySlug.current)
    trashed = select(func.count()).where(Item.gallery_id == Gallery.id, Item.deleted_at.is_not(None))
    asked = select(func.count()).where(ShareNote.gallery_id == Gallery.id, ShareNote.solved_at.is_(None))
    return (
        select(Gallery, current.scalar_subquery(), Hold.held_at, User.name)
        .add_columns(trashed.scalar_subquery(), asked.scalar_subquery())
        .join(Hold, Hold.gallery_id == Gallery.id, isouter=True)
        .join(User, User.id == Hold.held_by_id, isouter=True)
        .where(Gallery.id == bindparam("gallery"), Gallery.deleted_at.is_(None))
    )


def speak(gallery: Gallery, code: str | None = None) -> Tongues:
    """Return the languages of a gallery, that with the code (default: its source) current. Raises NotFound."""
    known = {language.id: language for language in languages.all_languages()}
    source = known[gallery.source_language_id]
    offered = (source, *(each for each in known.values() if each.is_active and each is not source))
    current = next((each for each in offered if code and each.code.lower() == code.lower()), None)
    if code and current is None:
        raise NotFound("Language")
    current = current or source
    chain = languages.fallback_chain(current, source=source, known=tuple(known.values()))
    return Tongues(offered, source, current, tuple(chain))


def sheet(fields: Iterable[str], rows: Mapping[UUID, Any], tongues: Tongues) -> Sheet:
    """Return texts in the language that is edited, beside those of the source."""
    row, source = rows.get(tongues.current.id), rows.get(tongues.source.id)
    segments = {field: _segment(field, row, None if tongues.in_source else source) for field in fields}
    begun = [segment.draft.version for segment in segments.values() if segment.draft]
    return Sheet(segments, min([row.version if row else 0, *begun]))


def panel(desk: Desk, item_id: UUID) -> Panel:
    """Return one living item of the gallery in the language that is edited. Raises NotFound."""
    item, media, blob = _opened(desk.gallery.id, item_id)
    number, previous, following = _around(item)
    texts = {row.language_id: row for row in translations.all_of(item)}
    library = {row.language_id: row for row in translations.all_of(media)} if media else {}
    return Panel(
        item=item,
        number=number,
        count=desk.tally.items,
        previous=previous,
        following=following,
        filename=media.original_filename if media else "",
        mime_type=blob.mime_type if blob else "",
        size=blob.size if blob else 0,
        width=blob.width if blob else 0,
        height=blob.height if blob else 0,
        picture=pictures.of([seen]).get(seen) if (seen := item.poster_id or item.media_id) else None,
        film=_film(media, desk.tongues) if media and media.kind == "video" else None,
        state=_state(blob.id) if blob else AWAITED.get(media.state, "") if media else "",
        reason=fetching.reason(media.id) if media and media.state == "missing" else "",
        sheet=sheet(item_kinds.TEXTS[item.kind], texts, desk.tongues),
        inherited=_inherited(item_kinds.TEXTS[item.kind], texts, library, desk.tongues.chain),
        tags=tuple(tags.of(item)),
        is_cover=media is not None and media.id == desk.gallery.cover_media_id,
        said=(blob.said if blob else None) or {},
    )


def _film(media: Media, tongues: Tongues) -> Film | None:
    return films.captioned([media.id], tongues.chain).get(media.id)


def _opened(gallery_id: UUID, item_id: UUID) -> tuple[Item, Media | None, Blob | None]:
    found = db.session.execute(_with_file(), {"item": item_id, "gallery": gallery_id}).one_or_none()
    if found is None:
        raise NotFound("Item")
    return found[0], found[1], found[2]


@cache
def _with_file() -> Select[Item, Media, Blob]:
    """Build the statement once: an item of a gallery with its media and their bytes."""
    return (
        select(Item, Media, Blob)
        .join(Media, Media.id == Item.media_id, isouter=True)
        .join(Blob, Blob.id == Media.blob_id, isouter=True)
        .where(Item.id == bindparam("item"), Item.gallery_id == bindparam("gallery"), Item.deleted_at.is_(None))
    )


def names(user_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return what these people are called."""
    wanted = {user_id for user_id in user_ids if user_id}
    if not wanted:
        return {}
    return dict(iter(db.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))))


def authors(gallery: Gallery) -> list[tuple[UUID, str]]:
    """Return who a gallery may be by: everybody with a working account, and its author."""
    statement = select(User.id, User.name).where(or_(User.active, User.id == gallery.author_id))
    return [(row.id, row.name) for row in db.session.execute(statement.order_by(User.name, User.id))]


def arranged(order: Sequence[UUID], wanted: Mapping[UUID, int]) -> list[UUID]:
    """Return the order in which each of `wanted` stands at its number, from 1, and the others around them as before.

    Of two with one number the one that stood first comes first; a number past the end is the end.
    """
    stood = {item_id: number for number, item_id in enumerate(order, 1)}
    moved = {each: number for each, number in wanted.items() if each in stood and stood[each] != number}
    made = [item_id for item_id in order if item_id not in moved]
    for item_id in sorted(moved, key=lambda each: (moved[each], stood[each])):
        made.insert(moved[item_id] - 1, item_id)
    return made


def _segment(field: str, row: Texts | None, source: Texts | None) -> Segment:
    kept = row.kept.get(field, {}) if row else {}
    value = (getattr(row, field) if row else None) or ""
    written = (getattr(source, field) if source else None) or ""
    state = kept.get("state", "done") if value else "missing"
    stale = state == "stale" and source is not None
    changed = source.kept.get(field, {}).get("at") if stale and source else None
    return Segment(
        field=field,
        value=value,
        state=state,
        draft=_draft(row, field) if row else None,
        source=written,
        pieces=tuple(wording.compare(kept.get("source") or "", written)) if stale else (),
        source_changed=datetime.fromisoformat(changed) if changed else None,
        dismissed=kept.get("dismissed"),
        for_review=bool(value) and "review" in kept,
    )


def _draft(row: Texts, field: str) -> Draft | None:
    entry = row.drafts.get(field)
    if entry is None:
        return None
    by = UUID(entry["by"]) if entry["by"] else None
    return Draft(entry["text"], entry["base"], entry["version"], by, entry["at"])


def _around(item: Item) -> tuple[int, UUID | None, UUID | None]:
    """Return an item's number and the ids of those before and after it, in one statement."""
    place = {"gallery": item.gallery_id, "key": item.sort_order, "item": item.id}
    row = db.session.execute(_neighbours(), place).one()
    return row[0] + 1, row[1], row[2]


@cache
def _neighbours() -> Select[Any]:
    """Build the statement once: how many items stand before one, and which stand beside it."""
    other, key = aliased(Item), bindparam("key", type_=Item.sort_order.type)
    living = and_(other.gallery_id == bindparam("gallery"), other.deleted_at.is_(None))
    here = other.sort_order == key
    ahead = and_(living, or_(other.sort_order > key, and_(here, other.id > bindparam("item"))))
    behind = and_(living, or_(other.sort_order < key, and_(here, other.id < bindparam("item"))))
    number = select(func.count()).where(ahead)
    previous = select(other.id).where(ahead).order_by(other.sort_order, other.id).limit(1)
    following = select(other.id).where(behind).order_by(other.sort_order.desc(), other.id.desc()).limit(1)
    return select(number.scalar_subquery(), previous.scalar_subquery(), following.scalar_subquery())


def _state(blob_id: UUID) -> str:
    """Say whether what the browser shows of a picture is ready, pending or failed."""
    states = db.session.scalars(
        select(Rendition.state).where(Rendition.blob_id == blob_id, Rendition.batch == "web").distinct()
    ).all()
    return next((state for state in ("failed", "pending") if state in states), "ready" if states else "failed")


def _inherited(
    fields: tuple[str, ...],
    texts: Mapping[UUID, ItemText],
    library: Mapping[UUID, MediaText],
    chain: Sequence[Language],
) -> dict[str, Inherited]:
    """Return what visitors are given in place of texts that the item has not in this language (D20)."""
    found: dict[str, Inherited] = {}
    sources: tuple[tuple[Mapping[UUID, Any], tuple[str, ...]], ...] = ((texts, fields), (library, FROM_LIBRARY))
    for rows, names in sources:
        for language in chain:
            row = rows.get(language.id)
            for field in names:
                text = getattr(row, field) if row else None
                if text and field not in found:
                    found[field] = Inherited(text, language, rows is library)
    own = texts.get(chain[0].id)
    return {field: text for field, text in found.items() if not (own and getattr(own, field))}
