"""HEIC through the doors: taken in and shown as what browsers know, and refused where nothing here reads it."""

import io
import sys
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import select

from tests import factories, pictures
from tests.fixtures.app import on_sqlite
from tests.uploads import blob_of, rows_of, upload
from webapp.domain import items, renditions
from webapp.domain.models import Media
from webapp.domain.transaction import release, transaction
from webapp.infra.db import db

pytestmark = on_sqlite
LIST = "/library/"
PLAIN = {"Sec-Fetch-Site": "same-origin"}
NEEDS = "HEIC pictures need the Python package pillow-heif"


@pytest.fixture
def absent(monkeypatch):
    """A machine without the extra; whoever wants a HEIC asks for it first."""
    monkeypatch.setitem(sys.modules, "pillow_heif", None)


@pytest.fixture
def heic():
    return pictures.photo(60, 40, format="heic")


@pytest.fixture
def storage(inside):
    return inside.extensions["vitrine-storage"]


@pytest.fixture
def gallery(inside, cast):
    with transaction():
        return factories.gallery(cast.ed, "Summer", status="published").id


def send(browser, url, content, name="IMG_0042.HEIC"):
    fields = {"csrf_token": browser.page("/languages/").one("meta", name="csrf-token")["content"]}
    return browser.post(url, data=fields | {"file": [(io.BytesIO(content), name)]}, headers=PLAIN)


def media_ids():
    release()
    return list(db.session.scalars(select(Media.id)))


def test_a_photo_of_a_phone_is_taken_in_and_shown_as_browsers_know_it(ed, client, storage, cast, gallery):
    """Upright by the file's own word, whatever its EXIF repeats."""
    assert send(ed, LIST, pictures.photo(900, 600, format="heic", orientation=6)).status_code == 303
    (file_id,) = media_ids()
    with transaction():
        items.add(gallery, [file_id], actor=cast.ed)
    renditions.work_off(storage)

    assert {row.format for row in rows_of(file_id)} == {"webp", "jpg", "avif"}
    page = client.page("/g/summer")
    named = [page.one("img")["src"], *(source["srcset"].split()[0] for source in page.all("source"))]
    for address in named:
        shown = Image.open(io.BytesIO(client.get(address, buffered=True).data))
        assert shown.format in ("WEBP", "JPEG", "AVIF")
        assert pictures.corner_names(shown) == ["red", "lime", "blue", "yellow"]


def test_its_copy_without_metadata_is_a_heic(ed, client, storage, cast, gallery):
    file_id = upload(storage, pictures.photo(300, 200, format="heic"), "IMG_0042.HEIC")
    with transaction():
        items.add(gallery, [file_id], actor=cast.ed)
        filename = db.session.get_one(Media, file_id).filename

    answer = client.get(f"/uploads/media/{filename}", buffered=True)

    assert (answer.mimetype, filename.rpartition(".")[2]) == ("image/heic", "heic")
    assert not any(mark in answer.data for mark in (b"Fujica", b"GPSLatitude", b"48.8582"))
    assert pictures.corner_names(Image.open(io.BytesIO(answer.data))) == ["red", "lime", "blue", "yellow"]


def test_what_it_says_of_itself_is_kept(storage):
    file_id = upload(storage, pictures.photo(300, 200, format="heic"), "IMG_0042.HEIC")

    blob = blob_of(file_id)

    assert (blob.mime_type, blob.taken_at) == ("image/heic", "2024-05-17T18:42:07.000")
    assert blob.said["place"]["latitude"] == pytest.approx(pictures.PLACE[0], abs=1e-4)


@pytest.mark.parametrize("away", [False, True], ids=["with", "without"])
def test_choosers_offer_it_where_it_can_be_read(ed, storage, gallery, request, away):
    file_id = upload(storage, pictures.photo(60, 40))
    if away:
        request.getfixturevalue("absent")

    choosers = [
        ed.page(LIST).one("input", id="library-files"),
        ed.page(f"/galleries/{gallery}/").one("input", id="upload-files"),
        ed.page(f"{LIST}{file_id}").one("input", id="file"),
    ]

    assert ["image/heic" in each["accept"] for each in choosers] == [not away] * 3
    assert ["video/mp4" in each["accept"] for each in choosers] == [True, True, False]


def test_without_the_extra_the_form_says_what_may_be_installed(ed, storage, heic, absent):
    answer = send(ed, LIST, heic)

    assert answer.status_code == 422
    assert NEEDS in answer.text
    assert media_ids() == []


def test_what_was_taken_in_before_is_shown_without_the_extra(ed, storage, monkeypatch):
    """Children that have it still read it; the page of the file says all the same."""
    file_id: UUID = upload(storage, pictures.photo(300, 200, format="heic"))
    renditions.work_off(storage)
    monkeypatch.setitem(sys.modules, "pillow_heif", None)

    assert "image/heic" in ed.page(f"{LIST}{file_id}").words
