"""Galleries over the Sherl dialect: listed, made of one media, deleted by id and never all at once."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tests import factories
from tests.api.sherl.conftest import Sherl
from tests.fixtures.app import Cast
from tests.statements import counted
from webapp.api.sherl import shapes
from webapp.domain import galleries, holds, items
from webapp.domain.models import Gallery, Item
from webapp.infra.db import db

ASKED_ANEW = ("SELECT languages.id, languages.code", "SELECT categories.id")
"""Asked only where somebody has written to them."""


@pytest.fixture
def shown(in_domain: Callable[..., Any], cast: Cast) -> Callable[..., str]:
    """Make galleries through the domain, with so many pictures."""

    def make(title: str = "Lake", **fields: Any) -> str:
        return str(in_domain(lambda: factories.gallery(cast.ed, title, **fields).id))

    return make


def test_galleries_of_an_empty_site(sherl: Sherl) -> None:
    assert sherl.get("/galleries") == {"results": [], "view": {"total": 0, "page": 1, "itemsPerPage": 10}}


def test_galleries_are_listed_by_their_first_media(sherl: Sherl, shown: Callable[..., str]) -> None:
    gallery_id = shown(pictures=3)

    found = sherl.get("/galleries")

    shapes.Galleries.model_validate(found)
    (gallery,) = found["results"]
    assert (gallery["id"], gallery["uri"]) == (gallery_id, f"/api/galleries/{gallery_id}")
    assert gallery["media"]["uri"] == f"/api/medias/{gallery['media']['id']}"
    assert (gallery["media"]["width"], gallery["media"]["height"]) == (1600, 1200)
    assert gallery["consumerId"] == gallery["media"]["consumerId"]


def test_d32_galleries_without_media_are_not_listed(sherl: Sherl, shown: Callable[..., str]) -> None:
    empty, full = shown("Empty"), shown("Full", pictures=1)

    assert sherl.ids() == [full]
    assert sherl.get("/galleries")["view"]["total"] == 1
    assert sherl.get(f"/galleries/{empty}")["media"] is None


@pytest.mark.both_engines
def test_d32_a_cover_stands_for_a_gallery(
    sherl: Sherl, shown: Callable[..., str], in_domain: Callable[..., Any], cast: Cast
) -> None:
    gallery_id, (cover,) = shown(pictures=2), sherl.pictures()

    in_domain(lambda: galleries.update(_gallery(gallery_id), {"cover_media_id": UUID(cover)}, actor=cast.ed))

    assert sherl.get(f"/galleries/{gallery_id}")["media"]["id"] == cover


def test_galleries_in_the_trash_are_not_there(
    sherl: Sherl, shown: Callable[..., str], in_domain: Callable[..., Any], cast: Cast
) -> None:
    gallery_id = shown(pictures=1)
    in_domain(lambda: galleries.trash(_gallery(gallery_id), actor=cast.ed))

    assert sherl.ids() == []
    answer = sherl.ask("GET", f"/galleries/{gallery_id}", status=404)
    assert answer.json["message"] == f"gallery not found: {gallery_id}"


def test_galleries_page_by_page(sherl: Sherl, shown: Callable[..., str]) -> None:
    made = [shown(f"Lake {nth}", pictures=1) for nth in range(5)]

    assert sherl.ids("?itemsPerPage=2") == made[:2]
    assert sherl.ids("?page=3&itemsPerPage=2") == made[4:]
    assert sherl.ids("?page=4&itemsPerPage=2") == []
    assert sherl.get("/galleries?page=3&itemsPerPage=2")["view"] == {"total": 5, "page": 3, "itemsPerPage": 2}


def test_galleries_by_id_and_address(sherl: Sherl, shown: Callable[..., str]) -> None:
    one, other = shown(pictures=1), shown(pictures=1)

    assert sherl.ids(f"?id={one}") == [one]
    assert sherl.ids(f"?uri=%2Fapi%2Fgalleries%2F{other}") == [other]
    assert sherl.ids(f"?id={one}&uri=/api/galleries/{one}") == [one]
    assert sherl.ids(f"?id={one}&uri=/api/galleries/{other}") == []
    assert sherl.ids("?id=g1") == []
    assert sherl.get("/galleries?id=g1")["view"]["total"] == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        *(("?page=0", "page"), ("?page=-1", "page"), ("?page=one", "page"), ("?page=1e9", "page")),
        *(("?itemsPerPage=0", "itemsPerPage"), ("?itemsPerPage=201", "itemsPerPage")),
        *(("?page=1&page=2", "page"), ("?id=%00", "id"), ("?page=99999999999999999999", "page")),
    ],
)
def test_galleries_refuse_by_the_fields_name(sherl: Sherl, query: str, field: str) -> None:
    answer = sherl.ask("GET", f"/galleries{query}", status=400)

    assert [each.partition(":")[0] for each in answer.json["message"]] == [field]


def test_gallery_made_of_a_media(sherl: Sherl, in_domain: Callable[..., Any]) -> None:
    (media_id,) = sherl.pictures()
    body = {"categoryUri": "/api/categories/c1", "media": {"id": media_id, "caption": {"name": "Long day.jpg"}}}

    made = sherl.post("/galleries", body)

    shapes.IGallery.model_validate(made)
    assert (made["categoryUri"], made["media"]["id"]) == ("/api/categories/c1", media_id)
    assert sherl.get(f"/galleries/{made['id']}") == made
    row = in_domain(lambda: _gallery(made["id"]).status)
    assert row == "published", "D12"


def test_gallery_made_of_what_is_not_there(sherl: Sherl) -> None:
    body = {"categoryUri": "/api/categories/c1", "media": {"id": "m9"}}

    answer = sherl.ask("POST", "/galleries", body, status=404)

    assert answer.json["message"] == "media not found: m9"
    assert sherl.ids() == []


def test_gallery_names_every_fault(sherl: Sherl) -> None:
    assert sherl.post("/galleries", {}, status=400)["message"] == [
        "categoryUri: Field required",
        "media: Field required",
    ]
    told = sherl.post("/galleries", {"categoryUri": 7, "media": {"id": ""}}, status=400)["message"]
    assert [each.partition(":")[0] for each in told] == ["categoryUri", "media.id"]


def test_gallery_deleted_is_returned(sherl: Sherl) -> None:
    made, other = sherl.gallery(), sherl.gallery()

    assert sherl.delete(f"/galleries/{made['id']}") == made
    assert sherl.ids() == [other["id"]]
    assert sherl.delete(f"/galleries/{made['id']}", status=404)["message"] == f"gallery not found: {made['id']}"


def test_gallery_deleted_as_php_does(sherl: Sherl) -> None:
    made = sherl.gallery()

    assert sherl.delete(f"/galleries/{made['id']}?{made['id']}") == made


def test_deletion_without_an_id_deletes_nothing(sherl: Sherl, reader: Sherl) -> None:
    made = [sherl.gallery()["id"], sherl.gallery()["id"]]

    answer = sherl.ask("DELETE", "/galleries", status=400)

    assert answer.json["message"].startswith("id:")
    sherl.ask("DELETE", "/galleries/", status=400)
    sherl.ask("DELETE", "/galleries?id=", status=400)
    sherl.ask("DELETE", "/galleries", {"id": made[0]}, status=400)
    assert sherl.ids() == made
    reader.ask("DELETE", "/galleries", status=403)


@pytest.mark.both_engines
def test_d13_held_galleries_show_readers_what_visitors_see(
    sherl: Sherl, reader: Sherl, shown: Callable[..., str], in_domain: Callable[..., Any], cast: Cast
) -> None:
    gallery_id = shown(pictures=2, status="published")
    before = sherl.get(f"/galleries/{gallery_id}")["media"]["id"]
    in_domain(lambda: holds.hold(UUID(gallery_id), actor=cast.ed))
    in_domain(lambda: items.trash(UUID(gallery_id), [_first(gallery_id)], actor=cast.ed))

    assert sherl.get(f"/galleries/{gallery_id}")["media"]["id"] != before
    assert reader.get(f"/galleries/{gallery_id}")["media"]["id"] == before
    assert reader.get("/galleries")["results"][0]["media"]["id"] == before


@pytest.mark.both_engines
def test_galleries_ask_as_often_for_one_as_for_thirty(
    app: Flask, sherl: Sherl, shown: Callable[..., str], in_domain: Callable[..., Any], cast: Cast
) -> None:
    counts = []
    for number in (1, 29):
        for nth in range(number):
            made = shown(f"Lake {number} {nth}", pictures=2)
            in_domain(lambda made=made: galleries.update(_gallery(made), {"category_uri": "trips"}, actor=cast.ed))
        with app.app_context(), counted() as sent:
            sherl.get("/galleries?itemsPerPage=100")
        counts.append(len([each for each in sent if "api_keys" not in each and not each.startswith(ASKED_ANEW)]))

    assert counts == [8, 8]


def _gallery(gallery_id: str) -> Gallery:
    return db.session.get_one(Gallery, UUID(gallery_id))


def _first(gallery_id: str) -> UUID:
    rows = db.session.query(Item).filter_by(gallery_id=UUID(gallery_id), deleted_at=None)
    return rows.order_by(Item.sort_order.desc()).first().id
