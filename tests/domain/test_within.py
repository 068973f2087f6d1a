"""What a change has found out it is not told twice; what it gave back, or somebody else may change, it asks again."""

from uuid import UUID

import pytest
from flask import Flask

from tests import factories
from tests.fixtures.app import Cast
from tests.statements import counted
from webapp.domain import galleries, inheriting, items, languages, placements
from webapp.domain.errors import NotFound
from webapp.domain.models import Gallery, Item, Media
from webapp.domain.transaction import transaction
from webapp.infra import within
from webapp.infra.db import db


@pytest.fixture
def summer(app: Flask, cast: Cast) -> UUID:
    with app.app_context(), transaction():
        return factories.gallery(cast.ed, "Summer", pictures=40).id


def test_a_gallery_is_locked_once_within_a_change(app: Flask, summer: UUID) -> None:
    with app.app_context(), transaction(), counted() as sent:
        first = galleries.locked(summer)
        assert galleries.locked(summer) is first
        items.lock(summer)

    assert len([each for each in sent if "FROM galleries" in each]) == 1


def test_a_lock_that_a_savepoint_gave_back_is_taken_again(app: Flask, summer: UUID) -> None:
    with app.app_context(), transaction(), counted() as sent:
        savepoint = db.session.begin_nested()
        galleries.locked(summer)
        savepoint.rollback()
        galleries.locked(summer)
        galleries.locked(summer)

    assert len([each for each in sent if "FROM galleries" in each]) == 2


def test_a_flush_gives_no_lock_back(app: Flask, summer: UUID) -> None:
    with app.app_context(), transaction(), counted() as sent:
        galleries.touch(galleries.locked(summer))
        db.session.flush()
        galleries.locked(summer)

    assert len([each for each in sent if each.startswith("SELECT") and "FROM galleries" in each]) == 1


def test_the_next_change_reads_and_locks_anew(app: Flask, cast: Cast, summer: UUID) -> None:
    with app.app_context():
        with transaction():
            galleries.trash(galleries.locked(summer), actor=cast.ed)
            with pytest.raises(NotFound):
                galleries.locked(summer)
            assert galleries.locked(summer, trashed=True).id == summer
        with transaction():
            with pytest.raises(NotFound):
                galleries.locked(summer)
            galleries.purge(galleries.locked(summer, trashed=True), actor=cast.ed)
            with pytest.raises(NotFound):
                galleries.locked(summer, trashed=True)
        assert db.session.get(Gallery, summer) is None


def test_nothing_is_kept_while_only_reading(app: Flask) -> None:
    with app.app_context():
        within.keep("something", 1)
        assert within.find("something") is None
        with transaction():
            within.keep("something", 1)
            assert within.find("something") == 1
            within.forget("something")
            assert within.find("something") is None
            within.keep("something", 1)
        assert within.find("something") is None


def test_a_language_that_is_written_is_known_to_the_same_change(app: Flask, cast: Cast) -> None:
    with app.app_context(), transaction():
        before = languages.default()
        added = languages.add("eo", actor=cast.ada)
        assert added in languages.all_languages()
        languages.update(added.id, {"is_default": True}, actor=cast.ada)
        assert languages.default() is added is languages.all_languages()[0]
        assert before in languages.all_languages()
        languages.update(before.id, {"is_active": False}, actor=cast.ada)
        assert before not in languages.all_languages(active_only=True)


def test_an_order_of_many_costs_as_many_statements_as_one_of_few(app: Flask, cast: Cast, summer: UUID) -> None:
    with app.app_context():
        with transaction():
            other = factories.gallery(cast.ed, "Winter", pictures=2).id
        said = []
        for gallery_id in (other, summer):
            wanted = [media_id for media_id, _ in placements.of(gallery_id)][::-1]
            with transaction(), counted() as sent:
                placements.reorder(gallery_id, wanted, actor=cast.ed)
            said.append(len(sent))
            assert [media_id for media_id, _ in placements.of(gallery_id)] == wanted

    assert said[0] == said[1] <= 6


def test_keys_that_are_written_are_known_to_what_the_session_holds(app: Flask, cast: Cast, summer: UUID) -> None:
    with app.app_context(), transaction():
        order = items.ids_in_order(summer)
        rows = [db.session.get_one(Item, each) for each in order]
        items.reorder(summer, order[::-1], actor=cast.ed)
        assert [row.id for row in sorted(rows, key=lambda row: -row.sort_order)] == order[::-1]
        assert not any(db.session.is_modified(row) for row in rows)


def test_an_alt_text_of_a_media_is_read_once_to_be_changed(app: Flask, cast: Cast, summer: UUID) -> None:
    with app.app_context():
        media_id = placements.of(summer)[0][0]
        for text in ("First", "Second"):
            with transaction(), counted() as sent:
                inheriting.write_alt(db.session.get_one(Media, media_id), text, actor=cast.ed)

    assert len([each for each in sent if "FROM media_texts" in each and each.startswith("SELECT media_texts")]) == 1
    assert len([each for each in sent if "FROM languages" in each]) <= 1, "none where they are as they were (SQLite)"
