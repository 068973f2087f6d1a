"""Files that are healed, purged, brought back and put back at the same moment: one of them wins, nothing is lost."""

import io
import os
import time
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import select, text, update

from tests import pictures
from tests.races import race
from tests.uploads import blob_of, upload
from webapp.domain import media, missing, removal, replacing, upkeep
from webapp.domain.errors import Conflict, NotFound
from webapp.domain.models import Blob, Media
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.storage import LocalStorage, blob_key

pytestmark = pytest.mark.both_engines

CONTENT = pictures.photo(160, 120)
OTHER = pictures.photo(160, 120, seed=2)


@pytest.fixture
def storage(domain, tmp_path):
    return LocalStorage(tmp_path / "media")


@pytest.fixture
def turns(database_url):
    """Let the second of two come when the first holds its rows, and the first go on when that one waits."""
    return Turns(waits=not database_url.startswith("sqlite"))


class Turns:
    """Whose turn it is; SQLite has one writer at a time, so there the second waits before it holds anything."""

    def __init__(self, *, waits):
        self.waits, self.held = waits, Event()

    def first(self):
        """Hold what was locked until somebody waits for it."""
        self.held.set()
        latest = time.monotonic() + 20
        with db.engine.connect() as aside:
            while self.waits and not aside.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                assert time.monotonic() < latest, "nobody waits"
                time.sleep(0.02)

    def second(self):
        """Come when the other holds something."""
        assert self.held.wait(30)


def trashed(media_id, ed):
    with transaction():
        media.trash(media.locked(media_id), actor=ed)
    return media_id


def replaced(storage, content, ed):
    """Bring a file in and put another in its place."""
    media_id = upload(storage, content)
    intake = media.take_in(io.BytesIO(OTHER), "other.jpg", storage=storage)
    with transaction():
        replacing.replace(media_id, intake, actor=ed)
    return media_id


def rows():
    release()
    found = db.session.execute(select(Blob.sha256, Blob.missing_since, Blob.unused_since)).all()
    return {row.sha256: (row.missing_since is not None, row.unused_since is not None) for row in found}


def lost(storage, ed):
    """Return a file of the trash whose original is gone, and its bytes' row."""
    media_id = upload(storage, CONTENT)
    blob = blob_of(media_id)
    blob_id, sha256 = blob.id, blob.sha256
    release()
    missing.flag(blob_id)
    return trashed(media_id, ed), blob_id, sha256


@pytest.mark.parametrize("deed", [missing.heal, missing.flag])
def test_a_file_that_is_purged_while_its_original_is_found_or_missed(domain, storage, ed, turns, deed):
    media_id, blob_id, sha256 = lost(storage, ed)

    def purge():
        with transaction():
            media.find_trashed(media_id)
            turns.first()
            return removal.purge(media_id, actor=ed)

    def note():
        turns.second()
        return deed(blob_id)

    assert race(domain, purge, note) == ["photo.jpg", None]
    assert db.session.get(Media, media_id) is None
    assert rows() == {sha256: (deed is missing.flag, True)}


def test_a_file_is_purged_or_brought_back_and_never_both(domain, storage, ed):
    media_id = trashed(upload(storage, CONTENT), ed)

    def purge():
        with transaction():
            return removal.purge(media_id, actor=ed)

    def bring_back():
        with transaction():
            media.restore(media.find_trashed(media_id), actor=ed)

    ended = race(domain, purge, bring_back)

    release()
    there = db.session.get(Media, media_id)
    assert [isinstance(each, NotFound) for each in ended] == ([False, True] if there is None else [True, False])
    assert there is None or there.deleted_at is None
    assert list(rows().values()) == [(False, there is None)]


@pytest.mark.parametrize("order", ["purge first", "put back first"])
def test_bytes_that_are_put_back_while_their_twin_is_purged_are_kept(domain, storage, ed, turns, order):
    entry = replaced(storage, CONTENT, ed)
    twin = trashed(upload(storage, CONTENT), ed)
    sha256 = blob_of(twin).sha256
    release()
    is_first = order == "purge first"

    def purge():
        if not is_first:
            turns.second()
        with transaction():
            name = removal.purge(twin, actor=ed)
            if is_first:
                turns.first()
            return name

    def put_back():
        if is_first:
            turns.second()
        with transaction():
            replacing.put_back(entry, actor=ed)
            if not is_first:
                turns.first()

    assert race(domain, purge, put_back) == ["photo.jpg", None]
    assert blob_of(entry).sha256 == sha256
    assert rows()[sha256] == (False, False)


@pytest.mark.parametrize("order", ["tidied first", "put back first"])
def test_bytes_are_put_back_or_tidied_away_and_never_both(domain, storage, ed, turns, order):
    entry = replaced(storage, CONTENT, ed)
    with transaction():
        long_ago = now() - replacing.KEPT - timedelta(hours=1)
        db.session.execute(update(Blob).where(Blob.unused_since.is_not(None)).values(unused_since=long_ago))
    (key,) = [key for key in storage.keys("blobs") if key != blob_key(blob_of(entry).sha256)]
    os.utime(storage.path(key), (long_ago.timestamp(), long_ago.timestamp()))
    release()
    is_first = order == "tidied first"

    def tidy():
        if not is_first:
            turns.second()
        with transaction():
            unused = replacing.forget()
            if is_first:
                turns.first()
        return sum(upkeep._remove_all(storage, sha256) for sha256 in unused)

    def put_back():
        if is_first:
            turns.second()
        with transaction():
            replacing.put_back(entry, actor=ed)
            if not is_first:
                turns.first()

    removed, back = race(domain, tidy, put_back)

    assert (removed, type(back)) == ((1, Conflict) if is_first else (0, type(None)))
    assert storage.exists(key) is not is_first
    assert upkeep.check(storage, deep=True) == []
