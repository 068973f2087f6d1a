"""What of a translation differs from its source though it should not: placeholders, links, numbers, elements of HTML.

Somebody may say why a difference is right. That holds for these two texts: it is asked again when either changes.
"""

from hashlib import sha256
from typing import Final
from uuid import UUID

from webapp.domain import audit, codes, texts, translations
from webapp.domain.codes import Difference
from webapp.domain.editing import Segment
from webapp.domain.errors import Invalid
from webapp.domain.models import Gallery, Item
from webapp.domain.permissions import Actor
from webapp.domain.sentences import Sentence

REASON: Final = (1, 200)


def found(segment: Segment) -> list[Difference]:
    """Return how a text that is written or begun differs from its source, but for what was dismissed."""
    if not segment.source or not segment.shown:
        return []
    dismissed = segment.dismissed or {}
    if segment.shown == segment.value and dismissed.get("of") == _print(segment.source, segment.value):
        return []
    return codes.differences(segment.source, segment.shown, html=segment.field == "html")


def dismiss(owner: Gallery | Item, segment: Segment, language_id: UUID, *, reason: str, actor: Actor) -> None:
    """Say why a saved text is right although it differs from its source. Raises Invalid, NotFound, Forbidden."""
    why = " ".join((texts.clean("caption", reason) or "").split())
    if not REASON[0] <= len(why) <= REASON[1]:
        raise Invalid("reason", Sentence("Say in 1 to %(most)s characters why this is right.", most=REASON[1]))
    noted = {"of": _print(segment.source, segment.value), "reason": why, "by": str(actor.id) if actor.id else None}
    translations.note_about(owner, language_id, segment.field, {"dismissed": noted}, actor=actor)
    kind = "gallery" if isinstance(owner, Gallery) else "item"
    gallery_id = owner.id if isinstance(owner, Gallery) else owner.gallery_id
    said = {segment.field: (None, why)}
    about = {"gallery_id": gallery_id, "language_id": language_id}
    audit.record(actor, "translation.dismiss", kind, owner.id, changes=said, **about)


def _print(source: str, target: str) -> str:
    """Return what stands for two texts."""
    return sha256(f"{source}\0{target}".encode()).hexdigest()
