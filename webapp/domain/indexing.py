"""The search index is kept by the session itself, so that no door and no verb can forget it.

Whatever changes a text, a tag, a slug or a file name, row by row or by one statement for many, is noted as it
happens; before the transaction ends, the entries of what was noted are written anew in it. What is deleted takes its
entry along (foreign keys).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from html import unescape
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, event, insert, literal, select, text, union_all, update
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from webapp.domain.folding import terms
from webapp.domain.models import (
    Gallery,
    GallerySlug,
    GalleryTag,
    GalleryText,
    Item,
    ItemTag,
    ItemText,
    Media,
    MediaTag,
    MediaText,
    SearchEntry,
    Tag,
)
from webapp.infra.db import db

Thing = tuple[str, UUID]
"""What is found, `gallery`, `item` or `media`, and its id."""

OWNERS: Final[Mapping[type, tuple[str, str]]] = {
    GalleryText: ("gallery", "gallery_id"),
    GalleryTag: ("gallery", "gallery_id"),
    GallerySlug: ("gallery", "gallery_id"),
    ItemText: ("item", "item_id"),
    ItemTag: ("item", "item_id"),
    MediaText: ("media", "media_id"),
    MediaTag: ("media", "media_id"),
    Media: ("media", "id"),
}
"""What holds words: whose they are, and in which column that stands."""

THINGS: Final[Mapping[str, Any]] = {"gallery": Gallery, "item": Item, "media": Media}
CHUNK: Final = 10_000
TERMS: Final = 20_000
BYTES: Final = 400_000
"""Terms of one thing, and their bytes, that are kept: PostgreSQL holds a mebibyte of them."""

MARKUP: Final = re.compile(r"<[^>]*>")
IDS: Final[Any] = bindparam("ids", expanding=True)
REWRITE: Final = update(SearchEntry).where(SearchEntry.id == bindparam("entry")).values(words=bindparam("said"))
NOTED: Final = "things whose words have changed"


def differing() -> Iterator[Thing]:
    """Return all things whose entry is not what it should be."""
    for kind, model in THINGS.items():
        ids = db.session.scalars(select(model.id).order_by(model.id)).all()
        for chunk in _chunks(ids):
            wanted, entries = _words(kind, chunk), _entries(kind, chunk)
            yield from ((kind, each) for each in chunk if wanted.get(each, "") != entries.get(each, (0, ""))[1])


def refresh(things: Iterable[Thing]) -> None:
    """Write the entries of these things anew."""
    noted: dict[str, set[UUID]] = defaultdict(set)
    for kind, thing_id in things:
        noted[kind].add(thing_id)
    for kind in THINGS:
        for chunk in _chunks(sorted(noted[kind])):
            _put_right(kind, _words(kind, chunk), _entries(kind, chunk))


def plain(html: str) -> str:
    """Return what HTML says, without its markup and single-spaced."""
    return " ".join(unescape(MARKUP.sub(" ", html)).split())


def is_whole() -> bool:
    """Whether what searches the words has all entries and no others; PostgreSQL sees to that itself."""
    try:
        with db.session.begin_nested():
            return _tell_index("integrity-check", rank=1)
    except OperationalError:
        raise
    except DatabaseError:
        return False


def rebuild() -> None:
    """Have what searches the words made anew from the entries (SQLite)."""
    _tell_index("rebuild", rank=0)


def _tell_index(command: str, *, rank: int) -> bool:
    if db.session.get_bind().dialect.name == "sqlite":
        columns, values = ("search_index, rank", ":command, :rank") if rank else ("search_index", ":command")
        statement = text(f"INSERT INTO search_index({columns}) VALUES ({values})")  # noqa: S608  names of our own
        db.session.execute(statement, {"command": command} | ({"rank": rank} if rank else {}))
    return True


def _words(kind: str, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the words of each of these things that has any; one statement."""
    found: dict[UUID, set[str]] = defaultdict(set)
    for thing_id, *texts, html in db.session.connection().execute(_sources(kind), {"ids": ids}):
        texts.append(unescape(MARKUP.sub(" ", html or "")))
        for each in filter(None, texts):
            found[thing_id].update(terms(each))
    return {thing_id: _joined(found[thing_id]) for thing_id in found}


@cache
def _sources(kind: str) -> Any:
    """Build the statement once for each kind of thing."""
    none = literal("")
    if kind == "gallery":
        slug = select(GallerySlug.gallery_id, GallerySlug.slug, none, none, none, none)
        texts: Any = select(GalleryText.gallery_id, GalleryText.title, GalleryText.description, none, none, none)
        slugs = slug.where(GallerySlug.gallery_id.in_(IDS), GallerySlug.current)
        return union_all(
            slugs, texts.where(GalleryText.gallery_id.in_(IDS)), _tags(GalleryTag, GalleryTag.gallery_id)
        )
    if kind == "item":
        texts = select(ItemText.item_id, ItemText.title, ItemText.description, ItemText.caption, ItemText.alt)
        texts = texts.add_columns(ItemText.html).where(ItemText.item_id.in_(IDS))
        return union_all(texts, _tags(ItemTag, ItemTag.item_id))
    names = select(Media.id, Media.original_filename, none, none, none, none).where(Media.id.in_(IDS))
    texts = select(MediaText.media_id, MediaText.title, MediaText.caption, MediaText.alt, MediaText.credit)
    texts = texts.add_columns(none).where(MediaText.media_id.in_(IDS))
    return union_all(names, texts, _tags(MediaTag, MediaTag.media_id))


def _tags(link: Any, owner: Any) -> Any:
    none = literal("")
    return select(owner, Tag.name, none, none, none, none).join(link, link.tag_id == Tag.id).where(owner.in_(IDS))


def _joined(words: Iterable[str]) -> str:
    kept, room = [], BYTES
    for word in sorted(words)[:TERMS]:
        room -= len(word.encode()) + 1
        if room < 0:
            break
        kept.append(word)
    return " ".join(kept)


def _entries(kind: str, ids: Sequence[UUID]) -> dict[UUID, tuple[int, str]]:
    """Return the entries of these things: their ids and words."""
    rows = db.session.connection().execute(_entries_of(kind), {"ids": ids})
    return {thing_id: (entry_id, words) for thing_id, entry_id, words in rows}


@cache
def _entries_of(kind: str) -> Select[Any]:
    owner = _owner(kind)
    statement = select(owner, SearchEntry.id, SearchEntry.words).where(owner.in_(IDS))
    return statement.where(SearchEntry.item_id.is_(None)) if kind == "gallery" else statement


def _owner(kind: str) -> Any:
    return {"gallery": SearchEntry.gallery_id, "item": SearchEntry.item_id, "media": SearchEntry.media_id}[kind]


def _put_right(kind: str, wanted: Mapping[UUID, str], entries: Mapping[UUID, tuple[int, str]]) -> None:
    gone = [entry_id for thing_id, (entry_id, _) in entries.items() if not wanted.get(thing_id)]
    changed = [
        {"entry": entry_id, "said": wanted[thing_id]}
        for thing_id, (entry_id, words) in entries.items()
        if wanted.get(thing_id, "") not in ("", words)
    ]
    fresh = {thing_id: words for thing_id, words in wanted.items() if words and thing_id not in entries}
    if gone:
        db.session.execute(delete(SearchEntry).where(SearchEntry.id.in_(gone)))
    if changed:
        db.session.connection().execute(REWRITE, changed)
    if fresh:
        db.session.execute(insert(SearchEntry), _new(kind, fresh))


def _new(kind: str, fresh: Mapping[UUID, str]) -> list[dict[str, Any]]:
    """Return the rows of new entries, in the order in which the things were made."""
    model = THINGS[kind]
    of = Item.gallery_id if kind == "item" else literal(None)
    statement = select(model.id, of.label("of")).where(model.id.in_(fresh)).order_by(model.created_at, model.id)
    rows = db.session.execute(statement)
    return [{"gallery_id": row.of, f"{kind}_id": row.id, "words": fresh[row.id]} for row in rows]


def _chunks(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def _noted(session: Any) -> set[Thing]:
    found: set[Thing] = session.info.setdefault(NOTED, set())
    return found


@event.listens_for(db.session, "after_flush")
def _note_rows(session: Session, _context: Any) -> None:
    """Note whose words stand in rows that were made, changed or deleted one by one."""
    for row in (*session.new, *session.dirty, *session.deleted):
        if kept := OWNERS.get(type(row)):
            _noted(session).add((kept[0], getattr(row, kept[1])))


@event.listens_for(db.session, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    """Note whose words one statement for many rows changes: asked for before, or named by what it inserts."""
    kept = OWNERS.get(state.bind_mapper.class_) if state.bind_mapper else None
    if kept is None or not (state.is_insert or state.is_update or state.is_delete):
        return
    kind, column = kept
    owners = (row[column] for row in _parameters(state)) if state.is_insert else _owners(state, column)
    _noted(state.session).update((kind, each) for each in owners)


def _owners(state: ORMExecuteState, column: str) -> Iterator[UUID]:
    """Return whose rows a statement changes or deletes, and whose it makes them."""
    model: Any = state.bind_mapper.class_ if state.bind_mapper else None
    statement: Any = state.statement
    owners = select(getattr(model, column)).distinct()
    if statement.whereclause is not None:
        owners = owners.where(statement.whereclause)
    elif rows := _parameters(state):
        owners = owners.where(model.id.in_([row["id"] for row in rows]))
    yield from state.session.scalars(owners)
    if state.is_update and isinstance(owner := statement.compile().params.get(column), UUID):
        yield owner


def _parameters(state: ORMExecuteState) -> Sequence[Mapping[str, Any]]:
    found = state.parameters
    return [found] if isinstance(found, Mapping) else found or []


@event.listens_for(db.session, "before_commit")
def _write_what_was_noted(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    if noted := session.info.pop(NOTED, None):
        refresh(noted)


@event.listens_for(db.session, "after_transaction_end")
def _forget(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop(NOTED, None)
