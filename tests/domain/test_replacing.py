"""Another file in the place of one: the entry and its uses stay, the bytes are others, and can be put back."""

import io
import os
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tests import factories, pictures
from tests.uploads import blob_of, states_of, upload
from webapp.domain import galleries, items, library, media, renditions, replacing, upkeep
from webapp.domain.errors import Conflict, Invalid, NotFound, Stale
from webapp.domain.models import AuditEntry, Blob, Fetch, Item, Media, OutboxEvent, Rendition
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.storage import blob_key

OLD = time.time() - 7200


@pytest.fixture
def lake(storage, ed):
    """A picture that a published gallery shows, with a text, a focal point and a cover."""
    media_id = upload(storage, width=400, height=300, name="lake.jpg", by=ed)
    with transaction():
        gallery = factories.gallery(ed, "Summer", status="published")
        item = items.add(gallery.id, [media_id], actor=ed)[0]
        items.change(item, {"focal_x": 0.25, "focal_y": 0.75}, actor=ed)
        galleries.update(gallery, {"cover_media_id": media_id}, actor=ed)
        factories.write(db.session.get(Media, media_id), "en", ed, alt="A lake")
    return media_id


def taken(storage, **photo):
    return media.take_in(io.BytesIO(pictures.photo(**photo)), "other.png", storage=storage)


def put(media_id, intake, ed, **options):
    with transaction():
        replacing.replace(media_id, intake, actor=ed, **options)


def version_of(media_id):
    release()
    return media.get(media_id).version


def test_the_entry_its_texts_and_its_uses_stay_and_the_bytes_are_others(storage, ed, lake):
    before, entry = blob_of(lake), media.get(lake)
    filename, name = entry.filename, entry.original_filename
    spot = db.session.scalars(select(Item.id)).one()
    put(lake, taken(storage, width=500, height=200, format="png"), ed, version=entry.version)

    after, folio = blob_of(lake), library.open_file(lake)
    assert after.sha256 != before.sha256
    assert (after.width, after.height, after.mime_type) == (500, 200, "image/png")
    assert (folio.media.filename, folio.media.original_filename) == (filename, name)
    assert folio.sheet.segments["alt"].value == "A lake"
    assert [(place.title, place.times, place.cover) for place in folio.places] == [("Summer", 1, True)]
    item = db.session.get(Item, spot)
    assert (item.media_id, item.focal_x, item.focal_y) == (lake, 0.25, 0.75)
    assert states_of(lake) == {"pending"}
    renditions.work_off(storage)
    assert states_of(lake) == {"ready"}


def test_the_change_is_counted_recorded_and_told(storage, ed, lake):
    version, before = version_of(lake), blob_of(lake).sha256
    with transaction():
        db.session.execute(update(OutboxEvent).values(delivered_at=now()))
    put(lake, taken(storage, seed=2), ed)

    assert version_of(lake) == version + 1
    told = db.session.scalars(select(OutboxEvent).where(OutboxEvent.delivered_at.is_(None))).all()
    assert [(each.kind, each.entity_id) for each in told] == [("media.updated", str(lake))]
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.verb, entry.user_id) == ("media.replace", ed.id)
    assert entry.changes == {"bytes": [before, blob_of(lake).sha256]}


def test_somebody_else_s_change_is_not_overwritten(storage, ed, lake):
    seen, before = version_of(lake), blob_of(lake).sha256
    with transaction():
        media.change(media.locked(lake), {"original_filename": "pond.jpg"}, actor=ed)

    with pytest.raises(Stale):
        put(lake, taken(storage, seed=2), ed, version=seen)
    assert blob_of(lake).sha256 == before


def test_a_file_in_the_trash_is_not_replaced(storage, ed):
    media_id = upload(storage)
    with transaction():
        media.trash(media.locked(media_id), actor=ed)

    with pytest.raises(NotFound):
        put(media_id, taken(storage, seed=2), ed)


def test_a_picture_does_not_take_the_place_of_a_video(storage, ed, lake):
    with transaction():
        db.session.get(Media, lake).kind = "video"

    with pytest.raises(Invalid, match="Only a video"):
        put(lake, taken(storage, seed=2), ed)


def test_equal_bytes_change_nothing(storage, ed, lake):
    version = version_of(lake)
    put(lake, taken(storage, width=400, height=300), ed)

    assert version_of(lake) == version
    assert replacing.earlier(media.get(lake)) is None


def test_equal_bytes_heal_a_file_that_was_missing(storage, ed, lake):
    storage.delete(blob_key(blob_of(lake).sha256))
    upkeep.check(storage, repair=True)
    assert media.get(lake).state == "missing"
    put(lake, taken(storage, width=400, height=300), ed)

    release()
    assert (media.get(lake).state, blob_of(lake).missing_since) == ("ready", None)


def test_another_file_ends_the_wait_for_one_that_is_somewhere_else(storage, ed):
    with transaction():
        entry = Media(filename="a.jpg", original_filename="a.jpg", state="missing", source_url="https://a.example/a")
        db.session.add(entry)
        db.session.flush()
        db.session.add(Fetch(media_id=entry.id, state="failed"))
        media_id = entry.id
    put(media_id, taken(storage), ed)

    assert media.get(media_id).state == "ready"
    assert db.session.scalars(select(func.count()).select_from(Fetch)).one() == 0


# ---- back again ----


def test_the_earlier_file_can_be_put_back_and_forth(storage, ed, lake):
    first = blob_of(lake).sha256
    put(lake, taken(storage, seed=2), ed)
    second = blob_of(lake).sha256
    kept = replacing.earlier(media.get(lake))
    assert (kept.sha256, kept.width, kept.height, kept.by) == (first, 400, 300, "Ed")

    with transaction():
        replacing.put_back(lake, actor=ed)
    assert blob_of(lake).sha256 == first
    assert replacing.earlier(media.get(lake)).sha256 == second
    assert blob_of(lake).unused_since is None


def test_nothing_is_put_back_where_nothing_was_replaced_or_something_changed(storage, ed, lake):
    with pytest.raises(Conflict), transaction():
        replacing.put_back(lake, actor=ed)
    put(lake, taken(storage, seed=2), ed)

    with pytest.raises(Stale), transaction():
        replacing.put_back(lake, actor=ed, version=1)


def let_months_pass():
    with transaction():
        late = now() - replacing.KEPT - timedelta(hours=1)
        db.session.execute(update(Blob).where(Blob.unused_since.is_not(None)).values(unused_since=late))


@pytest.mark.at_the_disk
def test_bytes_that_nobody_uses_are_swept_after_a_while_with_what_was_made_of_them(storage, ed, lake):
    renditions.work_off(storage)
    first, made = blob_of(lake).sha256, len(list(storage.keys()))
    put(lake, taken(storage, seed=2), ed)
    upkeep.tidy(storage)
    assert storage.exists(blob_key(first))

    let_months_pass()
    for path in storage.root.rglob("*"):
        os.utime(path, (OLD, OLD))
    upkeep.tidy(storage)
    assert db.session.scalars(select(Blob.sha256)).all() == [blob_of(lake).sha256]
    assert db.session.scalars(select(func.count()).select_from(Rendition)).one() > 0
    assert len(list(storage.keys())) < made
    assert [key for key in storage.keys() if first in key] == []  # noqa: SIM118  a store is no mapping
    assert replacing.earlier(media.get(lake)) is None


def test_bytes_that_came_in_again_or_that_another_entry_has_are_not_swept(storage, ed, lake):
    first = blob_of(lake).sha256
    put(lake, taken(storage, seed=2), ed)
    other = upload(storage, width=400, height=300)
    assert blob_of(other).unused_since is None
    third = upload(storage, seed=3)
    twin = upload(storage, seed=3)
    put(third, taken(storage, seed=4), ed)

    let_months_pass()
    upkeep.tidy(storage)
    assert blob_of(other).sha256 == first
    assert blob_of(twin).unused_since is None
