"""How files are kept, through the door: replaced, found to look alike, missed, thrown away and taken back."""

import io
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests import factories, pictures
from tests.fixtures.app import on_sqlite
from tests.uploads import blob_of, upload
from webapp.domain import galleries, holds, items, library, media, missing, renditions
from webapp.domain.models import Media
from webapp.domain.transaction import release, transaction
from webapp.infra.db import db
from webapp.infra.storage import blob_key

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
    renditions.work_off(storage)
    assert before in client.get("/g/summer").get_data(as_text=True)
    answer = replace(ed, lake, photo(2), version="1")
    renditions.work_off(storage)

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
    ("sent", "status"), [((b"no picture", "1"), 422), ((photo(2), "9"), 409)], ids=["none", "late"]
)
def test_what_is_no_file_or_too_late_is_refused_on_the_page(ed, storage, lake, sent, status):
    content, version = sent
    before, kept = blob_of(lake).sha256, set(storage.keys())
    page = ed.seen(replace(ed, lake, content, version=version), status)

    said = page.one("div", id="errors").words
    assert ("Somebody else changed this file" in said) is (status == 409)
    assert blob_of(lake).sha256 == before
    assert set(storage.keys()) == kept, "what is refused leaves no bytes"


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


# ---- what looks alike ----


def similar(seed=1):
    return pictures.encode(pictures.scene(160, 120, seed=seed), "webp", quality=70)


@on_sqlite
def test_an_upload_says_what_it_looks_like_and_merges_nothing(ed, storage, cast):
    first = upload(storage, pictures.encode(pictures.scene(320, 240), "jpeg"), "first.jpg", by=cast.ed)
    answer = send(ed, similar(), "second.webp", headers=JSON)

    assert answer.status_code == 201
    assert answer.get_json()["alike"] == [{"name": "first.jpg", "url": f"/library/{first}"}]
    assert len(ed.page(LIST).all("span", class_="nm")) == 2
    assert send(ed, photo(3), headers=JSON).get_json()["alike"] == []


@on_sqlite
def test_a_form_says_what_each_file_looks_like(ed, storage, cast):
    first = upload(storage, pictures.encode(pictures.scene(320, 240), "jpeg"), "first.jpg", by=cast.ed)
    page = ed.seen(send(ed, similar()), 200)

    assert "It looks like:" in page.words
    assert f"/library/{first}" in [link["href"] for link in page.all("a", class_="link")]


@on_sqlite
def test_an_upload_into_a_gallery_says_it_too(ed, storage, cast, lake):
    gallery_id = library.open_file(lake).places[0].gallery_id
    upload(storage, pictures.encode(pictures.scene(320, 240, seed=5), "jpeg"), "first.jpg", by=cast.ed)
    url = f"/galleries/{gallery_id}/uploads"
    answer = send(ed, similar(5), url=url, headers=JSON, batch=str(uuid4()), index="0")
    assert [each["name"] for each in answer.get_json()["alike"]] == ["first.jpg"]

    upload(storage, pictures.encode(pictures.scene(320, 240, seed=4), "jpeg"), "fourth.jpg", by=cast.ed)
    assert "It looks like: fourth.jpg" in ed.seen(send(ed, similar(4), url=url), 200).words


@on_sqlite
def test_a_file_s_page_shows_what_looks_like_it(ed, storage, cast):
    first = upload(storage, pictures.encode(pictures.scene(320, 240), "jpeg"), "first.jpg", by=cast.ed)
    assert ed.page(f"/library/{first}").all("section", id="library-alike") == []
    second = upload(storage, similar(), "second.webp", by=cast.ed)

    shown = ed.page(f"/library/{first}").one("section", id="library-alike")
    assert [link["href"] for link in shown.all("a")] == [f"/library/{second}"]


# ---- back out of the trash ----


@pytest.fixture
def thrown(storage, cast):
    file_id = upload(storage, photo(), "thrown.jpg", by=cast.ed)
    with transaction():
        media.trash(media.locked(file_id), actor=cast.ed)
    return file_id


def trashed():
    release()
    return set(db.session.scalars(select(Media.id).where(Media.deleted_at.is_not(None))))


def test_a_script_is_offered_the_file_in_the_trash_and_takes_it_back(ed, thrown):
    known = send(ed, photo(), headers=JSON).get_json()["known"]
    assert known == {"id": str(thrown), "name": "thrown.jpg", "trashed": True}
    assert trashed() == {thrown}

    assert post(ed, LIST, headers=JSON, use=known["id"]).status_code == 201
    assert trashed() == set()


@on_sqlite
def test_a_script_adds_it_anew_and_it_stays_in_the_trash(ed, thrown):
    assert send(ed, photo(), headers=JSON, again="1").status_code == 201
    assert trashed() == {thrown}
    assert "trashed" not in send(ed, photo(), headers=JSON).get_json()["known"], "a living one goes before it"


@on_sqlite
def test_a_form_adds_it_anew_and_offers_the_old_one_instead(ed, thrown):
    page = ed.seen(send(ed, photo(), "anew.jpg"), 200)
    form = page.form(f"/library/{thrown}/restoration")
    assert "The same file is in the trash, as thrown.jpg." in page.words
    added = form.one("input", name="instead")["value"]

    assert post(ed, f"/library/{thrown}/restoration", instead=added).status_code == 303
    assert [str(each) for each in trashed()] == [added]


@on_sqlite
def test_an_upload_into_a_gallery_takes_it_back_to_its_place(ed, cast, thrown):
    with transaction():
        gallery_id = factories.gallery(cast.ed, "Summer").id
    url, slot = f"/galleries/{gallery_id}/uploads", {"batch": str(uuid4()), "index": "0"}
    known = send(ed, photo(), url=url, headers=JSON, **slot).get_json()["known"]
    assert known["trashed"] is True

    assert post(ed, url, headers=JSON, use=known["id"], **slot).status_code == 201
    assert [media_id for _, media_id, _ in items.uses(gallery_id)] == [thrown]
    assert trashed() == set()


# ---- missing ----


@pytest.fixture
def lost(storage, lake):
    """The file that Summer shows, gone from the store and noticed."""
    storage.delete(blob_key(blob_of(lake).sha256))
    missing.look(storage)
    return lake


def test_a_missing_file_is_said_in_the_list_and_on_its_page_and_can_be_filtered(ed, storage, cast, lost):
    upload(storage, photo(2), "there.jpg", by=cast.ed)
    page = ed.page(LIST)
    assert "1 file is missing" in page.one("div", id="library-missing").words
    assert "File is missing" in page.one("li", id=f"library-file-{lost}").words

    listed = ed.page(page.one("a", id="show-missing")["href"])
    assert [name.words for name in listed.all("span", class_="nm")] == ["lake.jpg"]
    assert listed.all("div", id="library-missing") == []
    assert "This file is missing" in ed.page(f"/library/{lost}").one("div", id="library-missing").words
    assert library.open_file(lost).places[0].title == "Summer"


@on_sqlite
@pytest.mark.parametrize("door", ["script", "form", "replace"])
def test_the_same_bytes_again_heal_it_by_whatever_way_they_come(ed, lost, door):
    if door == "script":
        assert "known" in send(ed, photo(), headers=JSON).get_json()
    elif door == "form":
        send(ed, photo())
    else:
        replace(ed, lost, photo())

    release()
    assert (media.get(lost).state, blob_of(lost).missing_since) == ("ready", None)
    assert ed.page(LIST).all("div", id="library-missing") == []


# ---- for good ----


@on_sqlite
def test_a_file_is_deleted_for_good_after_a_question(ed, storage, thrown):
    listed = ed.page("/library/trash")
    assert "Thrown away" in listed.words
    asked = ed.page(listed.one("a", id=f"remove-{thrown}")["href"])
    assert "thrown.jpg" in asked.form(f"/library/{thrown}/removal").words
    answer = post(ed, f"/library/{thrown}/removal")

    assert answer.headers["Location"] == "/library/trash"
    assert "is deleted for good." in ed.page("/library/trash").words
    assert trashed() == set()
    assert ed.get(f"/library/{thrown}/removal").status_code == 404


@on_sqlite
def test_nobody_else_deletes_for_good(vi, tessa, thrown):
    for browser in (vi, tessa):
        assert browser.get(f"/library/{thrown}/removal").status_code == 403
        assert post(browser, f"/library/{thrown}/removal").status_code == 403
    assert trashed() == {thrown}


@on_sqlite
def test_a_living_file_is_not_deleted_for_good(ed, lake):
    assert post(ed, f"/library/{lake}/removal").status_code == 404


@on_sqlite
def test_a_file_that_a_gallery_in_the_trash_has_is_kept_until_that_is_gone(ed, cast, storage, lake):
    gallery_id = library.open_file(lake).places[0].gallery_id
    with transaction():
        galleries.trash(galleries.get(gallery_id), actor=cast.ed)
    with transaction():
        media.trash(media.locked(lake), actor=cast.ed)
    page = ed.seen(post(ed, f"/library/{lake}/removal"), 409)
    assert "summer" in page.one("div", role="alert").words

    with transaction():
        galleries.purge(galleries.find_trashed(gallery_id), actor=cast.ed)
    assert post(ed, f"/library/{lake}/removal").status_code == 303


@on_sqlite
def test_a_file_of_the_trash_that_a_gallery_shows_again_says_where(ed, cast, storage, lake):
    gallery_id = library.open_file(lake).places[0].gallery_id
    with transaction():
        galleries.trash(galleries.get(gallery_id), actor=cast.ed)
    with transaction():
        media.trash(media.locked(lake), actor=cast.ed)
    with transaction():
        galleries.restore(galleries.find_trashed(gallery_id), actor=cast.ed)

    page = ed.seen(post(ed, f"/library/{lake}/removal"), 409)

    assert "Summer" in page.one("div", role="alert").words
