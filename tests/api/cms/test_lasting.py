"""Answers to reading programs are kept whole until somebody writes, and are everybody's own."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tests import factories
from tests.api.cms.conftest import Program, Programs
from tests.fixtures.app import Cast, on_sqlite
from tests.statements import counted
from webapp.api import lasting
from webapp.domain import galleries, holds
from webapp.infra.kept import Shelf

TRIES = 50
"""A server of PostgreSQL counts what is written to any of its databases, and other tests write to theirs."""


def statements(app: Flask, program: Program, path: str, **options: Any) -> int:
    with app.app_context(), counted() as sent:
        program.get(path, **options)
    return len(sent)


@pytest.fixture
def gallery(ed: Program) -> str:
    made = ed.gallery(media=2)
    ed.get("/galleries")  # the key's use is noted now, and not in what follows
    return made


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "path", ["/galleries/{}", "/galleries", "/galleries?page=1", "/media", "/media/images?limit=1"]
)
def test_what_is_asked_again_is_said_again(ed: Program, app: Flask, gallery: str, path: str) -> None:
    path = path.format(gallery)
    first = ed.get(path)

    assert any(statements(app, ed, path) == 0 for _ in range(TRIES)), "nothing is asked, not even whose key it is"
    again = ed.get(path)

    assert again.data == first.data
    assert {name: again.headers.get(name) for name in lasting.HEADERS} == {
        name: first.headers.get(name) for name in lasting.HEADERS
    }


@pytest.mark.both_engines
def test_what_was_written_meanwhile_is_said(
    ed: Program, app: Flask, cast: Cast, gallery: str, in_domain: Any
) -> None:
    path = f"/galleries/{gallery}"
    before = ed.get(path)

    in_domain(lambda: galleries.update(galleries.locked(UUID(gallery)), {"slug": "autumn"}, actor=cast.ed))

    assert ed.get(path).json["slug"] == "autumn"
    assert ed.get(path).headers["ETag"] != before.headers["ETag"]
    in_domain(lambda: galleries.trash(galleries.locked(UUID(gallery)), actor=cast.ed))
    ed.get(path, status=404)


@on_sqlite
def test_d09_each_is_said_what_they_may_see(programs: Programs, cast: Cast, in_domain: Any) -> None:
    made = programs.ed.gallery("as-it-was", status="published")
    in_domain(holds.hold, UUID(made), actor=cast.ed)
    english = programs.ed.language("en")
    programs.ed.put(f"/galleries/{made}/translations", {"language_id": english, "title": "Held"})

    for _ in range(2):
        titles = [
            each.get(f"/galleries/{made}").json["translations"][0]["title"] for each in (programs.ed, programs.vi)
        ]
        assert titles == ["Held", "Summer 2026"]


@on_sqlite
def test_who_may_not_read_is_refused_what_others_were_said(
    programs: Programs, make_program: Any, cast: Cast, gallery: str
) -> None:
    programs.ed.get(f"/galleries/{gallery}")
    programs.ed.get("/media")
    limited = make_program(cast.ed, "galleries:read")

    limited.get("/media", status=403)
    programs.stranger.get(f"/galleries/{gallery}", status=401)
    limited.get(f"/galleries/{gallery}")


@on_sqlite
def test_refusals_and_answers_on_conditions_are_not_kept(ed: Program, app: Flask, gallery: str) -> None:
    missing = "/galleries/00000000-0000-4000-8000-000000000000"
    ed.get(missing, status=404)
    tag = ed.get(f"/galleries/{gallery}").headers["ETag"]

    assert statements(app, ed, missing, status=404) > 0
    assert ed.get(f"/galleries/{gallery}", status=304, headers={"If-None-Match": tag}).data == b""
    ed.get(f"/galleries/{gallery}", status=412, headers={"If-Match": '"another"'})
    assert ed.ask("HEAD", f"/galleries/{gallery}", status=200).data == b""
    assert ed.get(f"/galleries/{gallery}").json["id"] == gallery


@on_sqlite
def test_texts_that_come_later_are_said(ed: Program, cast: Cast, gallery: str, in_domain: Any) -> None:
    first = ed.order(gallery)[0]
    assert ed.get(f"/media/{first}").json["alt_text"] is None

    in_domain(lambda: factories.write(galleries.get(UUID(gallery)), "en", cast.ed, title="Autumn"))
    ed.patch(f"/media/{first}", {"alt_text": "A quay"})

    assert ed.get(f"/media/{first}").json["alt_text"] == "A quay"
    assert ed.get(f"/galleries/{gallery}").json["translations"][0]["title"] == "Autumn"


def test_a_shelf_lets_go_of_what_is_longest_unused_when_it_gets_too_heavy() -> None:
    shelf = Shelf(10, len)
    for key in "abc":
        shelf.put(key, key * 3)
    assert shelf.find("a") == (True, "aaa")

    shelf.put("d", "dddd")
    assert [shelf.find(key)[0] for key in "abcd"] == [True, False, True, True]
    shelf.put("a", "a")
    assert shelf.weight == 8
    shelf.put("e", "e" * 11)

    assert (shelf.weight, len(shelf.values)) == (0, 0), "what is heavier than the shelf is not kept"
