"""Items as lists show them: a name and a picture, whether they live, lie in the trash, or are only remembered."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select

from webapp.domain import pictures
from webapp.domain.comparing import Snapshot
from webapp.domain.models import Item, ItemText, Language, Media
from webapp.domain.pictures import Picture
from webapp.infra.db import db

NAMED_BY = ("title", "caption")


@dataclass(frozen=True)
class Face:
    """An item; `language` is that of its name, None where a file name stands for it."""

    id: UUID
    name: str
    language: Language | None
    picture: Picture | None
    focal: tuple[float, float] | None
    living: bool = True


@dataclass(frozen=True)
class _Seed:
    id: UUID
    media_id: UUID | None
    text: str | None
    focal: tuple[float, float] | None
    living: bool


def of_items(item_ids: Collection[UUID], source: Language) -> dict[UUID, Face]:
    """Return the faces of items that there are, named in a gallery's source language; three statements."""
    named = func.coalesce(*(func.nullif(getattr(ItemText, field), "") for field in NAMED_BY))
    rows = db.session.execute(
        select(Item.id, Item.media_id, named, Item.focal_x, Item.focal_y, Item.deleted_at)
        .join(ItemText, and_(ItemText.item_id == Item.id, ItemText.language_id == source.id), isouter=True)
        .where(Item.id.in_(item_ids))
    )
    return _faces(
        [_Seed(each, media, text, _focal(x, y), gone is None) for each, media, text, x, y, gone in rows], source
    )


def of_rows(rows: Iterable[Snapshot], source: Language) -> dict[UUID, Face]:
    """Return the faces of items as snapshots remember them; two statements."""
    return _faces([_seed(row, source.code) for row in rows], source)


def _seed(row: Snapshot, code: str) -> _Seed:
    texts: Mapping[str, Any] = row["texts"].get(code, {})
    name = next((texts[field] for field in NAMED_BY if texts.get(field)), None)
    media_id = UUID(str(row["media_id"])) if row["media_id"] else None
    focal = _focal(row["item"].get("focal_x"), row["item"].get("focal_y"))
    return _Seed(UUID(str(row["id"])), media_id, name, focal, True)


def _focal(x: float | None, y: float | None) -> tuple[float, float] | None:
    return None if x is None or y is None else (x, y)


def _faces(seeds: Collection[_Seed], source: Language) -> dict[UUID, Face]:
    media_ids = {seed.media_id for seed in seeds if seed.media_id}
    names = select(Media.id, Media.original_filename).where(Media.id.in_(media_ids))
    files: dict[UUID, str] = dict(iter(db.session.execute(names)))
    seen = pictures.small(media_ids)
    return {
        seed.id: Face(
            id=seed.id,
            name=seed.text or (files.get(seed.media_id, "") if seed.media_id else ""),
            language=source if seed.text else None,
            picture=seen.get(seed.media_id) if seed.media_id else None,
            focal=seed.focal,
            living=seed.living,
        )
        for seed in seeds
    }
