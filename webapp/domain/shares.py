"""Share links: a gallery for people without an account, within a policy, until it ends or is withdrawn.

The token is random and kept as a hash: neither the database nor a copy of it opens a link. So its address is shown
once, when it is made; who has lost it makes a new address for the same link, and the old one is dead at once.

A link outlives its maker's account, because reviewers are the site's and not one person's: it says so where it is
listed, and all that somebody made can be withdrawn at once.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypedDict
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, func, select

from webapp.domain import audit, galleries, languages
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.models import Gallery, GalleryText, Language, Share, ShareVisit, User
from webapp.domain.models.sharing import LABEL, SHARE_PASSWORD, STATES, USES
from webapp.domain.permissions import Actor, demand
from webapp.domain.sentences import Sentence
from webapp.infra import identity, tokens
from webapp.infra.clock import now
from webapp.infra.db import db

LIVES: Final = (1, 7, 14, 30, 90, 365)
"""For how many days a link may be made: none is for ever, for those are forgotten."""
KEPT: Final = timedelta(days=30)
"""For how long after a link's end its log says who came."""
MOST_LISTED: Final = 500
MOST_LOGGED: Final = 1000


class ShareFields(TypedDict):
    """What a link is made with; `code` None shows all languages, `max_uses` None counts no sessions."""

    label: str
    code: str | None
    state: str
    days: int
    password: str | None
    max_uses: int | None
    downloads: bool


@dataclass(frozen=True)
class Listed:
    """A link with what stands beside it in a list; `by` is empty where its maker has gone.

    `is_away` says that the maker's account is deactivated.
    """

    share: Share
    by: str
    is_away: bool
    language: str
    title: str

    @property
    def ended(self) -> str:
        """Say why the link no longer works: revoked, expired, used; empty where it does."""
        if self.share.revoked_at:
            return "revoked"
        if self.share.expires_at <= now():
            return "expired"
        return "used" if self.share.max_uses is not None and self.share.uses >= self.share.max_uses else ""


@dataclass(frozen=True)
class Away:
    """Somebody whose account is deactivated, and how many links of theirs work."""

    id: UUID
    name: str
    links: int


def make(gallery_id: UUID, fields: ShareFields, *, base_url: str, actor: Actor) -> tuple[Share, str]:
    """Make a link and return it with its address, which is told once. Raises NotFound, Invalid, Forbidden."""
    demand(actor, "galleries:update")
    gallery = galleries.get(gallery_id)
    language = _language(gallery, fields["code"])
    _check(fields)
    token, moment, password = tokens.fresh(), now(), fields["password"]
    share = Share(
        gallery_id=gallery.id,
        token_hash=tokens.digest(token),
        label=fields["label"].strip(),
        made_by_id=actor.id,
        language_id=language.id if language else None,
        state=fields["state"],
        password=identity.hash_password(password) if password else None,
        downloads=fields["downloads"],
        max_uses=fields["max_uses"],
        created_at=moment,
        expires_at=moment + timedelta(days=fields["days"]),
    )
    db.session.add(share)
    db.session.flush()
    named = ("label", "state", "expires_at")
    told: dict[str, tuple[Any, Any]] = {name: (None, getattr(share, name)) for name in named}
    audit.record(actor, "share.make", "share", share.id, changes=told, gallery_id=gallery.id)
    return share, _address(base_url, token)


def renew(gallery_id: UUID, share_id: UUID, *, base_url: str, actor: Actor) -> tuple[Share, str]:
    """Give a link a new address and end every session of the old one. Raises NotFound, Conflict, Forbidden."""
    share = _mine(gallery_id, share_id, actor)
    if share.revoked_at or share.expires_at <= now():
        raise Conflict("This link has ended: make another one.", code="share_ended")
    token = tokens.fresh()
    share.token_hash = tokens.digest(token)
    _close_visits(share)
    audit.record(actor, "share.renew", "share", share.id, gallery_id=share.gallery_id)
    return share, _address(base_url, token)


def revoke(gallery_id: UUID, share_id: UUID, *, actor: Actor) -> Share:
    """Withdraw a link: from now on nothing is shown by it. Raises NotFound, Forbidden."""
    share = _mine(gallery_id, share_id, actor)
    if share.revoked_at is None:
        _revoke(share, actor)
    return share


def revoke_all_of(user_id: UUID, *, actor: Actor) -> int:
    """Withdraw all links that somebody has made, and return how many that were. Raises Forbidden."""
    demand(actor, "galleries:update")
    theirs = select(Share).join(Gallery, Gallery.id == Share.gallery_id).where(Share.made_by_id == user_id, _works())
    found = db.session.scalars(theirs.order_by(Share.id).with_for_update(of=Share)).all()
    for share in found:
        _revoke(share, actor)
    return len(found)


def away(user_id: UUID | None = None) -> list[Away]:
    """Return who has made links that work and is deactivated, all of them or one person, by name."""
    statement = (
        select(User.id, User.name, func.count().label("links"))
        .join(Share, Share.made_by_id == User.id)
        .join(Gallery, Gallery.id == Share.gallery_id)
        .where(User.active.is_(False), _works(), *([User.id == user_id] if user_id else []))
        .group_by(User.id, User.name)
        .order_by(User.name, User.id)
    )
    return [Away(row.id, row.name, row.links) for row in db.session.execute(statement)]


def of_gallery(gallery_id: UUID) -> list[Listed]:
    """List a gallery's links, the newest first."""
    return _listed(_described().where(Share.gallery_id == gallery_id))


def of_site() -> list[Listed]:
    """List the links of all living galleries that still work, the newest first."""
    return _listed(_described().where(_works()))


def visits(share_ids: list[UUID]) -> dict[UUID, list[ShareVisit]]:
    """Return who came by links and when, the newest of each first."""
    found: dict[UUID, list[ShareVisit]] = {share_id: [] for share_id in share_ids}
    statement = select(ShareVisit).where(ShareVisit.share_id.in_(share_ids))
    newest = statement.order_by(ShareVisit.opened_at.desc(), ShareVisit.id).limit(MOST_LOGGED)
    for visit in db.session.scalars(newest):
        found[visit.share_id].append(visit)
    return found


def forget() -> int:
    """Forget who came by links that ended a month ago, and return how many sessions that were."""
    over = select(Share.id).where(Share.expires_at < now() - KEPT)
    gone = delete(ShareVisit).where(ShareVisit.share_id.in_(over)).returning(ShareVisit.id)
    return len(db.session.execute(gone).all())


def _mine(gallery_id: UUID, share_id: UUID, actor: Actor) -> Share:
    demand(actor, "galleries:update")
    share = db.session.get(Share, share_id, with_for_update=True, populate_existing=True)
    if share is None or share.gallery_id != gallery_id:
        raise NotFound("Link")
    return share


def _revoke(share: Share, actor: Actor) -> None:
    share.revoked_at = now()
    audit.record(actor, "share.revoke", "share", share.id, gallery_id=share.gallery_id)


def _works() -> ColumnElement[bool]:
    return and_(Share.revoked_at.is_(None), Share.expires_at > now(), Gallery.deleted_at.is_(None))


def _close_visits(share: Share) -> None:
    """End the sessions; their rows stay in the log, and what leads to them no longer does."""
    for visit in db.session.scalars(select(ShareVisit).where(ShareVisit.share_id == share.id)):
        visit.token_hash = tokens.digest(tokens.fresh())


def _language(gallery: Gallery, code: str | None) -> Language | None:
    if not code:
        return None
    language = languages.find_by_code(code)
    if language is None or not (language.is_active or language.id == gallery.source_language_id):
        raise Invalid("language", "Choose a language of this site.")
    return language


def _check(fields: ShareFields) -> None:
    label, password, uses = fields["label"].strip(), fields["password"], fields["max_uses"]
    if not LABEL[0] <= len(label) <= LABEL[1] or not label.isprintable():
        raise Invalid("label", Sentence("Say in at most %(most)s characters whom the link is for.", most=LABEL[1]))
    if fields["state"] not in STATES:
        raise Invalid("state", "Choose what the link shows.")
    if fields["days"] not in LIVES:
        raise Invalid("days", "Choose when the link ends.")
    if password and not SHARE_PASSWORD[0] <= len(password) <= SHARE_PASSWORD[1]:
        span = {"least": SHARE_PASSWORD[0], "most": SHARE_PASSWORD[1]}
        raise Invalid("password", Sentence("Use %(least)s to %(most)s characters.", **span))
    if uses is not None and not USES[0] <= uses <= USES[1]:
        raise Invalid("max_uses", Sentence("Write a number from %(least)s to %(most)s.", least=USES[0], most=USES[1]))


def _described() -> Select[*tuple[Any, ...]]:
    in_source = and_(GalleryText.gallery_id == Gallery.id, GalleryText.language_id == Gallery.source_language_id)
    return (
        select(Share, User.name, User.active, Language.name, GalleryText.title)
        .join(Gallery, Gallery.id == Share.gallery_id)
        .join(User, User.id == Share.made_by_id, isouter=True)
        .join(Language, Language.id == Share.language_id, isouter=True)
        .join(GalleryText, in_source, isouter=True)
        .order_by(Share.created_at.desc(), Share.id)
    )


def _listed(statement: Select[*tuple[Any, ...]]) -> list[Listed]:
    rows = db.session.execute(statement.limit(MOST_LISTED))
    return [
        Listed(share, by or "", active is False, language or "", title or "")
        for share, by, active, language, title in rows
    ]


def _address(base_url: str, token: str) -> str:
    return f"{base_url}/s/{token}"
