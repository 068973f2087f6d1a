"""Files made anew where the policy has changed: what was there is shown until all of the new is ready."""

import pytest
from sqlalchemy import select, update

from tests.uploads import blob_of, bytes_of, overwrite, rows_of, states_of, upload
from webapp.domain import making, remaking, renditions
from webapp.domain.models import Blob, Rendition
from webapp.domain.transaction import transaction
from webapp.infra.db import db
from webapp.infra.storage import Missing, rendition_key

QUICK_FILES = {"w320.jpg", "w320.webp"}


@pytest.fixture
def old(storage):
    """A picture whose files were made by a policy that knew 240 pixels, and neither 320 as WebP nor AVIF."""
    media_id = upload(storage, width=400, height=300)
    renditions.work_off(storage)
    blob = blob_of(media_id)
    here = Rendition.blob_id == blob.id
    with transaction():
        db.session.execute(update(Blob).where(Blob.id == blob.id).values(policy="of-long-ago"))
        db.session.execute(update(Rendition).where(here, Rendition.name == "w320.webp").values(name="w240.webp"))
        for row in db.session.scalars(select(Rendition).where(here, Rendition.batch == "avif")):
            db.session.delete(row)
    new = rendition_key(blob.sha256, "w320.webp")
    overwrite(storage, rendition_key(blob.sha256, "w240.webp"), storage.read(new))
    storage.delete(new)
    return media_id


def names(media_id, *, state="ready", later=False):
    rows = [row for row in rows_of(media_id) if row.state == state]
    return {row.name for row in rows if row.batch.endswith(making.LATER) == later}


def test_what_comes_in_is_made_by_the_policy_of_the_day(storage):
    media_id = upload(storage, width=400, height=300)

    assert blob_of(media_id).policy == making.policy()
    assert remaking.work_off(storage) == 0
    assert remaking.progress() == remaking.Progress(1, 1)


def test_what_is_missing_is_planned_and_what_was_there_is_kept_meanwhile(storage, old):
    assert remaking.progress().left == 1

    assert remaking.work_off(storage) == 1

    assert names(old, state="pending", later=True) == {"w320.webp", "w320.avif"}
    assert names(old) == {"w240.webp", "w320.jpg"}
    assert set(bytes_of_ready(storage, old)) == {"w240.webp", "w320.jpg"}
    assert remaking.progress().left == 1


def test_it_takes_its_place_once_all_of_it_is_ready(storage, old):
    sha256 = blob_of(old).sha256
    remaking.work_off(storage)

    assert renditions.work_off(storage) == 2
    assert remaking.work_off(storage) == 1

    assert names(old) == {"w320.jpg", "w320.webp", "w320.avif"}
    assert set(bytes_of(storage, old)) == {"w320.jpg", "w320.webp", "w320.avif"}
    assert {row.batch for row in rows_of(old)} == {"web", "avif"}
    assert remaking.progress().left == 0
    with pytest.raises(Missing):
        storage.read(rendition_key(sha256, "w240.webp"))
    assert remaking.work_off(storage) == 0


def test_while_it_is_made_nothing_is_planned_twice(storage, old):
    remaking.work_off(storage)

    assert remaking.work_off(storage) == 0

    assert len(rows_of(old)) == 4


def test_what_has_just_come_in_is_made_first(storage, old):
    remaking.work_off(storage)
    fresh = upload(storage, width=500, height=300)

    renditions.work_off(storage, most=2)

    assert states_of(fresh) == {"ready"}
    assert names(old, state="pending", later=True) == {"w320.webp", "w320.avif"}


def test_a_file_that_cannot_be_made_anew_leaves_what_was_there(storage, old):
    remaking.work_off(storage)
    with transaction():
        db.session.execute(
            update(Rendition).where(Rendition.batch.like("%+")).values(state="failed", attempts=5, error="Broken.")
        )

    assert remaking.work_off(storage) == 0
    assert names(old) == {"w240.webp", "w320.jpg"}

    with transaction():
        renditions.retry(blob_of(old).id)
    renditions.work_off(storage)
    remaking.work_off(storage)
    assert names(old) == {"w320.jpg", "w320.webp", "w320.avif"}


def test_a_sweep_that_dies_between_two_pictures_is_followed_by_the_next(storage, old):
    other = upload(storage, width=640, height=300)
    renditions.work_off(storage)
    with transaction():
        db.session.execute(update(Blob).values(policy=None))

    assert remaking.work_off(storage, most=1) == 1
    assert remaking.work_off(storage, most=5) >= 1
    renditions.work_off(storage)
    remaking.work_off(storage)

    assert remaking.progress() == remaking.Progress(2, 2)
    assert states_of(other) == {"ready"}


def test_the_policy_is_another_with_other_settings_and_so_are_the_names(storage, old, monkeypatch):
    """What an address leads to never changes, so a file that is saved otherwise has another one."""
    before = making.policy()
    saved = making.images.SAVED | {"webp": {"Q": 60, "effort": 2}}
    monkeypatch.setattr(making.images, "SAVED", saved)

    assert making.policy() != before
    planned = {file.name for file in making.plan("image/jpeg", 400, 300)}
    assert {"w320.jpg", "w320.avif"} < planned
    assert "w320.webp" not in planned


def test_rows_that_an_earlier_policy_planned_give_way_to_those_of_today(storage, monkeypatch):
    media_id = upload(storage, width=400, height=300)
    monkeypatch.setattr(making.images, "SAVED", making.images.SAVED | {"webp": {"Q": 60, "effort": 2}})

    renditions.work_off(storage)
    assert names(media_id) == {"w320.jpg", "w320.avif"}
    remaking.work_off(storage)
    renditions.work_off(storage)
    remaking.work_off(storage)

    assert names(media_id) == {file.name for file in making.plan("image/jpeg", 400, 300)}
    assert states_of(media_id) == {"ready"}
    assert remaking.progress().left == 0
    assert not renditions.is_due()


def test_a_missing_original_is_left_alone(storage, old):
    with transaction():
        db.session.execute(update(Blob).values(missing_since=blob_of(old).created_at))

    assert remaking.work_off(storage) == 0
    assert remaking.progress().left == 0


def bytes_of_ready(storage, media_id):
    sha256 = blob_of(media_id).sha256
    ready = [row.name for row in rows_of(media_id) if row.state == "ready"]
    return {name: storage.read(rendition_key(sha256, name)) for name in ready}
