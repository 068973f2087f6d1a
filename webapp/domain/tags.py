"""Tags: words on galleries, items and media; Lake and lake are one."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from webapp.domain import texts
from webapp.domain.errors import Invalid
from webapp.domain.models import Gallery, GalleryTag, Item, ItemTag, Media, MediaTag, Tag
from webapp.domain.models.tag import TAG
from webapp.infra.db import db

MOST: Final = 50
"""Tags on one thing."""


def parse(line: str) -> list[str]:
    """Split what was typed at commas and line ends into tags."""
    return [word for part in line.replace("\n", ",").split(",") if (word := " ".join(part.split()))]


def of(thing: Gallery | Item | Media) -> list[str]:
    """Return a thing's tags by name."""
    link, key = _link(thing)
    statement = select(Tag.name).join(link, link.tag_id == Tag.id).where(getattr(link, key) == thing.id)
    return list(db.session.scalars(statement.order_by(Tag.key)))


def put(thing: Gallery | Item | Media, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Make these the thing's tags and return what they were and are. Raises Invalid."""
    if len(names) > MOST:
        raise Invalid("tags", f"Use at most {MOST} tags.", code="too_many")
    before = of(thing)
    wanted = {name.casefold(): name for name in reversed([_clean(name) for name in names])}
    if set(wanted) != {name.casefold() for name in before}:
        link, key = _link(thing)
        db.session.execute(delete(link).where(getattr(link, key) == thing.id))
        rows = [{key: thing.id, "tag_id": _find_or_make(wanted[folded], folded)} for folded in sorted(wanted)]
        if rows:
            db.session.execute(insert(link), rows)
    return before, of(thing)


def _link(thing: Gallery | Item | Media) -> tuple[Any, str]:
    if isinstance(thing, Gallery):
        return GalleryTag, "gallery_id"
    return (ItemTag, "item_id") if isinstance(thing, Item) else (MediaTag, "media_id")


def _clean(name: str) -> str:
    cleaned = " ".join((texts.clean("tags", name, most=TAG[1]) or "").split())
    if not cleaned or "," in cleaned:
        raise Invalid("tags", "A tag has at least one letter and no comma.", code="tag")
    return cleaned


def _find_or_make(name: str, key: str) -> UUID:
    find = select(Tag.id).where(Tag.key == key)
    found = db.session.scalars(find).one_or_none()
    if found is not None:
        return found
    try:
        with db.session.begin_nested():
            tag = Tag(name=name, key=key)
            db.session.add(tag)
    except IntegrityError:
        return db.session.scalars(find).one()
    return tag.id
