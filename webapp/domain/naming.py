"""Files that a program names by an id or an address: those of the library, and entries made for all others (D22).

An entry stands at once, with the size and name that it was said to have; its bytes come later
(webapp/domain/fetching.py). One request may name many: they are looked for at once, and written at once.
"""

import mimetypes
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

from sqlalchemy import insert, select, union_all
from sqlalchemy.exc import IntegrityError

from webapp.domain import audit, events, media
from webapp.domain.errors import Invalid
from webapp.domain.fetching import EXTERNAL_ID, MOST_PIXELS, URL, Named, check_address
from webapp.domain.models import Fetch, Media, MediaAlias
from webapp.domain.permissions import Actor, demand
from webapp.infra.db import db
from webapp.infra.outbound import Way

USUAL: Final = {"image": "jpg", "video": "mp4"}


@dataclass(frozen=True)
class _Entry:
    """A file that nobody has named before, and the id that it gets."""

    id: UUID
    named: Named


@dataclass
class Naming:
    """The files of one request, in its own transaction: named one by one, then written."""

    dialect: str
    way: Way
    actor: Actor
    known: dict[str, UUID | None] = field(default_factory=dict)
    entries: list[_Entry] = field(default_factory=list)

    def look_up(self, ids: Iterable[str]) -> None:
        """Look for ids that will be named, so that none of them has to be looked for alone."""
        wanted = {each for each in ids if each and each not in self.known}
        found = _known(wanted, self.dialect)
        self.known |= {each: found.get(each) for each in wanted}

    def file(self, named: Named) -> UUID:
        """Return the media that is meant, an entry that is still to be written where none is known.

        Raises Invalid for an address that plainly may not be called, Forbidden.
        """
        _check_id(named.id)
        if named.id not in self.known:
            self.look_up([named.id])
        known = self.known.get(named.id)
        if known is not None:
            demand(self.actor, "media:read")
            return known
        _check(named, way=self.way)
        demand(self.actor, "media:upload")
        made = _Entry(uuid4(), named)
        self.entries.append(made)
        if named.id:
            self.known[named.id] = made.id
        return made.id

    def write(self) -> dict[UUID, UUID]:
        """Write the entries and let it be known; return by what others stand that somebody named in the meantime."""
        others: dict[UUID, UUID] = {}
        while self.entries and not self._entered():
            found = _known({each.named.id for each in self.entries if each.named.id}, self.dialect)
            others |= {each.id: found[each.named.id] for each in self.entries if each.named.id in found}
            self.entries = [each for each in self.entries if each.id not in others]
        told = [audit.Entry("media", each.id, {"source_url": (None, each.named.url)}) for each in self.entries]
        events.publish_each(self.actor, "media.created", [each.id for each in self.entries])
        audit.record_many(self.actor, "media.name", told)
        self.entries = []
        return others

    def _entered(self) -> bool:
        """Write what is entered, unless another names one of them just now. Raises what is no such thing."""
        try:
            with db.session.begin_nested():
                _enter(self.entries, self.dialect, self.actor)
        except IntegrityError:
            if not _known({each.named.id for each in self.entries}, self.dialect):
                raise
            return False
        return True


def _enter(entries: Collection[_Entry], dialect: str, actor: Actor) -> None:
    """Write entries, what they are called, and that their bytes are wanted."""
    db.session.execute(insert(Media).execution_options(render_nulls=True), [_row(each, actor) for each in entries])
    _call({each.named.id: each.id for each in entries if each.named.id}, dialect)
    db.session.execute(insert(Fetch), [{"media_id": each.id, "asked_by_id": actor.id} for each in entries])


def _row(entry: _Entry, actor: Actor) -> dict[str, Any]:
    named = entry.named
    return {
        "id": entry.id,
        "kind": named.kind,
        "state": "pending",
        "filename": f"{uuid4()}.{_ending(named)}",
        "original_filename": media.clean_filename(named.filename or named.id or _last_part(named.url)),
        "source_url": named.url,
        "told_width": named.width or None,
        "told_height": named.height or None,
        "uploaded_by_id": actor.id,
        "uploaded_through": actor.door,
    }


def _call(names: dict[str, UUID], dialect: str) -> None:
    """Note what a client calls media; the id of one in the trash goes over to the new one."""
    if not names:
        return
    told = select(MediaAlias).where(MediaAlias.dialect == dialect, MediaAlias.domain == "")
    there = db.session.scalars(told.where(MediaAlias.external_id.in_(names)).with_for_update()).all()
    for alias in there:
        alias.media_id = names[alias.external_id]
    fresh = sorted(set(names) - {alias.external_id for alias in there})
    rows = [{"dialect": dialect, "domain": "", "external_id": each, "media_id": names[each]} for each in fresh]
    if rows:
        db.session.execute(insert(MediaAlias), rows)


def _known(ids: Collection[str], dialect: str) -> dict[str, UUID]:
    """Return the living media with these ids: one of ours is its file name, others are what clients call theirs."""
    if not ids:
        return {}
    called = (
        select(MediaAlias.external_id, Media.id)
        .join(Media, Media.id == MediaAlias.media_id)
        .where(MediaAlias.dialect == dialect, MediaAlias.domain == "", MediaAlias.external_id.in_(ids))
    )
    ours = select(Media.filename, Media.id).where(Media.filename.in_(ids))
    living = Media.deleted_at.is_(None)
    return dict(iter(db.session.execute(union_all(called.where(living), ours.where(living)))))


def _check_id(external_id: str) -> None:
    if len(external_id) > EXTERNAL_ID[1] or "/" in external_id or not (external_id.isprintable() or not external_id):
        raise Invalid("id", "An id has at most 255 characters and no slash.", code="media_id")


def _check(named: Named, *, way: Way) -> None:
    if not URL[0] <= len(named.url) <= URL[1]:
        raise Invalid("url", "A picture needs its address, or the id of one in the library.", code="missing")
    if not (0 <= named.width <= MOST_PIXELS and 0 <= named.height <= MOST_PIXELS):
        raise Invalid("width", "The sides of a picture are told in pixels.", code="pixels")
    check_address(named.url, field="url", way=way)


def _last_part(url: str) -> str:
    return unquote(PurePosixPath(urlsplit(url).path).name) or "file"


def _ending(named: Named) -> str:
    """Guess what kind of file is coming; what it is shows when it has come."""
    for name in (named.id, _last_part(named.url), named.filename):
        kind = mimetypes.guess_type(name)[0]
        if kind in media.EXTENSIONS and kind.startswith(named.kind):
            return media.EXTENSIONS[kind]
    return USUAL[named.kind]
