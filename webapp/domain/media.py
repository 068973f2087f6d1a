"""The library: the one way in for bytes, whatever door they came by, and what they are used for.

Bytes come in before any transaction is open: `take_in` receives, judges and stores them durably. Then, inside
`transaction()`, `add` writes the row. A kill in between leaves bytes without a row, which a sweep removes; never a
row without bytes.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final, TypedDict
from uuid import UUID, uuid4

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError

from webapp.domain import alike, audit, events, making, metadata, renditions, tags
from webapp.domain.errors import Conflict, Invalid, NotFound, Stale
from webapp.domain.models import Blob, Gallery, GallerySlug, GalleryText, Media
from webapp.domain.permissions import Actor
from webapp.domain.sentences import Sentence
from webapp.domain.uses import backdrops, is_used_by
from webapp.infra import ffmpeg, images, video, within
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.most import Most
from webapp.infra.spool import Begun, Readable, Received
from webapp.infra.storage import Storage, TooLarge, blob_key

LOCKED: Final = select(Media).where(Media.id == bindparam("media"), Media.deleted_at.is_(None)).with_for_update()

EXTENSIONS: Final = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/heic": "heic",
    "image/gif": "gif",
    "image/tiff": "tif",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
}
LOOK: Final = 4096
"""Bytes that tell a picture from a video."""

NAME_LENGTH: Final = 200
LONGEST_ENDING: Final = 10
DEVICES: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE | re.ASCII)
"""What Windows takes for a device, whatever the ending."""
INVISIBLE: Final = frozenset(map(chr, (0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))
"""Marks that turn the direction of text: in a file name they make one ending look like another."""


@dataclass(frozen=True)
class Intake:
    """Bytes that are stored whole and were found to be a picture or a video."""

    filename: str
    sha256: str
    size: int
    probe: images.Probe | video.Probe

    @property
    def kind(self) -> str:
        """What it is: `image` or `video`."""
        return "video" if isinstance(self.probe, video.Probe) else "image"


@dataclass(frozen=True)
class Use:
    """A place where a media is used: a gallery, or a background."""

    id: UUID
    title: str
    is_background: bool = False


class MediaFields(TypedDict, total=False):
    """A media's own fields; an absent one is left alone."""

    original_filename: str


def take_in(
    stream: Readable,
    filename: str,
    *,
    storage: Storage,
    limit: int | None = None,
    only: str | None = None,
    begun: images.Hook = images.nothing,
) -> Intake:
    """Receive, judge and store the bytes of a picture or a video; no transaction may be open.

    Content decides, never the name; `limit` is in bytes, `only` a kind that alone is wanted; `begun` is called when
    all bytes are here and are about to be opened. Raises Invalid (code of `images.Refused`, or `too_large`) and
    leaves nothing behind; raises what the storage raises when the disk is full.
    """
    looked_at = Begun(stream, LOOK)
    container = _container(looked_at.head, only)
    most = limit or _most(container, storage)
    try:
        received = storage.receive(looked_at, limit=most)
    except TooLarge:
        raise _too_large(most) from None
    return _keep(received, container, filename, storage=storage, begun=begun)


def take_up(received: Received, filename: str, *, storage: Storage) -> Intake:
    """Judge and store bytes that have come in pieces, as `take_in` does; they are gone from the spool afterwards."""
    try:
        with received.path.open("rb") as file:
            container = foresee(file.read(LOOK), received.size, storage=storage)
    except Invalid:
        received.discard()
        raise
    return _keep(received, container, filename, storage=storage)


def foresee(head: bytes, size: int, *, storage: Storage) -> str | None:
    """Judge a file by its beginning and by how large it is going to be: which container it is. Raises Invalid."""
    container = _container(head, None)
    if size > (most := _most(container, storage)):
        raise _too_large(most)
    return container


def _most(container: str | None, storage: Storage) -> int:
    return storage.most.video_bytes if container else storage.most.image_bytes


def _too_large(most: int) -> Invalid:
    return Invalid("file", Sentence("File size exceeds %(most)sMB limit", most=most // 1024**2), code="too_large")


def _keep(
    received: Received, container: str | None, name: str, *, storage: Storage, begun: images.Hook = images.nothing
) -> Intake:
    try:
        probe = _looked_at(received.path, container, storage.most, begun)
        storage.put_file(blob_key(received.sha256), received.path)
    except images.Refused as refused:
        raise Invalid("file", _said(refused), code=refused.code) from None
    finally:
        received.discard()
    return Intake(clean_filename(name), received.sha256, received.size, probe)


def _looked_at(path: Path, container: str | None, most: Most, begun: images.Hook) -> images.Probe | video.Probe:
    if container:
        begun()
        return video.probe(path, container)
    kept = {"pixels": most.pixels, "frames": most.frames, "animation_pixels": most.animation_pixels}
    return images.probe(path, size=most.image_bytes, begun=begun, **kept)


def _container(head: bytes, only: str | None) -> str | None:
    """Return which container of videos the bytes begin, None for all else. Raises Invalid."""
    try:
        container = video.container_of(head)
    except images.Refused as refused:
        raise Invalid("file", _said(refused), code=refused.code) from None
    if container and only == "image":
        raise Invalid("file", "This is a video. Choose a picture here.", code="unsupported_type")
    if only == "video" and not container:
        raise Invalid("file", "This is no MP4, MOV or WebM video.", code="unsupported_type")
    if container and not ffmpeg.there():
        sentence = Sentence(
            "Videos need the program ffmpeg, which is not on this machine: whoever runs it can install it."
        )
        raise Invalid("file", sentence, code="no_ffmpeg")
    return container


def _said(refused: images.Refused) -> Sentence:
    """Say why a picture is refused, what the file is instead in words that can be said in other languages too."""
    facts = {name: Sentence(fact) if isinstance(fact, str) else fact for name, fact in refused.facts.items()}
    return Sentence(refused.pattern, **facts)


def add(intake: Intake, *, actor: Actor) -> Media:
    """Make an entry of the library of bytes that came in; equal bytes share one blob, never one entry (D22)."""
    blob = blob_of(intake)
    media = Media(
        id=uuid4(),
        blob=blob,
        kind=intake.kind,
        filename=f"{uuid4()}.{EXTENSIONS[blob.mime_type]}",
        original_filename=intake.filename,
        uploaded_by_id=actor.id,
        uploaded_through=actor.door,
    )
    db.session.add(media)
    db.session.flush()
    events.publish(actor, "media.created", media.id)
    audit.record(actor, "media.upload", "media", media.id)
    metadata.fill(media, actor=actor)
    return media


def arrive(media: Media, intake: Intake, *, actor: Actor) -> None:
    """Give a media, which stood without them, its bytes."""
    media.blob, media.state, media.kind = blob_of(intake), "ready", intake.kind
    changed(media, {"bytes": (None, intake.sha256)}, actor=actor)
    metadata.fill(media, actor=actor)


def blob_of(intake: Intake) -> Blob:
    """Return the row of bytes that came in: the one there is, found again where they were missed, or a new one."""
    blob = _find_blob(intake.sha256) or _make_blob(intake)
    if blob.missing_since is not None:
        found_again(blob)
    if blob.unused_since is not None:
        blob.unused_since = None
    return blob


def found_again(blob: Blob) -> None:
    """Note that bytes are there which were missed; what could not be made of them is tried again."""
    blob.missing_since = None
    blob.likeness, blob.said = blob.likeness or None, blob.said or None
    db.session.execute(update(Media).where(Media.blob_id == blob.id, Media.state == "missing").values(state="ready"))
    renditions.retry(blob.id)
    db.session.flush()


def get(media_id: UUID) -> Media:
    """Return a media of the library. Raises NotFound."""
    media = db.session.get(Media, media_id)
    if media is None or media.deleted_at is not None:
        raise NotFound("Media")
    return media


def locked(media_id: UUID) -> Media:
    """Return a media under its row's lock, so that no gallery comes to show it meanwhile. Raises NotFound."""
    options = {"populate_existing": True}
    media = db.session.scalars(LOCKED, {"media": media_id}, execution_options=options).one_or_none()
    if media is None:
        raise NotFound("Media")
    within.keep(("media", media_id), media)
    return media


def find_trashed(media_id: UUID) -> Media:
    """Return a media from the trash under its row's lock. Raises NotFound."""
    statement = select(Media).where(Media.id == media_id, Media.deleted_at.is_not(None)).with_for_update()
    media = db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if media is None:
        raise NotFound("Media")
    return media


def same_bytes(sha256: str) -> Media | None:
    """Return the oldest living media with these bytes, to be offered instead of a second one."""
    statement = select(Media).join(Blob).where(Blob.sha256 == sha256, Media.deleted_at.is_(None))
    return db.session.scalars(statement.order_by(Media.created_at, Media.id).limit(1)).first()


def change(media: Media, fields: MediaFields, *, actor: Actor, version: int | None = None) -> Media:
    """Change a media's own fields; an absent one is left alone. Raises Stale, Invalid."""
    _check_version(media, version)
    changes: dict[str, tuple[Any, Any]] = {}
    if "original_filename" in fields:
        name = clean_filename(fields["original_filename"])
        if name != media.original_filename:
            changes["original_filename"] = (media.original_filename, name)
            media.original_filename = name
    if changes:
        changed(media, changes, actor=actor)
    return media


def label(media: Media, names: Sequence[str], *, actor: Actor, version: int | None = None) -> None:
    """Make these the media's tags. Raises Stale, Invalid. Belongs under the lock of `locked`."""
    _check_version(media, version)
    before, after = tags.put(media, names)
    if before != after:
        changed(media, {"tags": (before, after)}, actor=actor)


def uses(media_id: UUID) -> list[Use]:
    """Return the living galleries that show a media, as an item or as their cover, by title or slug, and backgrounds.

    A gallery counts whose visitors see it in the copy that was frozen when its changes were held.
    """
    statement = (
        select(Gallery.id, GalleryText.title, GallerySlug.slug)
        .join(GallerySlug, (GallerySlug.gallery_id == Gallery.id) & GallerySlug.current)
        .join(
            GalleryText,
            (GalleryText.gallery_id == Gallery.id) & (GalleryText.language_id == Gallery.source_language_id),
            isouter=True,
        )
        .where(Gallery.deleted_at.is_(None), is_used_by(media_id))
        .order_by(Gallery.created_at, Gallery.id)
    )
    shown = [Use(gallery_id, title or slug) for gallery_id, title, slug in db.session.execute(statement)]
    return shown + [Use(each.background_id, each.title, is_background=True) for each in backdrops(media_id)]


def trash(media: Media, *, actor: Actor) -> None:
    """Put a media into the trash. Raises Conflict, saying where, while a gallery or a background shows it.

    Belongs under the lock of `locked`.
    """
    shown = uses(media.id)
    if shown:
        where = ", ".join(use.title for use in shown[:3])
        sentence = Sentence("This file is used in %(where)s. Remove it there first.", where=where)
        raise Conflict(sentence, code="in_use", uses=shown)
    media.deleted_at = now()
    events.publish(actor, "media.deleted", media.id)
    audit.record(actor, "media.trash", "media", media.id)
    db.session.flush()


def restore(media: Media, *, actor: Actor) -> None:
    """Take a media out of the trash. Belongs under the lock of `find_trashed`."""
    media.deleted_at = None
    events.publish(actor, "media.created", media.id)
    audit.record(actor, "media.restore", "media", media.id)
    db.session.flush()


def clean_filename(name: str) -> str:
    """Return what is left of a file name without folders, control and direction marks: never refused, only mended."""
    name = PurePosixPath(re.sub(r"\s", " ", name).replace("\\", "/")).name
    name = "".join(
        letter for letter in name if letter not in INVISIBLE and unicodedata.category(letter) not in ("Cc", "Cs")
    )
    stem, dot, ending = re.sub(" +", " ", name).strip(" .").rpartition(".")
    if not dot or len(ending) > LONGEST_ENDING:
        stem, ending = f"{stem}{dot}{ending}", ""
    if DEVICES.match(stem):
        stem = f"_{stem}"
    stem = stem[: NAME_LENGTH - len(ending) - 1].rstrip(" .") or "picture"
    return f"{stem}.{ending}" if ending else stem


def blobs_of(media_ids: Sequence[UUID]) -> Mapping[UUID, Blob]:
    """Return the blobs of several media in one query."""
    statement = select(Media.id, Blob).join(Blob).where(Media.id.in_(media_ids))
    return {media_id: blob for media_id, blob in db.session.execute(statement)}  # noqa: C416  rows are no pairs


def _find_blob(sha256: str) -> Blob | None:
    """Return the row of some bytes, which stays until the transaction ends."""
    statement = select(Blob).where(Blob.sha256 == sha256).with_for_update(read=True, key_share=True)
    return db.session.scalars(statement).one_or_none()


def _make_blob(intake: Intake) -> Blob:
    probe = intake.probe
    blob = Blob(
        id=uuid4(),
        sha256=intake.sha256,
        size=intake.size,
        mime_type=probe.mime,
        width=probe.width,
        height=probe.height,
        frames=probe.frames,
        has_alpha=probe.has_alpha,
        thumbhash=probe.look.thumbhash,
        colour=probe.look.colour,
        duration=probe.duration if isinstance(probe, video.Probe) else None,
        taken_at=probe.taken_at,
        said=dict(probe.said),
        policy=making.policy(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(blob)
    except IntegrityError:
        return db.session.scalars(select(Blob).where(Blob.sha256 == intake.sha256)).one()
    alike.note(blob, probe.look.likeness)
    db.session.add_all(renditions.plan(blob))
    return blob


def _check_version(media: Media, version: int | None) -> None:
    if version is not None and version != media.version:
        raise Stale("Somebody else changed this file since you opened it.", media=media)


def changed(
    media: Media, changes: Mapping[str, tuple[Any, Any]], *, actor: Actor, verb: str = "media.update"
) -> None:
    """Count, date, record and tell a change of a media."""
    media.version += 1
    media.updated_at = now()
    events.publish(actor, "media.updated", media.id)
    audit.record(actor, verb, "media", media.id, changes=changes)
    db.session.flush()
