"""Who may ask what of the Wix dialect: every route, by everybody, visitors too, of galleries however they stand."""

from pathlib import Path

import pytest
from flask import Flask

from tests.api import matrix
from tests.api.matrix import MAY, NOBODY, PUBLIC, Row, World, faults, make
from tests.fixtures.app import Cast, on_sqlite
from webapp.api.wix.routing import BASES

pytestmark = on_sqlite

VISIBLE = ("published", "held")
READ, UPDATE, CREATE = "galleries:read", "galleries:update", "galleries:create"
GALLERY, ITEM = "/galleries/{gallery}", "/galleries/{gallery}/items/{item}"
TEXT = {"galleryId": "{gallery}", "item": {"title": "Lake", "text": {"html": "<p>Lake</p>"}}}
CHANGED = {"galleryId": "{gallery}", "item": {"id": "{item}", "title": "Lake"}}
RENAMED = {"gallery": {"id": "{gallery}", "sortOrder": 5}}
CHOSEN = {"galleryId": "{gallery}", "itemIds": ["{item}"]}


def wix(name: str, method: str, path: str, permission: str, **more: object) -> Row:
    """A row of this dialect, below the SDK's path."""
    return Row(name=name, method=method, path=f"/progallery/v2{path}", permission=permission, **more)


ROWS = [
    wix("list_galleries", "GET", "/galleries", READ),
    wix("create_gallery", "POST", "/galleries", CREATE, body={"gallery": {"name": "Lake"}}),
    wix("create_gallery", "POST", "/galleries", CREATE, body={"cloneFromGalleryId": "{gallery}"}),
    wix("get_gallery", "GET", GALLERY, READ),
    wix("update_gallery", "PATCH", GALLERY, UPDATE, body=RENAMED),
    wix("replace_gallery", "PUT", GALLERY, UPDATE, body=RENAMED),
    wix("delete_gallery", "DELETE", GALLERY, "galleries:delete"),
    wix("list_gallery_items", "GET", f"{GALLERY}/items", READ),
    wix("get_velo_gallery", "GET", f"{GALLERY}/velo", READ),
    wix("get_viewer_gallery", "GET", f"{GALLERY}/viewer", READ),
    wix("create_gallery_item", "POST", f"{GALLERY}/items", UPDATE, body=TEXT),
    wix("delete_gallery_items", "DELETE", f"{GALLERY}/items", UPDATE, body={"itemIds": ["{item}"]}),
    wix("bulk_delete_gallery_items", "POST", f"{GALLERY}/items/delete", UPDATE, body=CHOSEN),
    wix("get_gallery_item", "GET", ITEM, READ),
    wix("update_gallery_item", "PATCH", ITEM, UPDATE, body=CHANGED),
    wix("replace_gallery_item", "PUT", ITEM, UPDATE, body=CHANGED),
    wix("delete_gallery_item", "DELETE", ITEM, UPDATE),
]
OTHER = {"token", "access", "token_info", "search_site"}
"""Where tokens are given for what is shown in the body, and the search over all galleries: tested by themselves."""


@pytest.fixture
def world(app: Flask, cast: Cast, database_url: str) -> World:
    made = make(app, cast, Path(database_url.removeprefix("sqlite:///")))
    key = made.headers["reader"]["Authorization"].removeprefix("Bearer ")
    client_id, _, secret = key.partition(".")
    for who, said in (
        ("visitor", {"clientId": "any", "grantType": "anonymous"}),
        ("app", {"client_id": client_id, "client_secret": secret, "grant_type": "client_credentials"}),
    ):
        answer = app.test_client(use_cookies=False).post("/oauth2/token", json=said)
        made.headers[who] = {"Authorization": answer.json["access_token"]}
    return made


def expected(row: Row, who: str, state: str) -> int:
    """Say what has to come of a request: visitors read what is published, and nobody is told of more (D13)."""
    if who in NOBODY:
        return 200 if row.permission == PUBLIC else 401
    may = MAY["reader"] if who == "app" else MAY.get(who, frozenset())
    if row.permission == READ and who in ("visitor", "uploader"):
        return 200 if state in (*VISIBLE, "") else 404
    if row.permission not in may:
        return 403
    return 404 if state == "trashed" else 200


def test_matrix_has_a_row_for_every_route(app: Flask) -> None:
    routes = {name: set[str]() for name in (*BASES, "wix-other")}
    for rule in app.url_map.iter_rules():
        blueprint, _, name = rule.endpoint.partition(".")
        if blueprint in routes:
            routes[blueprint].add(name)

    for base in BASES:
        assert routes[base] == {row.name for row in ROWS} | {"openapi"}
    assert routes["wix-other"] == OTHER


@pytest.mark.full
def test_matrix_nobody_may_more_than_they_should(world: World) -> None:
    assert faults(world, ROWS, people=(*NOBODY, *MAY, "visitor", "app"), expect=expected) == []


def test_matrix_finds_what_it_looks_for(world: World) -> None:
    lax = [wix("get_gallery", "GET", GALLERY, PUBLIC)]

    assert len(faults(world, lax, people=NOBODY, expect=expected)) == 4 * len(matrix.STATES)
