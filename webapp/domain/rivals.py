"""What somebody else did to a gallery meanwhile, in a sentence for whoever was slower."""

from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from webapp.domain.models import AuditEntry, Gallery, Item, ItemText, Media, User
from webapp.domain.sentences import Sentence, counted
from webapp.infra.db import db

LOOK_BACK: Final = 50
"""Removals that are looked through for the one that an item went with."""


def removed(gallery_id: UUID, item_id: UUID) -> Sentence | None:
    """Say who put an item into the trash; None where it was never there, or nobody knows by now."""
    name = _name(gallery_id, item_id)
    if name is None:
        return None
    latest = (
        select(AuditEntry.changes, User.name)
        .join(User, User.id == AuditEntry.user_id, isouter=True)
        .where(AuditEntry.gallery_id == gallery_id, AuditEntry.verb == "item.trash")
        .order_by(AuditEntry.id.desc())
        .limit(LOOK_BACK)
    )
    for changes, who in db.session.execute(latest):
        if str(item_id) in changes["items"][1]:
            by = who or Sentence("A program")
            return Sentence("%(who)s removed %(things)s since you opened this.", who=by, things=name)
    return None


def _name(gallery_id: UUID, item_id: UUID) -> str | None:
    """Return what a trashed item is called: its words in the gallery's source language, else its file."""
    words = [func.nullif(text, "") for text in (ItemText.title, ItemText.caption, Media.original_filename)]
    found = db.session.execute(
        select(func.coalesce(*words, ""))
        .select_from(Item)
        .join(Gallery, Gallery.id == Item.gallery_id)
        .join(
            ItemText,
            (ItemText.item_id == Item.id) & (ItemText.language_id == Gallery.source_language_id),
            isouter=True,
        )
        .join(Media, Media.id == Item.media_id, isouter=True)
        .where(Item.id == item_id, Item.gallery_id == gallery_id, Item.deleted_at.is_not(None))
    ).first()
    return None if found is None else f"“{found[0]}”" if found[0] else counted("an item", "%(num)s items", 1)
