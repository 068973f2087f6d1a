"""The texts of a gallery in one language as a table: its own first, then its items', each beside its source.

A row holds what is wanted of its owner (webapp/domain/completeness.py) and what is written there all the same. Rows
come in pages of a fixed number of statements, however many items and languages there are.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, literal, or_, select
from sqlalchemy.orm import aliased

from webapp.domain import completeness, editing, item_kinds, lacking, pictures, translations
from webapp.domain.completeness import OF_GALLERY, OF_ITEM, is_done, is_filled, is_stale, wants_alt
from webapp.domain.editing import Segment, Sheet, Tongues
from webapp.domain.errors import NotFound
from webapp.domain.models import Gallery, Item, ItemText, MediaText
from webapp.domain.models.translation import Texts
from webapp.domain.paging import Order, Page
from webapp.domain.pictures import Picture
from webapp.infra.db import db
from webapp.infra.sanitising import sanitise

SIZE: Final = 50
"""Items that a page carries."""

ONLY: Final = ("", "open", "stale", "review")
"""What a table can be narrowed to: not done or with a draft; with a changed source; to be looked at by an editor."""

SHOWN: Final = ("caption", "alt", "title", "description", "html")
EXCERPT: Final = 80

Target = aliased(ItemText)
Source = aliased(ItemText)


@dataclass(frozen=True)
class Wanted:
    """What is asked of the table: all of it or a part, in the gallery's order or what is not done first."""

    only: str = ""
    missing_first: bool = False


@dataclass(frozen=True)
class Row:
    """The gallery itself (without an item, its number is 0) or one of its items, numbered from 1.

    `wanted` are the fields that count; `lent` is the alt text that the item has from the library in this language,
    which stands for one of its own; `excerpt` is how a text item begins.
    """

    item: Item | None
    number: int
    sheet: Sheet
    wanted: frozenset[str]
    lent: str = ""
    picture: Picture | None = None
    excerpt: str = ""

    def stands(self, field: str) -> str:
        """Say how a field stands: missing, draft, machine, done or stale; "" for an empty one nobody wants."""
        segment = self.sheet.segments[field]
        if segment.draft:
            return "draft"
        if segment.value:
            return segment.state
        if field == "alt" and self.lent:
            return "done"
        return "missing" if field in self.wanted else ""

    def is_unfinished(self, field: str) -> bool:
        """Whether a field is to be worked on."""
        return (
            self.stands(field) not in ("done", "") if field in self.wanted else bool(self.sheet.segments[field].draft)
        )

    @property
    def is_open(self) -> bool:
        """Whether something is to be done here."""
        return any(map(self.is_unfinished, self.sheet.segments))


@dataclass(frozen=True)
class Counts:
    """How the wanted texts of a gallery stand in a language; a draft counts where there is nothing else."""

    done: int
    stale: int
    machine: int
    draft: int
    missing: int

    @property
    def wanted(self) -> int:
        """Return how many there are."""
        return self.done + self.left

    @property
    def left(self) -> int:
        """Return how many are not done."""
        return self.stale + self.machine + self.draft + self.missing


def counts(gallery_id: UUID, language_id: UUID) -> Counts:
    """Count the wanted texts of a gallery by how they stand in a language; two statements."""
    found = completeness.of([gallery_id])[gallery_id].progress(language_id)
    begun = completeness.drafted(gallery_id, language_id)
    return Counts(found.done, found.stale, found.unread, begun, found.wanted - found.filled - begun)


def own(gallery: Gallery, tongues: Tongues) -> Row:
    """Return the row of the gallery's own texts."""
    rows = {row.language_id: row for row in translations.all_of(gallery)}
    source, target = rows.get(tongues.source.id), rows.get(tongues.current.id)
    fields = ["title", *(name for name in OF_GALLERY if tongues.in_source or _is_said(name, source, target))]
    wanted = frozenset({"title", *(name for name in OF_GALLERY if source is not None and getattr(source, name))})
    return Row(None, 0, editing.sheet(fields, rows, tongues), wanted)


def page(
    gallery: Gallery, tongues: Tongues, wanted: Wanted, *, after: str | None = None, size: int = SIZE
) -> Page[Row]:
    """Return the rows of items, those behind a cursor; three statements. Raises Invalid for a foreign cursor."""
    statement, order = _asked(gallery, tongues, wanted)
    statement = statement.where(*order.beyond(after)).order_by(*order.by()).limit(size + 1)
    found = order.page(db.session.execute(statement).all(), size, lambda row: (row.shut, row.number))
    return Page(_rows(found.rows, tongues), found.after)


def one(gallery: Gallery, tongues: Tongues, item_id: UUID) -> Row:
    """Return the row of one living item. Raises NotFound."""
    statement, _ = _asked(gallery, tongues, Wanted())
    rows = _rows(db.session.execute(statement.where(Item.id == item_id)).all(), tongues)
    if not rows:
        raise NotFound("Item")
    return rows[0]


def _asked(gallery: Gallery, tongues: Tongues, wanted: Wanted) -> tuple[Select[Any], Order]:
    """Return the statement for items with their numbers and texts, and the order that they are read in."""
    placed = (
        select(Item.id, func.row_number().over(order_by=(Item.sort_order.desc(), Item.id.desc())).label("number"))
        .where(Item.gallery_id == gallery.id, Item.deleted_at.is_(None))
        .subquery()
    )
    here, there = tongues.current.id, tongues.source.id
    open_ones = or_(lacking.is_open(Item, Target, Source, here), _has_drafts())
    shut = case((open_ones, 0), else_=1) if wanted.missing_first else literal(0)
    statement = (
        select(Item, placed.c.number, shut.label("shut"), Target, Source)
        .join(placed, placed.c.id == Item.id)
        .join(Target, and_(Target.item_id == Item.id, Target.language_id == here), isouter=True)
        .join(Source, and_(Source.item_id == Item.id, Source.language_id == there), isouter=True)
    )
    if wanted.only:
        narrowed = {"open": open_ones, "stale": _is_stale(), "review": is_for_review(Target)}
        statement = statement.where(narrowed[wanted.only])
    name = f"{wanted.only or 'all'}{'-missing' if wanted.missing_first else ''}"
    return statement, Order(name, (shut, placed.c.number), (int, int), descending=False)


def is_for_review(text: Any) -> ColumnElement[bool]:
    """Return the condition that an editor should look at some text of a row; only a name is written so in JSON."""
    return func.coalesce(cast(text.kept, String), "").contains('"review"')


def _has_drafts() -> ColumnElement[bool]:
    return func.coalesce(cast(Target.drafts, String), "{}") != "{}"


def _is_stale() -> ColumnElement[bool]:
    said = [and_(is_filled(Source, field), is_stale(Target, field)) for field in OF_ITEM]
    return or_(and_(wants_alt(Item), is_stale(Target, "alt")), *said)


def _rows(found: Iterable[Any], tongues: Tongues) -> tuple[Row, ...]:
    rows = list(found)
    seen = {row.Item.media_id or row.Item.poster_id for row in rows} - {None}
    shots, library = pictures.small(seen), _library(seen, tongues)
    return tuple(_row(tuple(row), shots, library, tongues) for row in rows)


def _library(media_ids: Iterable[UUID | None], tongues: Tongues) -> dict[tuple[UUID, UUID], str]:
    """Return the alt texts of media in the two languages of the table, by media and language."""
    here, there = tongues.current.id, tongues.source.id
    counts = case((MediaText.language_id == here, is_done(MediaText, "alt")), else_=is_filled(MediaText, "alt"))
    statement = select(MediaText.media_id, MediaText.language_id, MediaText.alt).where(
        MediaText.media_id.in_(list(media_ids)), MediaText.language_id.in_((here, there)), counts
    )
    return {(row.media_id, row.language_id): row.alt for row in db.session.execute(statement)}


def _row(
    found: Sequence[Any],
    shots: Mapping[UUID, Picture],
    library: Mapping[tuple[UUID, UUID], str],
    tongues: Tongues,
) -> Row:
    item, number, _, target, source = found
    texts = {tongues.source.id: source, tongues.current.id: target}
    wanted = _wanted(item, source)
    sheet = editing.sheet(_fields(item, wanted, target, tongues), texts, tongues)
    said = library.get((item.media_id, tongues.source.id), "") if not tongues.in_source else ""
    written = next((row.html for row in (target, source) if row is not None and row.html), "")
    return Row(
        item=item,
        number=number,
        sheet=_with_source(sheet, said),
        wanted=wanted,
        lent=library.get((item.media_id, tongues.current.id), "") if item.media_id else "",
        picture=shots.get(item.media_id or item.poster_id),
        excerpt=sanitise(written).text[:EXCERPT] if item.kind == "text" and written else "",
    )


def _with_source(sheet: Sheet, alt: str) -> Sheet:
    """Return the sheet with the library's alt text as the source of one that the item itself does not have."""
    found = sheet.segments.get("alt")
    if found is None or found.source or not alt:
        return sheet
    made: dict[str, Segment] = {**sheet.segments, "alt": replace(found, source=alt)}
    return Sheet(made, sheet.version)


def _wanted(item: Item, source: Texts | None) -> frozenset[str]:
    alt = {"alt"} if item.media_id is not None and not item.decorative else set()
    return frozenset(alt | {name for name in OF_ITEM if source is not None and getattr(source, name)})


def _fields(item: Item, wanted: Collection[str], target: Texts | None, tongues: Tongues) -> list[str]:
    """Return the texts of an item that are wanted, that may be written first here, and that are written already."""
    offered = set(item_kinds.TEXTS[item.kind]) - {"alt"} if tongues.in_source else set()
    written = {name for name in OF_ITEM if _is_said(name, target)} | set(target.drafts if target is not None else ())
    return [name for name in SHOWN if name in {*wanted, *offered, *written}]


def _is_said(field: str, *rows: Texts | None) -> bool:
    return any(getattr(row, field) or field in row.drafts for row in rows if row is not None)
