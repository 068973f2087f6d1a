"""Translations that are there already of the same source, or of one much like it, elsewhere on the site.

The index of the search picks what has the same words or the longest of them (`search.alike`), so that a large site
takes no longer than a small one; of that the database picks by length, so many of each kind of text at most; what was
picked is weighed by the runs of three letters that both have, which does for scripts without blanks too.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, Uuid, and_, case, cast, func, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from webapp.domain import indexing, owners, search, texts, translations
from webapp.domain.exchange.units import FIELDS
from webapp.domain.folding import IS_UNSPACED
from webapp.domain.models import Gallery, GalleryText, Item, ItemText, Media, MediaText
from webapp.domain.owners import Owner
from webapp.domain.permissions import Actor, allow, demand
from webapp.domain.wording import words
from webapp.infra.db import db

MOST: Final = 5
PICKED: Final = 40
"""Texts of each field that are weighed."""

LEAST: Final = 60
"""Per cent of likeness from which a text is worth a look."""

LONGEST: Final = 2000
"""Characters of a source that others are compared with; of a longer one only the same is found."""

WORDS: Final = 3
STRETCH: Final = 1.6
"""How many times longer one of two texts much alike may be."""


Known = Mapping[str, Sequence[UUID]]
"""Owners whose texts are looked at, by kind."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A translation to take, how alike its source is in per cent, and where both stand."""

    text: str
    source: str
    likeness: int
    field: str
    place: str
    gallery_id: UUID | None
    item_id: UUID | None
    media_id: UUID | None


def find(owner: Owner, field: str, language_id: UUID, *, actor: Actor, most: int = MOST) -> list[Suggestion]:
    """Return translations of what a text's source says, the likest first, each wording once.

    Only what is done counts. Six statements at most, whatever there is. Raises Forbidden.
    """
    demand(actor, "galleries:read")
    source, source_id = source_of(owner, field)
    if not source.strip() or language_id == source_id:
        return []
    known = search.alike(indexing.plain(source) if field == "html" else source)
    statement = _statement(source, field, (source_id, language_id), known, actor)
    picked = [] if statement is None else db.session.execute(statement).all()
    chosen = list(_weighed(picked, source, owner.id, field))[:most]
    return _placed(chosen)


def source_of(owner: Owner, field: str) -> tuple[str, UUID]:
    """Return what a text's source says and in which language."""
    source_id = owners.source_language_of(owner)
    row = translations.find(owner, source_id)
    return (getattr(row, field, None) or "") if row else "", source_id


def likeness(one: str, other: str) -> int:
    """Say in per cent how alike two texts are; 100 is only for the same."""
    if one == other:
        return 100
    left, right = _threes(one), _threes(other)
    shared = sum((left & right).values())
    return min(99, round(200 * shared / (left.total() + right.total())))


def _threes(text: str) -> Counter[str]:
    spaced = f"  {' '.join(text.casefold().split())}  "
    return Counter(spaced[place : place + 3] for place in range(len(spaced) - 2))


def _weighed(picked: Sequence[Row[Any]], source: str, owner_id: UUID, field: str) -> list[tuple[int, Row[Any]]]:
    """Return what is alike enough, the likest first, of equal texts one."""
    found: dict[str, tuple[int, Row[Any]]] = {}
    for row in picked:
        score = likeness(source, row.source)
        known = found.get(row.text, (0, row))[0]
        itself = row.owner_id == owner_id and row.field == field
        if not itself and score >= LEAST and score > known and len(row.text) <= texts.LIMITS[field][1]:
            found[row.text] = score, row
    return sorted(found.values(), key=lambda each: (-each[0], len(each[1].text), str(each[1].owner_id)))


def _statement(source: str, field: str, spoken: tuple[UUID, UUID], known: Known | None, actor: Actor) -> Any:
    """Ask every kind of text at once: HTML is compared with HTML, all others among themselves; None for none."""
    parts = [
        _of(thing, name, source, spoken, known[thing] if known is not None else None)
        for thing, names in FIELDS.items()
        if (known is None or known[thing]) and (thing != "media" or allow(actor, "media:read"))
        for name in names
        if (name == "html") == (field == "html")
    ]
    return union_all(*(select(part.subquery()) for part in parts)) if parts else None


def _of(thing: str, field: str, text: str, spoken: tuple[UUID, UUID], ids: Sequence[UUID] | None) -> Select[Any]:
    model: Any = {"gallery": GalleryText, "item": ItemText, "media": MediaText}[thing]
    key = f"{thing}_id"
    source, target = aliased(model), aliased(model)
    said, made = getattr(source, field), getattr(target, field)
    owner_id = getattr(source, key)
    found, living = _owner(thing, owner_id)
    state = func.coalesce(target.kept[(field, "state")].as_string(), "done")
    return (
        select(
            literal(thing).label("thing"),
            literal(field).label("field"),
            owner_id.label("owner_id"),
            found.label("gallery_id"),
            said.label("source"),
            made.label("text"),
        )
        .join(target, and_(getattr(target, key) == owner_id, target.language_id == spoken[1]))
        .where(source.language_id == spoken[0], made != "", state == "done", living, _alike(said, text))
        .where(*([owner_id.in_(ids)] if ids is not None else []))
        .order_by(case((said == text, 0), else_=1), func.abs(func.length(said) - len(text)), owner_id)
        .limit(PICKED)
    )


def _owner(thing: str, owner_id: Any) -> tuple[Any, Any]:
    """Return the gallery of an owner, and the condition that nobody has thrown it away."""
    if thing == "gallery":
        living = select(Gallery.id).where(Gallery.id == owner_id, Gallery.deleted_at.is_(None)).exists()
        return owner_id, living
    if thing == "media":
        return cast(null(), Uuid()), select(Media.id).where(Media.id == owner_id, Media.deleted_at.is_(None)).exists()
    whole = (Item.id == owner_id, Item.deleted_at.is_(None))
    living = select(Item.id).join(Gallery).where(*whole, Gallery.deleted_at.is_(None)).exists()
    return select(Item.gallery_id).where(Item.id == owner_id).scalar_subquery(), living


def _alike(said: Any, text: str) -> Any:
    """Return the condition that a text is the same, or could be much like it."""
    marks = list(_marks(text)) if len(text) <= LONGEST else []
    if not marks:
        return said == text
    fits = func.length(said).between(int(len(text) / STRETCH), int(len(text) * STRETCH) + 1)
    near = and_(fits, or_(*(said.icontains(mark, autoescape=True) for mark in marks)))
    return or_(said == text, near)


def _marks(text: str) -> Iterator[str]:
    """Give the longest words of a text, and pairs of letters where it has no words."""
    found = list(words(text))
    long = sorted({word for word in found if len(word) > 2 and word.strip()}, key=lambda word: (-len(word), word))
    yield from long[:WORDS]
    letters = [word if IS_UNSPACED.fullmatch(word) else "" for word in found]
    pairs = [one + two for one, two in pairwise(letters) if one and two]
    yield from pairs[:: max(1, len(pairs) // WORDS)][:WORDS]


def _placed(chosen: Sequence[tuple[int, Row[Any]]]) -> list[Suggestion]:
    """Name where the texts stand, in two statements."""
    titles = dict(_titles({row.gallery_id for _, row in chosen if row.gallery_id}))
    files = dict(_files({row.owner_id for _, row in chosen if row.thing != "gallery"}))
    return [
        Suggestion(
            text=row.text,
            source=row.source,
            likeness=score,
            field=row.field,
            place=" › ".join(part for part in (titles.get(row.gallery_id), files.get(row.owner_id)) if part),
            gallery_id=row.gallery_id,
            item_id=row.owner_id if row.thing == "item" else None,
            media_id=row.owner_id if row.thing == "media" else None,
        )
        for score, row in chosen
    ]


def _titles(ids: set[UUID]) -> list[Any]:
    statement = (
        select(GalleryText.gallery_id, GalleryText.title)
        .join(Gallery, Gallery.id == GalleryText.gallery_id)
        .where(GalleryText.gallery_id.in_(ids), GalleryText.language_id == Gallery.source_language_id)
    )
    return [tuple(row) for row in db.session.execute(statement)] if ids else []


def _files(ids: set[UUID]) -> list[Any]:
    used = select(Item.id, Media.original_filename).join(Media, Media.id == Item.media_id).where(Item.id.in_(ids))
    own = select(Media.id, Media.original_filename).where(Media.id.in_(ids))
    return [tuple(row) for row in db.session.execute(union_all(used, own))] if ids else []
