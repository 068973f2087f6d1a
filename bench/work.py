"""What a worker is given to do, and whether all of it was done: once, whole, and nothing else."""

import io
import random
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from bench.client import picture
from webapp import jobs
from webapp.config import Settings
from webapp.domain import making, media, renditions, upkeep
from webapp.domain.fetching import Named
from webapp.domain.models import AuditEntry, Blob, Fetch, Media, Rendition
from webapp.domain.naming import Naming
from webapp.domain.permissions import system
from webapp.domain.transaction import release, transaction
from webapp.infra import ffmpeg
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.outbound import Way
from webapp.infra.storage import Storage, rendition_key

BY = system("cli")


@dataclass
class Found:
    """What a storm left: how much was done, and what was wrong."""

    kills: int = 0
    cut: Counter[str] = field(default_factory=Counter)
    made: int = 0
    fetched: int = 0
    slowest: float = 0.0
    unmade: list[str] = field(default_factory=list)
    unlike: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def faults(self) -> dict[str, list[str]]:
        """What was wrong, by what it is called."""
        return {
            "effects that are missing": self.unmade,
            "files unlike their rows": self.unlike,
            "effects that happened twice": self.twice,
            "rows without file, files without row": self.left,
        }


class Work:
    """What comes in for the worker, and how much of it is done."""

    def __init__(self, app: Flask, chance: random.Random, address: str, *, clips: bool) -> None:
        self.app, self.chance, self.address, self.clips = app, chance, address, clips
        self.storage: Storage = app.extensions["vitrine-storage"]
        self.settings: Settings = app.extensions["vitrine-settings"]
        self.named: list[UUID] = []
        self.cut: dict[tuple[str, str], tuple[float, datetime]] = {}

    def bring(self) -> None:
        """Bring in what comes next: mostly pictures, then a video, then the address of a picture."""
        kind = self.chance.randrange(4)
        if kind == 0 and self.clips:
            self.take_in(clip() + box(b"free", uuid4().bytes), "clip.mp4")
        elif kind == 1:
            self.name()
        else:
            self.take_in(picture(400, 300), "noise.png")

    def take_in(self, content: bytes, name: str) -> None:
        """Bring in a file."""
        intake = media.take_in(io.BytesIO(content), name, storage=self.storage)
        with transaction():
            media.add(intake, actor=BY)
        jobs.ring(self.app)

    def name(self) -> None:
        """Name a picture by its address."""
        naming = Naming("plain", Way(allow=self.settings.outbound_allow), BY)
        with transaction():
            made = naming.file(Named(url=f"{self.address}/{uuid4().hex}.png"))
            naming.write()
        self.named.append(made)
        jobs.ring_to_fetch(self.app)

    def waiting(self) -> int:
        """Count the pieces of work that are not done."""
        release()
        batches = select(Rendition.blob_id, Rendition.batch).where(Rendition.state == "pending").distinct().subquery()
        made = db.session.scalars(select(func.count()).select_from(batches)).one()
        fetches = select(func.count()).select_from(Fetch).where(Fetch.state == "pending")
        return made + db.session.scalars(fetches).one()

    def done(self) -> int:
        """Count the files that are made and the pictures that have been fetched."""
        release()
        ready = select(func.count()).select_from(Rendition).where(Rendition.state == "ready")
        left = select(func.count()).select_from(Fetch)
        return db.session.scalars(ready).one() + len(self.named) - db.session.scalars(left).one()

    def held(self) -> dict[tuple[str, str], datetime]:
        """List what is held by somebody, and until when: batches by their blob, fetches by their media."""
        release()
        made = select(Rendition.blob_id, Rendition.batch, Rendition.lease_until).where(
            Rendition.state == "pending", Rendition.lease_until > now()
        )
        fetched = select(Fetch.media_id, Fetch.lease_until).where(Fetch.state == "pending", Fetch.lease_until > now())
        batches = {(str(blob), batch): until for blob, batch, until in db.session.execute(made.distinct())}
        return batches | {(str(each), "fetch"): until for each, until in db.session.execute(fetched) if until}

    def is_at_a_last_try(self) -> bool:
        """Say whether something is tried for the last time: cut off once more it would be given up, as it should."""
        release()
        last = select(Rendition.id).where(
            Rendition.state == "pending",
            Rendition.lease_until > now(),
            Rendition.attempts >= renditions.MOST_ATTEMPTS,
        )
        return db.session.scalars(last.limit(1)).first() is not None

    def note_cut(self) -> list[str]:
        """Note what a dead worker held, and return what kinds of work that was."""
        held, moment = self.held(), time.monotonic()
        fresh = {each: (moment, until) for each, until in held.items() if each not in self.cut}
        self.cut |= fresh
        return [kind for _, kind in fresh]

    def taken_up_again(self) -> list[float]:
        """Return how long what a dead worker held has waited, for what somebody else is at or has done by now."""
        held, waited, moment = self.held(), [], time.monotonic()
        for each, (since, until) in list(self.cut.items()):
            if held.get(each) != until and (each in held or self.is_done(*each)):
                waited.append(moment - since)
                del self.cut[each]
        return waited

    def is_done(self, thing: str, kind: str) -> bool:
        """Say whether a piece of work is done."""
        if kind == "fetch":
            return db.session.get(Fetch, UUID(thing)) is None
        left = select(Rendition.id).where(
            Rendition.blob_id == UUID(thing), Rendition.batch == kind, Rendition.state == "pending"
        )
        return db.session.scalars(left.limit(1)).first() is None


def compare(work: Work, found: Found) -> None:
    """Hold what is there against what was to be made."""
    release()
    for blob in db.session.scalars(select(Blob)).all():
        _compare_files(work, blob, found)
    state = dict(iter(db.session.execute(select(Media.id, Media.state))))
    found.unmade += [f"media {each} is {said}" for each, said in state.items() if said != "ready"]
    unfetched = db.session.scalars(select(Fetch))
    found.unmade += [f"picture {each.media_id} was not fetched: {each.error}" for each in unfetched]
    told = select(AuditEntry.thing_id, func.count()).where(AuditEntry.verb == "media.update")
    times = dict(iter(db.session.execute(told.group_by(AuditEntry.thing_id))))
    found.twice += [f"{each} arrived {count} times" for each, count in times.items() if count != 1]
    found.unmade += [f"nobody was told that {each} arrived" for each in work.named if str(each) not in times]
    found.fetched = len(times)
    release()
    work.storage.sweep(timedelta(0))
    swept = upkeep.check(work.storage, repair=True, deep=True, grace=timedelta(0))
    found.left += [f"{each.kind}: {each.what}" for each in swept if each.kind != "leftover"]
    found.left += [f"{each.kind}: {each.what}" for each in upkeep.check(work.storage, grace=timedelta(0))]


def _compare_files(work: Work, blob: Blob, found: Found) -> None:
    planned = sorted(file.name for file in making.plan(blob.mime_type, blob.width, blob.height))
    rows = db.session.scalars(select(Rendition).where(Rendition.blob_id == blob.id)).all()
    if sorted(row.name for row in rows) != planned:
        found.twice.append(f"{blob.sha256} has {len(rows)} rows and not {len(planned)}")
    for row in rows:
        if row.state != "ready":
            found.unmade.append(f"{blob.sha256} {row.name} is {row.state}: {row.error}")
            continue
        found.made += 1
        content = work.storage.read(rendition_key(blob.sha256, row.name))
        if len(content) != row.size or not is_whole(row, content):
            found.unlike.append(f"{blob.sha256} {row.name}")


def is_whole(row: Rendition, content: bytes) -> bool:
    """Say whether a file is what its row says, from end to end."""
    if row.format not in ("webp", "jpg", "avif"):
        return content.startswith(b"ftyp", 4) and boxes_end(content)
    with Image.open(io.BytesIO(content)) as image:
        image.load()
        return image.size == (row.width, row.height)


def boxes_end(content: bytes) -> bool:
    """Say whether the boxes of an MP4 end where the file does."""
    at = 0
    while at + 8 <= len(content):
        at += int.from_bytes(content[at : at + 4], "big") or len(content)
    return at == len(content)


def box(kind: bytes, body: bytes) -> bytes:
    """Write a box of an MP4."""
    return (8 + len(body)).to_bytes(4, "big") + kind + body


@cache
def clip() -> bytes:
    """Make a short video."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "clip.mp4")
        source = ["-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=2", "-vf", "format=yuv420p"]
        command = [ffmpeg.program(), "-nostdin", "-v", "error", *source, "-c:v", "libx264", "-preset", "ultrafast"]
        subprocess.run([*command, str(path)], check=True)
        return path.read_bytes()
