"""Imports for the tour: one that is over, with problems; one that waits for its addresses; a file that has failed."""

import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from bench.live import Server
from bench.sharing import SLUG
from webapp import create_app
from webapp.config import Settings
from webapp.domain import accounts, galleries, permissions
from webapp.domain.fetching import Outfit
from webapp.domain.imports import addresses, archives, work
from webapp.domain.imports.aims import ARCHIVE, Aim
from webapp.domain.models import ImportEntry, Rendition
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.outbound import Way

REASON = "This picture takes more memory or time than Vitrine gives to one picture."


def bring_many(server: Server, email: str, pictures: dict[str, bytes]) -> dict[str, str]:
    """Import some pictures, and ask for others; returns the imports' ids."""
    app = create_app(Settings.from_environ(server.environ()))
    with app.app_context():
        person, found = accounts.find_by_email(email), galleries.find_by_slug(SLUG)
        if person is None or found is None:
            raise RuntimeError(f"{email} or {SLUG} is missing")
        actor = replace(permissions.system("dashboard"), id=person.id, name=person.name)
        outfit = Outfit(app.extensions["vitrine-storage"], Way())
        sent = io.BytesIO(_packed(pictures))
        over = archives.take(sent, "An evening at the weir.zip", Aim(), storage=outfit.storage, actor=actor)
        work.work_off(outfit, ARCHIVE)
        with transaction():
            text = "\n".join(f"https://pictures.example/quay/{number}.jpg" for number in range(1, 6))
            waits = addresses.begin(text, Aim(found[0].id), way=outfit.way, actor=actor).id
            later = now() + timedelta(hours=1)
            db.session.execute(update(ImportEntry).where(ImportEntry.import_id == waits).values(due_at=later))
        _spoil()
        db.session.remove()
        db.engine.dispose()
    return {"import": str(over), "import_waits": str(waits)}


def _packed(pictures: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in (pictures | {"notes of the evening.txt": b"Nobody wanted to go home."}).items():
            archive.writestr(name, content)
    return written.getvalue()


def _spoil() -> None:
    """Let what was to be made of two files have failed, and of one be put off."""
    with transaction():
        small = select(Rendition.blob_id).where(Rendition.batch == "web").distinct().order_by(Rendition.blob_id)
        first, second, third = db.session.scalars(small.limit(3))
        _write(first, "avif", state="failed", attempts=5)
        _write(second, "avif", state="failed", attempts=5)
        _write(third, "avif", state="pending", attempts=2, due_at=now() + timedelta(hours=1))


def _write(blob_id: UUID, batch: str, **values: object) -> None:
    made = update(Rendition).where(Rendition.blob_id == blob_id, Rendition.batch == batch)
    db.session.execute(made.values(error=REASON, lease_until=None, **values))
