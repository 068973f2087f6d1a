"""What files say of themselves (EXIF, IPTC, XMP, a video's own texts): read, and taken where the site wants that.

It stands with the bytes as it was read when they came in; what came in earlier is read by a worker.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update

from webapp.domain import languages, site, tags, translations
from webapp.domain.making import CONTAINERS
from webapp.domain.models import Blob, Language, Media
from webapp.domain.models.tag import KEY, TAG
from webapp.domain.permissions import Actor
from webapp.domain.texts import LIMITS
from webapp.domain.transaction import release, transaction
from webapp.infra import ffmpeg, images, video
from webapp.infra.db import db
from webapp.infra.storage import Storage, StorageError, blob_key

TEXTS: Final = ("title", "caption", "alt", "credit")
LINES: Final = ("title", "credit")
"""Texts of one line."""
SHARE: Final = 20
"""How many files a worker reads in one go."""
LOOKS: Final = 5
"""How many times as many it looks at, where some cannot be read now."""

Said = Mapping[str, Any]


def fill(media: Media, *, actor: Actor) -> None:
    """Make what a file says of itself the texts that it lacks, where the site wants that; whoever brought it did it.

    Texts that name no language are the default one's; keywords become tags.
    """
    said = media.blob.said if media.blob else None
    if not said or not any(said.get(name) for name in (*TEXTS, "keywords")) or not site.get().takes_texts:
        return
    if not tags.of(media):
        tags.put(media, labels(said))
    writer = replace(actor, permissions=actor.permissions | {"media:update"})
    for language in sorted(languages.all_languages(active_only=True), key=lambda each: not each.is_default):
        row = translations.find(media, language.id)
        texts = {name: text_in(said, name, language, unnamed=language.is_default) for name in TEXTS}
        lacking = {name: text for name, text in texts.items() if text and not (row and getattr(row, name))}
        if lacking:
            translations.write(media, language.id, lacking, actor=writer, origin="import")


def labels(said: Said) -> list[str]:
    """Return the keywords of a file that can be tags, once each."""
    words = [" ".join(word.replace(",", " ").split()) for word in said.get("keywords", ())]
    short = {word.casefold(): word for word in reversed(words) if TAG[0] <= len(word) <= TAG[1]}
    fitting = [word for key, word in short.items() if len(key) <= KEY]
    return fitting[::-1][: tags.MOST]


def text_in(said: Said, name: str, language: Language, *, unnamed: bool) -> str:
    """Return a text in a language, cut to what its field holds, or "".

    It is its own, one of a sister of it (en-GB for en), or, where `unnamed`, that which names no language.
    """
    texts: Mapping[str, str] = said.get(name, {})
    code = language.code.lower()
    sisters = (text for each, text in texts.items() if each and each.partition("-")[0] == code.partition("-")[0])
    text = texts.get(code) or next(sisters, "") or (texts.get("", "") if unnamed or name == "credit" else "")
    return _fitted(" ".join(text.split()) if name in LINES else text, LIMITS[name][1])


def work_off(storage: Storage, *, most: int = SHARE, go_on: Callable[[], bool] = lambda: True) -> int:
    """Read what files say that came in before anybody looked, and return how many were read.

    No transaction may be open. What is no picture says nothing, and what cannot be read now is looked at again next
    time; two who read one file write the same.
    """
    done = 0
    for blob_id, sha256, mime_type in _unread(LOOKS * most):
        if done == most or not go_on():
            break
        try:
            said = _read(storage, sha256, mime_type)
        except StorageError:
            continue
        except images.Overloaded:
            break
        with transaction():
            db.session.execute(update(Blob).where(Blob.id == blob_id, Blob.said.is_(None)).values(said=said))
        done += 1
    return done


def _unread(most: int) -> Iterator[tuple[UUID, str, str]]:
    statement = select(Blob.id, Blob.sha256, Blob.mime_type).where(Blob.said.is_(None), Blob.missing_since.is_(None))
    if not ffmpeg.there():
        statement = statement.where(Blob.mime_type.not_in(CONTAINERS))
    rows = db.session.execute(statement.order_by(Blob.created_at.desc(), Blob.id).limit(most)).all()
    release()
    return ((row.id, row.sha256, row.mime_type) for row in rows)


def _read(storage: Storage, sha256: str, mime_type: str) -> Said:
    try:
        with storage.fetched(blob_key(sha256)) as source:
            container = CONTAINERS.get(mime_type)
            return video.describe(source, container) if container else images.describe(source)
    except images.Refused:
        return {}


def _fitted(text: str, most: int) -> str:
    """Cut a text that is too long behind a word."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;.:") + "…"
