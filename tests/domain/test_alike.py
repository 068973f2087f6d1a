"""Pictures that look alike: found by an index whatever was done to them, and plain ones like none."""

import io
import random

import pytest
from PIL import Image
from sqlalchemy import func, select, update

from tests import factories, pictures
from tests.statements import counted
from tests.uploads import blob_of, upload
from webapp.domain import alike, media
from webapp.domain.models import Blob, Likeness, Media
from webapp.domain.transaction import release, transaction
from webapp.infra.db import db
from webapp.infra.image_process import likeness
from webapp.infra.storage import blob_key


def saved(image, name="jpeg", **options):
    return pictures.encode(image, name, **options)


def found(media_id):
    release()
    return [each.name for each in alike.to(media_id)]


def test_a_picture_made_smaller_saved_again_or_lighter_looks_like_what_it_was(storage):
    scene = pictures.scene(600, 400, seed=4)
    first = upload(storage, saved(scene, quality=92), "first.jpg")
    upload(storage, saved(scene.resize((300, 200)), quality=50), "small.jpg")
    upload(storage, saved(scene, "webp", quality=60), "saved.webp")
    upload(storage, saved(scene.point(lambda value: min(255, value + 10)), "png"), "light.png")
    upload(storage, saved(pictures.scene(600, 400, seed=5)), "other.jpg")

    assert sorted(found(first)) == ["light.png", "saved.webp", "small.jpg"]


def test_what_was_cut_or_turned_is_another_picture(storage):
    scene = pictures.scene(600, 400, seed=4)
    first = upload(storage, saved(scene), "first.jpg")
    upload(storage, saved(scene.crop((0, 0, 400, 400))), "cut.jpg")
    upload(storage, saved(scene.transpose(Image.Transpose.ROTATE_180)), "turned.jpg")

    assert found(first) == []


def test_what_has_other_colours_is_another_picture(storage):
    scene = pictures.scene(600, 400, seed=4)
    red, green, blue = scene.split()
    first = upload(storage, saved(scene), "first.jpg")
    upload(storage, saved(Image.merge("RGB", (green, red, blue.point(lambda value: value // 2)))), "tinted.jpg")

    assert found(first) == []


@pytest.mark.parametrize("colours", [("red", "red"), ("white", "black"), ("#777777", "#787878")])
def test_plain_pictures_look_like_none(storage, colours):
    made = [
        upload(storage, saved(Image.new("RGB", (90 + place, 60), each)), f"{place}.jpg")
        for place, each in enumerate(colours)
    ]

    assert [found(each) for each in made] == [[], []]
    assert {blob_of(each).likeness for each in made} == {""}


def test_a_ramp_and_a_clear_picture_look_like_none(storage):
    ramp = Image.linear_gradient("L").resize((90, 60)).convert("RGB")
    ramps = [upload(storage, saved(ramp, quality=quality)) for quality in (70, 90)]
    clear = [upload(storage, saved(Image.new("RGBA", (side, 60), (9, 9, 9, 0)), "png")) for side in (80, 81)]

    assert [found(each) for each in (*ramps, *clear)] == [[], [], [], []]


def test_equal_bytes_are_twins_and_what_is_in_the_trash_is_not_shown(storage):
    scene = pictures.scene(300, 200, seed=4)
    first = upload(storage, saved(scene))
    upload(storage, saved(scene), "twin.jpg")
    small = upload(storage, saved(scene, quality=40), "small.jpg")
    assert found(first) == ["small.jpg"]

    with transaction():
        media.trash(media.locked(small), actor=factories.actor("Ed", "editor"))
    assert found(first) == []


def test_older_pictures_are_looked_at_once_in_the_background(storage):
    scene = pictures.scene(300, 200, seed=4)
    first, second = (upload(storage, saved(scene, quality=quality)) for quality in (40, 90))
    lost = upload(storage, saved(pictures.scene(300, 200, seed=5)))
    storage.delete(blob_key(blob_of(lost).sha256))
    told = blob_of(first).likeness
    with transaction():
        db.session.execute(Likeness.__table__.delete())
        db.session.execute(update(Blob).values(likeness=None))
    assert found(first) == []

    assert alike.work_off(storage, most=2) == 2
    assert alike.work_off(storage, go_on=lambda: False) == 0
    assert (alike.work_off(storage), alike.work_off(storage)) == (1, 0)
    assert len(found(first)) == len(found(second)) == 1
    assert (blob_of(first).likeness, blob_of(lost).likeness) == (told, "")


def test_a_hash_says_which_part_is_lighter_than_the_next():
    rows = [[200, 100] * 4 + [200], [100, 200] * 4 + [100]] * 4

    assert likeness.encode([grey for row in rows for grey in row]) == "aa55" * 4
    assert likeness.encode([100, 101] * 36) == ""


def sown(number):
    """So many blobs with hashes by chance, written without their bytes."""
    dice = random.Random(7)
    with transaction():
        for place in range(number):
            blob = Blob(sha256=f"{place:064x}", size=1, mime_type="image/jpeg", width=300, height=200)
            db.session.add(blob)
            db.session.flush()
            alike.note(blob, f"{dice.getrandbits(64):016x}")
            db.session.add(Media(blob_id=blob.id, filename=f"{place}.jpg", original_filename=f"{place}.jpg"))


def test_every_hash_of_seven_bits_difference_is_found_and_none_of_eight(storage):
    sown(60)
    dice = random.Random(1)
    first, told = db.session.execute(select(Blob.id, Blob.likeness).order_by(Blob.sha256)).first()
    base = int(told, 16)
    with transaction():
        for place in range(40):
            flips = sum(1 << bit for bit in dice.sample(range(64), 7 + place % 2))
            name = f"{'near' if place % 2 == 0 else 'far'}-{place}"
            blob = Blob(sha256=f"f{place:063x}", size=1, mime_type="image/jpeg", width=300, height=200)
            db.session.add(blob)
            db.session.flush()
            alike.note(blob, f"{base ^ flips:016x}")
            db.session.add(Media(blob_id=blob.id, filename=f"{name}.jpg", original_filename=name))
    release()
    media_id = db.session.scalars(select(Media.id).where(Media.blob_id == first)).one()
    names = {each.name for each in alike.to(media_id)}

    assert len(names) == alike.SHOWN
    assert all(name.startswith("near") for name in names)


def test_what_looks_alike_is_found_by_an_index_in_two_statements(storage):
    sown(30)
    release()
    media_id = db.session.scalars(select(Media.id)).first()
    with counted() as sent:
        alike.to(media_id)

    assert len(sent) == 2
    assert db.session.scalars(select(func.count()).select_from(Likeness)).one() == 120
    if db.engine.dialect.name == "sqlite":
        statement = "SELECT blob_id FROM likenesses WHERE band IN (1, 2, 3)"
        (plan,) = [row[3] for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
        assert "SEARCH likenesses USING" in plan
        assert "INDEX" in plan


def test_an_upload_keeps_what_a_picture_is_told_by(storage):
    intake = media.take_in(io.BytesIO(pictures.photo(300, 200, seed=3)), "a.jpg", storage=storage)

    assert len(intake.probe.look.likeness) == 16
