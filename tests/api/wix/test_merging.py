"""What stands beside what an app sends: changes of the dashboard, rights, and the SDK's own addresses."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tests import factories
from tests.api.wix.conftest import Wix, code, fields, text
from tests.api.wix.test_items import POSTERS, YOUTUBE, film, of_wix, one, sent_back
from tests.fixtures.app import Cast, on_sqlite
from webapp.domain import galleries, holds, item_kinds, items, site_order
from webapp.domain.models import Item
from webapp.infra.db import db

pytestmark = on_sqlite
In = Callable[..., Any]


@pytest.fixture
def filmed(wix: Wix, in_domain: In, cast: Cast) -> str:
    """The path of a video that was made in the dashboard, with a picture and a length."""
    made = wix.gallery()

    def add() -> UUID:
        poster = factories.picture("poster.jpg")
        found = {"actor": cast.ed, "title": "Film", "duration": 95, "poster_id": poster.id}
        return item_kinds.add_video(UUID(made["id"]), YOUTUBE, **found).id

    return f"/galleries/{made['id']}/items/{in_domain(add)}"


def row(app: Flask, path: str) -> tuple[Any, ...]:
    """Return a video's length and picture from the database itself."""
    with app.app_context():
        found = db.session.get_one(Item, UUID(path.rpartition("/")[2]))
        return (found.video or {}).get("duration"), found.poster_id


def test_a_video_of_the_dashboard_that_is_sent_back_keeps_all(wix: Wix, app: Flask, filmed: str) -> None:
    shown, before = wix.get(filmed)["item"], row(app, filmed)

    for sent in (sent_back(shown), {"video": {"videoInfo": {"url": YOUTUBE}}}):
        after = wix.patch(filmed, {"item": sent | {"title": "New"}})["item"]
        assert after["video"] == shown["video"]
        assert row(app, filmed) == before
    assert before[0] == 95
    assert shown["video"]["videoInfo"]["posters"][0]["filename"] == "poster.jpg"


def test_a_length_and_a_picture_that_an_app_gives_are_the_items(wix: Wix, app: Flask, filmed: str) -> None:
    video = {"videoInfo": {"url": YOUTUBE, "posters": [{"id": "new.jpg"}]}, "durationInMillis": 50000}

    shown = wix.patch(filmed, {"item": {"video": video}})["item"]["video"]

    assert (shown["durationInMillis"], shown["videoInfo"]["posters"][0]["id"]) == (50000, "new.jpg")
    length, poster = row(app, filmed)
    assert length == 50
    with app.app_context():
        assert poster is not None


def test_what_the_dashboard_changes_of_an_apps_video_is_shown_to_apps(wix: Wix, in_domain: In, cast: Cast) -> None:
    path, _ = one(wix, film())
    video = {"provider": "youtube", "id": "NCtzkaL2t_Y", "start": 0, "hash": "", "url": YOUTUBE, "duration": 99}

    def change(**fields: Any) -> None:
        items.change(db.session.get_one(Item, UUID(path.rpartition("/")[2])), fields, actor=cast.ed)

    in_domain(lambda: change(poster_id=factories.picture("chosen.jpg").id))
    assert wix.get(path)["item"]["video"]["videoInfo"]["posters"][0]["filename"] == "chosen.jpg"
    in_domain(lambda: change(video=video))
    shown = wix.get(path)["item"]["video"]

    assert (shown["type"], shown["durationInMillis"], shown["videoInfo"]["url"]) == ("YOUTUBE", 99000, YOUTUBE)
    assert shown["videoInfo"]["posters"][0]["filename"] == "chosen.jpg"


def test_another_video_keeps_the_picture_where_none_is_given(wix: Wix, app: Flask) -> None:
    path, shown = one(wix, {"video": {"videoInfo": {"url": YOUTUBE, "posters": POSTERS[:1]}}, "title": "T"})
    other = "https://www.youtube.com/watch?v=aaaaaaaaaaa"
    before = row(app, path)[1]

    changed = wix.patch(path, {"item": {"video": {"videoInfo": {"url": other}}}})["item"]["video"]

    assert changed["videoInfo"]["url"] == other
    assert row(app, path)[1] == before is not None
    assert changed["videoInfo"]["posters"][0]["id"] == shown["video"]["videoInfo"]["posters"][0]["id"]


@pytest.mark.parametrize("alt", ["", None])
def test_an_alt_text_can_be_cleared(wix: Wix, alt: str | None) -> None:
    path, shown = one(wix, of_wix())
    assert shown["image"]["imageInfo"]["altText"] == "A lake"

    changed = wix.patch(path, {"item": {"image": {"imageInfo": {"id": "11062b_127~mv2.jpeg", "altText": alt}}}})

    assert "altText" not in changed["item"]["image"]["imageInfo"]


@pytest.mark.parametrize("scheme", ["wix:image", "image"])
def test_the_sdks_addresses_are_understood_whole(wix: Wix, scheme: str) -> None:
    url = f"{scheme}://v1/11062b_a~mv2.jpg/A%20lake.jpg#originWidth=300&originHeight=400"
    _, shown = one(wix, {"image": {"imageInfo": {"url": url}}})

    told = shown["image"]["imageInfo"]
    assert (told["id"], told["width"], told["height"], told["filename"]) == (
        "11062b_a~mv2.jpg",
        300,
        400,
        "A lake.jpg",
    )
    assert told["url"] == "https://static.wixstatic.com/media/11062b_a~mv2.jpg"


def test_the_sdks_addresses_of_videos_are_understood_whole(wix: Wix) -> None:
    url = "wix:video://v1/11062b_201/file.mp4#posterUri=p000.jpg&posterWidth=960&posterHeight=540"
    _, shown = one(wix, {"video": {"videoInfo": {"url": url}}})

    info = shown["video"]["videoInfo"]
    assert (info["id"], info["url"], info["filename"]) == ("11062b_201", "", "file.mp4")
    assert (info["posters"][0]["id"], info["posters"][0]["width"]) == ("p000.jpg", 960)


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"video": {"videoInfo": {"url": "javascript:alert(1)"}}}, "item.video.videoInfo.url"),
        ({"video": {"videoInfo": {"url": "http://10.0.0.1/a.mp4"}}}, "item.video.videoInfo.url"),
        ({"video": {"videoInfo": {"id": "a", "resolutions": [{"url": "file:///a"}]}}}, "item.video.videoInfo.url"),
        (
            {"video": {"videoInfo": {"id": "a", "resolutions": [{"url": "https://e.org/", "width": "wide"}]}}},
            "item.video.videoInfo.resolutions[0].width",
        ),
        (
            {"video": {"videoInfo": {"id": "a", "resolutions": [{"url": {"a": 1}}]}}},
            "item.video.videoInfo.resolutions[0].url",
        ),
        ({"image": {"imageInfo": {"id": "a"}, "exif": {"Make": "Canon\x00"}}}, "item.image.exif"),
        ({"image": {"imageInfo": {"id": "a"}, "exif": {"a": [{"\x00": 1}]}}}, "item.image.exif"),
        (text(secondaryMedia={"a": "\x00"}), "item.secondaryMedia"),
        ({"text": {"html": "", "css": {"a": "\x00"}}}, "item.text.css"),
        ({"image": {"imageInfo": {"url": "wix:image://v1/"}}}, "item.image.imageInfo.url"),
        ({"image": {"imageInfo": {"url": "http://localhost/uploads/media/a/b.jpg"}}}, "item.image.imageInfo.id"),
    ],
    ids=str,
)
def test_what_would_break_other_doors_is_refused(wix: Wix, item: dict[str, Any], field: str) -> None:
    answer = wix.ask("POST", f"/galleries/{wix.gallery()['id']}/items", {"item": item}, status=400)

    assert list(fields(answer)) == [field]


def test_d21_html_is_kept_to_the_letter(wix: Wix) -> None:
    path, shown = one(wix, text("<p>a</p>\r\n<p>b</p>\r"))

    assert shown["text"]["html"] == wix.get(path)["item"]["text"]["html"] == "<p>a</p>\r\n<p>b</p>\r"


def test_refusals_name_the_item_of_the_request(wix: Wix) -> None:
    made = wix.gallery(text(), text())
    path, ids = f"/galleries/{made['id']}", [each["id"] for each in made["items"]]
    bad = {"link": {"url": "nowhere"}}

    for rows, field in (
        ([{"id": ids[0]}, {"id": ids[1]} | bad], "gallery.items[1].link.url"),
        ([{"id": ids[0]}, text(**bad)], "gallery.items[1].link.url"),
        ([{"id": ids[0]}, {"id": ids[1], "image": {"imageInfo": {"id": "a"}}}], "gallery.items[1].type"),
        ([{"id": ids[0]}, {"id": ids[0]}], "gallery"),
    ):
        assert list(fields(wix.ask("PATCH", path, {"gallery": {"items": rows}}, status=400))) == [field]


def test_d09_every_change_of_what_is_held_says_so(wix: Wix, in_domain: In, cast: Cast) -> None:
    made = wix.gallery(text(), text(), text())
    in_domain(holds.hold, UUID(made["id"]), actor=cast.ed)
    path, ids = f"/galleries/{made['id']}/items", [each["id"] for each in made["items"]]

    answers = [
        wix.ask("DELETE", f"{path}/{ids[0]}"),
        wix.ask("POST", f"{path}/delete", {"itemIds": ids[1:2]}),
        wix.ask("DELETE", path, {"itemIds": ids[2:]}),
    ]
    assert [each.headers.get("X-Vitrine-Held") for each in answers] == ["true"] * 3


def test_d13_clones_show_nobody_more_than_they_may_read(
    wix: Wix, make_wix: Callable[..., Wix], in_domain: In, cast: Cast
) -> None:
    maker, reader = (
        make_wix(cast.ed, *each) for each in (["galleries:create"], ["galleries:create", "galleries:read"])
    )
    draft, held = wix.gallery(text(title="Secret")), wix.gallery(text(title="Public"))
    in_domain(lambda: galleries.set_status(galleries.get(UUID(draft["id"])), "draft", actor=cast.ed))
    in_domain(holds.hold, UUID(held["id"]), actor=cast.ed)
    in_domain(lambda: site_order.put(galleries.get(UUID(draft["id"])), 5.0, actor=cast.ed))

    for app, gallery in ((maker, draft), (maker, held), (reader, held)):
        assert code(app.ask("POST", "/galleries", {"cloneFromGalleryId": gallery["id"]}, status=403))
    copy = reader.post("/galleries", {"cloneFromGalleryId": draft["id"]})["gallery"]
    assert copy["items"][0]["title"] == "Secret"
    assert "sortOrder" not in copy, "a place on the site is given by who may change galleries"


def test_visitors_are_not_told_where_a_picture_comes_from(wix: Wix, visitor: Wix) -> None:
    path, shown = one(wix, {"image": {"imageInfo": {"url": "https://bucket.example/a.jpg?signature=secret"}}})

    assert shown["image"]["imageInfo"]["url"].endswith("signature=secret")
    assert visitor.get(path)["item"]["image"]["imageInfo"]["url"] == ""
