"""The picture that stands for a video, chosen on the page of its file."""

import io

import pytest
from PIL import Image

from tests import pictures
from tests.clips import clip
from tests.fixtures.app import on_sqlite
from tests.uploads import blob_of, rows_of, upload
from webapp.domain import remaking, renditions
from webapp.domain.transaction import release

pytestmark = on_sqlite
LIST = "/library/"
PLAIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def storage(inside):
    return inside.extensions["vitrine-storage"]


@pytest.fixture
def film(storage, cast):
    made = upload(storage, clip(320, 180), "film.mp4", by=cast.ed)
    renditions.work_off(storage)
    return made


def choose(browser, film, **fields):
    fields = {"csrf_token": browser.page("/languages/").one("meta", name="csrf-token")["content"], **fields}
    return browser.post(f"{LIST}{film}/poster", data=fields, headers=PLAIN)


def picture(content=b"", name="poster.png"):
    return [(io.BytesIO(content or pictures.encode(Image.new("RGB", (400, 400), "red"), "png")), name)]


def settle(storage):
    renditions.work_off(storage)
    remaking.work_off(storage)
    release()


def test_a_picture_that_is_sent_stands_for_the_video(ed, storage, film):
    page = ed.page(f"{LIST}{film}")
    assert page.one("form", id="poster-send")["action"] == f"{LIST}{film}/poster"
    assert page.all("form", id="poster-none") == []
    before = page.one("video")["poster"]

    answer = choose(ed, film, file=picture())
    assert (answer.status_code, answer.location) == (303, f"{LIST}{film}")
    page = ed.page(f"{LIST}{film}")
    assert "The picture is being made." in page.words
    settle(storage)

    address = ed.page(f"{LIST}{film}").one("video")["poster"]
    assert address != before
    red, green, _ = Image.open(io.BytesIO(ed.get(address, buffered=True).data)).convert("RGB").getpixel((160, 90))
    assert (red > 200, green < 60) == (True, True)

    assert choose(ed, film).status_code == 303
    settle(storage)
    page = ed.page(f"{LIST}{film}")
    assert (page.one("video")["poster"], page.all("form", id="poster-none")) == (before, [])


@pytest.mark.full
def test_a_picture_out_of_the_video_stands_for_it(ed, storage, film):
    assert choose(ed, film, at="0,5").status_code == 303

    poster = blob_of(film).poster
    assert poster
    settle(storage)
    assert {poster[:8] in row.name for row in rows_of(film, "web")} == {True}


@pytest.mark.full
@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"file": [(io.BytesIO(b""), "")]}, "Choose a file first."),
        ({"file": [(io.BytesIO(b"<svg/>"), "a.svg")]}, "This file is an SVG drawing."),
        ({"at": "soon"}, "Write a number, such as 3.5."),
        ({"at": "9999999"}, "Write the second as a number, such as 3.5."),
    ],
)
def test_what_cannot_stand_for_it_is_said(ed, storage, film, fields, sentence):
    assert choose(ed, film, **fields).status_code == 303

    assert sentence in ed.page(f"{LIST}{film}").words
    assert blob_of(film).poster is None


@pytest.mark.full
def test_only_who_may_change_files_chooses(ed, vi, tessa, storage, film):
    for browser in (vi, tessa):
        assert choose(browser, film, file=picture()).status_code == 403
        assert browser.page(f"{LIST}{film}").all("section", id="library-poster") == []
    assert blob_of(film).poster is None


def test_a_picture_has_no_other_to_stand_for_it(ed, storage):
    photo = upload(storage, width=160, height=120)

    assert choose(ed, photo).status_code == 303

    page = ed.page(f"{LIST}{photo}")
    assert "Only a video needs a picture to stand for it." in page.words
    assert page.all("section", id="library-poster") == []
    assert choose(ed, "00000000-0000-4000-8000-000000000000").status_code == 404
