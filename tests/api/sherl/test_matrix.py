"""Who may ask what of the Sherl dialect: every route, by everybody, of galleries however they stand."""

import io
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from tests.api.matrix import NOBODY, PUBLIC, SIGNED_IN, Row, World, expected, faults, make
from tests.fixtures.app import PASSWORD, Cast, on_sqlite
from tests.pictures import photo
from webapp.domain.backgrounds import keeping
from webapp.domain.transaction import transaction

pytestmark = on_sqlite

FILE = {"data": lambda: {"upload": (io.BytesIO(photo(32, 32)), "lake.jpg")}, "content_type": "multipart/form-data"}
LOGIN = {"username": "ed@example.org", "password": PASSWORD}
MADE = {"categoryUri": "/api/categories/c1", "media": {"id": "{spare}"}}
BACKGROUND = {"medias": [{"id": "{spare}"}], "displayZones": ["HOME_PAGE"]}
ZONES = {"displayZones": ["MENU"]}
BEHIND, ONE = "/galleries/dynamic-background", "/galleries/dynamic-background/{background}"


def sherl(name: str, method: str, path: str, permission: str, status: int = 200, **more: object) -> Row:
    """A row of this dialect."""
    return Row(name=name, method=method, path=f"/api{path}", permission=permission, status=status, **more)


ROWS = [
    sherl("openapi", "GET", "/sherl/openapi.json", PUBLIC),
    sherl("sign_in", "POST", "/auth/login", PUBLIC, 201, body=LOGIN),
    sherl("refresh_token", "POST", "/auth/refresh-token", SIGNED_IN, 401, body={}),
    sherl("sign_out", "GET", "/auth/logout", SIGNED_IN),
    sherl("list_galleries", "GET", "/galleries", "galleries:read"),
    sherl("create_gallery", "POST", "/galleries", "galleries:create", 201, body=MADE),
    sherl("get_gallery", "GET", "/galleries/{gallery}", "galleries:read"),
    sherl("delete_gallery", "DELETE", "/galleries/{gallery}", "galleries:delete"),
    sherl("delete_no_gallery", "DELETE", "/galleries", "galleries:delete", 400),
    sherl("upload_media", "POST", "/medias?id=m1", "media:upload", 201, options=FILE),
    sherl("get_media", "GET", "/medias/{spare}", "media:read", 201),
    sherl("delete_media", "DELETE", "/medias/{loose}", "media:delete", 201),
    sherl("list_dynamic_backgrounds", "GET", BEHIND, "backgrounds:read"),
    sherl("list_dynamic_backgrounds", "GET", f"{BEHIND}?displayDeleted=true", "backgrounds:update"),
    sherl("register_dynamic_background", "POST", BEHIND, "backgrounds:create", 201, body=BACKGROUND),
    sherl("get_dynamic_background", "GET", ONE, "backgrounds:read"),
    sherl("update_dynamic_background", "PATCH", ONE, "backgrounds:update", body=ZONES),
    sherl("replace_dynamic_background", "PUT", ONE, "backgrounds:update", body=ZONES),
    sherl("delete_dynamic_background", "DELETE", ONE, "backgrounds:delete"),
]


@pytest.fixture
def world(app: Flask, cast: Cast, database_url: str) -> World:
    """The world, keys shown as the SDK does: in two headers, beside a bearer that says nothing."""
    made = make(app, cast, Path(database_url.removeprefix("sqlite:///")))
    with app.app_context(), transaction():
        fields = {"media_ids": [UUID(made.others["spare"])], "zones": ["HOME_PAGE"]}
        made.others["background"] = str(keeping.register(fields, actor=cast.ed).id)
    made.keep()
    for who, shown in made.headers.items():
        if who not in ("stranger", "cookie"):
            public_id, _, secret = shown["Authorization"].removeprefix("Bearer ").partition(".")
            made.headers[who] = {"X-WZ-API-KEY": public_id, "X-WZ-API-SECRET": secret, "Authorization": "Bearer"}
    return made


def judged(row: Row, who: str, state: str) -> int:
    """Say what has to come of a request: a key that is no good is refused where none is needed, too."""
    if row.name == "sign_in" and who in ("wrong", "revoked"):
        return 401
    return expected(row, who, state)


def test_matrix_has_a_row_for_every_route(app: Flask) -> None:
    routes = {
        rule.endpoint.partition(".")[2] for rule in app.url_map.iter_rules() if rule.endpoint.startswith("sherl.")
    }

    assert {row.name for row in ROWS} == routes


@pytest.mark.full
def test_matrix_nobody_may_more_than_they_should(world: World) -> None:
    assert faults(world, ROWS, expect=judged) == []


def test_matrix_finds_what_it_looks_for(world: World) -> None:
    lax = [sherl("get_gallery", "GET", "/galleries/{gallery}", PUBLIC)]

    assert len(faults(world, lax, people=NOBODY)) == 4 * len(NOBODY)
