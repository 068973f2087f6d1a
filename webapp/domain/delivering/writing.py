"""Writing up: what a message says is read and put into words once, and kept; every try sends the same.

What is in the trash by then is told as it was, what has gone for good by its id alone. The words are those of a
format, which a door knows and hands in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import joinedload

from webapp.domain import contents
from webapp.domain.backgrounds import contents as background_contents
from webapp.domain.backgrounds.contents import Contents
from webapp.domain.contents import Collection, Piece
from webapp.domain.errors import NotFound
from webapp.domain.models import (
    ApiKey,
    Background,
    Delivery,
    GalleryText,
    ItemText,
    Language,
    Media,
    MediaText,
    Site,
    Webhook,
)
from webapp.domain.permissions import system
from webapp.domain.transaction import release, transaction
from webapp.infra.db import db

log = structlog.get_logger(__name__)

SHARE: Final = 200
"""Messages that are read for and written at once."""

DIALECT: Final = "wix"
"""Whose names for files are read along."""

TOLD: Final = ("background.created", "background.updated")
"""Messages that say what a background is; that it was deleted says only which."""

DEFECTS: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

TEXTS: Final[Mapping[str, Any]] = {"gallery": GalleryText, "item": ItemText, "media": MediaText}


@dataclass(frozen=True)
class Backdrop:
    """A background and what belongs to it."""

    background: Background
    contents: Contents


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a message is about, and what there is of it now; `program` is the key of a program that did it.

    `identity` says who did it, `language` is that of a text, `instance_id` the installation's own id.
    """

    id: UUID
    kind: str
    at: datetime
    entity_id: str
    gallery_id: UUID | None
    cascade: bool
    identity: Mapping[str, Any]
    payload: Mapping[str, Any]
    program: str | None
    instance_id: UUID
    gallery: Collection | None
    item: Piece | None
    media: Media | None
    background: Backdrop | None
    text: Mapping[str, str | None] | None
    language: str | None


Writer = Callable[[Message], str]


def write_up(writers: Mapping[str, Writer], *, most: int = SHARE) -> int:
    """Write what the oldest new deliveries say and return how many those were; no transaction may be open."""
    rows = db.session.execute(
        select(Delivery, Webhook.format)
        .join(Webhook, Webhook.id == Delivery.webhook_id)
        .where(Delivery.state == "new")
        .order_by(Delivery.due_at, Delivery.id)
        .limit(most)
    ).all()
    if not rows:
        release()
        return 0
    messages = _messages([delivery for delivery, _ in rows])
    said = {each.id: (dialect, _written(messages[each.id], writers[dialect])) for each, dialect in rows}
    release()
    mine = update(Delivery).where(Delivery.id == bindparam("row"), Delivery.state == "new")
    with transaction():
        db.session.connection().execute(
            mine.values(content=bindparam("words"), format=bindparam("dialect"), state="waiting"),
            [{"row": each, "words": content, "dialect": dialect} for each, (dialect, content) in said.items()],
        )
    return len(said)


def _written(message: Message, write: Writer) -> str:
    """Put a message into words; where a defect is in the way, by its id alone, so that nobody waits behind it."""
    try:
        return write(message)
    except DEFECTS as defect:
        log.error("a message could not be written", kind=message.kind, entity=message.entity_id, exc_info=defect)
        return write(replace(message, gallery=None, item=None, media=None, background=None, text=None))


def _messages(rows: Sequence[Delivery]) -> dict[int, Message]:
    """Read what there is of all that is told of, in as many statements as there are galleries and kinds of things."""
    found = _Found(rows)
    return {row.id: found.message(row) for row in rows}


class _Found:
    """All that some deliveries tell of, by id."""

    def __init__(self, rows: Sequence[Delivery]) -> None:
        self.instance_id = db.session.get_one(Site, 1).instance_id
        self.galleries: dict[str, Collection | None] = {}
        self.items: dict[str, Piece] = {}
        for gallery_id in {row.event["gallery_id"] for row in rows if row.event.get("gallery_id")}:
            self._read_gallery(gallery_id, [row for row in rows if row.event.get("gallery_id") == gallery_id])
        self.media = _media([UUID(row.entity_id) for row in rows if row.kind.startswith("media.")])
        self.backgrounds = _backgrounds([UUID(row.entity_id) for row in rows if row.kind in TOLD])
        self.texts = _texts([row for row in rows if row.kind == "translation.updated"])
        languages = {row.event["payload"].get("language_id") for row in rows} - {None}
        self.languages = _codes([UUID(each) for each in languages])
        keys = {row.event["identity"].get("key") for row in rows} - {None}
        self.programs = _programs([UUID(each) for each in keys])

    def message(self, row: Delivery) -> Message:
        """Put together what one of them is about."""
        event = row.event
        gallery_id = event.get("gallery_id")
        return Message(
            id=row.message_id,
            kind=row.kind,
            at=datetime.fromisoformat(event["at"]),
            entity_id=row.entity_id,
            gallery_id=UUID(gallery_id) if gallery_id else None,
            cascade=event.get("cascade", False),
            identity=event["identity"],
            payload=event["payload"],
            program=self.programs.get(event["identity"].get("key", "")),
            instance_id=self.instance_id,
            gallery=self.galleries.get(gallery_id or "") if row.kind.startswith("gallery.") else None,
            item=self.items.get(row.entity_id) if row.kind != "item.deleted" else None,
            media=self.media.get(row.entity_id),
            background=self.backgrounds.get(row.entity_id) if row.kind in TOLD else None,
            text=self.texts.get(row.entity_id),
            language=self.languages.get(event["payload"].get("language_id", "")),
        )

    def _read_gallery(self, gallery_id: str, rows: Sequence[Delivery]) -> None:
        """Read a gallery where it is told of itself, and those of its items that are; as somebody who may see all."""
        where, how = UUID(gallery_id), dict[str, Any](actor=system("job"), dialect=DIALECT, trashed=True)
        told = {row.entity_id for row in rows if row.kind in ("item.created", "item.updated")}
        try:
            if any(row.kind in ("gallery.created", "gallery.updated") for row in rows):
                self.galleries[gallery_id] = contents.gallery(where, limit=0, **how)
            wanted = [UUID(each) for each in told]
            found = contents.pieces(wanted, gallery_id=where, **how) if wanted else []
        except NotFound:
            return
        self.items |= {str(each.id): each for each in found}


def _media(ids: Sequence[UUID]) -> dict[str, Media]:
    if not ids:
        return {}
    rows = db.session.scalars(select(Media).where(Media.id.in_(ids)).options(joinedload(Media.blob)))
    return {str(each.id): each for each in rows}


def _backgrounds(ids: Sequence[UUID]) -> dict[str, Backdrop]:
    if not ids:
        return {}
    belonging = background_contents.of(ids)
    rows = db.session.scalars(select(Background).where(Background.id.in_(ids)))
    return {str(each.id): Backdrop(each, belonging[each.id]) for each in rows}


def _texts(rows: Sequence[Delivery]) -> dict[str, Mapping[str, str | None]]:
    found: dict[str, Mapping[str, str | None]] = {}
    for owner, model in TEXTS.items():
        ids = [UUID(row.entity_id) for row in rows if row.event["payload"].get("owner") == owner]
        texts: Any = db.session.scalars(select(model).where(model.id.in_(ids))) if ids else ()
        found |= {str(text.id): {name: getattr(text, name) for name in text.fields} for text in texts}
    return found


def _codes(ids: Sequence[UUID]) -> dict[str, str]:
    rows = db.session.execute(select(Language.id, Language.code).where(Language.id.in_(ids))) if ids else ()
    return {str(language_id): code for language_id, code in rows}


def _programs(ids: Sequence[UUID]) -> dict[str, str]:
    """Return the public halves of keys, which programs know themselves by."""
    rows = db.session.execute(select(ApiKey.id, ApiKey.public_id).where(ApiKey.id.in_(ids))) if ids else ()
    return {str(key_id): public_id for key_id, public_id in rows}
