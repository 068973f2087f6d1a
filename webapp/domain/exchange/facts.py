"""What the units of a file stand for now: a few statements for each five hundred of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, null, select

from webapp.domain import languages
from webapp.domain.exchange.judging import Known
from webapp.domain.exchange.units import Returned, split, unit_id
from webapp.domain.models import Gallery, GalleryText, Item, ItemText, Language, Media, MediaText
from webapp.infra.db import db

CHUNK: Final = 500
MODELS: Final[dict[str, tuple[Any, str]]] = {
    "gallery": (GalleryText, "gallery_id"),
    "item": (ItemText, "item_id"),
    "media": (MediaText, "media_id"),
}

Texts = dict[UUID, dict[UUID, Any]]
"""The row of texts of an owner, by owner and language."""


def of(returned: Iterable[Returned], into: Sequence[Language]) -> dict[tuple[str, UUID], Known]:
    """Return what is known of these units in each of these languages, by unit and language."""
    asked: dict[str, dict[UUID, set[str]]] = defaultdict(lambda: defaultdict(set))
    for each in returned:
        if found := split(each.id):
            asked[found[0]][found[1]].add(found[2])
    wanted = {language.id for language in into}
    made: dict[tuple[str, UUID], Known] = {}
    for thing, owners in asked.items():
        ids = list(owners)
        for start in range(0, len(ids), CHUNK):
            for known, language_id in _of(thing, ids[start : start + CHUNK], owners, wanted):
                made[unit_id(thing, known.thing_id, known.field), language_id] = known
    return made


def _of(
    thing: str, ids: Sequence[UUID], fields: dict[UUID, set[str]], wanted: set[UUID]
) -> Iterator[tuple[Known, UUID]]:
    owners = db.session.execute(_owners(thing).where(_id_of(thing).in_(ids))).all()
    default_id = languages.default_id()
    sources = {owner.source_id if thing != "media" else default_id for owner in owners}
    written = _texts(thing, ids, wanted | sources)
    for owner in owners:
        source_id = owner.source_id if thing != "media" else default_id
        rows = written.get(owner.id, {})
        for field in sorted(fields[owner.id]):
            for language_id in wanted:
                yield _known(thing, owner, field, rows, (source_id, language_id)), language_id


def _known(thing: str, owner: Row[Any], field: str, rows: dict[UUID, Any], spoken: tuple[UUID, UUID]) -> Known:
    """Make what is known of one text, `spoken` being the languages of its source and its translation."""
    source_id, language_id = spoken
    source, target = rows.get(source_id), rows.get(language_id)
    return Known(
        thing=thing,
        thing_id=owner.id,
        field=field,
        source_id=source_id,
        source=(getattr(source, field) or "") if source else "",
        target=(getattr(target, field) or "") if target else "",
        kept=target.kept.get(field) if target else None,
        drafted=bool(target and field in target.drafts),
        gone=bool(owner.gone),
        gallery_id=owner.gallery_id,
        place=" › ".join(part for part in (owner.title, owner.file) if part),
    )


def _owners(thing: str) -> Select[Any]:
    title = select(GalleryText.title).where(
        GalleryText.gallery_id == Gallery.id, GalleryText.language_id == Gallery.source_language_id
    )
    shared = (Gallery.source_language_id.label("source_id"), title.scalar_subquery().label("title"))
    if thing == "gallery":
        gone = Gallery.deleted_at.is_not(None).label("gone")
        return select(Gallery.id, Gallery.id.label("gallery_id"), *shared, _nothing("file"), gone)
    if thing == "item":
        gone = (Gallery.deleted_at.is_not(None) | Item.deleted_at.is_not(None)).label("gone")
        named = Media.original_filename.label("file")
        return (
            select(Item.id, Item.gallery_id, *shared, named, gone)
            .join(Gallery, Gallery.id == Item.gallery_id)
            .join(Media, Media.id == Item.media_id, isouter=True)
        )
    gone = Media.deleted_at.is_not(None).label("gone")
    return select(Media.id, _nothing("gallery_id"), _nothing("title"), Media.original_filename.label("file"), gone)


def _nothing(name: str) -> Any:
    return null().label(name)


def _id_of(thing: str) -> Any:
    return {"gallery": Gallery.id, "item": Item.id, "media": Media.id}[thing]


def _texts(thing: str, ids: Sequence[UUID], spoken: set[UUID]) -> Texts:
    model, key = MODELS[thing]
    columns = [getattr(model, name) for name in (key, "language_id", *model.fields, "kept", "drafts")]
    found: Texts = defaultdict(dict)
    statement = select(*columns).where(getattr(model, key).in_(ids), model.language_id.in_(spoken))
    for row in db.session.execute(statement):
        found[row[0]][row[1]] = row
    return found
