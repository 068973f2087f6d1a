"""Categories of galleries: added, named, moved about in their tree, and taken away.

Each verb belongs inside `transaction()`; it flushes, the door commits. Whoever changes the tree holds the site still
(`site.lock`), which comes before the lock of any gallery's row, so that no two of them make a circle together. No
gallery is written: it names its category by `category_uri`, which stays what it is (D32).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from slugify import slugify
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from webapp.domain import audit, languages, site, texts
from webapp.domain.asking import NO_CATEGORY
from webapp.domain.errors import Conflict, Invalid, NotFound, Stale
from webapp.domain.models import Category, CategoryName
from webapp.domain.models.category import NAME, URI
from webapp.domain.permissions import Actor, demand
from webapp.domain.sentences import Sentence
from webapp.infra.clock import now
from webapp.infra.db import db

MOST: Final = 500
"""Categories of a site."""

DEPTH: Final = 5
"""Levels of the tree."""

WAYS: Final = ("up", "down", "in", "out")
"""Steps of one place: among its siblings, below the one before it, behind its parent."""

Held = Mapping[UUID, Category]


def add(
    names: Mapping[UUID, str | None], *, actor: Actor, uri: str | None = None, parent_id: UUID | None = None
) -> Category:
    """Make a category, the last one below its parent, with a name in the site's default language at least.

    Without a uri, one is made of that name. Raises Invalid, NotFound (parent, language), Conflict (uri), Forbidden.
    """
    demand(actor, "galleries:update")
    held = _hold()
    if len(held) >= MOST:
        raise Invalid("uri", Sentence("There can be %(most)s categories.", most=MOST), code="count")
    said = _checked_names(names, {})
    made = Category(id=uuid4(), parent_id=_parent(held, parent_id), created_at=now())
    made.uri = _free_uri(held, said[languages.default_id()]) if uri is None else check_uri(uri)
    made.place = len(_siblings(held, parent_id))
    _check_room(held, made, parent_id)
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        raise Conflict("There is a category with this uri already.", code="category_uri_taken") from None
    _write_names(made, said)
    changes = {"uri": (None, made.uri), "parent": (None, _uri_of(held, parent_id)), "names": (None, _by_code(said))}
    audit.record(actor, "category.create", "category", made.id, changes=changes)
    db.session.flush()
    return made


def rename(
    category_id: UUID, names: Mapping[UUID, str | None], *, actor: Actor, version: int | None = None
) -> Category:
    """Call a category otherwise in some languages; an empty name is taken away, an absent one left alone.

    Raises NotFound, Stale where it is no longer `version`, Invalid (no name in the default language), Forbidden.
    """
    demand(actor, "galleries:update")
    found = _of(_hold(), category_id)
    if version is not None and version != found.version:
        raise Stale("Somebody else has changed this category since you opened it.")
    before = _names_of(found)
    after = _checked_names(names, before)
    if after != before:
        _write_names(found, after)
        found.version += 1
        found.updated_at = now()
        changes = {"names": (_by_code(before), _by_code(after))}
        audit.record(actor, "category.rename", "category", found.id, changes=changes)
        db.session.flush()
    return found


def move(
    category_id: UUID,
    *,
    actor: Actor,
    under: UUID | None = None,
    before: UUID | None = None,
    after: UUID | None = None,
) -> Category:
    """Put a category with all below it before or after another, else last under a parent or at the top.

    Raises NotFound, Invalid (a circle, too deep), Forbidden.
    """
    demand(actor, "galleries:update")
    held = _hold()
    found = _of(held, category_id)
    anchor = before or after
    parent_id = _of(held, anchor).parent_id if anchor else _parent(held, under)
    if anchor == category_id:
        return found
    siblings = [each.id for each in _siblings(held, parent_id) if each is not found]
    place = siblings.index(anchor) + (before is None) if anchor else len(siblings)
    return _put(held, found, parent_id, place, actor=actor)


def step(category_id: UUID, way: str, *, actor: Actor) -> Category:
    """Move a category one step in one of `WAYS`, where there is one to take. Raises NotFound, Invalid, Forbidden."""
    demand(actor, "galleries:update")
    held = _hold()
    found = _of(held, category_id)
    siblings = _siblings(held, found.parent_id)
    place = siblings.index(found)
    if way not in WAYS:
        raise Invalid("way", "Choose one of those that there are.", code="choice")
    if way == "in" and place:
        above = siblings[place - 1]
        return _put(held, found, above.id, len(_siblings(held, above.id)), actor=actor)
    if way == "out" and found.parent_id:
        parent = held[found.parent_id]
        return _put(held, found, parent.parent_id, _siblings(held, parent.parent_id).index(parent) + 1, actor=actor)
    if way in ("up", "down"):
        return _put(held, found, found.parent_id, max(0, place + (1 if way == "down" else -1)), actor=actor)
    return found


def delete(category_id: UUID, *, actor: Actor) -> Category:
    """Take a category away: those right below it take its place, galleries keep the uri that they name.

    Raises NotFound, Forbidden.
    """
    demand(actor, "galleries:update")
    held = _hold()
    found = _of(held, category_id)
    siblings, children = _siblings(held, found.parent_id), _siblings(held, found.id)
    place = siblings.index(found)
    for child in children:
        child.parent_id = found.parent_id
    _number([*siblings[:place], *children, *siblings[place + 1 :]])
    changes = {
        "uri": (found.uri, None),
        "names": (_by_code(_names_of(found)), None),
        "parent": (_uri_of(held, found.parent_id), None),
    }
    audit.record(actor, "category.delete", "category", found.id, changes=changes)
    db.session.flush()
    db.session.delete(found)
    db.session.flush()
    return found


def check_uri(uri: str) -> str:
    """Return a uri as it is kept: no spaces at its ends, none twice. Raises Invalid."""
    cleaned = " ".join((texts.clean("uri", uri, most=URI[1]) or "").split())
    if not cleaned or '"' in cleaned or not cleaned.isprintable() or cleaned.lower() == NO_CATEGORY:
        raise Invalid("uri", 'Write a uri or a word, without " and other than “none”.', code="category_uri")
    return cleaned


def _hold() -> Held:
    """Hold the tree still until the transaction ends, and return all of it as it is now."""
    site.lock()
    rows = db.session.scalars(select(Category), execution_options={"populate_existing": True})
    return {row.id: row for row in rows}


def _of(held: Held, category_id: UUID) -> Category:
    if category_id not in held:
        raise NotFound("Category")
    return held[category_id]


def _parent(held: Held, parent_id: UUID | None) -> UUID | None:
    return _of(held, parent_id).id if parent_id else None


def _uri_of(held: Held, category_id: UUID | None) -> str | None:
    return held[category_id].uri if category_id else None


def _siblings(held: Held, parent_id: UUID | None) -> list[Category]:
    return sorted(
        (each for each in held.values() if each.parent_id == parent_id), key=lambda each: (each.place, each.id)
    )


def _put(held: Held, found: Category, parent_id: UUID | None, place: int, *, actor: Actor) -> Category:
    """Let a category stand at a place under a parent. Raises Invalid."""
    _check_room(held, found, parent_id)
    was = (found.parent_id, _siblings(held, found.parent_id).index(found))
    others = [each for each in _siblings(held, parent_id) if each is not found]
    left = [each for each in _siblings(held, found.parent_id) if each is not found]
    place = min(place, len(others))
    if was == (parent_id, place):
        return found
    if parent_id != found.parent_id:
        _number(left)
    found.parent_id, found.updated_at = parent_id, now()
    _number([*others[:place], found, *others[place:]])
    changes: dict[str, tuple[Any, Any]] = {"place": (was[1] + 1, place + 1)}
    if was[0] != parent_id:
        changes["parent"] = (_uri_of(held, was[0]), _uri_of(held, parent_id))
    audit.record(actor, "category.move", "category", found.id, changes=changes)
    db.session.flush()
    return found


def _number(siblings: Sequence[Category]) -> None:
    for place, each in enumerate(siblings):
        each.place = place


def _check_room(held: Held, found: Category, parent_id: UUID | None) -> None:
    """Raise Invalid where a category would stand below itself, or too deep."""
    above = list(_above(held, parent_id))
    if found in above:
        raise Invalid("parent", "A category cannot stand below itself.", code="cycle")
    if len(above) + _height(held, found) > DEPTH:
        raise Invalid("parent", Sentence("Categories stand in %(most)s levels at most.", most=DEPTH), code="depth")


def _above(held: Held, category_id: UUID | None) -> Iterable[Category]:
    while category_id:
        yield held[category_id]
        category_id = held[category_id].parent_id


def _height(held: Held, found: Category) -> int:
    return 1 + max((_height(held, child) for child in held.values() if child.parent_id == found.id), default=0)


def _free_uri(held: Held, name: str) -> str:
    """Return a uri made of a name that no category has."""
    taken = {each.uri for each in held.values()} | {NO_CATEGORY}
    base = slugify(name, max_length=URI[1] - 4, word_boundary=True) or "category"
    return next(uri for number in range(MOST + 2) if (uri := f"{base}-{number + 1}" if number else base) not in taken)


def _names_of(found: Category) -> dict[UUID, str]:
    statement = select(CategoryName.language_id, CategoryName.name).where(CategoryName.category_id == found.id)
    return dict(iter(db.session.execute(statement)))


def _checked_names(names: Mapping[UUID, str | None], before: Mapping[UUID, str]) -> dict[UUID, str]:
    """Return all names as they are to be. Raises NotFound, Invalid."""
    after = dict(before)
    for language_id, name in names.items():
        languages.get(language_id)
        after[language_id] = " ".join((texts.clean("name", name, most=NAME[1]) or "").split())
    if not after.get(languages.default_id()):
        raise Invalid("name", "Give the category a name in the default language.", code="name")
    return {language_id: name for language_id, name in after.items() if name}


def _write_names(found: Category, names: Mapping[UUID, str]) -> None:
    """Let these be all names of a category."""
    rows = db.session.scalars(select(CategoryName).where(CategoryName.category_id == found.id))
    known = {row.language_id: row for row in rows}
    for gone in known.keys() - names.keys():
        db.session.delete(known[gone])
    for language_id, name in names.items():
        if language_id in known:
            known[language_id].name = name
        else:
            db.session.add(CategoryName(category_id=found.id, language_id=language_id, name=name))
    db.session.flush()


def _by_code(names: Mapping[UUID, str]) -> dict[str, str]:
    codes = {each.id: each.code for each in languages.all_languages()}
    return {codes[language_id]: name for language_id, name in names.items()}
