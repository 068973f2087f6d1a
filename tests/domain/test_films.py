"""Videos of the library: what is made of them, who holds the work, and what a page needs of them."""

import io
from datetime import timedelta

import pytest

from tests import uploads
from tests.clips import clip, facts_of, picture_of
from tests.uploads import BY_NOBODY, blob_of, overwrite, rows_of, states_of
from webapp.domain import films, media, pictures, renditions, stills
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.making import SLOW
from webapp.domain.models import Media
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.storage import blob_key, rendition_key

ON_ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PICTURES = {"w320.webp", "w320.jpg", "w320.avif"}


def upload(storage, name="clip.mp4", **card):
    intake = media.take_in(io.BytesIO(clip(**card)), name, storage=storage)
    with transaction():
        return media.add(intake, actor=BY_NOBODY).id


def test_a_video_comes_in_by_its_content(storage):
    media_id = upload(storage, "holiday.jpg", turned=90)

    blob, entry = blob_of(media_id), db.session.get(Media, media_id)
    assert (blob.mime_type, blob.width, blob.height) == ("video/mp4", 240, 320)
    assert abs(blob.duration - 1000) < 80
    assert (entry.kind, entry.filename[-4:]) == ("video", ".mp4")
    assert storage.exists(blob_key(blob.sha256))


@ON_ONE_ENGINE
def test_what_is_made_of_a_video_is_planned_with_its_row(storage):
    media_id = upload(storage)

    assert {(row.batch, row.name) for row in rows_of(media_id)} == {
        ("480p", "480p.mp4"),
        ("clean", "original.mp4"),
        *(("avif" if name.endswith("avif") else "web", name) for name in PICTURES),
    }


def test_all_of_a_video_is_made(storage):
    media_id = upload(storage, turned=90, place=True)

    assert renditions.work_off(storage) == 4

    assert states_of(media_id) == {"ready"}
    sha256 = blob_of(media_id).sha256
    with storage.fetched(rendition_key(sha256, "480p.mp4")) as path:
        step = picture_of(facts_of(path))
    assert (step["width"], step["height"]) == (240, 320)
    assert b"48.8582" not in storage.read(rendition_key(sha256, "original.mp4"))
    assert {row.size for row in rows_of(media_id)} == {
        storage.size(rendition_key(sha256, row.name)) for row in rows_of(media_id)
    }
    film = films.of([media_id])[media_id]
    assert (film.state, film.seconds, [step.name for step in film.steps]) == ("ready", 1, ["480p.mp4"])
    assert {file.name for file in pictures.of([media_id])[media_id].files} == {"w240.webp", "w240.jpg", "w240.avif"}


@ON_ONE_ENGINE
def test_what_has_just_come_in_does_not_wait_for_a_video(storage):
    media_id = upload(storage)

    assert renditions.work_off(storage, batches=("web",)) == 1
    assert states_of(media_id, "web") == {"ready"}
    assert films.of([media_id])[media_id].state == "pending"
    assert "web" not in SLOW


def test_long_work_renews_its_lease_and_says_how_far_it_is(storage, monkeypatch):
    monkeypatch.setattr(renditions, "RENEWED", timedelta(0))
    media_id = upload(storage, seconds=2.0)
    batch = renditions._claim(("480p",))
    first, told = batch.lease, []
    report = renditions._report(batch, lambda: True)

    assert report(0.4)
    told = {(row.progress, row.lease_until) for row in rows_of(media_id, "480p")}

    assert told == {(40, batch.lease)}
    assert batch.lease > first
    assert films.of([media_id])[media_id].progress == 40


def test_a_worker_whose_batch_is_somebody_elses_is_told_to_stop(storage, monkeypatch):
    monkeypatch.setattr(renditions, "RENEWED", timedelta(0))
    media_id = upload(storage)
    batch = renditions._claim(("480p",))
    with transaction():
        for row in renditions._held_rows(batch):
            row.lease_until = now() + timedelta(hours=1)

    renditions._make(batch, storage=storage)

    assert states_of(media_id, "480p") == {"pending"}
    assert not storage.exists(rendition_key(blob_of(media_id).sha256, "480p.mp4"))


@ON_ONE_ENGINE
def test_a_worker_that_is_told_to_stop_gives_the_video_back_uncounted(storage):
    media_id = upload(storage)
    batch = renditions._claim(("480p",))

    renditions._make(batch, storage=storage, go_on=lambda: False)

    assert [(row.state, row.attempts, row.lease_until) for row in rows_of(media_id, "480p")] == [("pending", 0, None)]
    assert renditions.work_off(storage, batches=("480p",)) == 1
    assert states_of(media_id, "480p") == {"ready"}


@ON_ONE_ENGINE
def test_a_video_that_cannot_be_made_stops_after_five_tries_and_says_why(storage, monkeypatch):
    monkeypatch.setattr(renditions, "BACK_OFF", timedelta(0))
    media_id = upload(storage)
    overwrite(storage, blob_key(blob_of(media_id).sha256), clip()[:200])

    assert renditions.work_off(storage, batches=("480p",)) == 5

    (row,) = rows_of(media_id, "480p")
    assert (row.state, row.attempts) == ("failed", 5)
    assert "damaged" in row.error
    assert films.of([media_id])[media_id].state == "failed"


@ON_ONE_ENGINE
def test_a_still_is_a_picture_of_the_library_named_for_its_second(storage):
    media_id = upload(storage, "Sea side.mp4", turned=90)

    intake = stills.take(media_id, 0.5, storage=storage)

    assert (intake.kind, intake.filename) == ("image", "Sea side 0-01.jpg")
    assert (intake.probe.width, intake.probe.height) == (240, 320)


@ON_ONE_ENGINE
@pytest.mark.parametrize("at", [-1, float("nan"), float("inf"), 1e9])
def test_a_still_needs_a_second(storage, at):
    with pytest.raises(Invalid):
        stills.take(upload(storage), at, storage=storage)


@ON_ONE_ENGINE
def test_a_still_needs_a_video(storage):
    with pytest.raises(NotFound):
        stills.take(uploads.upload(storage), 0, storage=storage)


@ON_ONE_ENGINE
def test_a_picture_is_wanted_where_only_pictures_are(storage):
    with pytest.raises(Invalid, match="This is a video"):
        media.take_in(io.BytesIO(clip()), "clip.mp4", storage=storage, only="image")

    assert list(storage.keys()) == []


@ON_ONE_ENGINE
def test_the_same_video_twice_is_two_files_of_the_library_on_the_same_bytes(storage):
    made = [upload(storage), upload(storage)]

    assert len(set(made)) == 2
    assert len({blob_of(each).id for each in made}) == 1
    assert len(rows_of(made[0])) == 5
