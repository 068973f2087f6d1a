"""Videos that apps name, by the id of one of the library or by an address: they stand at once, bytes come later."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tests import factories, pictures
from tests.api.wix.conftest import Wix, fields
from tests.clips import clip
from tests.fixtures.app import Cast, browser_of, on_sqlite
from tests.foreign_server import ForeignServer
from webapp.domain import fetching, streaming
from webapp.domain.models import Fetch, Item, Media
from webapp.domain.sentences import unpacked
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.outbound import Way

pytestmark = on_sqlite


@pytest.fixture
def theirs() -> Iterator[ForeignServer]:
    """Somebody else's server."""
    made = ForeignServer()
    yield made
    made.close()


@pytest.fixture
def sea(app: Flask) -> str:
    """The id of a video of the library, which has no bytes."""
    with app.app_context(), transaction():
        found = factories.picture("Sea.mp4")
        found.kind, found.filename = "video", f"{found.id}.mp4"
        return found.filename


def fetch(app: Flask) -> int:
    """Be the worker."""
    with app.app_context():
        release()
        storage = app.extensions["vitrine-storage"]
        allow = app.extensions["vitrine-settings"].outbound_allow
        return fetching.work_off(fetching.Outfit(storage, Way(allow=allow)), kind="video")


def film(**info: Any) -> dict[str, Any]:
    """Return an item that shows a video."""
    return {"video": {"videoInfo": info}}


def made(wix: Wix, item: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Make an item in a gallery of its own; return its address and what is answered."""
    gallery_id = wix.gallery()["id"]
    shown = wix.post(f"/galleries/{gallery_id}/items", {"item": item})["item"]
    return f"/galleries/{gallery_id}/items/{shown['id']}", shown


def entries(app: Flask) -> list[Media]:
    """Return the videos of the library."""
    with app.app_context():
        release()
        return list(db.session.query(Media).filter_by(kind="video").order_by(Media.created_at))


def item_of(app: Flask, path: str) -> Item:
    """Return an item as it is kept."""
    with app.app_context():
        release()
        return db.session.get_one(Item, UUID(path.rpartition("/")[2]))


def failures(app: Flask) -> list[tuple[str, str | None]]:
    """Return the reasons why videos are not here."""
    with app.app_context():
        release()
        return [(row.state, unpacked(row.error or "") or None) for row in db.session.query(Fetch)]


# ---- by id ----


def test_a_video_of_the_library_is_shown_by_its_id(wix: Wix, app: Flask, sea: str) -> None:
    path, shown = made(wix, film(id=sea) | {"title": "The sea"})

    (entry,) = entries(app)
    assert item_of(app, path).media_id == entry.id
    assert (shown["type"], shown["video"]["type"], shown["title"]) == ("VIDEO", "WIX_MEDIA", "The sea")
    assert shown["video"]["videoInfo"]["id"] == sea
    assert shown["video"]["videoInfo"]["url"] == f"http://localhost/uploads/media/{sea}"
    assert wix.get(path)["item"] == shown


def test_its_address_here_names_it_too(wix: Wix, app: Flask, sea: str) -> None:
    path, shown = made(wix, film(url=f"http://localhost/uploads/media/{sea}"))

    assert item_of(app, path).media_id == entries(app)[0].id
    assert shown["video"]["videoInfo"]["id"] == sea
    assert failures(app) == []


def test_an_item_is_given_another_video_and_a_link_instead_of_it(wix: Wix, app: Flask, sea: str) -> None:
    path, _ = made(wix, film(url="https://www.youtube.com/watch?v=9bZkp7q19f0"))

    wix.patch(path, {"item": film(id=sea)})
    item = item_of(app, path)
    assert (item.media_id, item.video) == (entries(app)[0].id, None)

    shown = wix.patch(path, {"item": film(url="https://vimeo.com/76979871")})["item"]
    item = item_of(app, path)
    assert (item.media_id, item.video["provider"]) == (None, "vimeo")
    assert shown["video"]["type"] == "VIMEO"


def test_a_poster_that_is_given_is_kept_with_the_video(wix: Wix, app: Flask, sea: str) -> None:
    poster = wix.picture()["imageInfo"] | {"width": 960, "height": 540}
    path, shown = made(wix, film(id=sea, posters=[poster]))

    posters = shown["video"]["videoInfo"]["posters"]
    assert [(each["id"], each["width"], each["height"]) for each in posters] == [(poster["id"], 960, 540)]
    assert item_of(app, path).poster_id is not None


def test_the_id_of_a_picture_is_refused_at_the_field(wix: Wix, app: Flask) -> None:
    picture = wix.picture()["imageInfo"]["id"]
    gallery_id = wix.gallery()["id"]

    refused = wix.ask("POST", f"/galleries/{gallery_id}/items", {"item": film(id=picture)}, status=400)
    assert fields(refused) == {"item.video.videoInfo.id": "INVALID_ARGUMENT"}
    many = {"gallery": {"items": [{"text": {"html": "a"}}, film(id=picture)]}}
    refused = wix.ask("PATCH", f"/galleries/{gallery_id}", many, status=400)
    assert fields(refused) == {"gallery.items[1].video.videoInfo.id": "INVALID_ARGUMENT"}
    assert wix.items(gallery_id) == []


def test_the_id_of_a_video_is_no_picture(wix: Wix, sea: str) -> None:
    gallery_id = wix.gallery()["id"]
    image = {"image": {"imageInfo": {"id": sea}}}

    refused = wix.ask("POST", f"/galleries/{gallery_id}/items", {"item": image}, status=400)

    assert fields(refused) == {"item.image.imageInfo.id": "INVALID_ARGUMENT"}


# ---- by address ----


def test_a_video_named_by_its_address_stands_at_once_with_what_was_said_of_it(wix: Wix, app: Flask) -> None:
    url = "https://example.org/sea.mp4"
    poster = wix.picture()["imageInfo"] | {"width": 960, "height": 540}
    sizes = [{"url": url, "width": 1280, "height": 720, "format": "mp4", "quality": "720p"}]
    item = film(url=url, filename="Sea side.mp4", resolutions=sizes, posters=[poster])
    path, shown = made(wix, {"video": item["video"] | {"durationInMillis": 20000}})

    video = shown["video"]
    (entry,) = entries(app)
    assert (entry.state, entry.source_url, entry.original_filename) == ("pending", url, "Sea side.mp4")
    assert (entry.told_width, entry.told_height) == (1280, 720)
    assert item_of(app, path).media_id == entry.id
    assert (video["durationInMillis"], video["duration"], video["type"]) == (20000, "20000", "WIX_MEDIA")
    info = video["videoInfo"]
    assert (info["id"], info["url"], info["filename"]) == (entry.filename, url, "Sea side.mp4")
    assert [{name: each[name] for name in sizes[0]} for each in info["resolutions"]] == sizes
    assert [each["id"] for each in info["posters"]] == [poster["id"]]


def test_its_bytes_come_and_it_is_a_video_of_the_library(wix: Wix, app: Flask, theirs: ForeignServer) -> None:
    theirs.says["/sea.mp4"] = (200, clip(320, 240))
    poster = wix.picture()["imageInfo"]
    path, before = made(wix, film(url=f"{theirs.root}/sea.mp4", posters=[poster]))

    assert fetch(app) == 1

    (entry,) = entries(app)
    assert (entry.state, failures(app), theirs.asked) == ("ready", [], ["/sea.mp4"])
    video = wix.get(path)["item"]["video"]
    assert video["videoInfo"]["id"] == before["video"]["videoInfo"]["id"] == entry.filename
    assert video["videoInfo"]["url"] == f"http://localhost/uploads/media/{entry.filename}"
    assert [each["id"] for each in video["videoInfo"]["posters"]] == [poster["id"]]
    assert abs(video["durationInMillis"] - 1000) < 80


def test_read_modify_write_loses_nothing_before_and_after_it_was_tried(
    wix: Wix, app: Flask, theirs: ForeignServer
) -> None:
    theirs.says["/sea.mp4"] = (200, clip(320, 240))
    url = f"{theirs.root}/sea.mp4"
    path, _ = made(wix, film(url=url, posters=[wix.picture()["imageInfo"]]))

    for _turn in range(2):
        shown = wix.get(path)["item"]
        info = shown["video"]["videoInfo"]
        lean = {"id": info["id"], "filename": info["filename"], "posters": [{"id": info["posters"][0]["id"]}]}
        assert wix.patch(path, {"item": shown | {"title": "A"}})["item"]["video"] == shown["video"]
        assert wix.patch(path, {"item": {"video": {"videoInfo": lean}}})["item"]["video"] == shown["video"]
        assert wix.patch(path, {"item": film(url=url)})["item"]["video"] == shown["video"]
        fetch(app)

    assert len(entries(app)) == 1


def test_an_id_of_somebody_elses_names_the_same_video_ever_after(wix: Wix, app: Flask) -> None:
    one, shown = made(wix, film(id="11062b_201", url="https://example.org/sea.mp4"))
    other, _ = made(wix, film(id="11062b_201"))

    (entry,) = entries(app)
    assert item_of(app, one).media_id == item_of(app, other).media_id == entry.id
    assert (shown["video"]["videoInfo"]["id"], entry.source_url) == ("11062b_201", "https://example.org/sea.mp4")


@pytest.mark.parametrize(
    ("answer", "state", "said"),
    [
        ((404, b"no"), "failed", "answers with 404"),
        ((200, b"<html>"), "failed", "This is no MP4, MOV or WebM video."),
        ((200, pictures.photo(40, 30)), "failed", "This is no MP4, MOV or WebM video."),
        ((503, b""), "pending", "answers with 503"),
    ],
)
def test_a_video_that_cannot_be_had_says_why(  # noqa: PLR0917
    wix: Wix, app: Flask, theirs: ForeignServer, answer: tuple[int, bytes], state: str, said: str
) -> None:
    theirs.says["/sea.mp4"] = answer
    path, before = made(wix, film(url=f"{theirs.root}/sea.mp4"))

    fetch(app)

    ((is_now, reason),) = failures(app)
    assert is_now == state
    assert said in str(reason)
    assert entries(app)[0].state == ("missing" if state == "failed" else "pending")
    assert wix.get(path)["item"]["video"] == before["video"]


def test_one_that_stops_halfway_leaves_nothing_and_is_tried_again(
    wix: Wix, app: Flask, theirs: ForeignServer
) -> None:
    theirs.says["/sea.mp4"], theirs.cut = (200, clip(320, 240)), 100
    made(wix, film(url=f"{theirs.root}/sea.mp4"))

    fetch(app)

    ((state, reason),) = failures(app)
    assert state == "pending"
    assert "stopped in the middle" in str(reason)
    storage = app.extensions["vitrine-storage"]
    assert storage.sweep(timedelta(0)) == 0


def test_one_that_is_too_large_is_refused_before_it_is_read(
    wix: Wix, app: Flask, theirs: ForeignServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs.says["/sea.mp4"] = (200, clip(320, 240))
    made(wix, film(url=f"{theirs.root}/sea.mp4"))
    few = streaming.way_for
    monkeypatch.setattr(streaming, "way_for", lambda way, most: few(way, most=1000))

    fetch(app)

    ((state, reason),) = failures(app)
    assert (state, "sends more than 1,000 bytes" in str(reason)) == ("failed", True)


@pytest.mark.parametrize("url", ["http://10.0.0.1/sea.mp4", "http://[::1]/a.mp4", "file:///etc/passwd"])
def test_addresses_that_lead_inside_are_refused_at_the_field(wix: Wix, app: Flask, url: str) -> None:
    gallery_id = wix.gallery()["id"]

    refused = wix.ask("POST", f"/galleries/{gallery_id}/items", {"item": film(url=url)}, status=400)

    assert fields(refused) == {"item.video.videoInfo.url": "INVALID_ARGUMENT"}
    assert entries(app) == []


def test_an_address_of_the_sdks_that_names_nothing_is_refused_and_changes_nothing(
    wix: Wix, app: Flask, sea: str
) -> None:
    path, before = made(wix, film(id=sea))
    item = film(url="wix:video://v1/")

    wix.ask("POST", path.rpartition("/")[0], {"item": item}, status=400)
    wix.ask("PATCH", path, {"item": item}, status=400)

    assert wix.get(path)["item"] == before
    assert [each.filename for each in entries(app)] == [sea]


def test_who_may_not_upload_names_no_new_video(app: Flask, cast: Cast, make_wix: Any, sea: str) -> None:
    narrow = make_wix(cast.ed, "galleries:read", "galleries:create", "galleries:update", "media:read")
    gallery_id = narrow.gallery()["id"]

    narrow.ask("POST", f"/galleries/{gallery_id}/items", {"item": film(url="https://example.org/a.mp4")}, status=403)
    narrow.post(f"/galleries/{gallery_id}/items", {"item": film(id=sea)})

    assert len(entries(app)) == 1


# ---- by lease ----


def test_a_lease_is_renewed_while_bytes_come(
    wix: Wix, app: Flask, theirs: ForeignServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "RENEWED", timedelta(0))
    theirs.says["/sea.mp4"] = (200, clip(320, 240))
    made(wix, film(url=f"{theirs.root}/sea.mp4"))
    ends: list[Any] = []
    renew = fetching._renew

    def noting(held: Any, moment: Any, **values: int) -> None:
        renew(held, moment, **values)
        ends.append(held.until)

    monkeypatch.setattr(fetching, "_renew", noting)
    fetch(app)

    assert len(set(ends)) > 2
    assert ends == sorted(ends)
    assert entries(app)[0].state == "ready"


def test_who_has_lost_the_lease_writes_nothing(
    wix: Wix, app: Flask, theirs: ForeignServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "RENEWED", timedelta(0))
    theirs.says["/sea.mp4"] = (200, clip(320, 240))
    made(wix, film(url=f"{theirs.root}/sea.mp4"))
    read = streaming.Renewing.read

    def taken_over(stream: Any, size: int) -> bytes:
        found = read(stream, size)
        with transaction():
            db.session.query(Fetch).update({"lease_until": now() + timedelta(seconds=500)})
        return found

    monkeypatch.setattr(streaming.Renewing, "read", taken_over)
    fetch(app)

    assert failures(app) == [("pending", None)]
    assert entries(app)[0].state == "pending"


def test_a_slow_start_loses_no_lease_that_nobody_took(
    wix: Wix, app: Flask, theirs: ForeignServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "RENEWED", timedelta(0))
    monkeypatch.setattr(fetching, "LEASE", timedelta(0))
    theirs.says["/sea.mp4"] = (200, clip(320, 240))
    made(wix, film(url=f"{theirs.root}/sea.mp4"))

    with app.app_context():
        allow = app.extensions["vitrine-settings"].outbound_allow
        outfit = fetching.Outfit(app.extensions["vitrine-storage"], Way(allow=allow))
        assert fetching.work_off(outfit, kind="video", most=1) == 1

    assert entries(app)[0].state == "ready"


def test_a_lease_that_somebody_took_during_a_slow_start_is_lost(
    wix: Wix, app: Flask, theirs: ForeignServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "RENEWED", timedelta(0))
    theirs.says["/sea.mp4"] = (200, clip(320, 240))
    made(wix, film(url=f"{theirs.root}/sea.mp4"))
    later = now() + timedelta(seconds=500)

    def taken_over() -> None:
        with app.app_context(), transaction():
            db.session.query(Fetch).update({"lease_until": later})

    theirs.meanwhile = taken_over
    fetch(app)

    assert entries(app)[0].state == "pending"
    with app.app_context():
        assert db.session.query(Fetch).one().lease_until == later


def test_a_killed_workers_video_comes_due_again_and_is_there_once(
    wix: Wix, app: Flask, theirs: ForeignServer
) -> None:
    theirs.says["/sea.mp4"] = (200, clip(320, 240))
    made(wix, film(url=f"{theirs.root}/sea.mp4"))
    with app.app_context():
        assert fetching._claim("video") is not None
        release()
    assert fetch(app) == 0
    with app.app_context(), transaction():
        db.session.query(Fetch).update({"lease_until": now() - timedelta(seconds=1)})

    assert fetch(app) == 1
    assert [each.state for each in entries(app)] == ["ready"]


@pytest.mark.parametrize("was_tried", [False, True])
def test_pages_show_one_that_is_still_to_come_and_one_that_cannot_be_had(
    wix: Wix, app: Flask, cast: Cast, theirs: ForeignServer, *, was_tried: bool
) -> None:
    path, _ = made(wix, film(url=f"{theirs.root}/gone.mp4") | {"title": "The sea"})
    if was_tried:
        fetch(app)
    _, _, gallery_id, _, item_id = path.split("/")
    (entry,) = entries(app)
    browser = browser_of(app, cast.ed)

    assert browser.page(f"/galleries/{gallery_id}/").one("li", id=f"tile-{item_id}")
    panel = browser.page(f"/galleries/{gallery_id}/?item={item_id}").words
    assert ("answers with 404" if was_tried else "is being fetched") in panel
    assert browser.page(f"/library/{entry.id}").heading
    assert "gone.mp4" in browser.page("/library/").words
    browser.page(f"/galleries/{gallery_id}/preview")
