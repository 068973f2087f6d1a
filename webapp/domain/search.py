"""Full-text search over galleries, items and the library: by words and their beginnings, in every language at once.

Case and accents do not count, and of Chinese and Japanese two letters side by side are enough. Nothing that is typed
is an error: what holds no letter finds nothing. Drafts, held copies and the trash are not found (D29).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    TableClause,
    and_,
    case,
    cast,
    column,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from webapp.domain import indexing, pictures
from webapp.domain.folding import fold, terms, wanted
from webapp.domain.models import (
    Gallery,
    GallerySlug,
    GalleryText,
    Item,
    ItemText,
    Language,
    Media,
    SearchEntry,
)
from webapp.domain.paging import Order, Page
from webapp.domain.pictures import Picture
from webapp.infra import kept
from webapp.infra.db import db

KINDS: Final = ("gallery", "item", "media")
QUERY: Final = 200
TERMS: Final = 12
"""Characters and terms of a query that are looked at."""

SIZE: Final = 30
"""Hits on a page; where that is all, those that begin with the query come first."""

EXCERPT: Final = 160
"""Characters of a text item that stand for it in the list."""

ALIKE: Final = 200
LONGEST: Final = 4
"""Things that could say much the same, and the longest words of a text that they are found by."""

FEW: Final = 400
"""Entries that are read all; of more, those last made are found soonest by looking at one after the other."""

ORDER: Final = Order("found", (SearchEntry.id,), (int,))


@dataclass(frozen=True)
class Matches:
    """Entries that have some words: where they stand, the condition, and their numbers, the last has the highest."""

    source: Any
    condition: ColumnElement[bool]
    place: Any


@dataclass(frozen=True)
class Words:
    """A text and what language it is in; no language where a slug or a file's name stands for it."""

    text: str
    code: str = ""
    direction: str = "ltr"


@dataclass(frozen=True)
class Hit:
    """Something found; an item stands in the gallery that `where` names."""

    kind: str
    id: UUID
    gallery_id: UUID | None
    words: Words
    where: Words | None
    picture: Picture | None


def page(query: str, *, kinds: Collection[str] = KINDS, after: str | None = None, size: int = SIZE) -> Page[Hit]:
    """Return a page of what is found, the newest first. Raises Invalid for a cursor of another list."""
    asked = _asked(query)
    if not asked:
        return Page((), None)
    statement = (
        select(SearchEntry.id, SearchEntry.gallery_id, SearchEntry.item_id, SearchEntry.media_id)
        .join(Gallery, Gallery.id == SearchEntry.gallery_id, isouter=True)
        .join(Item, Item.id == SearchEntry.item_id, isouter=True)
        .join(Media, Media.id == SearchEntry.media_id, isouter=True)
        .add_columns(Item.media_id.label("shows"))
        .where(
            _newest(asked), or_(false(), *(_living(kind) for kind in KINDS if kind in kinds)), *ORDER.beyond(after)
        )
    )
    rows = db.session.execute(statement.order_by(*ORDER.by()).limit(size + 1)).all()
    listed = ORDER.page(rows, size, lambda row: (row.id,))
    hits = _hits(listed.rows, query)
    if after is None and listed.after is None:
        hits = sorted(hits, key=lambda hit: (not fold(hit.words.text).startswith(fold(query)), KINDS.index(hit.kind)))
    return Page(tuple(hits), listed.after)


def galleries_with(query: str) -> ColumnElement[bool] | None:
    """Return the condition that a gallery or one of its items has the words; None where there are none."""
    found = matching(query)
    if found is None:
        return None
    inside = select(SearchEntry.gallery_id).where(found, SearchEntry.gallery_id.is_not(None))
    living = select(Item.id).where(Item.id == SearchEntry.item_id, Item.deleted_at.is_(None))
    return Gallery.id.in_(inside.where(or_(SearchEntry.item_id.is_(None), living.exists())))


def matching(query: str) -> ColumnElement[bool] | None:
    """Return the condition that an entry has all words of a query, None where it has none to look for."""
    asked = _asked(query)
    return _having([asked]) if asked else None


def matches(query: str) -> Matches | None:
    """Return where the entries with all words of a query stand, None where it has none to look for."""
    asked = _asked(query)
    if not asked:
        return None
    if db.session.get_bind().dialect.name == "postgresql":
        return Matches(SearchEntry.__table__, _newest(asked), SearchEntry.id)
    index = _index()
    return Matches(
        index.join(SearchEntry, SearchEntry.id == index.c.rowid),
        index.c.search_index.match(_phrase(asked)),
        index.c.rowid,
    )


def alike(said: str) -> dict[str, list[UUID]] | None:
    """Return what could say much the same as a text, by kind; one statement. None where it has no words.

    Those that have all its words, two of its longest and one of them: the newest of each, so many at most.
    """
    asked = sorted(dict.fromkeys((term, False) for term in terms(said)), key=lambda each: (-len(each[0]), each))
    if not asked:
        return None
    longest = asked[:LONGEST]
    tiers = ([asked[:TERMS]], list(combinations(longest, 2)), [[one] for one in longest])
    parts = [_first(kind, _having(groups)) for kind in KINDS for groups in tiers if groups]
    found: dict[str, dict[UUID, None]] = {kind: {} for kind in KINDS}
    for kind, owner_id in db.session.execute(union_all(*(select(part.subquery()) for part in parts))):
        found[kind][owner_id] = None
    return {kind: list(ids) for kind, ids in found.items()}


def _first(kind: str, having: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    owner = {"media": SearchEntry.media_id, "item": SearchEntry.item_id, "gallery": SearchEntry.gallery_id}[kind]
    own = [SearchEntry.item_id.is_(None)] if kind == "gallery" else []
    newest = select(literal(kind).label("kind"), owner.label("owner_id")).where(having, owner.is_not(None), *own)
    return newest.order_by(SearchEntry.id.desc()).limit(ALIKE)


def _having(groups: Sequence[Sequence[tuple[str, bool]]]) -> ColumnElement[bool]:
    """Return the condition that an entry has all terms of one of these groups, each perhaps only the beginning."""
    if db.session.get_bind().dialect.name == "postgresql":
        lexemes = [" & ".join(f"'{term}'{':*' if begins else ''}" for term, begins in group) for group in groups]
        vector = func.array_to_tsvector(func.string_to_array(SearchEntry.words, literal_column("' '")))
        return vector.bool_op("@@")(cast(" | ".join(f"({each})" for each in lexemes), TSQUERY))
    index = _index()
    either = " OR ".join(f"({_phrase(group)})" for group in groups)
    return SearchEntry.id.in_(select(index.c.rowid).where(index.c.search_index.match(either)))


def _newest(asked: Sequence[tuple[str, bool]]) -> ColumnElement[bool]:
    """Return a condition by which the entries last made that have all terms are soon found.

    PostgreSQL does not know how many have them, and would put all in order for a page of many, or read every entry
    for one: it is asked for a few first; one statement, until somebody writes.
    """
    having = _having([asked])
    if db.session.get_bind().dialect.name != "postgresql":
        return having
    some = select(SearchEntry.id).where(having).limit(FEW + 1)
    few = kept.until_written(("entries", *asked), lambda: tuple(db.session.scalars(some)))
    return SearchEntry.id.in_(few) if len(few) <= FEW else case((having, true()))


def _index() -> TableClause:
    return table("search_index", column("rowid", Integer), column("search_index"))


def _asked(query: str) -> list[tuple[str, bool]]:
    return list(dict.fromkeys(wanted(query[:QUERY])))[:TERMS]


def _phrase(group: Sequence[tuple[str, bool]]) -> str:
    return " AND ".join(f'"{term}"{" *" if begins else ""}' for term, begins in group)


def _living(kind: str) -> ColumnElement[bool]:
    if kind == "media":
        return and_(SearchEntry.media_id.is_not(None), Media.deleted_at.is_(None))
    inside = and_(SearchEntry.gallery_id.is_not(None), Gallery.deleted_at.is_(None))
    if kind == "gallery":
        return and_(inside, SearchEntry.item_id.is_(None))
    return and_(inside, SearchEntry.item_id.is_not(None), Item.deleted_at.is_(None))


def _hits(rows: Sequence[Any], query: str) -> list[Hit]:
    """Return what is shown of entries, in four statements whatever their number."""
    asked = {term for term, _ in wanted(query[:QUERY])}
    named = _galleries({row.gallery_id for row in rows if row.gallery_id}, asked)
    said = _items([row.item_id for row in rows if row.item_id], asked)
    files = _files([row.media_id for row in rows if row.media_id])
    known = pictures.small({found for row in rows if (found := row.media_id or row.shows)})
    hits = []
    for row in rows:
        kind = "media" if row.media_id else "item" if row.item_id else "gallery"
        where = named.get(row.gallery_id)
        words = {"media": files.get(row.media_id), "item": said.get(row.item_id), "gallery": where}[kind]
        found = row.media_id or row.item_id or row.gallery_id
        seen = known.get(row.media_id or row.shows)
        hits.append(Hit(kind, found, row.gallery_id, words or Words(""), where if kind == "item" else None, seen))
    return hits


def _galleries(ids: Collection[UUID], asked: set[str]) -> dict[UUID, Words]:
    """Return the titles of galleries: the one that has the words, else the source language's, else the slug."""
    is_source = (GalleryText.language_id == Gallery.source_language_id).label("is_source")
    statement = (
        select(Gallery.id, GallerySlug.slug, GalleryText.title, Language.code, Language.direction, is_source)
        .join(GallerySlug, and_(GallerySlug.gallery_id == Gallery.id, GallerySlug.current))
        .join(GalleryText, and_(GalleryText.gallery_id == Gallery.id, GalleryText.title != ""), isouter=True)
        .join(Language, Language.id == GalleryText.language_id, isouter=True)
        .where(Gallery.id.in_(ids))
    )
    found: dict[UUID, list[tuple[int, int, Words]]] = defaultdict(list)
    for gallery_id, slug, title, code, direction, source in db.session.execute(statement):
        words = Words(title, code, direction) if title else Words(slug)
        found[gallery_id].append((_hit(title or slug, asked), bool(source), words))
    return {gallery_id: _best(choices) for gallery_id, choices in found.items()}


def _items(ids: Collection[UUID], asked: set[str]) -> dict[UUID, Words]:
    """Return a text of each item: the one that has the words, else the first there is."""
    fields = (ItemText.caption, ItemText.title, ItemText.alt, ItemText.description)
    statement = (
        select(ItemText.item_id, Language.code, Language.direction, ItemText.html, *fields)
        .join(Language, Language.id == ItemText.language_id)
        .where(ItemText.item_id.in_(ids))
        .order_by(ItemText.created_at, ItemText.id)
    )
    found: dict[UUID, list[tuple[int, int, Words]]] = defaultdict(list)
    for item_id, code, direction, html, *texts in db.session.execute(statement):
        for text in filter(None, [*texts, indexing.plain(html or "")[:EXCERPT]]):
            found[item_id].append((_hit(text, asked), -len(found[item_id]), Words(text, code, direction)))
    return {item_id: _best(choices) for item_id, choices in found.items()}


def _files(ids: Collection[UUID]) -> dict[UUID, Words]:
    statement = select(Media.id, Media.original_filename).where(Media.id.in_(ids))
    return {media_id: Words(name) for media_id, name in db.session.execute(statement)}


def _hit(text: str, asked: Iterable[str]) -> int:
    """Return how many of the terms a text has."""
    has = set(terms(text))
    return sum(any(word.startswith(term) for word in has) for term in asked)


def _best(choices: Sequence[tuple[int, int, Words]]) -> Words:
    return max(choices, key=lambda choice: choice[:2])[2]
