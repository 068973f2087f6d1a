"""The picture that stands for a video: made into the video's own pictures, in its shape, and thrown away with it."""

import io
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select, update

from tests import factories, pictures
from tests.clips import clip
from tests.uploads import blob_of, bytes_of, rows_of, upload
from webapp.domain import crops, galleries, items, media, posters, remaking, renditions, replacing, showing
from webapp.domain import pictures as seen
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.models import Blob, Gallery, Media
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.storage import LocalStorage, rendition_key

STILLS = ("web", "avif")


@pytest.fixture
def storage(domain, tmp_path):
    return LocalStorage(tmp_path / "media")


@pytest.fixture
def film(storage):
    """A video of which everything is made."""
    made = upload(storage, clip(320, 180), "film.mp4")
    renditions.work_off(storage)
    return made


def plain(colour, size=(900, 900)):
    return pictures.encode(Image.new("RGB", size, colour), "png")


def choose(storage, film, ed, content):
    intake = media.take_in(io.BytesIO(content), "poster.png", storage=storage) if content else None
    with transaction():
        posters.choose(film, intake, actor=ed)


def settle(storage):
    for _ in range(2):
        renditions.work_off(storage)
        remaking.work_off(storage)
        crops.plan()
    renditions.work_off(storage)


def names(media_id):
    release()
    return {file.name for file in seen.of([media_id])[media_id].files}


def colours(storage, media_id):
    """Return the colour in the middle of each picture that is shown of a video."""
    wanted, found = names(media_id), set()
    for name, content in bytes_of(storage, media_id).items():
        if name in wanted:
            image = Image.open(io.BytesIO(content)).convert("RGB")
            assert image.size == (320, 180)
            red, green, _ = image.getpixel((160, 90))
            found.add("red" if red > green + 80 else "lime" if green > red + 80 else "other")
    return found


def test_a_video_s_pictures_are_made_of_what_is_chosen_in_its_shape(storage, film, ed):
    before = names(film)

    choose(storage, film, ed, plain("red"))
    assert names(film) == before, "what there was is shown until the new ones are ready"
    settle(storage)

    assert colours(storage, film) == {"red"}
    assert len(names(film)) == len(before)
    assert not names(film) & before, "what an address leads to never changes"
    assert {row.batch for row in rows_of(film)} == {"web", "avif", "clean", "480p"}
    assert not any(storage.exists(rendition_key(blob_of(film).sha256, name)) for name in before)


@pytest.mark.full
def test_a_small_poster_fills_the_video_and_a_clear_one_is_white_behind(storage, film, ed):
    choose(storage, film, ed, plain("red", (40, 90)))
    settle(storage)
    assert colours(storage, film) == {"red"}

    choose(storage, film, ed, pictures.encode(Image.new("RGBA", (300, 300), (0, 0, 0, 0)), "png"))
    settle(storage)

    content = next(content for name, content in bytes_of(storage, film).items() if name.endswith(".jpg"))
    shown = Image.open(io.BytesIO(content))
    assert min(shown.convert("RGB").getpixel((160, 90))) > 240


@pytest.mark.full
def test_of_two_choices_the_later_is_shown(storage, film, ed):
    choose(storage, film, ed, plain("red"))
    choose(storage, film, ed, plain("lime"))
    settle(storage)
    assert colours(storage, film) == {"lime"}

    choose(storage, film, ed, plain("red"))
    renditions.work_off(storage)
    choose(storage, film, ed, plain("lime", (500, 500)))
    settle(storage)

    assert colours(storage, film) == {"lime"}
    assert len(names(film)) == 3


@pytest.mark.full
def test_without_one_it_is_what_the_video_shows_again(storage, film, ed):
    before = names(film)
    choose(storage, film, ed, plain("red"))
    settle(storage)

    choose(storage, film, ed, None)
    settle(storage)

    assert names(film) == before
    assert blob_of(film).poster is None


@pytest.mark.full
def test_a_choice_before_anything_is_made_is_heeded(storage, ed):
    film = upload(storage, clip(320, 180, seconds=2), "film.mp4")

    choose(storage, film, ed, plain("red"))
    settle(storage)

    assert colours(storage, film) == {"red"}


@pytest.mark.full
def test_items_without_a_picture_of_their_own_show_it_and_cuts_are_made_of_it(storage, film, ed):
    own = upload(storage, width=300, height=200)
    with transaction():
        gallery = factories.gallery(ed, "Summer", status="published")
        galleries.update(gallery, {"layout": "grid", "tile_shape": "square"}, actor=ed)
        _, second = items.add(gallery.id, [film, film], actor=ed)
        items.change(second, {"poster_id": own}, actor=ed)
        gallery_id, second_id = gallery.id, second.id
    crops.plan()
    choose(storage, film, ed, plain("red"))
    settle(storage)

    release()
    shown = {each.id: each for each in showing.show(db.session.get_one(Gallery, gallery_id), "summer").items}
    mine = shown.pop(second_id)
    (other,) = shown.values()
    assert mine.picture.sha256 == blob_of(own).sha256
    assert {file.name for file in other.picture.files} == names(film)
    cut = other.picture.cut("1:1", None)
    assert cut
    for file in cut:
        content = storage.read(rendition_key(blob_of(film).sha256, file.name))
        assert Image.open(io.BytesIO(content)).convert("RGB").getpixel((5, 5))[0] > 200


@pytest.mark.full
def test_choosing_the_same_again_changes_nothing(storage, film, ed):
    choose(storage, film, ed, plain("red"))
    settle(storage)
    release()
    version = db.session.get_one(Media, film).version

    choose(storage, film, ed, plain("red"))

    release()
    assert db.session.get_one(Media, film).version == version
    assert remaking.progress().left == 0


@pytest.mark.full
def test_a_poster_s_bytes_stay_as_long_as_it_stands_for_a_video(storage, film, ed):
    choose(storage, film, ed, plain("red"))
    choose(storage, film, ed, plain("lime"))
    chosen = select(Blob.sha256).where(Blob.width == 900).order_by(Blob.created_at)
    red, lime = db.session.scalars(chosen).all()
    assert blob_of(film).poster == lime

    assert gone_in_time() == {red}

    with transaction():
        blob_id = db.session.get_one(Media, film).blob_id
        db.session.delete(db.session.get_one(Media, film))
        replacing.let_go(blob_id)
    assert len(gone_in_time()) == 1, "the video"
    assert gone_in_time() == {lime}


def gone_in_time():
    """Let all the time pass that unused bytes are kept, and return what is thrown away then."""
    with transaction():
        past = now() - replacing.KEPT - timedelta(days=1)
        db.session.execute(update(Blob).where(Blob.unused_since.is_not(None)).values(unused_since=past))
        return set(replacing.forget())


@pytest.mark.full
def test_only_a_picture_stands_for_a_video_and_only_for_one(storage, film, ed):
    photo = upload(storage, width=300, height=200)

    with pytest.raises(Invalid) as caught:
        choose(storage, photo, ed, plain("red"))
    assert caught.value.code == "no_video"
    with pytest.raises(Invalid) as caught:
        choose(storage, film, ed, clip(160, 120))
    assert caught.value.code == "no_picture"
    with transaction():
        media.trash(media.locked(film), actor=ed)
    with pytest.raises(NotFound):
        choose(storage, film, ed, plain("red"))
