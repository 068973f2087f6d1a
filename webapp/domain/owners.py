"""Whose texts they are, a gallery's, an item's or a media's: where these stand, and who holds them still."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select

from webapp.domain import languages
from webapp.domain.models import Gallery, GalleryText, Item, ItemText, Media, MediaText
from webapp.infra import within
from webapp.infra.db import db

Owner = Gallery | Item | Media


def texts_of(owner: Owner) -> list[Any]:
    """Return the owner's texts in every language, oldest first."""
    return list(db.session.scalars(_texts(*model_of(owner)), {"owner": owner.id}))


def text_of(owner: Owner, language_id: UUID) -> Any:
    """Return the owner's texts in a language, or None."""
    wanted = {"owner": owner.id, "language": language_id}
    return db.session.scalars(_text(*model_of(owner)), wanted).one_or_none()


def hold(owner: Owner) -> list[Any]:
    """Return the owner's texts as they are, while nobody else can write any of them until the transaction ends.

    What an order change locks first is locked first here too: two that lock in one order never wait for each other.
    """
    held: Any = type(owner) if not isinstance(owner, Item) else Gallery
    held_id = owner.gallery_id if isinstance(owner, Item) else owner.id
    key, fresh = (held.__name__.lower(), held_id), {"populate_existing": True}
    if within.find(key) is None:
        row = db.session.scalars(_lock(held), {"held": held_id}, execution_options=fresh).one_or_none()
        within.keep(key, row)
    texts = db.session.scalars(_texts(*model_of(owner)), {"owner": owner.id}, execution_options=fresh)
    return list(texts)


def source_language_of(owner: Owner) -> UUID:
    """Return the language that the owner's texts are written in first (D17)."""
    if isinstance(owner, Gallery):
        return owner.source_language_id
    if isinstance(owner, Item):
        return gallery_of(owner).source_language_id
    return languages.default_id()


def gallery_of(item: Item) -> Gallery:
    """Return the gallery of an item, as the change has it or as it is."""
    held: Gallery | None = within.find(("gallery", item.gallery_id))
    return held or db.session.get_one(Gallery, item.gallery_id)


def gallery_id_of(owner: Owner) -> UUID | None:
    """Return the gallery that the owner belongs to, or is; a media belongs to none."""
    if isinstance(owner, Gallery):
        return owner.id
    return owner.gallery_id if isinstance(owner, Item) else None


def model_of(owner: Owner) -> tuple[Any, str]:
    """Return what the owner's texts are rows of, and the column that says whose they are."""
    if isinstance(owner, Gallery):
        return GalleryText, "gallery_id"
    return (ItemText, "item_id") if isinstance(owner, Item) else (MediaText, "media_id")


def domain_of(owner: Owner) -> str:
    """Return whose permissions decide about the owner's texts."""
    return "media" if isinstance(owner, Media) else "galleries"


def kind_of(owner: Owner) -> str:
    """Return what the owner is called where it is recorded and told of."""
    return type(owner).__name__.lower()


@cache
def _texts(model: Any, key: str) -> Select[Any]:
    """Build the statement once for each kind of owner."""
    return select(model).where(getattr(model, key) == bindparam("owner")).order_by(model.created_at, model.id)


@cache
def _text(model: Any, key: str) -> Select[Any]:
    owner = getattr(model, key) == bindparam("owner")
    return select(model).where(owner, model.language_id == bindparam("language"))


@cache
def _lock(held: Any) -> Select[Any]:
    return select(held).where(held.id == bindparam("held")).with_for_update()
