"""Visitors by a share link: let in by its token, and a password where it has one; shown what its policy says.

Each request looks both up again, so that a link that is withdrawn, has ended or leads to a gallery in the trash shows
nothing from that moment, to nobody.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select, update

from webapp.domain import files, lockout, tracks
from webapp.domain.errors import Conflict, DomainError, Invalid, NotFound
from webapp.domain.files import Made, Original
from webapp.domain.links import LinkGone
from webapp.domain.models import (
    Blob,
    Gallery,
    GallerySlug,
    HeldItem,
    Hold,
    Item,
    Language,
    Media,
    Rendition,
    Share,
    ShareVisit,
    User,
)
from webapp.domain.models.account import NAME
from webapp.domain.sentences import Sentence
from webapp.domain.transaction import transaction
from webapp.infra import identity, tokens
from webapp.infra.clock import now
from webapp.infra.db import db

LONGEST_TRY: Final = 1000
WINDOW: Final = timedelta(hours=1)
OPENINGS: Final = 200
"""Sessions that one link opens in an hour, whoever comes."""


class PasswordRefused(DomainError):
    """The link has another password."""

    code = "password_refused"

    def __init__(self) -> None:
        super().__init__(Sentence("This is not the password of the link."))


@dataclass(frozen=True)
class Shared:
    """A link that works, the gallery it shows, and the visitor's session where one is open.

    `code` is that of the only language shown, None for all; `held` says that visitors see a frozen copy.
    """

    share: Share
    gallery: Gallery
    slug: str
    by: str
    code: str | None
    visit: ShareVisit | None
    held: bool

    @property
    def working(self) -> bool:
        """Whether what editors work on is shown, and not what visitors see."""
        return self.share.state != "held"

    @property
    def drafts(self) -> bool:
        """Whether texts that are typed and not saved are shown."""
        return self.share.state == "drafts"

    @property
    def used_up(self) -> bool:
        """Whether nobody can come in by it any more; who has come in stays in."""
        return self.share.max_uses is not None and self.share.uses >= self.share.max_uses

    @property
    def frozen(self) -> bool:
        """Whether the frozen copy is what is shown."""
        return self.held and not self.working


def find(token: str, cookie: str | None) -> Shared:
    """Return the link of a token, and the session that a cookie leads to; one statement. Raises LinkGone."""
    session = and_(ShareVisit.share_id == Share.id, ShareVisit.token_hash == tokens.digest(cookie or ""))
    row = db.session.execute(
        select(Share, Gallery, GallerySlug.slug, User.name, Language.code, ShareVisit, Hold.gallery_id)
        .join(Gallery, Gallery.id == Share.gallery_id)
        .join(GallerySlug, and_(GallerySlug.gallery_id == Gallery.id, GallerySlug.current))
        .join(User, User.id == Share.made_by_id, isouter=True)
        .join(Language, Language.id == Share.language_id, isouter=True)
        .join(ShareVisit, session, isouter=True)
        .join(Hold, Hold.gallery_id == Gallery.id, isouter=True)
        .where(Share.token_hash == tokens.digest(token), *_good())
    ).one_or_none()
    if row is None:
        raise LinkGone("This link has ended or was withdrawn. Ask whoever sent it for a new one.")
    share, gallery, slug, by, code, visit, held = row
    return Shared(share, gallery, slug, by or "", code, visit if cookie else None, held is not None)


def check_door(shared: Shared) -> None:
    """Let somebody try to come in. Raises LinkGone where the link was used as often as it may be."""
    if shared.used_up:
        raise LinkGone("This link was opened as often as it may be. Ask whoever sent it for a new one.")


def enter(token: str, *, password: str, name: str, address: str | None) -> str:
    """Open a session of a visitor and return what its cookie holds; opens its own transactions.

    Raises LinkGone, PasswordRefused, LockedOut, Invalid, Conflict where the link was used as often as it may be.
    """
    shared = find(token, None)
    kept, share_id, named = shared.share.password, shared.share.id, checked_name(name, needed=False)
    subject, tries = f"share:{share_id}", list[UUID]()
    if kept is not None:
        tries = lockout.note_try(subject, address)
        if not identity.verify_password(password[:LONGEST_TRY], kept):
            raise PasswordRefused
    cookie = tokens.fresh()
    with transaction():
        share = _locked(share_id, token)
        _refuse_beyond(share)
        if share.max_uses is not None and share.uses >= share.max_uses:
            raise Conflict("This link was opened as often as it may be. Ask whoever sent it for a new one.")
        share.uses += 1
        db.session.add(ShareVisit(share_id=share.id, token_hash=tokens.digest(cookie), name=named))
        if kept is not None:
            lockout.forgive(subject, tries)
    return cookie


def leave(visit_id: UUID) -> None:
    """End one's own session: its cookie leads nowhere any more."""
    lost = tokens.digest(tokens.fresh())
    db.session.execute(update(ShareVisit).where(ShareVisit.id == visit_id).values(token_hash=lost))


def note_page(visit_id: UUID) -> None:
    """Write that a visitor looked at a page."""
    seen = {"pages": ShareVisit.pages + 1, "seen_at": now()}
    db.session.execute(update(ShareVisit).where(ShareVisit.id == visit_id).values(**seen))


def rendition(shared: Shared, sha256: str, name: str) -> Made:
    """Return a rendition that the link shows, in one statement. Raises NotFound."""
    shown = exists().where(Media.blob_id == Blob.id, Media.deleted_at.is_(None), _is_shown(shared))
    found = db.session.execute(
        select(Rendition.format)
        .join(Blob, Blob.id == Rendition.blob_id)
        .where(Blob.sha256 == sha256, Rendition.name == name, Rendition.state == "ready", shown)
    ).one_or_none()
    if found is None:
        raise NotFound("File")
    return Made(found.format, public=False)


def demand_captions(shared: Shared, sha256: str) -> None:
    """Raise NotFound unless the link shows a video with these captions."""
    if not db.session.scalars(select(tracks.are_of(sha256, _is_shown(shared)))).one():
        raise NotFound("File")


def original(shared: Shared, item_id: UUID) -> Original:
    """Return the picture of an item as it came, where the link gives originals. Raises NotFound."""
    if not shared.share.downloads:
        raise NotFound("File")
    model, key = (HeldItem, HeldItem.item_id) if shared.frozen else (Item, Item.id)
    living = [] if shared.frozen else [Item.deleted_at.is_(None)]
    filename = db.session.scalars(
        select(Media.filename)
        .join(model, model.media_id == Media.id)
        .where(key == item_id, model.gallery_id == shared.gallery.id, *living)
    ).one_or_none()
    if filename is None:
        raise NotFound("File")
    return files.original(filename)


def order(shared: Shared) -> list[UUID]:
    """Return the ids of the items that the link shows, in their order."""
    if shared.frozen:
        statement = select(HeldItem.item_id).where(HeldItem.gallery_id == shared.gallery.id)
        return list(db.session.scalars(statement.order_by(HeldItem.sort_order.desc(), HeldItem.item_id.desc())))
    living = select(Item.id).where(Item.gallery_id == shared.gallery.id, Item.deleted_at.is_(None))
    return list(db.session.scalars(living.order_by(Item.sort_order.desc(), Item.id.desc())))


def checked_name(name: str, *, needed: bool = True) -> str | None:
    """Return a visitor's name as it is kept. Raises Invalid."""
    told = name.strip()
    if not told and not needed:
        return None
    if not NAME[0] <= len(told) <= NAME[1] or not told.isprintable():
        raise Invalid("name", Sentence("Write your name in at most %(most)s characters.", most=NAME[1]))
    return told


def _good() -> tuple[ColumnElement[bool], ...]:
    return (Share.revoked_at.is_(None), Share.expires_at > now(), Gallery.deleted_at.is_(None))


def _locked(share_id: UUID, token: str) -> Share:
    """Return the link under its row's lock, unless it ended a moment ago. Raises LinkGone."""
    statement = (
        select(Share)
        .join(Gallery, Gallery.id == Share.gallery_id)
        .where(Share.id == share_id, Share.token_hash == tokens.digest(token), *_good())
        .with_for_update(of=Share)
    )
    found = db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise LinkGone("This link has ended or was withdrawn. Ask whoever sent it for a new one.")
    return found


def _refuse_beyond(share: Share) -> None:
    """Raise LockedOut where a link was opened as often as it may be within an hour."""
    opened = ShareVisit.opened_at
    statement = select(opened).where(ShareVisit.share_id == share.id, opened > now() - WINDOW)
    decisive = db.session.scalar(statement.order_by(opened.desc()).offset(OPENINGS - 1).limit(1))
    if decisive is not None:
        raise lockout.LockedOut(decisive + WINDOW)


def _is_shown(shared: Shared) -> ColumnElement[bool]:
    """Return the condition under which a media is in what the link shows: as an item's, a poster or the cover."""
    model: Any = HeldItem if shared.frozen else Item
    conditions = [model.gallery_id == shared.gallery.id, or_(model.media_id == Media.id, model.poster_id == Media.id)]
    if not shared.frozen:
        conditions.append(Item.deleted_at.is_(None))
    cover = _cover(shared)
    in_item = exists().where(*conditions)
    return in_item if cover is None else or_(in_item, Media.id == cover)


def _cover(shared: Shared) -> UUID | None:
    if not shared.frozen:
        return shared.gallery.cover_media_id
    held = db.session.get_one(Hold, shared.gallery.id)
    kept = held.gallery.get("cover_media_id")
    return UUID(kept) if kept else None
