"""A library filled for measuring: files with renditions, texts, tags and uses, written past the domain.

Of every hundred files ten have no alt text, ten are videos or squares, two in three have tags and half stand in a
gallery, so that behind each choice of the filters there is more than a page even in a library of a thousand. Of none
there is work left to do.
"""

import hashlib
import random
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert, select

from webapp.domain import accounts, folding, galleries, languages, making, permissions, shelving
from webapp.domain.models import (
    Blob,
    Item,
    Language,
    Media,
    MediaTag,
    MediaText,
    Rendition,
    SearchEntry,
    Tag,
)
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db

APART: Final = timedelta(minutes=10)
CHUNK: Final = 5_000
TAGS: Final = 20
SHAPES: Final = ((1600, 1200),) * 7 + ((1200, 1600),) * 2 + ((1200, 1200),)
SIZES: Final = (400_000, 2_100_000, 2_100_000, 12_000_000)
WORDS: Final = ("lantern", "quay", "weir", "dusk", "harbour", "meadow", "bridge", "chapel")
USED: Final = 20_000
"""Files that a gallery shows, at most."""


def stock(files: int, by: str) -> list[UUID]:
    """Add so many files, uploaded by who has that address, and return their ids, the oldest first."""
    chance = random.Random(files)
    with transaction():
        names = {f"tag {number:02}": _id(chance) for number in range(TAGS)}
        _write(Tag, [{"id": each, "name": name, "key": name} for name, each in names.items()])
        uploader = accounts.find_by_email(by)
        tongues = list(db.session.scalars(select(Language.id).where(Language.is_active)))
    made: list[UUID] = []
    since = now() - files * APART
    for first in range(0, files, CHUNK):
        with transaction():
            numbers = range(first, min(first + CHUNK, files))
            made += _add(numbers, chance, names, tongues, since=since, by=uploader.id if uploader else None)
    _show(made[: min(files // 2, USED)])
    return made


def _add(
    numbers: range,
    chance: random.Random,
    names: dict[str, UUID],
    tongues: list[UUID],
    *,
    since: datetime,
    by: UUID | None,
) -> list[UUID]:
    """Write a chunk of files with all that belongs to them."""
    rows: dict[Any, list[dict[str, Any]]] = {}
    ids = [_id(chance) for _ in numbers]
    for number, media_id in zip(numbers, ids, strict=True):
        file = _file(media_id, chance)
        file[Media] |= _own(number, since, by)
        word = chance.choice(WORDS)
        file[Media]["original_filename"] = name = f"{word} {number:06}.jpg"
        tagged = chance.sample(sorted(names), chance.choice((0, 2, 3)))
        alt = f"A {word} at dusk"
        spoken = [each for place, each in enumerate(tongues) if number % 10 and number % (place + 1) == 0]
        words = " ".join(sorted(set(folding.terms(" ".join((name, *tagged, alt if spoken else ""))))))
        for model, row in file.items():
            rows.setdefault(model, []).append(row)
        rows.setdefault(Rendition, []).extend(_renditions(file[Blob]["id"]))
        said = [{"media_id": media_id, "language_id": each, "alt": alt} for each in spoken]
        rows.setdefault(MediaText, []).extend(said)
        rows.setdefault(MediaTag, []).extend({"media_id": media_id, "tag_id": names[each]} for each in tagged)
        rows.setdefault(SearchEntry, []).append({"media_id": media_id, "words": words})
    for model in (Blob, Media, Rendition, MediaText, MediaTag, SearchEntry):
        _write(model, rows[model])
    shelving.refresh(ids)
    return ids


def _file(media_id: UUID, chance: random.Random) -> dict[Any, dict[str, Any]]:
    """Return the rows of a file and its bytes."""
    width, height = chance.choice(SHAPES)
    blob = {"id": _id(chance), "sha256": hashlib.sha256(media_id.bytes).hexdigest(), "size": chance.choice(SIZES)}
    blob |= {"mime_type": "image/jpeg", "width": width, "height": height, "colour": "#556677"}
    blob |= {"policy": making.policy(), "said": {}, "likeness": ""}
    return {Blob: blob, Media: {"id": media_id, "blob_id": blob["id"], "filename": f"{media_id}.jpg"}}


def _own(number: int, since: datetime, by: UUID | None) -> dict[str, Any]:
    """Return what a file of this number is besides, each younger than the one before."""
    kind = "video" if number % 10 == 7 else "image"
    return {"kind": kind, "uploaded_by_id": by, "created_at": since + number * APART}


def _renditions(blob_id: UUID) -> list[dict[str, Any]]:
    row = {"blob_id": blob_id, "batch": "web", "width": 320, "height": 240, "size": 9000, "state": "ready"}
    return [row | {"name": f"w320.{ending}", "format": ending} for ending in ("webp", "jpg")]


def _id(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)


def _write(model: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.connection().execute(insert(model.__table__), rows)


def _show(ids: list[UUID]) -> None:
    """Let a gallery show these."""
    with transaction():
        texts = {languages.default().id: {"title": "Stock"}}
        shown = galleries.create({"status": "published"}, texts=texts, actor=permissions.system("bench"))
        row = {"gallery_id": shown.id, "kind": "image"}
        _write(Item, [row | {"media_id": each, "sort_order": float(place)} for place, each in enumerate(ids)])
        shelving.refresh(ids, ("used",))
