"""The library's files over HTTP: who gets them, how they are sent, and what is never in them (D23)."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse

from tests import factories
from tests.fixtures.app import Cast, browser_of
from tests.pictures import photo
from tests.statements import counted
from webapp.domain import galleries, holds, items, keys, media, renditions
from webapp.domain.backgrounds import keeping
from webapp.domain.models import Media, User
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.web.files.addresses import original_url, rendition_url

PHOTO = photo(1400, 900, orientation=6, gps=True)


class Shelf:
    """A real picture with its files, and who asks for them."""

    def __init__(self, app: Flask, cast: Cast):
        self.app, self.cast = app, cast
        storage = app.extensions["vitrine-storage"]
        with app.app_context():
            intake = media.take_in(io.BytesIO(PHOTO), "beach at home.jpg", storage=storage)
            with transaction():
                made = media.add(intake, actor=cast.ed)
                self.id, self.original = made.id, original_url(made)
            renditions.work_off(storage, batches=("web",))
        self.sha256 = intake.sha256
        self.small = rendition_url(self.sha256, "w320.webp")

    def do(self, deed: Callable[..., Any], *args: Any, **options: Any) -> Any:
        with self.app.app_context(), transaction():
            return deed(*args, **options)

    def gallery(self, *, status: str = "published", cover: bool = False) -> UUID:
        """Make a gallery that shows the picture."""

        def make() -> UUID:
            made = factories.gallery(self.cast.ed, "Beach", status=status)
            if cover:
                galleries.update(made, {"cover_media_id": self.id}, actor=self.cast.ed)
            else:
                items.add(made.id, [self.id], actor=self.cast.ed)
            return made.id

        return self.do(make)

    def get(self, path: str, **headers: str) -> TestResponse:
        """Ask as a stranger."""
        return self.app.test_client().get(path, headers=headers, buffered=True)

    def statuses(self) -> tuple[int, int]:
        return self.get(self.small).status_code, self.get(self.original).status_code


@pytest.fixture
def shelf(app: Flask, cast: Cast) -> Shelf:
    """A picture in the library that no gallery shows."""
    return Shelf(app, cast)


def key_of(shelf: Shelf, *permissions: str) -> str:
    def make() -> str:
        person = shelf.cast.ada
        user = db.session.get_one(User, person.id)
        return keys.add(user, name="k", permissions=permissions or None, actor=person)[1]

    return shelf.do(make)


def test_d23_nobody_sees_what_no_published_gallery_shows(shelf: Shelf) -> None:
    assert shelf.statuses() == (404, 404)
    for status in ("draft", "archived"):
        shelf.gallery(status=status)
        assert shelf.statuses() == (404, 404)
    answer = shelf.get(shelf.original)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "text/plain"


def test_d23_a_hidden_file_and_a_missing_one_are_answered_alike(shelf: Shelf) -> None:
    missing = shelf.get("/uploads/media/5d0c7b0a-5b5e-4f5e-8b0a-5b5e4f5e8b0a.jpg")
    hidden = shelf.get(shelf.original)

    assert (missing.status_code, missing.data) == (hidden.status_code, hidden.data)


@pytest.mark.parametrize("cover", [False, True])
def test_d23_all_see_what_a_published_gallery_shows(shelf: Shelf, cover: bool) -> None:
    made = shelf.gallery(cover=cover)
    assert shelf.statuses() == (200, 200)

    shelf.do(lambda: galleries.set_status(galleries.get(made), "draft", actor=shelf.cast.ed))
    assert shelf.statuses() == (404, 404)


def test_d12_an_end_that_has_come_hides_files_without_any_worker(shelf: Shelf) -> None:
    made = shelf.gallery()

    shelf.do(lambda: galleries.update(galleries.get(made), {"unpublish_at": now()}, actor=shelf.cast.ed))

    assert shelf.statuses() == (404, 404)


def test_d23_the_trash_shows_nothing(shelf: Shelf) -> None:
    made = shelf.gallery()
    item_id = shelf.do(lambda: items.ids_in_order(made)[0])

    shelf.do(items.trash, made, [item_id], actor=shelf.cast.ed)
    assert shelf.statuses() == (404, 404)
    shelf.do(items.restore, made, [item_id], actor=shelf.cast.ed)
    assert shelf.statuses() == (200, 200)
    shelf.do(lambda: galleries.trash(galleries.get(made), actor=shelf.cast.ed))
    assert shelf.statuses() == (404, 404)


@pytest.mark.parametrize("cover", [False, True])
def test_d09_a_file_of_the_frozen_copy_stays_and_a_new_one_waits(shelf: Shelf, cover: bool) -> None:
    made = shelf.gallery(cover=cover)
    shelf.do(holds.hold, made, actor=shelf.cast.ed)

    def take_out() -> None:
        if cover:
            galleries.update(galleries.get(made), {"cover_media_id": None}, actor=shelf.cast.ed)
        else:
            items.trash(made, items.ids_in_order(made), actor=shelf.cast.ed)

    shelf.do(take_out)
    assert shelf.statuses() == (200, 200)
    shelf.do(holds.publish, made, actor=shelf.cast.ed)
    assert shelf.statuses() == (404, 404)


@pytest.mark.parametrize("cover", [False, True])
def test_d09_a_file_added_while_held_waits(shelf: Shelf, cover: bool) -> None:
    made = shelf.do(lambda: factories.gallery(shelf.cast.ed, "Beach", status="published").id)
    shelf.do(holds.hold, made, actor=shelf.cast.ed)

    def bring() -> None:
        if cover:
            galleries.update(galleries.get(made), {"cover_media_id": shelf.id}, actor=shelf.cast.ed)
        else:
            items.add(made, [shelf.id], actor=shelf.cast.ed)

    shelf.do(bring)
    assert shelf.statuses() == (404, 404)
    shelf.do(holds.publish, made, actor=shelf.cast.ed)
    assert shelf.statuses() == (200, 200)


@pytest.mark.parametrize("which", ["small", "original"])
def test_d23_readers_see_everything_by_cookie_or_bearer(shelf: Shelf, which: str) -> None:
    path = getattr(shelf, which)

    for person in (shelf.cast.ada, shelf.cast.ed, shelf.cast.vi, shelf.cast.tessa):
        answer = browser_of(shelf.app, person).get(path, buffered=True)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"].startswith("private")
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    reads = key_of(shelf, "media:read")
    assert shelf.get(path, Authorization=f"Bearer {reads}").status_code == 200
    other = key_of(shelf, "galleries:read", "galleries:update")
    assert shelf.get(path, Authorization=f"Bearer {other}").status_code == 404
    assert shelf.get(path, Authorization="Bearer nonsense").status_code == 404


def test_files_public_ones_are_for_caches_and_set_no_cookie(shelf: Shelf) -> None:
    shelf.gallery()

    small, original = shelf.get(shelf.small), shelf.get(shelf.original)

    assert small.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert original.headers["Cache-Control"] == "public, max-age=3600"
    for answer in (small, original):
        assert "Set-Cookie" not in answer.headers
        assert "Vary" not in answer.headers
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_files_are_sent_as_what_they_are_and_nothing_else(shelf: Shelf) -> None:
    shelf.gallery()
    small, jpeg = shelf.get(shelf.small), shelf.get(rendition_url(shelf.sha256, "w640.jpg"))
    original = shelf.get(shelf.original)

    assert [answer.content_type for answer in (small, jpeg, original)] == ["image/webp", "image/jpeg", "image/jpeg"]
    assert Image.open(io.BytesIO(small.data)).width == 320
    for answer in (small, jpeg, original):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Disposition"].startswith("inline; filename=")
        assert "beach" not in answer.headers["Content-Disposition"], "the owner's name for it stays inside"
        assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_d23_no_byte_served_says_where_or_with_what(shelf: Shelf) -> None:
    shelf.gallery()
    clean = shelf.get(shelf.original).data

    assert b"Fujica" in PHOTO
    served = [
        clean,
        *(
            shelf.get(rendition_url(shelf.sha256, f"w{width}.{end}")).data
            for width in (320, 640, 1280)
            for end in ("jpg", "webp")
        ),
    ]
    for content in served:
        assert b"Fujica" not in content
        assert b"48.8582" not in content
        assert Image.open(io.BytesIO(content)).getexif().get_ifd(0x8825) == {}
    assert shelf.get(shelf.original).data == clean, "made once, and the same again"


def test_files_ranges(shelf: Shelf) -> None:
    shelf.gallery()
    whole = shelf.get(shelf.original)
    size = len(whole.data)
    tag = whole.headers["ETag"]
    assert whole.headers["Accept-Ranges"] == "bytes"

    for asked, start, stop in (("0-9", 0, 10), ("10-", 10, size), ("-7", size - 7, size), (f"5-{size * 2}", 5, size)):
        part = shelf.get(shelf.original, Range=f"bytes={asked}")
        assert (part.status_code, part.data) == (206, whole.data[start:stop])
        assert part.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{size}"
    beyond = shelf.get(shelf.original, Range=f"bytes={size}-")
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{size}")
    assert shelf.get(shelf.original, Range="bytes=0-9", **{"If-Range": tag}).status_code == 206
    assert shelf.get(shelf.original, Range="bytes=0-9", **{"If-Range": '"old"'}).status_code == 200


def test_files_are_not_sent_again_to_who_has_them(shelf: Shelf) -> None:
    shelf.gallery()
    tag = shelf.get(shelf.small).headers["ETag"]

    again = shelf.get(shelf.small, **{"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    head = shelf.app.test_client().head(shelf.small, buffered=True)
    assert (head.status_code, head.data) == (200, b"")
    assert int(head.headers["Content-Length"]) > 0


def test_files_a_rendition_that_is_not_ready_is_not_there_yet(shelf: Shelf) -> None:
    shelf.gallery()
    for name in ("w320.avif", "w9999.webp", "original.jpg", "..", "%2e%2e%2foriginal.jpg"):
        answer = shelf.get(rendition_url(shelf.sha256, name))
        assert answer.status_code == 404
        assert answer.headers["Cache-Control"] == "no-store"


def test_files_whose_bytes_are_lost_are_missing_and_no_fault(shelf: Shelf) -> None:
    shelf.gallery()
    storage = shelf.app.extensions["vitrine-storage"]
    for key in list(storage.keys()):
        storage.delete(key)

    assert shelf.statuses() == (404, 404)


@pytest.mark.parametrize(("by_cookie", "expected"), [(False, 1), (True, 2)])
def test_files_are_decided_in_one_statement(shelf: Shelf, by_cookie: bool, expected: int) -> None:
    if not by_cookie:
        shelf.gallery()
    client = browser_of(shelf.app, shelf.cast.ed) if by_cookie else shelf.app.test_client()
    shelf.get(shelf.original)

    for path in (shelf.small, shelf.original):
        with shelf.app.app_context(), counted() as sent:
            assert client.get(path, buffered=True).status_code == 200
        assert len(sent) == expected


def test_files_hold_no_connection_while_they_are_sent(shelf: Shelf) -> None:
    shelf.gallery()

    with shelf.app.app_context():
        for path in (shelf.small, shelf.original):
            answer = shelf.app.test_client().get(path)
            assert answer.status_code == 200
            assert db.engine.pool.checkedout() == 0
            answer.close()


def test_files_of_two_media_on_one_blob_are_public_where_one_is(shelf: Shelf) -> None:
    def twin() -> str:
        first = db.session.get_one(Media, shelf.id)
        second = Media(blob_id=first.blob_id, filename="twin.jpg", original_filename="twin.jpg")
        db.session.add(second)
        db.session.flush()
        return original_url(second)

    other = shelf.do(twin)
    shelf.gallery()

    assert shelf.get(shelf.small).status_code == 200
    assert shelf.get(other).status_code == 404, "the other entry of the library is still nobody's business"


def test_visitors_see_what_stands_behind_a_zone_in_its_time(shelf: Shelf) -> None:
    ed, later = shelf.cast.ed, now() + timedelta(days=1)
    fields = {"media_ids": [shelf.id], "zones": ["MENU"]}
    made = shelf.do(lambda: keeping.register(fields, actor=ed).id)
    assert shelf.statuses() == (200, 200)

    for fields in ({"is_active": False}, {"is_active": True, "starts_at": later}):
        shelf.do(keeping.change, made, fields, actor=ed)
        assert shelf.statuses() == (404, 404), fields

    shelf.do(keeping.change, made, {"starts_at": None}, actor=ed)
    assert shelf.statuses() == (200, 200)
    shelf.do(keeping.trash, made, actor=ed)
    assert shelf.statuses() == (404, 404)
