"""How files are kept, through the door: replaced, found to look alike, missed, thrown away and taken back."""

import io
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests import factories, pictures
from tests.fixtures.app import on_sqlite
from tests.uploads import blob_of, upload
from webapp.domain import holds, items, library, media
from webapp.domain.models import Media
from webapp.domain.transaction import release, transaction
from webapp.infra.db import db

LIST = "/library/"
PLAIN = {"Sec-Fetch-Site": "same-origin"}
JSON = PLAIN | {"Accept": "application/json"}


@pytest.fixture
def storage(inside):
    return inside.extensions["vitrine-storage"]


def token(browser) -> str:
    return browser.page("/languages/").one("meta", name="csrf-token")["content"]


def post(browser, url, *, headers=PLAIN, **fields):
    return browser.post(url, data={"csrf_token": token(browser), **fields}, headers=headers)


def photo(seed=1, width=160, height=120):
    return pictures.photo(width, height, seed=seed)


def send(browser, content, name="lake.jpg", *, url=LIST, headers=PLAIN, **fields):
    return post(browser, url, headers=headers, file=[(io.BytesIO(content), name)], **fields)


@pytest.fixture
def lake(storage, cast):
    """A picture that the published gallery Summer shows."""
    file_id = upload(storage, photo(), "lake.jpg", by=cast.ed)
    with transaction():
        gallery = factories.gallery(cast.ed, "Summer", status="published")
        items.add(gallery.id, [file_id], actor=cast.ed)
    return file_id


def replace(browser, file_id, content, **fields):
    return send(browser, content, url=f"{LIST}{file_id}/file", **fields)


# ---- another file in the place of one ----


def test_visitors_see_the_new_file_at_once_even_where_changes_are_held(ed, client, cast, storage, lake):
    before = blob_of(lake).sha256
    gallery_id = library.open_file(lake).places[0].gallery_id
    with transaction():
        holds.hold(gallery_id, actor=cast.ed)
    assert before in client.get("/g/summer").get_data(as_text=True)
    answer = replace(ed, lake, photo(2), version="1")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/library/{lake}")
    assert "The file was replaced." in ed.page(f"/library/{lake}").words
    seen, after = client.get("/g/summer").get_data(as_text=True), blob_of(lake).sha256
    assert after in seen
    assert before not in seen


def test_an_original_s_address_stays_and_gives_the_new_file_with_its_own_type(ed, client, storage, lake):
    filename = media.get(lake).filename
    replace(ed, lake, pictures.photo(200, 100, format="png"))
    answer = client.get(f"/uploads/media/{filename}")
    answer.close()

    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert filename.replace(".jpg", ".png") in answer.headers["Content-Disposition"]


@on_sqlite
def test_a_file_is_put_back_from_its_page(ed, storage, lake):
    before = blob_of(lake).sha256
    replace(ed, lake, photo(2))
    form = ed.page(f"/library/{lake}").form(f"/library/{lake}/file/restoration")
    assert "Ed replaced it" in form.words
    answer = post(ed, f"/library/{lake}/file/restoration", version="2")

    assert answer.status_code == 303
    assert blob_of(lake).sha256 == before


@on_sqlite
@pytest.mark.parametrize(
    ("content", "version", "status"), [(b"no picture", "1", 422), (photo(2), "9", 409)], ids=["none", "late"]
)
def test_what_is_no_file_or_too_late_is_refused_on_the_page(ed, lake, content, version, status):
    before = blob_of(lake).sha256
    page = ed.seen(replace(ed, lake, content, version=version), status)

    said = page.one("div", id="errors").words
    assert ("Somebody else changed this file" in said) is (status == 409)
    assert blob_of(lake).sha256 == before


@on_sqlite
def test_a_form_without_a_file_says_so(ed, storage, lake):
    page = ed.seen(post(ed, f"/library/{lake}/file"), 422)

    assert "Choose a file first." in page.words


@on_sqlite
@pytest.mark.parametrize("verb", ["file", "file/restoration", "replacement"])
def test_who_may_only_look_replaces_nothing(vi, tessa, storage, lake, verb):
    for browser in (vi, tessa):
        assert post(browser, f"/library/{lake}/{verb}").status_code == 403
        assert browser.get(f"/library/{lake}/replacement").status_code == 403
        assert browser.page(f"/library/{lake}").all("section", id="library-replace") == []


@on_sqlite
@pytest.mark.parametrize("verb", ["file", "file/restoration", "replacement"])
def test_what_is_not_there_is_not_replaced(ed, storage, lake, verb):
    answer = send(ed, photo(2), url=f"{LIST}{uuid4()}/{verb}", **{"with": str(lake)})
    assert answer.status_code == 404


# ---- everywhere ----


def test_a_file_is_replaced_everywhere_from_the_page_that_says_it_is_used(ed, cast, storage, lake):
    pond = upload(storage, photo(2), "pond.jpg", by=cast.ed)
    refused = ed.seen(post(ed, f"/library/{lake}/trash"), 409)
    offer = ed.page(refused.one("a", id="in-use-replace")["href"])
    assert [link["href"] for link in offer.one("ul", id="replacement-choices").all("a")] == [
        f"/library/{lake}/replacement?with={pond}"
    ]

    asked = ed.page(f"/library/{lake}/replacement?with={pond}")
    form = asked.form(f"/library/{lake}/replacement")
    assert "It is used in 1 place." in form.words
    seen = form.one("input", name="seen")["value"]
    answer = post(ed, f"/library/{lake}/replacement", **{"with": str(pond), "seen": seen, "discard": "1"})
    assert answer.headers["Location"] == f"/library/{pond}"
    page = ed.page(f"/library/{pond}")
    assert "Replaced in 1 place of 1 gallery." in page.words
    release()
    assert db.session.scalars(select(Media.id).where(Media.deleted_at.is_not(None))).all() == [lake]
    assert [place.title for place in library.open_file(pond).places] == ["Summer"]


@on_sqlite
def test_places_that_changed_are_shown_again_and_nothing_is_replaced(ed, cast, storage, lake):
    pond = upload(storage, photo(2), "pond.jpg", by=cast.ed)
    page = ed.seen(post(ed, f"/library/{lake}/replacement", **{"with": str(pond), "seen": "old"}), 409)

    assert "Look at the places once more." in page.one("div", role="alert").words
    assert page.form(f"/library/{lake}/replacement")
    assert library.open_file(pond).places == ()


@on_sqlite
def test_where_visitors_of_held_changes_still_see_the_old_file_it_is_not_thrown_away(ed, cast, storage, lake):
    pond = upload(storage, photo(2), "pond.jpg", by=cast.ed)
    with transaction():
        holds.hold(library.open_file(lake).places[0].gallery_id, actor=cast.ed)
    post(ed, f"/library/{lake}/replacement", **{"with": str(pond), "discard": "1"})

    assert "visitors still see it where changes are held" in ed.page(f"/library/{lake}").words
    assert "seen while changes are held" in ed.page(f"/library/{lake}").one("section", id="library-uses").words


@on_sqlite
@pytest.mark.parametrize(("query", "status"), [("?with=x", 404), ("?q=lake", 200), ("?after=zz", 422)])
def test_the_choice_of_a_file_takes_what_is_asked(ed, storage, lake, query, status):
    assert ed.get(f"/library/{lake}/replacement{query}").status_code == status


@on_sqlite
def test_a_file_that_nothing_uses_has_nothing_to_replace(ed, cast, storage):
    pond = upload(storage, photo(2), "pond.jpg", by=cast.ed)

    assert "There is nothing to replace." in ed.page(f"/library/{pond}/replacement").words
    assert post(ed, f"/library/{pond}/replacement").status_code == 422
