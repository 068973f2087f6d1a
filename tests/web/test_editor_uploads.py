"""Pictures into a gallery: one by one from a script in any order, or all of a form at once."""

import io
import random
from uuid import UUID, uuid4

from tests import pictures
from tests.fixtures.app import browser_of
from tests.races import race
from webapp.domain.models import Blob, Item, Media
from webapp.infra.db import db
from webapp.infra.most import Most

HERE = {"Sec-Fetch-Site": "same-origin"}
JSON = HERE | {"Accept": "application/json"}


def token(page):
    """The page's own token against forged requests."""
    return page.one("meta", name="csrf-token")["content"]


def photo(seed=1, **options):
    """A small photo of a camera."""
    return pictures.photo(160, 120, seed=seed, **options)


def send(browser, ground, content=None, *, name="lake.jpg", csrf=None, headers=JSON, query="", **fields):
    """Send one file, or what stands for it, as the script does."""
    data = {"csrf_token": csrf or token(browser.page(ground.url))} | fields
    if content is not None:
        data["file"] = (io.BytesIO(content), name)
    return browser.post(f"{ground.url}uploads{query}", data=data, headers=headers)


def names(ground):
    """The file names of what was added, in the order shown."""
    with ground.app.app_context():
        rows = dict(db.session.query(Item.id, Media.original_filename).join(Media, Media.id == Item.media_id).all())
    return [rows[item_id] for item_id in ground.order() if item_id not in ground.items]


def test_a_picture_is_added_and_its_tile_told(ed, ground):
    answer = send(ed, ground, photo(), batch=str(uuid4()), index="0")

    assert answer.status_code == 201
    tile = answer.get_json()["tile"]
    assert f'data-id="{ground.order()[-1]}"' in tile
    assert 'data-name="lake.jpg"' in tile
    assert names(ground) == ["lake.jpg"]


def test_the_tile_leads_back_to_the_language_that_is_edited(ed, ground):
    answer = send(ed, ground, photo(), batch=str(uuid4()), index="0", query="?lang=fr")

    assert f"{ground.url}?lang=fr&amp;item=" in answer.get_json()["tile"]


def test_pictures_that_arrive_out_of_order_stand_in_the_order_chosen(ed, ground):
    batch, csrf = str(uuid4()), token(ed.page(ground.url))

    for index in (2, 0, 3, 1):
        answer = send(ed, ground, photo(index), csrf=csrf, name=f"{index}.jpg", batch=batch, index=str(index))
        assert answer.status_code == 201

    assert names(ground) == ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]


def test_pictures_that_arrive_at_once_stand_in_the_order_chosen(ground, app):
    people = [browser_of(app, ground.cast.ed) for _ in range(4)]
    tokens = [token(browser.page(ground.url)) for browser in people]
    batch, order = str(uuid4()), list(range(12))
    random.Random(3).shuffle(order)

    def carry(place):
        def deed():
            return [
                send(
                    people[place],
                    ground,
                    photo(index),
                    csrf=tokens[place],
                    name=f"{index:02}.jpg",
                    batch=batch,
                    index=str(index),
                ).status_code
                for index in order[place::4]
            ]

        return deed

    ended = race(app, *(carry(place) for place in range(4)))

    assert ended == [[201] * 3] * 4
    assert names(ground) == [f"{index:02}.jpg" for index in range(12)]


def test_a_picture_that_is_sent_again_is_not_added_twice(ed, ground):
    batch = str(uuid4())

    first = send(ed, ground, photo(), batch=batch, index="0")
    again = send(ed, ground, photo(), batch=batch, index="0")

    assert (first.status_code, again.status_code) == (201, 201)
    assert names(ground) == ["lake.jpg"]


def test_d22_equal_bytes_are_offered_first(ed, ground):
    batch = str(uuid4())
    send(ed, ground, photo(), batch=batch, index="0")

    answer = send(ed, ground, photo(), name="copy.jpg", batch=batch, index="1")

    assert answer.status_code == 200
    assert answer.get_json()["known"]["name"] == "lake.jpg"
    assert names(ground) == ["lake.jpg"]


def test_d22_the_one_in_the_library_is_used(ed, ground):
    batch = str(uuid4())
    send(ed, ground, photo(), batch=batch, index="0")
    known = send(ed, ground, photo(), batch=batch, index="1").get_json()["known"]["id"]
    send(ed, ground, photo(2), name="other.jpg", batch=batch, index="2")

    answer = send(ed, ground, batch=batch, index="1", use=known)

    assert answer.status_code == 201
    assert names(ground) == ["lake.jpg", "lake.jpg", "other.jpg"]
    with ground.app.app_context():
        assert db.session.query(Media).filter_by(original_filename="lake.jpg").count() == 1


def test_d22_both_are_kept(ed, ground):
    batch = str(uuid4())
    send(ed, ground, photo(), batch=batch, index="0")

    answer = send(ed, ground, photo(), name="copy.jpg", batch=batch, index="1", again="1")

    assert answer.status_code == 201
    assert names(ground) == ["lake.jpg", "copy.jpg"]
    with ground.app.app_context():
        media = db.session.query(Media).filter(Media.original_filename.in_(["lake.jpg", "copy.jpg"])).all()
        assert len({entry.blob_id for entry in media}) == 1


def test_a_file_that_is_no_whole_picture_is_refused_in_a_sentence(ed, ground):
    csrf = token(ed.page(ground.url))
    with ground.app.app_context():
        blobs = db.session.query(Blob).count()
    bad = {
        "truncated": photo()[:-400],
        "text": b"not a picture",
        "empty": b"",
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    }

    for name, content in bad.items():
        answer = send(ed, ground, content, csrf=csrf, name=f"{name}.jpg", batch=str(uuid4()), index="0")
        assert answer.status_code == 422, name
        assert answer.get_json()["message"], name

    assert names(ground) == []
    with ground.app.app_context():
        assert db.session.query(Blob).count() == blobs


def test_a_strange_file_name_is_mended_and_no_reason_to_refuse(ed, ground):
    csrf = token(ed.page(ground.url))
    for index, name in enumerate(("../../etc/passwd", "\u202egpj.lake", "x" * 5000 + ".jpg")):
        answer = send(ed, ground, photo(index), csrf=csrf, name=name, batch=str(uuid4()), index="0")
        assert answer.status_code == 201

    found = names(ground)
    assert found[:2] == ["passwd", "gpj.lake"]
    assert len(found[2]) <= 200


def test_an_upload_that_does_not_say_which_file_it_is_is_refused(ed, ground):
    csrf = token(ed.page(ground.url))
    whole = {"batch": str(uuid4()), "index": "0"}
    for fields in ({"batch": ""}, {"batch": "x"}, {"index": ""}, {"index": "-1"}, {"index": "9" * 9}, {"use": "x"}):
        answer = send(ed, ground, photo(), csrf=csrf, **(whole | fields))
        assert answer.status_code == 422, fields
        assert answer.get_json()["message"], fields

    assert send(ed, ground, csrf=csrf, **whole).status_code == 422
    assert send(ed, ground, csrf=csrf, use=str(UUID(int=1)), **whole).status_code == 404
    assert names(ground) == []


def test_a_file_that_is_too_large_is_refused_before_it_is_kept(ed, ground, app):
    app.extensions["vitrine-storage"].most = Most(image_bytes=100_000, video_bytes=100_000)
    csrf = token(ed.page(ground.url))

    answer = send(ed, ground, b"x" * 300_000, csrf=csrf, batch=str(uuid4()), index="0")

    assert answer.status_code == 413
    assert "larger than" in answer.get_json()["message"]
    assert names(ground) == []


def test_files_of_a_form_are_added_in_their_order_without_a_script(ed, ground):
    page = ed.page(ground.url)
    files = [(io.BytesIO(photo(seed)), f"{seed}.jpg") for seed in range(3)]

    answer = ed.post(f"{ground.url}uploads", data={"csrf_token": token(page), "file": files}, headers=HERE)

    assert (answer.status_code, answer.headers["Location"]) == (303, ground.url)
    assert names(ground) == ["0.jpg", "1.jpg", "2.jpg"]
    assert "3 files were added at the end." in ed.page(ground.url).words


def test_good_files_of_a_form_are_kept_and_bad_ones_named(ed, ground):
    page = ed.page(ground.url)
    contents = {"0.jpg": photo(0), "broken.jpg": photo(1)[:500], "2.jpg": photo(2)}
    files = [(io.BytesIO(content), name) for name, content in contents.items()]

    sent = {"csrf_token": token(page), "file": files}
    answer = ed.seen(ed.post(f"{ground.url}uploads", data=sent, headers=HERE), 422)

    assert names(ground) == ["0.jpg", "2.jpg"]
    assert answer.heading == "2 files were added at the end."
    assert [each.one("b").words for each in answer.one("ol", class_="rows").all("li")] == list(contents)
    assert len(answer.all("p", class_="err")) == 1


def test_d22_equal_bytes_in_a_form_are_added_with_a_word_about_the_twin(ed, ground):
    page = ed.page(ground.url)
    files = [(io.BytesIO(photo()), "lake.jpg"), (io.BytesIO(photo()), "copy.jpg")]

    sent = {"csrf_token": token(page), "file": files}
    answer = ed.seen(ed.post(f"{ground.url}uploads", data=sent, headers=HERE), 200)

    assert names(ground) == ["lake.jpg", "copy.jpg"]
    assert "already had the same picture, as lake.jpg" in answer.words


def test_a_form_without_a_file_is_refused(ed, ground):
    page = ed.page(ground.url)
    for files in ([], [(io.BytesIO(b""), "")]):
        sent = {"csrf_token": token(page), "file": files}
        assert ed.post(f"{ground.url}uploads", data=sent, headers=HERE).status_code == 422


def test_an_upload_into_nothing_is_not_found(ed, ground):
    page = ed.page(ground.url)
    sent = {"csrf_token": token(page), "file": (io.BytesIO(photo()), "lake.jpg")}

    assert ed.post(f"/galleries/{UUID(int=1)}/uploads", data=sent, headers=HERE).status_code == 404


def test_translators_and_viewers_upload_nothing(tessa, vi, ground):
    for browser in (tessa, vi):
        page = browser.page(ground.url)
        answer = send(browser, ground, photo(), csrf=token(page), batch=str(uuid4()), index="0")
        assert answer.status_code == 403
    assert names(ground) == []


def test_an_upload_that_another_site_sends_is_refused(ed, ground):
    answer = send(ed, ground, photo(), batch=str(uuid4()), index="0", headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert names(ground) == []


def test_no_connection_is_held_while_a_body_is_read(ed, ground):
    """The body asks the pool how many connections are out, at its first and its last byte."""
    page = ed.page(ground.url)
    boundary, seen = "b", []
    with ground.app.app_context():
        pool = db.engine.pool
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("csrf_token", token(page)), ("batch", uuid4()), ("index", 0))
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="lake.jpg"\r\n\r\n'
    body = "".join([*parts, head]).encode() + photo() + f"\r\n--{boundary}--\r\n".encode()

    class Body(io.BytesIO):
        def read(self, size=-1, /):
            seen.append(pool.checkedout())
            return super().read(size)

        def readline(self, size=-1, /):
            seen.append(pool.checkedout())
            return super().readline(size)

        def readinto(self, buffer, /):
            seen.append(pool.checkedout())
            return super().readinto(buffer)

    answer = ed.post(
        f"{ground.url}uploads",
        input_stream=Body(body),
        content_length=len(body),
        content_type=f"multipart/form-data; boundary={boundary}",
        headers=JSON,
    )

    assert answer.status_code == 201
    assert seen
    assert set(seen) == {0}
