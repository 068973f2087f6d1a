"""Medias over the Sherl dialect: sent as `upload`, called what the program says, 201 whatever the verb."""

import io
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from tests import factories
from tests.api.sherl.conftest import Sherl
from tests.clips import clip
from tests.fixtures.app import Cast
from tests.pictures import photo
from tests.races import race
from webapp.api.sherl import shapes
from webapp.domain import media
from webapp.domain.models import Media, MediaAlias
from webapp.infra.db import db

PICTURE = photo(40, 30)


def trash(media_id: str, cast: Cast) -> None:
    media.trash(media.locked(UUID(media_id)), actor=cast.ed)


def ours(shown: dict[str, Any]) -> str:
    """Return our own id of a media."""
    return str(shown["caption"]["id"])


# ---- sent ----


@pytest.mark.both_engines
def test_d22_upload_by_the_programs_own_id(sherl: Sherl) -> None:
    sent = sherl.upload("?id=m1&domain=gallery&type=file")

    shapes.IImageObject.model_validate(sent)
    assert (sent["id"], sent["domain"], sent["uri"]) == ("m1", "gallery", "/api/medias/m1")
    assert (sent["width"], sent["height"]) == (40, 30)
    assert (sent["caption"]["name"], sent["caption"]["encodingFormat"]) == ("lake.jpg", "image/jpeg")
    assert sherl.get("/medias/m1?id=m1&domain=gallery", status=201) == sent
    assert sherl.get(f"/medias/{ours(sent)}", status=201) == sent


def test_upload_answers_where_its_bytes_answer(sherl: Sherl) -> None:
    content = photo(40, 30, gps=False)
    sent = sherl.upload(content=content)

    path = sent["caption"]["contentUrl"].partition("/uploads/")[2]
    with sherl.client.get(f"/uploads/{path}", headers={"Authorization": f"Bearer {sherl.key}"}) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert sent["caption"]["size"] == len(content)


def test_upload_without_an_id_gets_ours(sherl: Sherl) -> None:
    sent = sherl.upload("")

    assert sent["id"] == ours(sent)
    assert sent["domain"] == ""


@pytest.mark.parametrize(
    ("query", "domain"),
    [
        ("?id=m1&domain=gallery & co&type=file", "gallery & co"),
        ("?id=m1&domain=gallery%20&%20co&type=file", "gallery & co"),
        ("?domain=gallery+%26+co&id=m1", "gallery & co"),
        ("?id=m1&domain=a&b&c", "a&b&c"),
        ("?id=m1&domain=%C3%A9t%C3%A9", "été"),
        ("?id=m1&domain=", ""),
        ("?id=m1", ""),
    ],
)
def test_domains_come_as_the_sdk_writes_them(sherl: Sherl, query: str, domain: str) -> None:
    assert sherl.upload(query)["domain"] == domain
    assert sherl.get("/medias/m1", status=201)["domain"] == domain


@pytest.mark.both_engines
def test_one_id_in_two_domains(sherl: Sherl) -> None:
    shop, blog = sherl.upload("?id=m1&domain=shop"), sherl.upload("?id=m1&domain=blog", content=photo(50, 30))

    assert sherl.get("/medias/m1?domain=shop", status=201) == shop
    assert sherl.get("/medias/m1?domain=blog", status=201) == blog
    told = sherl.get("/medias/m1", status=409)["message"]
    assert told == "Several files are called m1: name the domain."
    sherl.ask("DELETE", "/medias/m1", status=409)
    made = sherl.post("/galleries", {"categoryUri": "c", "media": {"id": "m1", "domain": "blog"}})
    assert made["media"] == blog


def test_an_id_that_is_taken(sherl: Sherl, app: Flask) -> None:
    first = sherl.upload("?id=m1&domain=shop")

    assert sherl.upload("?id=m1&domain=shop", status=409)["message"] == "Another file is called m1."
    assert sherl.upload(f"?id={ours(first)}", status=409)["error"] == "Conflict"

    assert sherl.upload(f"?id={uuid4()}")
    with app.app_context():
        assert db.session.query(Media).count() == 2, "what is refused leaves nothing"


@pytest.mark.both_engines
def test_the_id_of_one_in_the_trash_goes_over(
    sherl: Sherl, in_domain: Callable[..., Any], cast: Cast, app: Flask
) -> None:
    first = sherl.upload()
    sherl.delete("/medias/m1", status=201)

    second = sherl.upload()

    assert (second["id"], ours(second) == ours(first)) == ("m1", False)
    in_domain(lambda: media.restore(media.find_trashed(UUID(ours(first))), actor=cast.ed))
    assert sherl.get("/medias/m1", status=201) == second
    with app.app_context():
        assert db.session.query(MediaAlias).count() == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?id=a%2Fb", "id"),
        ("?id=.", "id"),
        ("?id=..", "id"),
        ("?id=%0A", "id"),
        ("?id=%00", "id"),
        (f"?id={'x' * 256}", "id"),
        (f"?id=m1&domain={'x' * 256}", "domain"),
        ("?id=m1&domain=%07", "domain"),
        ("?id=m1&id=m2", "id"),
        ("?id=m1&type=picture", "type"),
    ],
)
def test_uploads_refuse_by_the_fields_name(sherl: Sherl, app: Flask, query: str, field: str) -> None:
    told = sherl.upload(query, status=400)["message"]

    assert {each.partition(":")[0] for each in told} == {field}
    with app.app_context():
        assert db.session.query(Media).count() == 0


def test_uploads_refuse_what_is_no_file(sherl: Sherl) -> None:
    assert sherl.upload(part="file", status=400)["message"] == ["upload: Send a file"]
    assert sherl.upload(content=b"no picture at all", status=400)["message"][0].startswith("upload: ")
    assert sherl.upload("?id=m1&type=movie", status=400)["message"] == ["upload: This is no MP4, MOV or WebM video."]
    assert sherl.post("/medias", {"upload": "m1"}, status=415)["error"] == "Unsupported Media Type"
    sherl.post("/medias", status=415)


@pytest.mark.full
def test_a_movie_says_how_long_it_lasts(sherl: Sherl) -> None:
    sent = sherl.upload("?id=v1&type=movie", content=clip(), name="lake.mp4")

    assert sent["caption"]["encodingFormat"] == "video/mp4"
    assert float(sent["caption"]["duration"]) > 0


def test_an_upload_that_is_sent_again_is_done_once(sherl: Sherl, app: Flask) -> None:
    key = {"headers": {"Idempotency-Key": "one"}}

    first, again = sherl.upload(**key), sherl.upload(**key)

    assert first == again
    with app.app_context():
        assert db.session.query(Media).count() == 1
    sherl.upload("?id=m2", status=409, **key)
    assert sherl.upload("?id=m2", status=400, headers={"Idempotency-Key": "x" * 300})["message"][0].startswith(
        "Idempotency-Key"
    )


@pytest.mark.both_engines
def test_one_id_by_several_at_once_is_given_once(sherl: Sherl, app: Flask) -> None:
    def send() -> int:
        other = Sherl(app, sherl.key)
        return other.ask(
            "POST", "/medias?id=m1", status=None, data={"upload": (io.BytesIO(PICTURE), "a.jpg")}
        ).status_code

    assert sorted(race(app, *[send] * 4)) == [201, 409, 409, 409]
    with app.app_context():
        assert db.session.query(Media).count() == db.session.query(MediaAlias).count() == 1


# ---- read ----


def test_media_that_is_not_there(sherl: Sherl, in_domain: Callable[..., Any], cast: Cast) -> None:
    (gone,) = sherl.pictures()
    in_domain(lambda: trash(gone, cast))

    for ident in ("m9", str(uuid4()), gone, "é", "%25", "a b", "dynamic-background"):
        told = sherl.ask("GET", f"/medias/{ident}", status=404).json["message"]
        assert told == f"media not found: {ident.replace('%25', '%')}"
    sherl.ask("GET", "/medias/%00", status=400)
    sherl.ask("GET", f"/medias/{'x' * 300}", status=400)


def test_media_is_shown_with_what_is_said_of_it(sherl: Sherl, in_domain: Callable[..., Any], cast: Cast) -> None:
    (ident,) = sherl.pictures()
    in_domain(lambda: factories.write(db.session.get_one(Media, UUID(ident)), "en", cast.ed, alt="A quay"))

    found = sherl.get(f"/medias/{ident}", status=201)

    assert found["caption"]["description"] == "A quay"
    assert found["thumbnail"]["width"] == 320
    assert "/media/" in found["thumbnail"]["caption"]["contentUrl"]


# ---- deleted ----


def test_deletion_says_so_in_a_sentence(sherl: Sherl) -> None:
    sherl.upload()

    answer = sherl.ask("DELETE", "/medias/m1", status=201)

    assert (answer.text, answer.mimetype) == ("Media successfully deleted : m1", "text/plain")
    assert sherl.ask("DELETE", "/medias/m1", status=404).json["message"] == "media not found: m1"


def test_deletion_of_what_is_used_is_refused(sherl: Sherl) -> None:
    sherl.upload()
    made = sherl.gallery("m1")

    told = sherl.ask("DELETE", "/medias/m1", status=409).json["message"]
    assert told == "This file is used in lake. Remove it there first."

    sherl.delete(f"/galleries/{made['id']}")
    sherl.ask("DELETE", "/medias/m1", status=201)


def test_medias_ask_for_their_rights(sherl: Sherl, reader: Sherl) -> None:
    sherl.upload()

    reader.upload("?id=m2", status=403)
    reader.ask("DELETE", "/medias/m1", status=403)
    reader.get("/medias/m1", status=201)
