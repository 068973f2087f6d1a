"""The first texts of items that this change has made: many at once, and the same is kept as of one after another.

Nobody else can know of the items yet, so nothing is read; that they were made is told already, and tells of their
texts too (D30).
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from webapp.domain import audit, galleries, translations
from webapp.domain.models import Gallery, Item
from webapp.domain.permissions import Actor, demand_language
from webapp.domain.translations import Fields
from webapp.infra.clock import now
from webapp.infra.db import db


def write(gallery: Gallery, said: Sequence[tuple[Item, Fields]], *, actor: Actor, origin: str = "api") -> None:
    """Give new items their texts in the gallery's source language; one that is named twice is written twice.

    Texts come as `texts.clean` returns them, and each time one of them is new. Raises Forbidden.
    """
    if not said:
        return
    demand_language(actor, gallery.source_language_id)
    rows: dict[UUID, Any] = {}
    entries = []
    for item, fields in said:
        row = rows.setdefault(item.id, translations.fresh(item, gallery.source_language_id))
        changes = _put(row, fields, actor=actor, origin=origin)
        entries.append(audit.Entry("item", item.id, changes, gallery.source_language_id))
        item.updated_at = now()
    db.session.add_all(rows.values())
    audit.record_many(actor, "translation.update", entries, gallery_id=gallery.id)
    galleries.touch(gallery)


def _put(row: Any, fields: Fields, *, actor: Actor, origin: str) -> Mapping[str, tuple[Any, Any]]:
    changes = {field: (getattr(row, field), text) for field, text in fields.items() if text != getattr(row, field)}
    for field, (_, text) in changes.items():
        setattr(row, field, text)
        translations.note(row, field, source=row, actor=actor, origin=origin)
    row.version += 1
    row.updated_at = now() if row.version > 1 else None
    return changes
