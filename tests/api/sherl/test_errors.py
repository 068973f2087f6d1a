"""What the Sherl dialect says of requests that make no sense, and when the machine can do nothing: its own words."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.api.sherl.conftest import Sherl
from tests.fixtures.app import Cast
from tests.pictures import photo
from tests.uploads import take_all_places, take_away

KIND = {"content_type": "application/json"}


def told(answer: TestResponse) -> str:
    """Return the one sentence of an answer."""
    (sentence,) = answer.json["message"]
    return str(sentence)


@pytest.mark.parametrize(
    "body",
    [
        *("{", "{]", "nothing", '"', "[1,]", "{'a': 1}", "\x00"),
        *('{"a": NaN}', '{"a": Infinity}', '{"a": 1e999}', '{"a": 1, "a": 2}', r'{"a": "\ud800"}'),
        *("[" * 65 + "]" * 65, '{"a": 99999999999999999999}'),
    ],
)
def test_errors_json_that_cannot_be_stored_is_malformed(sherl: Sherl, body: str) -> None:
    answer = sherl.ask("POST", "/galleries", status=400, data=body, **KIND)

    assert told(answer).startswith("body: JSON decode error")


@pytest.mark.parametrize("body", ["[]", "7", "null", '"text"', "true"])
def test_errors_a_body_has_to_be_an_object(sherl: Sherl, body: str) -> None:
    assert told(sherl.ask("POST", "/galleries", status=400, data=body, **KIND)).startswith("body: ")


def test_errors_no_body_at_all(sherl: Sherl) -> None:
    assert told(sherl.ask("POST", "/galleries", status=400, **KIND)) == "body: Field required"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_errors_a_body_has_to_be_json(sherl: Sherl, kind: str) -> None:
    sherl.ask("POST", "/galleries", status=415, data="{}", content_type=kind)


def test_errors_a_body_beyond_two_mebibytes(sherl: Sherl) -> None:
    body = json.dumps({"categoryUri": "x" * 2 * 1024**2})

    assert sherl.ask("POST", "/galleries", status=413, data=body, **KIND).json["error"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"categoryUri": "a\0b"}, "categoryUri"),
        ({"categoryUri": None}, "categoryUri"),
        ({"categoryUri": ["c"]}, "categoryUri"),
        ({"categoryUri": "x" * 2049}, "categoryUri"),
        ({"media": "m1"}, "media"),
        ({"media": []}, "media"),
        ({"media": {}}, "media.id"),
        ({"media": {"id": 1}}, "media.id"),
        ({"media": {"id": "x" * 256}}, "media.id"),
        ({"media": {"id": "m1", "domain": 7}}, "media.domain"),
        ({"media": {"id": "m1", "caption": "lake"}}, "media.caption"),
        ({"media": {"id": "m1", "caption": {"name": "a\0"}}}, "media.caption.name"),
    ],
    ids=str,
)
def test_errors_name_the_field(sherl: Sherl, body: dict[str, Any], field: str) -> None:
    answer = sherl.ask("POST", "/galleries", {"categoryUri": "c", "media": {"id": "m1"}} | body, status=400)

    assert told(answer).startswith(f"{field}: ")
    assert sherl.ids() == []


@pytest.mark.parametrize("cause", ["store away", "pictures busy"])
def test_errors_of_the_store_or_busy_pictures(
    sherl: Sherl, app: Flask, monkeypatch: pytest.MonkeyPatch, cause: str
) -> None:
    if cause == "store away":
        take_away(app.extensions["vitrine-storage"])
    else:
        take_all_places(monkeypatch)

    file = {"upload": (io.BytesIO(photo(40, 30)), "lake.jpg")}
    answer = sherl.ask("POST", "/medias?id=m1", status=503, data=file)

    assert answer.json["message"].startswith("Busy just now.")
    assert answer.headers["Retry-After"] == "5"
    sherl.get("/medias/m1", status=404)


def test_errors_of_conditions(sherl: Sherl) -> None:
    made = sherl.gallery()
    tag = sherl.ask("GET", f"/galleries/{made['id']}").headers["ETag"]

    sherl.ask("GET", f"/galleries/{made['id']}", status=304, headers={"If-None-Match": tag})
    sherl.delete(f"/galleries/{made['id']}", status=412, headers={"If-Match": '"another"'})
    sherl.delete(f"/galleries/{made['id']}", headers={"If-Match": tag})


class TestLimits:
    @pytest.fixture
    def environ(self, environ: dict[str, str]) -> dict[str, str]:
        return environ | {"VITRINE_API_RATE": "0.001", "VITRINE_API_BURST": "3"}

    @pytest.fixture
    def sherl(self, make_sherl: Callable[..., Sherl], cast: Cast) -> Sherl:
        """A program whose key nobody has counted."""
        return make_sherl(cast.ed)

    def test_too_many_requests_are_told_so(self, sherl: Sherl, nobody: Sherl) -> None:
        for _ in range(3):
            sherl.get("/galleries")

        answer = sherl.ask("GET", "/galleries", status=429)

        assert int(answer.headers["Retry-After"]) > 0
        assert answer.json["error"] == "Too Many Requests"
        nobody.get("/galleries", status=401)

    def test_guesses_of_keys_are_counted_by_address(self, sherl: Sherl) -> None:
        for _ in range(2):
            sherl.get("/galleries", status=401, headers={"X-WZ-API-SECRET": "wrong"})

        sherl.get("/galleries", status=429, headers={"X-WZ-API-SECRET": "wrong"})
        sherl.get("/galleries")
