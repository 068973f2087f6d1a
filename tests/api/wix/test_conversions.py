"""Galleries for pages over the dialect: at each of its paths, for whoever may see them, window by window."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests import factories
from tests.fixtures.app import Cast, on_sqlite
from tests.statements import counted
from webapp.api.wix.routing import BASES
from webapp.domain import galleries, holds, item_kinds, items, keys, permissions
from webapp.domain.models import User
from webapp.domain.transaction import transaction
from webapp.infra.db import db

pytestmark = on_sqlite
FORMATS = ("velo", "viewer")


@pytest.fixture
def summer(app: Flask, cast: Cast) -> UUID:
    """A picture, a video and a text, in this order."""
    with app.app_context(), transaction():
        made = factories.gallery(cast.ed, "Summer", pictures=1, status="published")
        first = items.get(made.id, factories.order(made.id)[0])
        factories.write(first, "en", cast.ed, title="The quay", alt="A quay at dusk")
        item_kinds.add_video(made.id, "https://youtu.be/NCtzkaL2t_Y", title="The concert", actor=cast.ed)
        item_kinds.add_text(made.id, html="<p>woohoo</p>", style=None, actor=cast.ed)
        return made.id


@pytest.fixture
def key(app: Flask, cast: Cast) -> str:
    with app.app_context(), transaction():
        ed = db.session.get_one(User, cast.ed.id)
        return str(keys.add(ed, name="page", permissions=None, actor=permissions.system("tests"))[1])


def ask(app: Flask, path: str, key: str = "", **headers: str) -> TestResponse:
    shown = {"Authorization": key} if key else {}
    return app.test_client(use_cookies=False).get(path, headers=shown | headers)


def visitor(app: Flask) -> str:
    asked = {"clientId": "any", "grantType": "anonymous"}
    return str(app.test_client().post("/oauth2/token", json=asked).json["access_token"])


@pytest.mark.parametrize("base", BASES.values())
def test_conversions_answer_at_each_path(app: Flask, summer: UUID, key: str, base: str) -> None:
    velo = ask(app, f"{base}/galleries/{summer}/velo", key)
    viewer = ask(app, f"{base}/galleries/{summer}/viewer", key)

    assert (velo.status_code, viewer.status_code) == (200, 200)
    assert [each["type"] for each in velo.json["items"]] == ["image", "video"]
    assert [each["metaData"]["type"] for each in viewer.json["items"]] == ["image", "video", "text"]
    assert (velo.json["galleryId"], velo.json["totalItems"]) == (str(summer), 3)


def test_velo_reports_what_is_not_there_and_why(app: Flask, summer: UUID, key: str) -> None:
    with app.app_context():
        order = [str(each) for each in factories.order(summer)]

    found = ask(app, f"/progallery/v2/galleries/{summer}/velo", key).json

    assert [each["slug"] for each in found["items"]] == order[:2]
    assert found["items"][0]["src"].startswith("http://localhost/uploads/media/")
    assert found["report"] == [
        {"itemId": order[0], "orderIndex": 0, "converted": True, "lost": ["image.imageInfo.altText"]},
        {
            "itemId": order[2],
            "orderIndex": 2,
            "converted": False,
            "lost": [],
            "code": "TEXT_ITEM",
            "description": "There are no text items in $w.Gallery.",
        },
    ]


@pytest.mark.parametrize("names", [("offset", "limit"), ("itemOffset", "itemLimit")])
def test_conversions_have_the_windows_of_a_gallery(
    app: Flask, summer: UUID, key: str, names: tuple[str, str]
) -> None:
    window = f"{names[0]}=1&{names[1]}=1"

    velo = ask(app, f"/progallery/v2/galleries/{summer}/velo?{window}", key).json
    viewer = ask(app, f"/progallery/v2/galleries/{summer}/viewer?{window}", key).json

    assert ([each["title"] for each in velo["items"]], velo["report"]) == (["The concert"], [])
    rest = ask(app, f"/progallery/v2/galleries/{summer}/velo?{names[0]}=2", key).json
    assert [(each["orderIndex"], each["code"]) for each in rest["report"]] == [(2, "TEXT_ITEM")]
    assert [each["orderIndex"] for each in viewer["items"]] == [1]
    assert viewer["totalItems"] == 3


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "offset=-1", "itemLimit=x"])
def test_conversions_refuse_windows_as_a_gallery_does(app: Flask, summer: UUID, key: str, query: str) -> None:
    answer = ask(app, f"/progallery/v2/galleries/{summer}/velo?{query}", key)

    assert answer.status_code == 400
    assert answer.json["details"]["validationError"]["fieldViolations"]


@pytest.mark.parametrize("kind", FORMATS)
def test_d13_visitors_convert_what_is_published_alone(app: Flask, cast: Cast, summer: UUID, kind: str) -> None:
    path, token = f"/progallery/v2/galleries/{summer}/{kind}", visitor(app)
    seen = ask(app, path, token).status_code
    with app.app_context(), transaction():
        galleries.set_status(galleries.get(summer), "draft", actor=cast.ed)

    assert (seen, ask(app, path, token).status_code, ask(app, path).status_code) == (200, 404, 401)


def test_d09_visitors_convert_the_copy_while_changes_are_held(app: Flask, cast: Cast, summer: UUID, key: str) -> None:
    path = f"/progallery/v2/galleries/{summer}/velo"
    with app.app_context(), transaction():
        holds.hold(summer, actor=cast.ed)
        items.trash(summer, factories.order(summer)[:1], actor=cast.ed)

    held: Any = ask(app, path, visitor(app)).json
    worked_on: Any = ask(app, path, key).json

    assert ([each["type"] for each in held["items"]], held["totalItems"]) == (["image", "video"], 3)
    assert ([each["type"] for each in worked_on["items"]], worked_on["totalItems"]) == (["video"], 2)


@pytest.mark.parametrize("kind", FORMATS)
def test_conversions_are_read_again_by_their_tag(app: Flask, summer: UUID, key: str, kind: str) -> None:
    path = f"/progallery/v2/galleries/{summer}/{kind}"
    first = ask(app, path, key)

    again = ask(app, path, key, **{"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")


def test_conversions_of_what_there_is_not(app: Flask, key: str) -> None:
    assert ask(app, f"/progallery/v2/galleries/{uuid4()}/velo", key).status_code == 404
    assert ask(app, "/progallery/v2/galleries/nonsense/viewer", key).status_code == 400


def test_conversions_ask_as_much_for_one_item_as_for_thirty(app: Flask, cast: Cast, summer: UUID, key: str) -> None:
    path = f"/progallery/v2/galleries/{summer}/viewer"
    ask(app, path, key)
    with app.app_context(), counted() as few:
        ask(app, path, key)
    with app.app_context(), transaction():
        factories.fill(galleries.get(summer), 30, by=cast.ed)
    ask(app, path, key)
    with app.app_context(), counted() as many:
        ask(app, path, key)

    assert len(few) == len(many) > 0
