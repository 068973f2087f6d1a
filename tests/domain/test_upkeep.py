"""The check of rows against files: every kind of fault made by hand is found, and repairing it deletes no row."""

import os
import re
import sqlite3
import time
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, select, update

from tests import factories, pictures
from tests.uploads import blob_of, bytes_of, files_in, rows_of, states_of, upload
from webapp.domain import galleries, idempotency, items, media, renditions, revisions, upkeep
from webapp.domain.models import (
    Arrival,
    Blob,
    GallerySlug,
    IdempotencyKey,
    Item,
    Media,
    OneTimeToken,
    Rendition,
    SignInFailure,
    SignInSession,
)
from webapp.domain.transaction import release, transaction
from webapp.domain.upkeep import Finding
from webapp.infra.clock import now
from webapp.infra.db import Base, db
from webapp.infra.storage import blob_key, rendition_key

STRANGE = "ab" * 32
OLD = time.time() - 7200
ON_ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def picture(storage):
    """A picture in the library, whole and with all that is made of it."""
    media_id = upload(storage, width=400, height=300)
    renditions.work_off(storage)
    return media_id


def put(storage, key, content=b"left over", *, aged=True):
    path = storage.root / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if aged:
        os.utime(path, (OLD, OLD))
    return path


def original(storage, media_id):
    return storage.path(blob_key(blob_of(media_id).sha256))


COUNTED = ("tallies", "marks")
"""Tables that follow what a file is found to be."""


def row_counts():
    release()
    return {
        table.name: db.session.execute(select(func.count()).select_from(table)).scalar()
        for table in Base.metadata.sorted_tables
        if table.name not in COUNTED
    }


def check(storage, **options):
    """Check, and see that no row has come or gone."""
    before = row_counts()
    found = upkeep.check(storage, **options)
    assert row_counts() == before
    return found


def test_a_whole_library_has_no_findings(storage, picture, ed):
    with transaction():
        items.add(factories.gallery(ed).id, [picture, picture], actor=ed)
    upload(storage, width=300, height=200)

    assert check(storage, deep=True) == []
    assert check(storage, deep=True, repair=True) == []
    assert states_of(picture) == {"ready"}


# Rows


def test_two_items_at_one_place_are_found(storage, ed):
    with transaction():
        gallery_id = factories.gallery(ed, pictures=3).id
    with transaction():
        db.session.execute(update(Item).where(Item.gallery_id == gallery_id).values(sort_order=1.0))

    found = check(storage)

    assert Finding("order", f"two items of gallery {gallery_id} have one place") in found
    assert [finding.kind for finding in found].count("order") == 1


def test_places_in_the_trash_may_be_taken_twice(storage, ed):
    with transaction():
        gallery = factories.gallery(ed, pictures=2)
        items.trash(gallery.id, items.ids_in_order(gallery.id), actor=ed)
        db.session.execute(update(Item).values(sort_order=1.0))

    assert [finding for finding in check(storage) if finding.kind == "order"] == []


def test_a_gallery_without_an_address_is_found(storage, ed):
    with transaction():
        lost, trashed = factories.gallery(ed, "Lost").id, factories.gallery(ed, "Trashed")
        galleries.trash(trashed, actor=ed)
        db.session.execute(delete(GallerySlug))

    assert check(storage, repair=True) == [Finding("slug", f"gallery {lost} has no address")]


@ON_ONE_ENGINE
def test_a_row_that_points_at_nothing_is_found(storage, picture, database_url):
    with sqlite3.connect(database_url.removeprefix("sqlite:///")) as raw:
        raw.execute("UPDATE media SET blob_id = ?", (uuid4().hex,))
    raw.close()

    (found,) = check(storage, repair=True)

    assert (found.kind, found.repaired) == ("database", False)
    assert re.fullmatch(r"row \d+ of media points at nothing in blobs", found.what)


@ON_ONE_ENGINE
def test_a_damaged_database_is_found_and_nothing_is_repaired_by_it(storage, picture, ed, database_url):
    with transaction():
        factories.gallery(ed, pictures=300)
    put(storage, f"renditions/{STRANGE}/w320.jpg")
    release()
    db.engine.dispose()
    path = Path(database_url.removeprefix("sqlite:///"))
    content = bytearray(path.read_bytes())
    content[20 * 4096 : 40 * 4096] = b"\xa5" * 20 * 4096
    path.write_bytes(content)

    found = upkeep.check(storage, repair=True)

    assert found
    assert {finding.kind for finding in found} == {"database"}
    assert storage.exists(f"renditions/{STRANGE}/w320.jpg")


# Originals


def test_a_lost_original_is_found_and_flagged(storage, picture):
    original(storage, picture).unlink()
    expected = [Finding("original", f"{blob_of(picture).sha256} is missing")]

    assert check(storage) == expected
    assert (blob_of(picture).missing_since, media.get(picture).state) == (None, "ready")
    assert check(storage, repair=True) == expected
    since = blob_of(picture).missing_since
    assert since is not None
    assert media.get(picture).state == "missing"
    assert check(storage, repair=True) == expected
    assert blob_of(picture).missing_since == since, "the first time counts"


def test_a_cut_original_is_found(storage, picture):
    path = original(storage, picture)
    path.write_bytes(path.read_bytes()[:-1])

    assert check(storage) == [Finding("original", f"{blob_of(picture).sha256} is not whole")]


def test_a_flipped_byte_is_found_by_reading_all(storage, picture):
    path = original(storage, picture)
    whole = path.read_bytes()
    path.write_bytes(whole[:2000] + bytes([whole[2000] ^ 1]) + whole[2001:])

    assert check(storage) == []
    damaged = [Finding("original", f"{blob_of(picture).sha256} is damaged")]
    assert check(storage, deep=True) == damaged
    assert check(storage, deep=True, repair=True) == damaged
    assert check(storage, repair=True) == damaged, "what was flagged is read again each time"
    assert media.get(picture).state == "missing"


def test_an_original_that_is_back_is_no_longer_missed(storage, picture):
    path = original(storage, picture)
    whole = path.read_bytes()
    path.unlink()
    check(storage, repair=True)
    path.write_bytes(whole)
    sha256 = blob_of(picture).sha256

    assert check(storage) == [Finding("original", f"{sha256} is back")]
    assert check(storage, repair=True) == [Finding("original", f"{sha256} is back", repaired=True)]
    assert check(storage) == []
    assert (blob_of(picture).missing_since, media.get(picture).state) == (None, "ready")


# Renditions


def test_a_lost_rendition_is_found_and_made_again(storage, picture):
    before = bytes_of(storage, picture)
    key = rendition_key(blob_of(picture).sha256, "w320.webp")
    storage.delete(key)

    assert check(storage) == [Finding("rendition", f"{key} is missing")]
    assert states_of(picture) == {"ready"}
    assert check(storage, repair=True) == [Finding("rendition", f"{key} is missing", repaired=True)]
    assert {row.name: row.state for row in rows_of(picture, "web")} == {"w320.jpg": "ready", "w320.webp": "pending"}
    assert renditions.work_off(storage) == 1
    assert bytes_of(storage, picture) == before
    assert states_of(picture) == {"ready"}
    assert check(storage) == []


def test_a_cut_rendition_is_found_and_made_again(storage, picture):
    before = bytes_of(storage, picture)
    key = rendition_key(blob_of(picture).sha256, "w320.avif")
    storage.path(key).write_bytes(b"cut")

    assert check(storage, repair=True) == [Finding("rendition", f"{key} is not whole", repaired=True)]
    assert renditions.work_off(storage) == 1
    assert bytes_of(storage, picture) == before


def test_a_rendition_that_is_not_made_yet_is_no_finding(storage):
    upload(storage, width=400, height=300)

    assert check(storage) == []


# Leftovers


@pytest.mark.parametrize(
    "key",
    [
        blob_key(STRANGE),
        f"renditions/{STRANGE}/w320.jpg",
        f"blobs/{STRANGE}",
    ],
)
def test_an_old_file_without_a_row_is_found_and_removed(storage, picture, key):
    put(storage, key)

    assert check(storage) == [Finding("leftover", key)]
    assert storage.exists(key)
    assert check(storage, repair=True) == [Finding("leftover", key, repaired=True)]
    assert not storage.exists(key)
    assert check(storage, deep=True) == []


def test_a_rendition_of_no_name_that_is_known_is_found(storage, picture):
    key = rendition_key(blob_of(picture).sha256, "w9999.webp")
    put(storage, key)

    assert check(storage, repair=True) == [Finding("leftover", key, repaired=True)]
    assert check(storage) == []


def test_a_second_copy_of_an_original_is_found_and_the_original_stays(storage, picture):
    sha256 = blob_of(picture).sha256
    put(storage, f"blobs/00/00/{sha256}")

    assert check(storage, repair=True) == [Finding("leftover", f"blobs/00/00/{sha256}", repaired=True)]
    assert check(storage, deep=True) == []


def test_a_young_file_without_a_row_is_left(storage):
    intake = media.take_in(pictures_stream(), "photo.jpg", storage=storage)

    assert check(storage, repair=True) == []
    assert storage.exists(blob_key(intake.sha256))
    with transaction():
        media.add(intake, actor=factories.actor("Ed", "editor"))
    assert check(storage, deep=True) == []


def pictures_stream():
    import io

    return io.BytesIO(pictures.photo(400, 300))


def test_the_grace_says_what_young_is(storage):
    path = put(storage, blob_key(STRANGE))
    ten_minutes_ago = time.time() - 600
    os.utime(path, (ten_minutes_ago, ten_minutes_ago))

    assert check(storage) == []
    assert check(storage, grace=timedelta(minutes=5)) == [Finding("leftover", blob_key(STRANGE))]


@pytest.mark.parametrize("name", ["README", ".DS_Store", "holiday/photo.jpg", "blobs/notes.txt", "renditions/x.jpg"])
def test_a_file_of_another_name_than_ours_is_not_judged(storage, picture, name):
    path = put(storage, name)

    assert check(storage, repair=True, grace=timedelta(0)) == []
    assert path.exists()


def test_bytes_that_came_again_since_the_look_are_kept(storage):
    """Of an orphan, somebody uploads the same bytes while the check is under way."""
    content = pictures.photo(400, 300)
    media_id = upload(storage, content)
    key = blob_key(blob_of(media_id).sha256)
    oldest = now() - timedelta(hours=1)

    assert not upkeep._remove(storage, key, oldest=oldest), "there is a row by now"
    os.utime(storage.path(key), (OLD, OLD))
    assert not upkeep._remove(storage, key, oldest=oldest), "and still is"
    put(storage, blob_key(STRANGE), aged=False)
    assert not upkeep._remove(storage, blob_key(STRANGE), oldest=oldest), "its row is being written"
    assert not upkeep._remove(storage, blob_key("cd" * 32), oldest=oldest), "somebody else has removed it"
    put(storage, blob_key(STRANGE))
    assert upkeep._remove(storage, blob_key(STRANGE), oldest=oldest)


def test_what_a_killed_process_has_left_of_an_original_is_swept_and_the_rest_stays(storage, picture):
    own, young = rendition_key(blob_of(picture).sha256, "w320.jpg"), blob_key("ef" * 32)
    put(storage, blob_key(STRANGE))
    put(storage, rendition_key(STRANGE, "w320.jpg"))
    put(storage, young, aged=False)
    put(storage, "blobs/notes.txt")
    for path in (storage.path(blob_key(blob_of(picture).sha256)), storage.path(own)):
        os.utime(path, (OLD, OLD))

    assert (upkeep.sweep(storage), upkeep.sweep(storage)) == (2, 0)
    assert not [key for key in storage.keys() if STRANGE in key]  # noqa: SIM118  a store is no mapping
    assert storage.exists(young)
    assert storage.exists("blobs/notes.txt")
    assert check(storage, deep=True) == []


def test_an_original_stays_as_long_as_anything_of_it_is_there(storage, picture):
    """Whoever is killed while removing, or finds a file too young, is followed by one who finds the rest."""
    put(storage, blob_key(STRANGE))
    young = put(storage, rendition_key(STRANGE, "w320.jpg"), aged=False)

    assert upkeep.sweep(storage) == 0
    assert storage.exists(blob_key(STRANGE))
    os.utime(young, (OLD, OLD))
    assert upkeep.sweep(storage) == 2
    assert check(storage) == []


def test_unfinished_uploads_are_swept_by_a_repair_when_they_are_old(storage):
    old, young = put(storage, "tmp/upload-1"), put(storage, "tmp/upload-2", aged=False)

    assert check(storage) == []
    assert check(storage, repair=True) == [Finding("leftover", "1 unfinished uploads", repaired=True)]
    assert (old.exists(), young.exists()) == (False, True)


def test_all_kinds_at_once_are_found_and_repaired_in_one_go(storage, picture, ed):
    lost = upload(storage, width=300, height=200, seed=9)
    renditions.work_off(storage)
    original(storage, lost).unlink()
    storage.delete(rendition_key(blob_of(picture).sha256, "w320.jpg"))
    put(storage, blob_key(STRANGE))

    found = check(storage, repair=True, deep=True)

    assert sorted((finding.kind, finding.repaired) for finding in found) == [
        ("leftover", True),
        ("original", False),
        ("rendition", True),
    ]
    renditions.work_off(storage)
    assert [finding.kind for finding in check(storage, repair=True)] == ["original"]
    assert blob_of(lost).sha256 in check(storage)[0].what
    assert len(files_in(storage.root / "renditions")) == 6


# What expires


def test_tidying_throws_away_what_has_expired_and_nothing_else(storage, ed):
    moment, day = now(), timedelta(days=1)
    with transaction():
        gallery = factories.gallery(ed, pictures=1)
        item = items.get(gallery.id, items.ids_in_order(gallery.id)[0])
        for number, ago in enumerate((-day, 3 * day)):
            db.session.add_all(expiring(str(number), moment - ago, ed, item))
    old = put(storage, "tmp/upload-1")
    before = row_counts()

    assert upkeep.tidy(storage) == 6
    assert upkeep.tidy(storage) == 0

    after = row_counts()
    emptied = {"sessions", "tokens", "sign_in_failures", "idempotency_keys", "arrivals"}
    assert {name: before[name] - after[name] for name in before if before[name] != after[name]} == dict.fromkeys(
        emptied, 1
    )
    assert not old.exists()
    assert db.session.scalars(select(SignInSession.token_hash)).all() == ["0"]
    assert db.session.scalars(select(IdempotencyKey.key)).all() == ["0"]
    assert day == idempotency.LIFE


def test_tidying_throws_away_revisions_that_are_too_many_and_too_old(storage, ed):
    with transaction():
        gallery = factories.gallery(ed)
        for _ in range(revisions.KEPT + 1):
            revisions.keep(gallery, reason="published", actor=ed).made_at = now() - revisions.KEPT_FOR

    assert upkeep.tidy(storage) == 1

    release()
    assert [each.number for each in revisions.all_of(gallery.id)][-1] == 2


def expiring(name, moment, person, item):
    """Make a row of each kind whose time is over at a moment, or soon after."""
    answer = {"request_hash": "", "status": 200, "content_type": "", "body": b""}
    place = {"gallery_id": item.gallery_id, "item_id": item.id, "sort_order": 1.0, "place": 0}
    return [
        SignInSession(user_id=person.id, token_hash=name, expires_at=moment),
        OneTimeToken(purpose="reset", user_id=person.id, token_hash=name, expires_at=moment),
        SignInFailure(subject="account:x", at=moment),
        IdempotencyKey(scope="cms:x", key=name, created_at=moment, **answer),
        Arrival(batch=uuid4(), arrived_at=moment, **place),
    ]


def test_the_rows_counted_here_are_all_there_are(storage, picture):
    counts = row_counts()

    assert (counts["blobs"], counts["media"], counts["renditions"]) == (1, 1, 3)
    assert db.session.scalars(select(func.count()).select_from(Blob)).one() == 1
    assert db.session.scalars(select(func.count()).select_from(Media)).one() == 1
    assert db.session.scalars(select(func.count()).select_from(Rendition)).one() == 3
