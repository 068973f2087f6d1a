"""Answers to the SDK are kept whole until somebody writes, but for visitors, who see what is public just now."""

from typing import Any

import pytest
from flask import Flask

from tests.api.wix.conftest import Wix, text
from tests.fixtures.app import on_sqlite
from tests.statements import counted

pytestmark = on_sqlite


def statements(app: Flask, program: Wix, path: str) -> int:
    with app.app_context(), counted() as sent:
        program.get(path)
    return len(sent)


@pytest.mark.parametrize("path", ["", "/{gallery}?itemLimit=1", "/{gallery}/items", "/{gallery}/items/{item}"])
def test_what_is_asked_again_is_said_again_under_an_id_of_its_own(wix: Wix, app: Flask, path: str) -> None:
    made = wix.gallery(text(), text())
    where = "/galleries" + path.format(gallery=made["id"], item=made["items"][0]["id"])
    first = wix.ask("GET", where)
    wix.ask("GET", where)

    assert statements(app, wix, where) == 0, "not even whose key it is"
    again = wix.ask("GET", where)

    assert (again.data, again.headers["ETag"]) == (first.data, first.headers["ETag"])
    assert again.headers["X-Wix-Request-Id"] != first.headers["X-Wix-Request-Id"]


def test_a_change_is_said_at_once(wix: Wix) -> None:
    made = wix.gallery(text(), name="Summer")
    assert wix.get(f"/galleries/{made['id']}")["gallery"]["name"] == "Summer"

    wix.patch(f"/galleries/{made['id']}", {"gallery": {"name": "Autumn"}})

    assert wix.get(f"/galleries/{made['id']}")["gallery"]["name"] == "Autumn"


def test_d13_visitors_are_told_what_is_public_just_now(wix: Wix, visitor: Wix, app: Flask) -> None:
    made: dict[str, Any] = wix.gallery(text())
    visitor.get(f"/galleries/{made['id']}")
    visitor.get(f"/galleries/{made['id']}")

    assert statements(app, visitor, f"/galleries/{made['id']}") > 1
