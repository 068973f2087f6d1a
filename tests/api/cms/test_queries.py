"""How many statements an answer takes: as many for one as for many, and few."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tests import factories
from tests.api.cms.conftest import Program, media
from tests.fixtures.app import Cast
from tests.statements import counted
from webapp.domain import galleries, holds, items

LANGUAGES = "SELECT languages.id, languages.code"


def statements(app: Flask, program: Program, path: str, **options: Any) -> list[str]:
    with app.app_context(), counted() as sent:
        program.get(path, **options)
    return answered(sent)


def answered(sent: list[str]) -> list[str]:
    """Leave out whose key it is and what languages there are, asked only where somebody has written to those."""
    return [each for each in sent if "api_keys" not in each and not each.startswith(LANGUAGES)]


@pytest.mark.parametrize("query", ["", "?page=1&per_page=200", "?search=gallery&status=draft"])
def test_queries_of_the_list(ed: Program, cast: Cast, app: Flask, in_domain: Any, query: str) -> None:
    ed.gallery("gallery-0")
    one = statements(app, ed, f"/galleries{query}")
    in_domain(lambda: [factories.gallery(cast.ed, f"Gallery {number}", pictures=2) for number in range(49)])

    fifty = statements(app, ed, f"/galleries{query}")

    assert len(one) == len(fifty) == (2 if "page" in query else 1)


def test_queries_of_a_gallery(ed: Program, cast: Cast, app: Flask, in_domain: Any) -> None:
    made = ed.gallery(media=1, cover_image_id=ed.pictures(1)[0])
    first = ed.order(made)[0]
    ed.patch(f"/galleries/{made}/media/{first}", {"caption": "c"})
    one = statements(app, ed, f"/galleries/{made}")

    def fill() -> None:
        for item in factories.fill(galleries.get(UUID(made)), 499, by=cast.ed):
            factories.write(item, "en", cast.ed, caption="c")
            factories.write(item, "fr", cast.ed, caption="c")
        factories.write(media(first), "fr", cast.ed, alt="a")

    in_domain(fill)
    many = statements(app, ed, f"/galleries/{made}")

    assert len(ed.order(made)) == 500
    assert len(one) == len(many) == 4


def test_queries_of_a_held_gallery(ed: Program, programs: Any, cast: Cast, app: Flask, in_domain: Any) -> None:
    made = ed.gallery(media=20, status="published")
    in_domain(holds.hold, UUID(made), actor=cast.ed)

    assert len(statements(app, programs.vi, f"/galleries/{made}")) == 4


def test_queries_of_the_library(ed: Program, app: Flask) -> None:
    ed.pictures(1)
    one = statements(app, ed, "/media")
    ed.pictures(49)

    assert len(one) == len(statements(app, ed, "/media")) == 1
    ed.pictures(1)
    assert len(statements(app, ed, "/media/images?page=1")) == 2


def test_queries_of_who_asks(ed: Program, app: Flask) -> None:
    assert len(statements(app, ed, "/auth/me")) == 0
    with app.app_context(), counted() as sent:
        ed.get("/languages")
    assert len([each for each in sent if each.startswith(LANGUAGES)]) == 1
    assert len(statements(app, ed, "/galleries?limit=0", status=422)) == 0


@pytest.mark.parametrize("number", [3, 60])
def test_queries_of_a_reorder_do_not_grow(ed: Program, cast: Cast, app: Flask, in_domain: Any, number: int) -> None:
    made = ed.gallery()
    in_domain(lambda: items.add(UUID(made), [factories.picture().id for _ in range(number)], actor=cast.ed))
    order = ed.order(made)[::-1]

    with app.app_context(), counted() as sent:
        ed.post(f"/galleries/{made}/media/reorder", {"media_ids": order}, status=200)

    assert len(answered(sent)) == 9


def test_queries_a_condition_costs_one_more_reading(ed: Program, app: Flask) -> None:
    made = ed.gallery(media=2)
    tag = ed.get(f"/galleries/{made}").headers["ETag"]

    with app.app_context(), counted() as without:
        ed.patch(f"/galleries/{made}", {"slug": "b-b"})
    tag = ed.get(f"/galleries/{made}").headers["ETag"]
    with app.app_context(), counted() as with_one:
        ed.patch(f"/galleries/{made}", {"slug": "c-c"}, headers={"If-Match": tag})

    assert len(answered(with_one)) - len(answered(without)) == 3
