"""What visitors see of a gallery, in one language, and what a preview shows of its working state.

Only values are shown, never drafts. A text that is missing falls back along the language's chain, and says which
language it is in (D20). While changes are held, visitors see the frozen copy (D9). The query itself knows what is
published and when, so that a dead worker never shows too much (D12).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from webapp.domain import boxes, exhibits, films, languages, pictures, slugs, snapshots, videos
from webapp.domain.boxes import Written
from webapp.domain.errors import NotFound
from webapp.domain.exhibits import Exhibit
from webapp.domain.films import Film
from webapp.domain.models import (
    Gallery,
    GallerySlug,
    GalleryText,
    Hold,
    Language,
    MediaText,
    User,
)
from webapp.domain.pictures import Picture
from webapp.domain.videos import Video
from webapp.infra.clock import now
from webapp.infra.db import db

PAGE: Final = 60
"""Items on one public page."""

BESIDE_TITLE: Final = ("description", "meta_title", "meta_description")

FEED: Final = 50
"""Items in a feed."""


@dataclass(frozen=True)
class Text:
    """A text and the language it really is in; `fallback` where that is not the one asked for."""

    text: str
    code: str
    direction: str
    fallback: bool

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Shown:
    """An item as it is shown; `number` is its place from 1, focal points are fractions.

    The picture of a video is that which stands for it, and all that is shown of one that cannot be played; `video` is
    one by link, `film` one of the library. `written` is what is shown of a text item's `html`.
    """

    id: UUID
    number: int
    kind: str
    title: Text | None
    description: Text | None
    caption: Text | None
    alt: Text | None
    decorative: bool
    link_url: str | None
    link_text: str | None
    focal: tuple[float, float] | None
    picture: Picture | None
    html: Text | None
    written: Written | None
    video: Video | None
    film: Film | None = None

    @property
    def declarations(self) -> tuple[str, ...]:
        """Return what a page's stylesheet has to hold for it."""
        return self.written.declarations if self.written else ()


@dataclass(frozen=True)
class Tongue:
    """A language that the gallery may be read in; `whole` where nothing falls back."""

    code: str
    native_name: str
    direction: str
    whole: bool


@dataclass(frozen=True)
class Look:
    """How the items are laid out, what size they are and, in a grid, which shape."""

    layout: str = "justified"
    size: str = "medium"
    shape: str = "square"


@dataclass(frozen=True)
class Showing:
    """One page of a gallery in one language.

    `after` is what the next page comes after, `back` what the page before does; of one item, what the page that holds
    it comes after. None of them is the first page's.
    """

    id: UUID
    slug: str
    language: Tongue
    source_code: str
    tongues: tuple[Tongue, ...]
    title: Text
    description: Text | None
    meta_title: Text | None
    meta_description: Text | None
    author: str | None
    cover: Picture | None
    count: int
    pictures_only: bool
    items: tuple[Shown, ...]
    after: UUID | None
    fallbacks: tuple[str, ...]
    look: Look = Look()
    back: UUID | None = None
    published_at: datetime | None = None


@dataclass(frozen=True)
class Thumb:
    """An item in the strip below the one that is shown."""

    id: UUID
    number: int
    picture: Picture | None
    kind: str = "image"


def is_public() -> Any:
    """Return the condition under which visitors see a gallery now: also a draft whose time has come (D12)."""
    moment = now()
    published = and_(Gallery.status == "published", or_(Gallery.publish_at.is_(None), Gallery.publish_at <= moment))
    return and_(
        Gallery.deleted_at.is_(None),
        or_(published, and_(Gallery.status == "draft", Gallery.publish_at <= moment)),
        or_(Gallery.unpublish_at.is_(None), Gallery.unpublish_at > moment),
    )


def find(slug: str) -> tuple[Gallery, str]:
    """Return the gallery that visitors find under a slug, and its current slug. Raises NotFound."""
    if not slugs.PATTERN.fullmatch(slug):
        raise NotFound("Gallery")
    asked, current = aliased(GallerySlug), aliased(GallerySlug)
    row = db.session.execute(
        select(Gallery, current.slug)
        .join(asked, asked.gallery_id == Gallery.id)
        .join(current, and_(current.gallery_id == Gallery.id, current.current))
        .where(asked.slug == slug, is_public())
    ).one_or_none()
    if row is None:
        raise NotFound("Gallery")
    return row[0], row[1]


def show(
    gallery: Gallery,
    slug: str,
    *,
    code: str | None = None,
    working: bool = False,
    drafts: bool = False,
    after: UUID | None = None,
    only: UUID | Collection[UUID] | None = None,
    limit: int = PAGE,
) -> Showing:
    """Return a page of the gallery in the language of `code` (default: its source language).

    `working` shows the state that editors work on, even while it is held, `drafts` also what is typed and not saved;
    `after` is the last item of the page before; `only` shows one item, or some. Raises NotFound for a language
    that is not active or an item that is not there.
    """
    held = None if working else db.session.get(Hold, gallery.id)
    tongues = _Tongues(own(gallery, held, "source_language_id"), code)
    places = exhibits.page(gallery.id, held=held is not None, drafts=drafts, after=after, only=only, limit=limit)
    cover_id = own(gallery, held, "cover_media_id")
    shown, total, cover = _page(gallery.id, places[:limit], tongues.chain, cover_id, held=held is not None)
    texts = held.texts if held else _gallery_texts(gallery.id, drafts=drafts)
    return Showing(
        id=gallery.id,
        slug=slug,
        language=_tongue(tongues.language, texts),
        source_code=tongues.source.code,
        tongues=tuple(_tongue(each, texts) for each in tongues.offered),
        title=resolve("title", tongues.chain, texts) or Text(slug, tongues.language.code, "ltr", False),
        **{name: resolve(name, tongues.chain, texts) for name in BESIDE_TITLE},
        author=_author(own(gallery, held, "author_id")),
        cover=cover,
        count=total,
        pictures_only=all(item.kind == "image" for item in shown),
        items=shown,
        after=shown[-1].id if len(places) > limit else None,
        fallbacks=_fallbacks(shown),
        look=_look(gallery, held),
        back=_back(gallery.id, shown[0].number, held=held is not None, only=only) if shown else None,
        published_at=gallery.published_at or gallery.publish_at,
    )


def newest(
    gallery: Gallery, slug: str, *, code: str | None = None, limit: int = FEED
) -> tuple[Showing, dict[UUID, datetime]]:
    """Return what visitors see of the items that were added last, the newest first, and when each was added.

    Their numbers say nothing. Raises NotFound for a language that is not active.
    """
    held = db.session.get(Hold, gallery.id) is not None
    added = exhibits.newest(gallery.id, held=held, limit=limit)
    shown = show(gallery, slug, code=code, only=tuple(added), limit=limit)
    found = {item.id: item for item in shown.items}
    return replace(shown, items=tuple(found[each] for each in added)), added


def neighbours(gallery: Gallery, item_id: UUID, *, working: bool = False) -> tuple[UUID | None, UUID | None]:
    """Return the items shown before and after one. Raises NotFound."""
    held = not working and db.session.get(Hold, gallery.id) is not None
    here = exhibits.page(gallery.id, held=held, only=item_id, after=None, limit=1)
    if not here:
        raise NotFound("Item")
    model, key, base = exhibits.source(gallery.id, held=held)
    before = base.with_only_columns(key).where(exhibits.is_before(model, key, here[0])).order_by(None)
    previous = db.session.scalars(before.order_by(model.sort_order.asc(), key.asc()).limit(1)).first()
    following = base.with_only_columns(key).where(exhibits.is_after(model, key, here[0])).limit(1)
    return previous, db.session.scalars(following).first()


def strip(gallery: Gallery, item_id: UUID, *, reach: int, working: bool = False) -> tuple[Thumb, ...]:
    """Return the items shown around one, at most `reach` on either side, itself among them. Raises NotFound."""
    held = not working and db.session.get(Hold, gallery.id) is not None
    here = exhibits.page(gallery.id, held=held, only=item_id, after=None, limit=1)
    if not here:
        raise NotFound("Item")
    model, key, base = exhibits.source(gallery.id, held=held)
    columns = base.with_only_columns(key, func.coalesce(model.poster_id, model.media_id), model.kind)
    before = (
        columns.where(exhibits.is_before(model, key, here[0]))
        .order_by(None)
        .order_by(model.sort_order.asc(), key.asc())
    )
    after = columns.where(exhibits.is_after(model, key, here[0]))
    rows = [
        *reversed(db.session.execute(before.limit(reach)).all()),
        (here[0].id, here[0].seen_id, here[0].kind),
        *db.session.execute(after.limit(reach)),
    ]
    seen = pictures.of([media_id for _, media_id, _ in rows if media_id])
    number, _ = exhibits.numbers(gallery.id, here, held=held)
    first = number - [row[0] for row in rows].index(item_id)
    return tuple(
        Thumb(found, first + step, seen.get(media_id) if media_id else None, kind)
        for step, (found, media_id, kind) in enumerate(rows)
    )


class _Tongues:
    """The language asked for, those that a text is looked for in, and those that are offered."""

    def __init__(self, source_id: UUID, code: str | None) -> None:
        known = {language.id: language for language in languages.all_languages()}
        self.source = known[source_id]
        self.offered = [each for each in known.values() if each.is_active or each is self.source]
        self.language = self._find(code) if code else self.source
        self.chain = languages.fallback_chain(self.language, source=self.source, known=tuple(known.values()))

    def _find(self, code: str) -> Language:
        for language in self.offered:
            if language.code.lower() == code.lower():
                return language
        raise NotFound("Language")


def _page(
    gallery_id: UUID, places: Sequence[Exhibit], chain: Sequence[Language], cover_id: UUID | None, *, held: bool
) -> tuple[tuple[Shown, ...], int, Picture | None]:
    """Return the items of a page, how many the gallery has, and its cover."""
    media_ids = [place.media_id for place in places if place.media_id]
    seen = pictures.of([each for each in (cover_id, *(place.seen_id for place in places)) if each])
    library = snapshots.texts_by_owner(MediaText, MediaText.media_id, media_ids)
    number, total = exhibits.numbers(gallery_id, places, held=held)
    played = films.captioned([place.media_id for place in places if place.kind == "video" and place.media_id], chain)
    playing = [played.get(place.media_id) if place.media_id else None for place in places]
    shown = tuple(
        _shown(place, number + step, chain, library, seen, film=film)
        for step, (place, film) in enumerate(zip(places, playing, strict=True))
    )
    return shown, total, seen.get(cover_id) if cover_id else None


def _gallery_texts(gallery_id: UUID, *, drafts: bool = False) -> snapshots.Texts:
    found = snapshots.texts_by_owner(GalleryText, GalleryText.gallery_id, [gallery_id], drafts=drafts)
    return found.get(gallery_id, {})


def own(gallery: Gallery, held: Hold | None, field: str) -> Any:
    """Return an id among the gallery's own fields, as it was when its changes were held."""
    if held is None:
        return getattr(gallery, field)
    frozen = held.gallery.get(field)
    return UUID(frozen) if frozen else None


def _look(gallery: Gallery, held: Hold | None) -> Look:
    """Return how the items are laid out, as it was when changes were held; older copies say nothing of it."""
    if held is None:
        return Look(gallery.layout, gallery.tile_size, gallery.tile_shape)
    known = (held.gallery.get(name) for name in snapshots.LOOK_FIELDS)
    return Look(*(each or standard for each, standard in zip(known, astuple(Look()), strict=True)))


def _back(gallery_id: UUID, number: int, *, held: bool, only: object) -> UUID | None:
    """Return what the page before this one comes after, or the one that holds the only item; one query at most."""
    place = (number - 1) // PAGE * PAGE if only else number - 1 - PAGE
    return exhibits.at(gallery_id, place, held=held)


def resolve(field: str, chain: Sequence[Language], *sources: snapshots.Texts) -> Text | None:
    """Return the first text there is: of the first source along the chain, then of the next."""
    for texts in sources:
        for language in chain:
            text = texts.get(language.code, {}).get(field)
            if text:
                return Text(text, language.code, language.direction, language is not chain[0])
    return None


def _shown(
    place: Exhibit,
    number: int,
    chain: Sequence[Language],
    library: Mapping[UUID, snapshots.Texts],
    seen: Mapping[UUID, Picture],
    *,
    film: Film | None,
) -> Shown:
    inherited = library.get(place.media_id, {}) if place.media_id else {}
    x, y = place.fields.get("focal_x"), place.fields.get("focal_y")
    html = resolve("html", chain, place.texts) if place.kind == "text" else None
    video = videos.of(place.fields.get("video"))
    return Shown(
        id=place.id,
        number=number,
        kind="image" if place.kind == "video" and not (video or film) else place.kind,
        title=resolve("title", chain, place.texts),
        description=resolve("description", chain, place.texts),
        caption=resolve("caption", chain, place.texts, inherited),
        alt=None if place.fields.get("decorative") else resolve("alt", chain, place.texts, inherited),
        decorative=bool(place.fields.get("decorative")),
        link_url=place.fields.get("link_url"),
        link_text=place.fields.get("link_text"),
        focal=None if x is None or y is None else (x, y),
        picture=seen.get(place.seen_id) if place.seen_id else None,
        html=html,
        written=boxes.written(html.text, place.fields.get("style")) if html else None,
        video=video,
        film=film,
    )


def _tongue(language: Language, texts: snapshots.Texts) -> Tongue:
    return Tongue(
        language.code, language.native_name, language.direction, bool(texts.get(language.code, {}).get("title"))
    )


def _author(user_id: UUID | None) -> str | None:
    if user_id is None:
        return None
    return db.session.scalars(select(User.name).where(User.id == user_id)).one_or_none()


def _fallbacks(shown: Sequence[Shown]) -> tuple[str, ...]:
    """Return the codes of the languages that texts of this page fell back to."""
    texts = (text for item in shown for text in (item.title, item.caption, item.description, item.html))
    return tuple(sorted({text.code for text in texts if text and text.fallback}))
