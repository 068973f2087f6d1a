"""Videos of the library through the doors: sent, watched in the editor and by visitors, and what stands for them."""

import io
import re
from uuid import UUID, uuid4

import pytest

from tests.clips import clip
from tests.fixtures.app import on_sqlite
from webapp.domain import galleries, renditions
from webapp.domain.models import Item, Media
from webapp.domain.transaction import release, transaction
from webapp.infra.db import db

pytestmark = on_sqlite
JSON = {"Accept": "application/json"}


def token(page):
    return page.one("meta", name="csrf-token")["content"]


def send(browser, ground, content, name="clip.mp4"):
    """Send a file as the script does, and return the new item's id."""
    csrf = token(browser.page(ground.url))
    fields = {"csrf_token": csrf, "batch": str(uuid4()), "index": "0", "file": (io.BytesIO(content), name)}
    answer = browser.post(f"{ground.url}uploads", data=fields, headers=JSON)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return re.search(r'data-id="([0-9a-f-]{36})"', answer.get_json()["tile"])[1]


def make_all(ground, *batches):
    with ground.app.app_context():
        storage = ground.app.extensions["vitrine-storage"]
        return renditions.work_off(storage, **({"batches": batches} if batches else {}))


def fetch(browser, url, **headers):
    """Ask for a file, read it to its end, and let it go."""
    with browser.get(url, headers=headers) as answer:
        answer.get_data()
        return answer


def publish(ground):
    with ground.app.app_context(), transaction():
        galleries.set_status(galleries.get(ground.id), "published", actor=ground.cast.ed)


def kept(ground, item_id):
    with ground.app.app_context():
        release()
        found = db.session.get(Item, UUID(item_id))
        return found.kind, found.media_id, found.poster_id


@pytest.fixture
def item_id(ed, ground):
    return send(ed, ground, clip(turned=90))


def test_a_video_that_is_sent_is_an_item_with_its_length(ed, ground, item_id):
    tile = ed.page(ground.url).one("li", **{"data-id": item_id})

    assert kept(ground, item_id)[0] == "video"
    assert "0:01" in tile.words


def test_the_panel_says_that_a_video_is_being_made_and_then_plays_it(ed, ground, item_id):
    waiting = ed.page(f"{ground.url}?item={item_id}")
    assert "The video is being made ready." in waiting.words
    assert waiting.all("video") == []

    make_all(ground, "web", "480p")

    video = ed.page(f"{ground.url}?item={item_id}").one("video")
    assert (video["width"], video["height"]) == ("240", "320")
    assert video["poster"].endswith(".jpg")
    assert video.one("source")["src"].endswith("/480p.mp4")


def test_visitors_watch_a_video_and_can_move_in_it(ed, client, ground, item_id):
    make_all(ground, "web", "480p")
    publish(ground)
    slug = re.search(r'href="(/g/[^"/]+)"', ed.get(ground.url).get_data(as_text=True))[1]

    shown = client.page(slug)
    assert shown.one("a", class_="p-play")["href"].endswith(item_id)
    page = client.page(f"{slug}/{item_id}")
    source = page.one("video").one("source")["src"]
    part = fetch(client, source, Range="bytes=0-99")

    assert (part.status_code, part.mimetype, len(part.data)) == (206, "video/mp4", 100)
    assert part.headers["Content-Range"].startswith("bytes 0-99/")
    assert part.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in part.headers["Content-Security-Policy"]
    assert fetch(client, source, Range="bytes=999999999-").status_code == 416


def test_visitors_are_told_while_a_video_is_being_made(client, ed, ground, item_id):
    make_all(ground, "web")
    publish(ground)
    slug = re.search(r'href="(/g/[^"/]+)"', ed.get(ground.url).get_data(as_text=True))[1]

    page = client.page(f"{slug}/{item_id}")

    assert page.all("video") == []
    assert "The video is being made ready." in page.words


def test_strangers_are_not_shown_the_video_of_a_draft(client, ed, ground, item_id):
    make_all(ground, "web", "480p")
    source = ed.page(f"{ground.url}?item={item_id}").one("video").one("source")["src"]

    assert fetch(ed, source).status_code == 200
    assert fetch(client, source).status_code == 404


def test_a_picture_out_of_the_video_stands_for_it_until_its_own_does_again(ed, ground, item_id):
    make_all(ground, "480p")
    here = f"{ground.url}items/{item_id}/poster"
    page = ed.page(here)
    assert page.one("input", name="at")["max"] == "1"

    assert ed.post(here, data={"csrf_token": token(page), "at": "0.5"}).status_code == 303

    _, media_id, poster_id = kept(ground, item_id)
    assert poster_id not in (None, media_id)
    with ground.app.app_context():
        assert db.session.get(Media, poster_id).kind == "image"
    panel = ed.page(f"{ground.url}?item={item_id}")
    assert panel.one("button", id="video-poster-none").words == "Use its own"
    assert ed.post(here, data={"csrf_token": token(panel), "media": ""}).status_code == 303
    assert kept(ground, item_id)[2] is None


@pytest.mark.parametrize("at", ["", "soon", "-1", "1e400", "٣"])
def test_a_second_that_is_none_is_refused_in_a_sentence(ed, ground, item_id, at):
    here = f"{ground.url}items/{item_id}/poster"

    answer = ed.post(here, data={"csrf_token": token(ed.page(ground.url)), "at": at})

    assert answer.status_code == 422
    assert "Write a number, such as 3.5." in answer.get_data(as_text=True)
    assert kept(ground, item_id)[2] is None


def test_a_video_cannot_stand_for_a_video(ed, ground, item_id):
    here = f"{ground.url}items/{item_id}/poster"
    fields = {"csrf_token": token(ed.page(ground.url)), "file": (io.BytesIO(clip()), "other.mp4")}

    answer = ed.post(here, data=fields)

    assert answer.status_code == 422
    assert "This is a video. Choose a picture here." in answer.get_data(as_text=True)


def test_a_matroska_file_is_refused_in_a_sentence(ed, ground):
    content = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x88matroska" + bytes(5000)
    fields = {"csrf_token": token(ed.page(ground.url)), "batch": str(uuid4()), "index": "0"}

    answer = ed.post(f"{ground.url}uploads", data=fields | {"file": (io.BytesIO(content), "a.mp4")}, headers=JSON)

    assert answer.status_code == 422
    assert "Vitrine takes MP4, MOV and WebM" in answer.get_json()["message"]
