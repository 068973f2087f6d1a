"""Tags: words on galleries, items and media; Lake and lake are one."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from webapp.domain import texts
from webapp.domain.errors import Invalid
from webapp.domain.models import Gallery, GalleryTag, Item, ItemTag, Media, MediaTag, Tag
from webapp.domain.models.tag import KEY, TAG
from webapp.domain.sentences import Sentence
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
    before, wanted = of(thing), {name.casefold(): name for name in check(names)}
    if set(wanted) != {name.casefold() for name in before}:
        link, key = _link(thing)
        db.session.execute(delete(link).where(getattr(link, key) == thing.id))
        rows = [{key: thing.id, "tag_id": _find_or_make(wanted[folded], folded)} for folded in sorted(wanted)]
        if rows:
            db.session.execute(insert(link), rows)
    return before, of(thing)


def check(names: Sequence[str]) -> list[str]:
    """Return tags as they are kept, those that are one once. Raises Invalid."""
    if len(names) > MOST:
        raise Invalid("tags", Sentence("Use at most %(most)s tags.", most=MOST), code="too_many")
    return list({name.casefold(): name for name in reversed([_clean(name) for name in names])}.values())


def put_back(kind: type[Gallery | Item], wanted: Mapping[UUID, Sequence[str]]) -> set[UUID]:
    """Make these the tags of many galleries or items, and return those that had others; few statements for many."""
    link, key = (GalleryTag, "gallery_id") if kind is Gallery else (ItemTag, "item_id")
    owner = getattr(link, key)
    had: dict[UUID, set[str]] = {owner_id: set() for owner_id in wanted}
    found = select(owner, Tag.key).join(Tag, Tag.id == link.tag_id).where(owner.in_(wanted))
    for owner_id, folded in db.session.execute(found):
        had[owner_id].add(folded)
    changed = {each for each, names in wanted.items() if had[each] != {name.casefold() for name in names}}
    if changed:
        ids = _find_or_make_all({name.casefold(): name for each in changed for name in wanted[each]})
        db.session.execute(delete(link).where(owner.in_(changed)))
        rows = [{key: each, "tag_id": ids[name.casefold()]} for each in changed for name in wanted[each]]
        if rows:
            db.session.execute(insert(link), rows)
    return changed


def _link(thing: Gallery | Item | Media) -> tuple[Any, str]:
    if isinstance(thing, Gallery):
        return GalleryTag, "gallery_id"
    return (ItemTag, "item_id") if isinstance(thing, Item) else (MediaTag, "media_id")


def _clean(name: str) -> str:
    cleaned = " ".join((texts.clean("tags", name, most=TAG[1]) or "").split())
    texts.clean("tags", cleaned.casefold(), most=KEY)
    if not cleaned or "," in cleaned:
        raise Invalid("tags", "A tag has at least one letter and no comma.", code="tag")
    return cleaned


def _find_or_make_all(names: Mapping[str, str]) -> dict[str, UUID]:
    """Return the ids of tags by their keys; new ones are made at once, or one by one where another makes them too."""
    rows = db.session.execute(select(Tag.key, Tag.id).where(Tag.key.in_(names)))
    known: dict[str, UUID] = dict(iter(rows))
    fresh = {key: uuid4() for key in sorted(set(names) - set(known))}
    if not fresh:
        return known
    try:
        with db.session.begin_nested():
            db.session.execute(insert(Tag), [{"id": fresh[key], "name": names[key], "key": key} for key in fresh])
    except IntegrityError:
        return known | {key: _find_or_make(names[key], key) for key in fresh}
    return known | fresh


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
