"""Programs at the same moment: nothing lost, nothing twice, and never a 500."""

import time
from collections import Counter
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.api.cms.conftest import Program
from tests.fixtures.app import Cast
from tests.races import race
from webapp.domain import media as library
from webapp.domain.models import GallerySlug, Item, Media
from webapp.domain.transaction import transaction
from webapp.infra.db import db

pytestmark = pytest.mark.both_engines

FINE = {200, 201, 204, 400, 404, 409, 412, 503}


def at_once(app: Flask, program: Program, *asked: tuple[str, str, Any, dict[str, str]]) -> list[Any]:
    def deed(method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        return lambda: Program(app, program.key).ask(method, path, body, headers=headers)

    answers = race(app, *[deed(*each) for each in asked])
    assert all(hasattr(answer, "status_code") for answer in answers), answers
    return answers


def test_races_one_slug_is_given_once(ed: Program, app: Flask) -> None:
    answers = at_once(app, ed, *[("POST", "/galleries", {"slug": "summer"}, {})] * 6)

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 5}
    with app.app_context():
        assert db.session.scalars(select(func.count()).select_from(GallerySlug)).one() == 1


def test_races_one_media_is_added_once(ed: Program, app: Flask) -> None:
    made = ed.gallery()
    media_id = ed.pictures(1)[0]

    answers = at_once(app, ed, *[("POST", f"/galleries/{made}/media", {"media_id": media_id}, {})] * 6)

    assert Counter(answer.status_code for answer in answers) == {201: 1, 400: 5}
    assert ed.order(made) == [media_id]


def test_races_reorders_leave_one_of_the_orders(ed: Program, app: Flask) -> None:
    made = ed.gallery(media=6)
    order = ed.order(made)
    wanted = [order[nth:] + order[:nth] for nth in range(6)]

    path = f"/galleries/{made}/media/reorder"
    answers = at_once(app, ed, *[("POST", path, {"media_ids": each}, {}) for each in wanted])

    assert {answer.status_code for answer in answers} == {200}
    assert ed.order(made) in wanted


def test_races_reorders_moves_and_removals_keep_a_whole_order(ed: Program, app: Flask) -> None:
    made = ed.gallery(media=8)
    order = ed.order(made)
    path = f"/galleries/{made}/media"
    asked = [
        ("POST", f"{path}/reorder", {"media_ids": order[::-1]}, {}),
        ("PATCH", f"{path}/{order[0]}", {"order": 5}, {}),
        ("PATCH", f"{path}/{order[7]}", {"order": 0, "caption": "moved"}, {}),
        ("DELETE", f"{path}/{order[3]}", None, {}),
        ("POST", path, {"media_id": ed.pictures(1)[0], "order": 2}, {}),
        ("DELETE", f"{path}/{order[3]}", None, {}),
    ]

    answers = at_once(app, ed, *asked)

    assert {answer.status_code for answer in answers} <= FINE - {503}
    assert set(ed.order(made)) - set(order) == {asked[4][2]["media_id"]}
    assert len(ed.order(made)) == 8
    with app.app_context():
        keys = list(db.session.scalars(select(Item.sort_order).where(Item.gallery_id == UUID(made))))
        assert len(set(keys)) == len(keys) == 9


def test_races_of_two_with_the_same_tag_one_wins(ed: Program, app: Flask) -> None:
    made = ed.gallery("summer")
    tag = {"If-Match": ed.get(f"/galleries/{made}").headers["ETag"]}
    slugs = [f"slug-{nth}" for nth in range(5)]

    answers = at_once(app, ed, *[("PATCH", f"/galleries/{made}", {"slug": slug}, tag) for slug in slugs])

    won = [answer for answer in answers if answer.status_code == 200]
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 4}
    assert ed.get(f"/galleries/{made}").data == won[0].data


def test_races_texts_in_one_language_are_one_row(ed: Program, app: Flask) -> None:
    made = ed.gallery()
    french = ed.language("fr")
    titles = [f"Été {nth}" for nth in range(5)]
    path = f"/galleries/{made}/translations"

    answers = at_once(app, ed, *[("PUT", path, {"language_id": french, "title": title}, {}) for title in titles])

    assert {answer.status_code for answer in answers} == {200}
    texts = [text for text in ed.get(f"/galleries/{made}").json["translations"] if text["language_id"] == french]
    assert len(texts) == 1
    assert texts[0]["title"] in titles


@pytest.mark.parametrize("attempt", range(3))
def test_races_no_gallery_shows_a_media_that_is_being_deleted(ed: Program, app: Flask, attempt: int) -> None:
    made = [ed.gallery(f"gallery-{nth}") for nth in range(3)]
    media_id = ed.pictures(1)[0]

    answers = at_once(
        app,
        ed,
        ("POST", f"/galleries/{made[0]}/media", {"media_id": media_id}, {}),
        ("DELETE", f"/media/{media_id}", None, {}),
        ("PATCH", f"/galleries/{made[1]}", {"cover_image_id": media_id}, {}),
        ("POST", f"/galleries/{made[2]}/media", {"media_id": media_id}, {}),
    )

    assert {answer.status_code for answer in answers} <= FINE - {503}
    used = ed.order(made[0]) + ed.order(made[2])
    used += [ed.get(f"/galleries/{made[1]}").json["cover_image_id"]] * (answers[2].status_code == 200)
    with app.app_context():
        deleted = db.session.get_one(Media, UUID(media_id)).deleted_at is not None
    assert deleted == (answers[1].status_code == 204)
    assert not (deleted and used)


def test_races_who_adds_a_media_waits_for_its_deletion(ed: Program, cast: Cast, app: Flask) -> None:
    made = ed.gallery()
    media_id = ed.pictures(1)[0]
    deleting = Event()

    def delete() -> None:
        with transaction():
            library.trash(library.locked(UUID(media_id)), actor=cast.ed)
            deleting.set()
            time.sleep(0.5)

    def add() -> Any:
        assert deleting.wait(30)
        return Program(app, ed.key).ask("POST", f"/galleries/{made}/media", {"media_id": media_id})

    _, answer = race(app, delete, add)

    assert (answer.status_code, answer.json) == (404, {"detail": "Media not found"})
    assert ed.order(made) == []
