"""The tree of categories as it stands: read in one statement, and kept until somebody writes.

A gallery names its category by `category_uri`, whatever stands there (D32). Where a category has that uri, the
gallery is in it and in all above it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from webapp.domain import languages
from webapp.domain.models import Category, CategoryName, Gallery, Language
from webapp.infra import kept
from webapp.infra.db import db

ROWS: Final = (
    select(Category.id, Category.uri, Category.parent_id, Category.place, Category.version)
    .add_columns(Category.created_at, Category.updated_at, CategoryName.language_id, CategoryName.name)
    .join(CategoryName, CategoryName.category_id == Category.id, isouter=True)
    .order_by(Category.place, Category.id, CategoryName.language_id)
)


@dataclass(frozen=True)
class Called:
    """What a category is called, and in which language; the uri stands for a name, in none."""

    text: str
    code: str = ""
    direction: str = "ltr"


@dataclass(frozen=True)
class Node:
    """A category in its place; `names` are by language id, `depth` is 0 at the top, where there is no parent."""

    id: UUID
    uri: str
    parent_id: UUID | None
    parent_uri: str | None
    depth: int
    version: int
    created_at: datetime
    updated_at: datetime | None
    names: Mapping[UUID, str]
    children: "tuple[Node, ...]"

    def walk(self) -> "Iterator[Node]":
        """Go through this category and all below it, in their order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def called(self, chain: Iterable[Language]) -> Called:
        """Return the first name there is along the languages, as `reading` gives them."""
        for language in chain:
            if language.id in self.names:
                return Called(self.names[language.id], language.code, language.direction)
        return Called(self.uri)


@dataclass(frozen=True)
class Tree:
    """All categories."""

    roots: tuple[Node, ...]
    by_id: Mapping[UUID, Node]
    by_uri: Mapping[str, Node]

    def __iter__(self) -> Iterator[Node]:
        return iter(self.by_id.values())

    def __len__(self) -> int:
        return len(self.by_id)

    def path(self, node: Node) -> list[Node]:
        """Return the way from the top to a category, itself the last."""
        above = [*self.path(self.by_id[node.parent_id])] if node.parent_id else []
        return [*above, node]


@dataclass(frozen=True)
class Counts:
    """How many living galleries name each uri."""

    by_uri: Mapping[str, int]

    def own(self, node: Node) -> int:
        """Return how many are in a category itself."""
        return self.by_uri.get(node.uri, 0)

    def whole(self, node: Node) -> int:
        """Return how many are in a category and all below it."""
        return sum(self.own(each) for each in node.walk())


def tree() -> Tree:
    """Return the tree, each category before those below it; one statement, where somebody has written since."""
    return kept.until_written("categories", _read)


def of(uris: Iterable[str | None]) -> dict[str, Node]:
    """Return the categories that have these uris; one statement, however many are asked for."""
    known, wanted = tree().by_uri, {uri for uri in uris if uri}
    return {uri: known[uri] for uri in wanted if uri in known}


def reading(language: Language | None = None, *, known: Sequence[Language] | None = None) -> tuple[Language, ...]:
    """Return the languages that names are looked for in, for a reader of one, else of the site's default.

    Its fallbacks come first, then the site's default, then all others: any name says more than a uri. `known` are
    the site's languages, where the caller has them; else one statement.
    """
    known = languages.all_languages() if known is None else known
    first = language or next(each for each in known if each.is_default)
    chain = languages.fallback_chain(first, known=known)
    return (*chain, *(each for each in known if each not in chain))


def counts() -> Counts:
    """Count the galleries that name each uri, whether a category has it or not; one statement."""
    named = (Gallery.deleted_at.is_(None), Gallery.category_uri.is_not(None), Gallery.category_uri != "")
    statement = select(Gallery.category_uri, func.count()).where(*named).group_by(Gallery.category_uri)
    return Counts({uri: number for uri, number in db.session.execute(statement) if uri is not None})


def within(uri: str) -> ColumnElement[bool]:
    """Return the condition that a gallery names a uri, or that of a category below the one which has it."""
    top = select(Category.id, Category.uri).where(Category.uri == uri).cte(recursive=True)
    below = top.union_all(select(Category.id, Category.uri).join(top, Category.parent_id == top.c.id))
    return or_(Gallery.category_uri == uri, Gallery.category_uri.in_(select(below.c.uri)))


def nowhere() -> ColumnElement[bool]:
    """Return the condition that a gallery names no category."""
    return or_(Gallery.category_uri.is_(None), Gallery.category_uri == "")


@dataclass
class _Reading:
    """Rows of the tree, put together."""

    rows: Mapping[UUID, Any]
    names: Mapping[UUID, Mapping[UUID, str]]
    below: Mapping[UUID | None, Sequence[UUID]]
    found: dict[UUID, Node] = field(default_factory=dict)

    def node(self, category_id: UUID, parent: Any = None, depth: int = 0) -> Node:
        row = self.rows[category_id]
        return Node(
            id=row.id,
            uri=row.uri,
            parent_id=row.parent_id,
            parent_uri=parent.uri if parent else None,
            depth=depth,
            version=row.version,
            created_at=row.created_at,
            updated_at=row.updated_at,
            names=self.names.get(row.id, {}),
            children=tuple(self.node(each, row, depth + 1) for each in self.below.get(row.id, ())),
        )


def _read() -> Tree:
    rows: dict[UUID, Any] = {}
    names: dict[UUID, dict[UUID, str]] = {}
    below: dict[UUID | None, list[UUID]] = {}
    for row in db.session.execute(ROWS):
        if row.id not in rows:
            rows[row.id] = row
            below.setdefault(row.parent_id, []).append(row.id)
        if row.language_id:
            names.setdefault(row.id, {})[row.language_id] = row.name
    put_together = _Reading(rows, names, below)
    roots = tuple(put_together.node(each) for each in below.get(None, ()))
    every = [node for root in roots for node in root.walk()]
    return Tree(roots, {node.id: node for node in every}, {node.uri: node for node in every})
