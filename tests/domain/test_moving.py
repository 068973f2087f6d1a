"""Animations are kept: WebP that moves beside the pictures that stand still."""

import io

import pytest
from PIL import Image

from tests import pictures
from tests.uploads import bytes_of, rows_of, upload
from webapp.domain import making, renditions
from webapp.domain import pictures as seen
from webapp.domain.transaction import release


def animation(name, *, width=900, height=600, frames=5, **options):
    scenes = [pictures.scene(width, height, seed=seed) for seed in range(frames)]
    about = {"duration": 120, "loop": 2} | options
    return pictures.encode(scenes[0], name, save_all=True, append_images=scenes[1:], **about)


@pytest.mark.parametrize("form", ["gif", "webp"])
def test_an_animation_has_files_that_move_and_files_that_stand_still(storage, form):
    media_id = upload(storage, animation(form), f"walk.{form}")

    renditions.work_off(storage)

    made = bytes_of(storage, media_id)
    assert {row.name for row in rows_of(media_id, "moving")} == {"moving-640.webp"}
    with Image.open(io.BytesIO(made["moving-640.webp"])) as moving:
        assert (moving.format, moving.size, moving.n_frames) == ("WEBP", (640, 427), 5)
        moving.seek(2)
        moving.load()
        assert moving.info["duration"] == 120
    with Image.open(io.BytesIO(made["w640.webp"])) as still:
        assert getattr(still, "n_frames", 1) == 1


def test_a_small_animation_moves_at_its_own_size(storage):
    media_id = upload(storage, animation("gif", width=120, height=90), "walk.gif")

    renditions.work_off(storage)

    (made,) = rows_of(media_id, "moving")
    assert (made.name, made.width, made.height) == ("moving-120.webp", 120, 90)


def test_frames_and_pixels_bound_what_moves():
    def widths(width, height, frames, mime="image/gif"):
        return [file.width for file in making.plan(mime, width, height, frames) if file.batch == "moving"]

    assert widths(2000, 1500, 20) == [640, 1280]
    assert widths(2000, 1500, 120) == [640]
    assert widths(2000, 1500, 500) == []
    assert widths(2000, 1500, 1) == []
    assert widths(800, 600, 9, "image/avif") == []


def test_a_picture_that_stands_still_has_nothing_that_moves(storage):
    media_id = upload(storage, width=800, height=600)

    assert rows_of(media_id, "moving") == []


def test_what_moves_is_apart_from_what_pages_choose_from(storage):
    media_id = upload(storage, animation("gif"), "walk.gif")
    renditions.work_off(storage)
    release()

    found = seen.of([media_id])[media_id]

    assert [file.name for file in found.moving] == ["moving-640.webp"]
    assert "moving-640.webp" not in {file.name for file in found.files}
    release()
    assert seen.small([media_id])[media_id].moving == ()
