"""Who may ask what of the CMS dialect: every route, by everybody, of galleries however they stand."""

import io
from pathlib import Path

import pytest
from flask import Flask

from tests.api.matrix import MAY, NOBODY, PUBLIC, SIGNED_IN, Row, World, expected, faults, make
from tests.fixtures.app import Cast, on_sqlite
from tests.pictures import photo

pytestmark = on_sqlite

TITLED = {"language_id": "{fr}", "title": "Winter"}
FILE = {"data": lambda: {"file": (io.BytesIO(photo(32, 32)), "lake.jpg")}, "content_type": "multipart/form-data"}
READ, UPDATE = "galleries:read", "galleries:update"
LOGIN = {"email": "ed@example.org", "password": "correct horse battery"}


def cms(name: str, method: str, path: str, permission: str, status: int = 200, **more: object) -> Row:
    """A row of this dialect."""
    return Row(name=name, method=method, path=f"/api/v1{path}", permission=permission, status=status, **more)


ROWS = [
    cms("openapi", "GET", "/openapi.json", PUBLIC),
    cms("login", "POST", "/auth/login", PUBLIC, body=LOGIN),
    cms("logout", "POST", "/auth/logout", SIGNED_IN, 204),
    cms("me", "GET", "/auth/me", SIGNED_IN),
    cms("list_galleries", "GET", "/galleries", READ),
    cms("create_gallery", "POST", "/galleries", "galleries:create", 201, body={"slug": "winter"}),
    cms("get_gallery", "GET", "/galleries/{gallery}", READ),
    cms("update_gallery", "PATCH", "/galleries/{gallery}", UPDATE, body={"slug": "winter"}),
    cms("remove_gallery", "DELETE", "/galleries/{gallery}", "galleries:delete", 204),
    cms("upsert_translation", "PUT", "/galleries/{gallery}/translations", UPDATE, body=TITLED),
    cms("delete_translation", "DELETE", "/galleries/{gallery}/translations/{fr}", UPDATE),
    cms("add_media", "POST", "/galleries/{gallery}/media", UPDATE, 201, body={"media_id": "{spare}"}),
    cms("update_media_item", "PATCH", "/galleries/{gallery}/media/{media}", UPDATE, body={"order": 1}),
    cms("remove_media_item", "DELETE", "/galleries/{gallery}/media/{media}", UPDATE),
    cms(
        "reorder_media",
        "POST",
        "/galleries/{gallery}/media/reorder",
        UPDATE,
        body={"media_ids": ["{other_media}", "{media}"]},
    ),
    cms("list_media", "GET", "/media", "media:read"),
    cms("list_images", "GET", "/media/images", "media:read"),
    cms("get_media", "GET", "/media/{spare}", "media:read"),
    cms("upload_media", "POST", "/media/upload", "media:upload", 201, options=FILE),
    cms("update_media", "PATCH", "/media/{spare}", "media:update", body={"alt_text": "A lake"}),
    cms("delete_media", "DELETE", "/media/{loose}", "media:delete", 204),
    cms("list_languages", "GET", "/languages", "languages:read"),
    cms("get_language", "GET", "/languages/{fr}", "languages:read"),
    cms("create_language", "POST", "/languages", "languages:create", 201, body={"code": "de"}),
    cms("update_language", "PATCH", "/languages/{fr}", "languages:update", body={"is_active": False}),
    cms("delete_language", "DELETE", "/languages/{it}", "languages:delete", 204),
]


@pytest.fixture
def world(app: Flask, cast: Cast, database_url: str) -> World:
    return make(app, cast, Path(database_url.removeprefix("sqlite:///")))


def test_matrix_has_a_row_for_every_route(app: Flask) -> None:
    routes = {
        rule.endpoint.partition(".")[2] for rule in app.url_map.iter_rules() if rule.endpoint.startswith("cms.")
    }

    assert sorted(row.name for row in ROWS) == sorted(routes)


def test_matrix_nobody_may_more_than_they_should(world: World) -> None:
    assert faults(world, ROWS) == []


def test_matrix_finds_what_it_looks_for(world: World) -> None:
    lax = [cms("get_gallery", "GET", "/galleries/{gallery}", PUBLIC)]
    strict = [cms("get_gallery", "GET", "/galleries/{gallery}", "users:read")]

    assert len(faults(world, lax)) == 4 * (len(NOBODY) + 1)
    assert len(faults(world, strict)) == 4 * (len(MAY) - 2)
    assert expected(ROWS[0], "stranger", "") == 200
