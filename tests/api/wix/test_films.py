"""Videos of the library through the Wix dialect: what programs see of them, and that they lose nothing by it."""

import io
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tests import factories
from tests.api.wix.conftest import Wix
from tests.clips import clip
from tests.fixtures.app import Cast, on_sqlite
from webapp.domain import items, media, renditions
from webapp.domain.models import Item
from webapp.domain.transaction import release, transaction
from webapp.infra.db import db

pytestmark = on_sqlite


@pytest.fixture
def path(app: Flask, wix: Wix, cast: Cast) -> str:
    """The address of an item that shows a clip of the library."""
    with app.app_context():
        storage = app.extensions["vitrine-storage"]
        intake = media.take_in(io.BytesIO(clip(320, 240)), "Sea side.mp4", storage=storage)
        with transaction():
            gallery = factories.gallery(cast.ed, "Summer")
            made = media.add(intake, actor=cast.ed)
            (item,) = items.add(gallery.id, [made.id], actor=cast.ed)
            found = f"/galleries/{gallery.id}/items/{item.id}"
        renditions.work_off(storage, batches=("web", "480p"))
    return found


def kept(app: Flask, path: str) -> tuple[Any, ...]:
    with app.app_context():
        release()
        row = db.session.get_one(Item, UUID(path.rpartition("/")[2]))
        return row.kind, row.media_id, row.poster_id, row.video


def test_a_video_of_the_library_is_shown_with_the_steps_that_can_be_played(wix: Wix, path: str) -> None:
    item = wix.get(path)["item"]

    assert item["type"] == "VIDEO"
    video = item["video"]
    info = video["videoInfo"]
    assert video["type"] == "WIX_MEDIA"
    assert abs(video["durationInMillis"] - 1000) < 80
    assert info["id"].endswith(".mp4")
    assert "/" not in info["id"]
    assert info["url"].endswith(f"/uploads/media/{info['id']}")
    assert info["filename"] == "Sea side.mp4"
    (step,) = info["resolutions"]
    assert (step["width"], step["height"], step["format"], step["quality"]) == (320, 240, "mp4", "480p")
    assert step["url"].endswith("/480p.mp4")


def test_read_modify_write_of_a_video_of_the_library_changes_what_was_changed(
    wix: Wix, app: Flask, path: str
) -> None:
    item, before = wix.get(path)["item"], kept(app, path)

    wix.patch(path, {"item": item | {"title": "The sea"}})

    after = wix.get(path)["item"]
    assert kept(app, path) == before
    assert after["title"] == "The sea"
    assert after["video"] == item["video"]


def test_a_video_as_the_sdk_sends_it_back_keeps_all(wix: Wix, app: Flask, path: str) -> None:
    item, before = wix.get(path)["item"], kept(app, path)
    video_id = item["video"]["videoInfo"]["id"]

    video = {"videoInfo": {"id": video_id, "filename": "Sea side.mp4"}}
    wix.patch(path, {"item": {"title": "The sea", "video": video}})

    assert kept(app, path) == before
    assert wix.get(path)["item"]["video"] == item["video"]
