"""Galleries: made, changed, published, trashed, restored, cloned.

Each verb belongs inside `transaction()`; it flushes, the door commits. A change, its audit entry and its events are
one transaction.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypedDict
from uuid import UUID, uuid4

from sqlalchemy import bindparam, delete, inspect, select
from sqlalchemy.exc import IntegrityError

from webapp.domain import audit, events, gates, languages, revisions, slugs, tags, texts, translations
from webapp.domain.errors import Invalid, NotFound, Stale
from webapp.domain.models import Gallery, GallerySlug, GalleryText, Hold, Item, Media, User
from webapp.domain.models.gallery import CATEGORY, LAYOUTS, STATUSES, TILE_SHAPES, TILE_SIZES
from webapp.domain.permissions import Actor
from webapp.infra import within
from webapp.infra.clock import now
from webapp.infra.db import db

LOCKED: Final = select(Gallery).where(Gallery.id == bindparam("gallery")).with_for_update()

LOOKS: Final = {"layout": LAYOUTS, "tile_size": TILE_SIZES, "tile_shape": TILE_SHAPES}
"""What is said of how visitors see a gallery, and what there is to choose."""

GIVEN: Final = ("cover_media_id", "author_id", "category_uri", "publish_at", "unpublish_at", *LOOKS)
"""Fields that a new gallery takes as they are given."""


class GalleryFields(TypedDict, total=False):
    """A gallery's own fields; an absent one is left alone."""

    slug: str
    status: str
    cover_media_id: UUID | None
    author_id: UUID | None
    source_language_id: UUID
    category_uri: str | None
    layout: str
    tile_size: str
    tile_shape: str
    publish_at: datetime | None
    unpublish_at: datetime | None


def get(gallery_id: UUID) -> Gallery:
    """Return a living gallery. Raises NotFound."""
    gallery = db.session.get(Gallery, gallery_id)
    if gallery is None or gallery.deleted_at is not None:
        raise NotFound("Gallery")
    return gallery


def locked(gallery_id: UUID, *, trashed: bool = False) -> Gallery:
    """Return a living gallery, or one of the trash, under its row's lock, which every change of its order takes (D1).

    Whoever has the lock has read the row as it is, and is asked no second time. Raises NotFound.
    """
    gallery: Gallery | None = within.find(("gallery", gallery_id))
    if gallery is None or not inspect(gallery).persistent:
        rows = db.session.scalars(LOCKED, {"gallery": gallery_id}, execution_options={"populate_existing": True})
        gallery = rows.one_or_none()
        within.keep(("gallery", gallery_id), gallery)
    if gallery is None or (gallery.deleted_at is not None) is not trashed:
        raise NotFound("Gallery")
    return gallery


def order_versions(gallery_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return which order each of these galleries is in (D3); one statement."""
    statement = select(Gallery.id, Gallery.order_version).where(Gallery.id.in_(gallery_ids))
    return dict(iter(db.session.execute(statement)))


def find_by_slug(slug: str) -> tuple[Gallery, bool] | None:
    """Return the living gallery that a slug leads to and whether the slug is its current one."""
    row = db.session.execute(
        select(Gallery, GallerySlug.current)
        .join(GallerySlug, GallerySlug.gallery_id == Gallery.id)
        .where(GallerySlug.slug == slug, Gallery.deleted_at.is_(None))
    ).one_or_none()
    return (row[0], row[1]) if row else None


def create(
    fields: GalleryFields,
    *,
    actor: Actor,
    texts: Mapping[UUID, Mapping[str, str | None]] | None = None,
    origin: str = "human",
) -> Gallery:
    """Make a gallery, a draft unless `status` says otherwise; `texts` are by language id.

    Without a slug, one is made of the title. Raises NotFound (cover, author, language), Conflict (slug), Invalid.
    """
    texts = texts or {}
    _check(fields)
    source = fields.get("source_language_id") or languages.default_id()
    gallery = Gallery(
        id=uuid4(), source_language_id=source, created_by_id=actor.id, author_id=actor.id, created_at=now()
    )
    gallery.touched_at = gallery.created_at
    for name in GIVEN:
        if name in fields:
            setattr(gallery, name, fields[name])  # type: ignore[literal-required]
    db.session.add(gallery)
    db.session.flush()
    _claim(gallery, fields.get("slug"), texts.get(source, {}).get("title"))
    events.publish(actor, "gallery.created", gallery.id, gallery_id=gallery.id)
    audit.record(actor, "gallery.create", "gallery", gallery.id, gallery_id=gallery.id)
    for language_id in sorted(texts, key=lambda found: found != source):
        languages.get(language_id)
        translations.write(gallery, language_id, texts[language_id], actor=actor, origin=origin)
    gallery.updated_at = None
    set_status(gallery, fields.get("status", "draft"), actor=actor, anew=True)
    db.session.flush()
    return gallery


def update(gallery: Gallery, fields: GalleryFields, *, actor: Actor, version: int | None = None) -> Gallery:
    """Change a gallery's own fields; an absent one is left alone, its own slug is no conflict.

    Raises Stale where `version` is given and old, NotFound, Conflict, Invalid.
    """
    _hold_still(gallery)
    _check_version(gallery, version)
    _check(fields)
    check_times(fields.get("publish_at", gallery.publish_at), fields.get("unpublish_at", gallery.unpublish_at))
    if fields.get("publish_at") and gallery.status != "published":
        gates.check(gallery, actor=actor)
    changes: dict[str, tuple[Any, Any]] = {}
    if "slug" in fields and fields["slug"] != (before := slugs.of(gallery.id)):
        slugs.claim(gallery.id, fields["slug"])
        changes["slug"] = (before, fields["slug"])
    for name, value in fields.items():
        if name not in ("slug", "status") and value != getattr(gallery, name):
            changes[name] = (getattr(gallery, name), value)
            setattr(gallery, name, value)
    if changes:
        _changed(gallery, changes, actor=actor)
    if "status" in fields:
        set_status(gallery, fields["status"], actor=actor, timed="publish_at" in fields)
    db.session.flush()
    return gallery


def set_status(gallery: Gallery, status: str, *, actor: Actor, anew: bool = False, timed: bool = False) -> None:
    """Publish, unpublish or archive; setting what it already is does nothing (D12). Raises Invalid.

    A gallery that is no longer published is no longer held: what was held back is what it is now (D9). Moments that
    would contradict it are forgotten, unless `timed`: then they were set just now.
    """
    if status not in STATUSES:
        raise Invalid("status", "A gallery is draft, published or archived.", code="status")
    if not anew:
        _hold_still(gallery)
    before = gallery.status
    if status == before:
        return
    if status == "published":
        gates.check(gallery, actor=actor)
    gallery.status = status
    if not (timed or anew):
        _forget_times(gallery)
    if status == "published":
        gallery.published_at = now()
    else:
        _end_hold(gallery)
    if not anew:
        _changed(gallery, {"status": (before, status)}, actor=actor)
    db.session.flush()
    if status == "published":
        revisions.keep(gallery, reason="published", actor=actor)


def label(gallery: Gallery, names: Sequence[str], *, actor: Actor) -> None:
    """Make these the gallery's tags. Raises NotFound, Invalid."""
    _hold_still(gallery)
    before, after = tags.put(gallery, names)
    if before != after:
        _changed(gallery, {"tags": (before, after)}, actor=actor)
    db.session.flush()


def publish(gallery: Gallery, *, actor: Actor, version: int | None = None) -> None:
    """Let visitors see the gallery. Raises Stale, NotFound."""
    _hold_still(gallery)
    _check_version(gallery, version)
    set_status(gallery, "published", actor=actor)


def trash(gallery: Gallery, *, actor: Actor) -> None:
    """Put a gallery into the trash with all it holds; its slugs are free again (D11), its media stay.

    Raises NotFound where it has gone there meanwhile.
    """
    _hold_still(gallery)
    gallery.trashed_slug = slugs.free(gallery.id)
    gallery.deleted_at = gallery.touched_at = now()
    _end_hold(gallery)
    ids = [str(item_id) for item_id in _held_items(gallery)]
    events.publish(actor, "gallery.deleted", gallery.id, gallery_id=gallery.id, ids=ids)
    audit.record(actor, "gallery.trash", "gallery", gallery.id, gallery_id=gallery.id)
    db.session.flush()


def find_trashed(gallery_id: UUID) -> Gallery:
    """Return a gallery from the trash. Raises NotFound."""
    gallery = db.session.get(Gallery, gallery_id)
    if gallery is None or gallery.deleted_at is None:
        raise NotFound("Gallery")
    return gallery


def restore(gallery: Gallery, *, actor: Actor) -> str:
    """Take a gallery out of the trash, as a draft (D14), and return its slug: its own, or `-2` where that is taken.

    Its place on the site is kept, unless another gallery has taken it. Raises NotFound where it has left the trash.
    """
    _hold_still(gallery, trashed=True)
    _revive(gallery)
    gallery.status = "draft"
    _forget_times(gallery)
    gallery.updated_at = gallery.touched_at = now()
    db.session.flush()
    slug = slugs.claim_near(gallery.id, gallery.trashed_slug or "gallery")
    gallery.trashed_slug = None
    events.publish(actor, "gallery.created", gallery.id, gallery_id=gallery.id)
    events.publish_each(actor, "item.created", _held_items(gallery), gallery_id=gallery.id)
    audit.record(actor, "gallery.restore", "gallery", gallery.id, gallery_id=gallery.id)
    db.session.flush()
    return slug


def purge(gallery: Gallery, *, actor: Actor) -> None:
    """Delete a trashed gallery for good; its media stay in the library. Raises Invalid for a living one, NotFound."""
    if gallery.deleted_at is None:
        raise Invalid("gallery", "Only a gallery in the trash can be deleted for good.", code="living")
    _hold_still(gallery, trashed=True)
    audit.record(actor, "gallery.purge", "gallery", gallery.id, gallery_id=gallery.id)
    db.session.delete(gallery)
    db.session.flush()


def touch(gallery: Gallery) -> None:
    """Note that something in the gallery has changed."""
    gallery.updated_at = gallery.touched_at = now()


def _claim(gallery: Gallery, slug: str | None, title: str | None) -> None:
    if slug is None:
        slugs.claim_near(gallery.id, slugs.make(title or ""))
    else:
        slugs.claim(gallery.id, slug)


def _check(fields: GalleryFields) -> None:
    if "slug" in fields:
        slugs.check(fields["slug"])
    cover_id = fields.get("cover_media_id")
    if cover_id is not None:
        cover = db.session.get(Media, cover_id, with_for_update={"read": True, "key_share": True})
        if cover is None or cover.deleted_at is not None:
            raise NotFound("Cover image")
    texts.clean("category_uri", fields.get("category_uri"), most=CATEGORY[1])
    author_id = fields.get("author_id")
    if author_id is not None and db.session.get(User, author_id) is None:
        raise NotFound("Author")
    if "source_language_id" in fields:
        languages.get(fields["source_language_id"])
    for name, choices in LOOKS.items():
        if name in fields and fields[name] not in choices:  # type: ignore[literal-required]
            raise Invalid(name, "Choose one of those that there are.", code="choice")


def check_times(publish_at: datetime | None, unpublish_at: datetime | None) -> None:
    """Raise Invalid where a gallery would be taken back before it is public."""
    if publish_at and unpublish_at and unpublish_at <= publish_at:
        raise Invalid("unpublish_at", "This is not after the moment of publication.", code="times")


def _hold_still(gallery: Gallery, *, trashed: bool = False) -> None:
    """Take the lock of the gallery's row and read it anew. Raises NotFound where it has gone meanwhile."""
    db.session.flush()
    locked(gallery.id, trashed=trashed)


def _check_version(gallery: Gallery, version: int | None) -> None:
    if version is not None and version != gallery.version:
        raise Stale("Somebody else changed this gallery since you opened it.", gallery=gallery)


def _changed(gallery: Gallery, changes: Mapping[str, tuple[Any, Any]], *, actor: Actor) -> None:
    gallery.version += 1
    touch(gallery)
    events.publish(actor, "gallery.updated", gallery.id, gallery_id=gallery.id)
    audit.record(actor, "gallery.update", "gallery", gallery.id, changes=changes, gallery_id=gallery.id)


def _held_items(gallery: Gallery) -> Sequence[UUID]:
    """Return the items that go to the trash and come back with a gallery, as they are shown."""
    living = select(Item.id).where(Item.gallery_id == gallery.id, Item.deleted_at.is_(None))
    return db.session.scalars(living.order_by(Item.sort_order.desc(), Item.id.desc())).all()


def _forget_times(gallery: Gallery) -> None:
    """Forget the moments that have passed, and that of a publication which has just been done by hand."""
    if gallery.unpublish_at and gallery.unpublish_at <= now():
        gallery.unpublish_at = None
    if gallery.publish_at and (gallery.status == "published" or gallery.publish_at <= now()):
        gallery.publish_at = None


def _end_hold(gallery: Gallery) -> None:
    db.session.execute(delete(Hold).where(Hold.gallery_id == gallery.id))


def _revive(gallery: Gallery) -> None:
    """Let a gallery live again at its place on the site, or without one where that has been taken (D5)."""
    try:
        with db.session.begin_nested():
            gallery.deleted_at = None
    except IntegrityError:
        gallery.sort_order = None
        gallery.deleted_at = None
        db.session.flush()


def title_of(gallery: Gallery) -> str:
    """Return the title in the source language, or the slug that stands for it."""
    title = db.session.scalars(
        select(GalleryText.title).where(
            GalleryText.gallery_id == gallery.id, GalleryText.language_id == gallery.source_language_id
        )
    ).one_or_none()
    return title or gallery.trashed_slug or slugs.of(gallery.id)
