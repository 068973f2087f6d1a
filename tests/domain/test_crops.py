"""Cuts round focal points: made for grids that visitors see, keyed by ratio and focal point, swept when unwanted."""

import io

import pytest
from PIL import Image

from tests import factories, pictures
from tests.clips import clip
from tests.uploads import blob_of, bytes_of, rows_of, upload
from webapp.domain import crops, galleries, item_kinds, items, making, remaking, renditions
from webapp.domain import pictures as seen
from webapp.domain.models import Item, Media, Rendition
from webapp.domain.transaction import release, transaction
from webapp.infra.db import db
from webapp.infra.storage import Missing, rendition_key

MIDDLE = "crop:1x1:10:10"


@pytest.fixture
def photo(storage):
    return upload(storage, width=900, height=600)


@pytest.fixture
def gallery(ed, photo):
    """A public gallery whose one picture stands in a square."""
    with transaction():
        made = factories.gallery(ed, "Summer", status="published")
        galleries.update(made, {"layout": "grid", "tile_shape": "square"}, actor=ed)
        items.add(made.id, [photo], actor=ed)
        return made.id


def batches(media_id):
    """Return the cuts of a picture for tiles."""
    return {each for each in cuts(media_id) if not making.is_card(each)}


def cards(media_id):
    """Return the cuts of a picture for links."""
    return cuts(media_id) - batches(media_id)


def cuts(media_id):
    return {row.batch for row in rows_of(media_id) if row.batch.startswith("crop:")}


def change(gallery_id, ed, **fields):
    with transaction():
        galleries.update(galleries.get(gallery_id), fields, actor=ed)


def focus(gallery_id, ed, x, y):
    with transaction():
        (item_id,) = factories.order(gallery_id)
        item = items.get(gallery_id, item_id)
        items.change(item, {"focal_x": x, "focal_y": y}, actor=ed)


def test_d24_a_picture_in_a_public_grid_is_cut_to_its_shape(storage, gallery, photo):
    assert crops.plan() == 2
    renditions.work_off(storage)

    made = {row.name: row for row in rows_of(photo, MIDDLE)}
    assert set(made) == {f"1x1-10-10-w320.{ending}" for ending in ("webp", "jpg", "avif")}
    for name, content in bytes_of(storage, photo).items():
        if name in made:
            assert Image.open(io.BytesIO(content)).size == (320, 320) == (made[name].width, made[name].height)
    assert crops.plan() == 0


def test_a_crop_is_never_enlarged(storage, ed):
    small = upload(storage, width=250, height=180)
    with transaction():
        made = factories.gallery(ed, "Small", status="published")
        galleries.update(made, {"layout": "grid", "tile_shape": "portrait"}, actor=ed)
        items.add(made.id, [small], actor=ed)

    crops.plan()
    renditions.work_off(storage)

    cut = {(row.width, row.height) for row in rows_of(small) if row.batch.startswith("crop:3x4")}
    assert cut == {(135, 180)}


def test_a_crop_lies_round_the_focal_point(storage, gallery, photo, ed):
    """The corners are coloured: what is cut at the left shows red above blue, at the right lime above yellow."""
    focus(gallery, ed, 0.0, 0.5)
    crops.plan()
    renditions.work_off(storage)
    left = Image.open(io.BytesIO(bytes_of(storage, photo)["1x1-0-10-w320.jpg"]))

    focus(gallery, ed, 1.0, 0.5)
    crops.plan()
    renditions.work_off(storage)
    right = Image.open(io.BytesIO(bytes_of(storage, photo)["1x1-20-10-w320.jpg"]))

    assert pictures.corner_names(left)[::2] == ["red", "blue"]
    assert pictures.corner_names(right)[1::2] == ["lime", "yellow"]
    assert batches(photo) == {"crop:1x1:0:10", "crop:1x1:20:10"}


@pytest.mark.parametrize("x", [0.0, 0.125, 0.2, 1 / 3, 0.5, 0.625, 0.875, 1.0])
def test_the_database_rounds_a_focal_point_as_the_page_does(storage, gallery, photo, ed, x):
    focus(gallery, ed, x, 0.375)

    crops.plan()

    assert batches(photo) == {making.crop_batch("1:1", (x, 0.375))}


@pytest.mark.parametrize(
    "fields",
    [{"layout": "justified"}, {"layout": "masonry"}, {"status": "draft"}],
    ids=lambda fields: next(iter(fields.values())),
)
def test_only_what_visitors_see_in_one_shape_is_cut(gallery, photo, ed, fields):
    if "status" in fields:
        with transaction():
            galleries.set_status(galleries.get(gallery), fields["status"], actor=ed)
    else:
        change(gallery, ed, **fields)

    crops.plan()

    assert batches(photo) == set()


def test_what_nobody_wants_any_more_is_forgotten(storage, gallery, photo, ed):
    crops.plan()
    renditions.work_off(storage)
    assert crops.forget(storage) == 0
    sha256 = blob_of(photo).sha256

    focus(gallery, ed, 0.25, 0.25)
    crops.plan()
    assert crops.forget(storage) == 3 + 1

    assert cuts(photo) == {"crop:1x1:5:5", "crop:og:5:5"}
    with pytest.raises(Missing):
        storage.read(rendition_key(sha256, "1x1-10-10-w320.webp"))
    assert {"w320.webp", "w640.jpg"} <= {row.name for row in rows_of(photo)}


def test_a_cut_that_is_wanted_again_keeps_its_files(storage, gallery, photo, ed, monkeypatch):
    """Between the rows and the files of what nobody wants somebody wants it again, and it is made."""
    crops.plan()
    renditions.work_off(storage)
    change(gallery, ed, layout="justified")
    find = crops._unwanted

    def wanted_again():
        found = find()
        change(gallery, ed, layout="grid")
        crops.plan()
        renditions.work_off(storage)
        return found

    monkeypatch.setattr(crops, "_unwanted", wanted_again)
    assert crops.forget(storage) == 3

    assert batches(photo) == {MIDDLE}
    assert len(bytes_of(storage, photo)) == len(rows_of(photo))


def test_what_nobody_wants_any_more_is_forgotten_in_shares(storage, gallery, photo, ed, monkeypatch):
    crops.plan()
    focus(gallery, ed, 0.0, 0.5)
    crops.plan()
    renditions.work_off(storage)
    change(gallery, ed, layout="justified")
    monkeypatch.setattr(crops, "SHARE", 1)

    assert crops.forget(storage) == 6 + 1
    assert batches(photo) == set()
    assert [key for key in storage.keys() if "/1x1-" in key] == []  # noqa: SIM118  a store is no mapping


def test_two_galleries_share_a_cut_and_one_keeps_it(storage, gallery, photo, ed):
    with transaction():
        other = factories.gallery(ed, "Winter", status="published")
        galleries.update(other, {"layout": "grid", "tile_shape": "square"}, actor=ed)
        items.add(other.id, [photo], actor=ed)

    assert crops.plan() == 2
    change(gallery, ed, layout="justified")

    assert crops.forget(storage) == 0
    assert batches(photo) == {MIDDLE}


def test_cuts_are_made_anew_where_the_policy_has_changed(storage, gallery, photo, monkeypatch):
    crops.plan()
    renditions.work_off(storage)
    sha256 = blob_of(photo).sha256
    monkeypatch.setattr(making.images, "SAVED", making.images.SAVED | {"webp": {"Q": 60, "effort": 2}})

    for _ in range(2):
        remaking.work_off(storage)
        renditions.work_off(storage)
    assert crops.plan() == 1
    renditions.work_off(storage)

    planned = {file.name for file in making.plan_crop(MIDDLE, 900, 600)}
    assert {row.name for row in rows_of(photo, MIDDLE) if row.state == "ready"} == planned
    assert "1x1-10-10-w320.webp" not in planned
    assert not storage.exists(rendition_key(sha256, "1x1-10-10-w320.webp"))
    assert crops.plan() == remaking.work_off(storage) == 0


def test_a_picture_knows_its_cuts_and_falls_back_to_all_of_it(storage, gallery, photo):
    renditions.work_off(storage)
    release()
    assert seen.of([photo])[photo].cut("1:1", None) == ()

    crops.plan()
    renditions.work_off(storage)
    release()

    found = seen.of([photo])[photo]
    assert {file.name for file in found.cut("1:1", (0.5, 0.5))} == {row.name for row in rows_of(photo, MIDDLE)}
    assert found.cut("16:9", None) == ()
    assert not {file.name for file in found.files} & {file.name for file in found.cut("1:1", None)}


def test_d24_what_stands_for_a_public_gallery_is_cut_for_its_link(storage, gallery, photo, ed):
    """In one size and format, round the focal point, whatever the layout: other sites make their own sizes of it."""
    change(gallery, ed, layout="masonry")
    focus(gallery, ed, 1.0, 0.5)

    assert (crops.plan(), crops.plan()) == (1, 0)
    renditions.work_off(storage)

    (row,) = rows_of(photo, "crop:og:20:10")
    assert (row.name, row.width, row.height, row.state) == ("og-20-10-w900.jpg", 900, 472, "ready")
    content = bytes_of(storage, photo)[row.name]
    assert Image.open(io.BytesIO(content)).size == (900, 472)
    release()
    assert seen.of([photo])[photo].card((1.0, 0.5)).name == row.name


def test_until_it_is_cut_the_whole_picture_stands_beside_the_link(storage, gallery, photo):
    release()
    assert seen.of([photo])[photo].card(None) is None
    renditions.work_off(storage)
    release()

    assert seen.of([photo])[photo].card(None).name == "w640.jpg"


def test_the_cover_stands_for_a_gallery_before_its_first_picture(storage, gallery, photo, ed):
    cover, apart = (upload(storage, width=900, height=600, seed=seed) for seed in (2, 3))
    with transaction():
        items.add(gallery, [cover], actor=ed)
    crops.plan()
    assert (cards(photo), cards(cover)) == ({"crop:og:10:10"}, set())

    for chosen in (cover, apart):
        change(gallery, ed, cover_media_id=chosen)
        crops.plan()
        crops.forget(storage)
        made = {each: bool(cards(each)) for each in (photo, cover, apart)}
        assert made == {photo: False, cover: chosen is cover, apart: chosen is apart}


def test_only_a_gallery_that_visitors_see_has_a_picture_beside_its_link(storage, gallery, photo, ed):
    with transaction():
        galleries.set_status(galleries.get(gallery), "draft", actor=ed)
    assert (crops.plan(), cards(photo)) == (0, set())

    with transaction():
        galleries.set_status(galleries.get(gallery), "published", actor=ed)
    crops.plan()

    assert cards(photo) == {"crop:og:10:10"}


def test_a_text_and_what_has_not_come_yet_stand_for_no_gallery(storage, gallery, photo, ed):
    with transaction():
        text = item_kinds.add_text(gallery, actor=ed, html="<p>Hello</p>", place="top")
        awaited = Media(state="pending", filename="awaited.jpg", original_filename="awaited.jpg")
        db.session.add(awaited)
        db.session.flush()
        items.settle(gallery, [Item(kind="image", media_id=awaited.id)], actor=ed, place="top")
    assert factories.order(gallery).index(text.id) == 1

    crops.plan()

    assert cards(photo) == {"crop:og:10:10"}


def test_a_video_is_stood_for_by_its_picture(storage, gallery, photo, ed):
    film = upload(storage, clip(320, 180), "film.mp4")
    with transaction():
        items.add(gallery, [film], actor=ed, place="top")
    crops.plan()
    renditions.work_off(storage, batches=(making.CROP,))

    assert {row.state for row in rows_of(film, "crop:og:10:10")} == {"ready"}


def test_cutting_comes_after_what_has_just_come_in(storage, gallery, photo):
    renditions.work_off(storage)
    crops.plan()
    fresh = upload(storage, width=400, height=300, seed=3)

    renditions.work_off(storage, most=2)

    assert {row.state for row in rows_of(fresh)} == {"ready"}
    assert {row.state for row in rows_of(photo, MIDDLE)} == {"pending"}


def test_a_cut_of_a_video_of_an_odd_height_is_made(storage):
    """What shows the video has an even height, so a cut of it is a pixel smaller than planned."""
    film = upload(storage, clip(250, 181, ending="webm"), "film.webm")
    blob = blob_of(film)
    with transaction():
        files = making.plan_crop(MIDDLE, blob.width, blob.height)
        db.session.add_all(Rendition(blob_id=blob.id, **file._asdict()) for file in files)
    assert (blob.height, {file.width for file in files}) == (181, {181})

    renditions.work_off(storage, batches=(making.CROP,))

    assert {row.state for row in rows_of(film, MIDDLE)} == {"ready"}
    assert {file.name for file in files} <= {row.name for row in rows_of(film)}
    assert all(storage.exists(rendition_key(blob.sha256, file.name)) for file in files)
