"""The library as programs list it: exactly the page that is asked for, however deep, whoever wrote meanwhile."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.races import elsewhere
from tests.statements import counted
from webapp.domain import catalogue, landmarks, languages, stock
from webapp.domain.models import Blob, Media
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db

SEEKS = "(media.created_at, media.id) >="
TRIES = 50
"""A server of PostgreSQL counts what is written to any of its databases, and other tests write to theirs."""


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch):
    """Have the short lists of tests be long ones."""
    monkeypatch.setattr(landmarks, "STEP", 2)


@pytest.fixture
def media(domain):
    """Forty entries, four to a moment, every fifth a film."""
    begun = now()
    with transaction():
        made = [factories.picture(f"picture {number:02}.jpg") for number in range(40)]
        for number, each in enumerate(made):
            each.created_at = begun + timedelta(seconds=number // 4)
            if number % 5 == 0:
                db.session.get_one(Blob, each.blob_id).mime_type = "video/mp4"
        return [each.id for each in made]


def shown(skip, limit, **options):
    found = [row.id for row in stock.page(skip=skip, limit=limit, **options)]
    db.session.rollback()
    return found


def living(*, search=None, kind=None):
    rows = db.session.execute(
        select(Media.id, Media.original_filename, Blob.mime_type)
        .join(Blob, Blob.id == Media.blob_id)
        .where(Media.deleted_at.is_(None))
        .order_by(Media.created_at, Media.id)
    )
    found = [row.id for row in rows if (search or "") in row.original_filename and (kind or "") in row.mime_type]
    db.session.rollback()
    return found


def trash(media_id, *, back=False):
    with transaction():
        db.session.get_one(Media, media_id).deleted_at = None if back else now()


@pytest.mark.parametrize("options", [{}, {"kind": "image"}, {"search": "picture 1"}])
def test_pages_are_those_of_the_whole_list_whatever_is_written_between(media, options):
    chance, gone = random.Random(7), []
    for _ in range(12):
        whole = living(**options)
        for skip in chance.sample(range(len(whole) + 3), 4):
            assert shown(skip, 5, **options) == whole[skip : skip + 5]
        if gone and chance.random() < 0.5:
            trash(gone.pop(), back=True)
        else:
            gone.append(chance.choice(living()))
            trash(gone[-1])
        assert stock.count(**options) == len(living(**options))


def test_a_deep_page_begins_where_one_before_it_was_found(media):
    whole = living()

    def begins_at_a_landmark():
        shown(30, 5)
        with counted() as sent:
            assert shown(33, 5) == whole[33:38]
        return SEEKS in sent[-1]

    assert any(begins_at_a_landmark() for _ in range(TRIES))
    trash(whole[0])
    with counted() as sent:
        assert shown(33, 5) == whole[34:39]
    assert SEEKS not in sent[-1], "somebody has written"


def test_a_page_behind_the_end_is_empty(media):
    assert shown(40, 5) == shown(1000, 5) == shown(1000, 5) == []


def test_what_is_written_while_a_deep_page_is_read_moves_no_place(media, domain):
    whole, asked = living(), []
    shown(20, 5)

    def read(begin, skip):
        asked.append((begin, skip))
        if len(asked) == 1:
            elsewhere(domain, lambda: trash(whole[0]))
        return [(begin, skip)]

    landmarks.page("anything", 25, read, lambda row: row)
    moved = db.engine.dialect.name != "sqlite"

    assert asked == ([(None, 25)] * 2 if moved else [(None, 25)]), "SQLite's reading sees one state of all"


def test_landmarks_are_found_from_any_place_behind_them():
    known = landmarks.Landmarks()
    for place in (10, 4, 11, 30):
        known.note(place, f"key {place}")

    assert [known.before(place) for place in (3, 4, 9)] == [(0, None), (4, "key 4"), (4, "key 4")]
    assert [known.before(place) for place in (10, 12, 99)] == [(10, "key 10"), (10, "key 10"), (30, "key 30")]
    assert len(known.places) == 4, "one near another is not noted"


def test_the_library_is_counted_once_while_nobody_writes(media):
    assert stock.count() == 40

    def nothing_is_asked():
        with counted() as sent:
            assert stock.count() == 40
        db.session.rollback()
        return not sent

    assert any(nothing_is_asked() for _ in range(TRIES))
    trash(media[0])
    assert stock.count() == 39


def test_d19_alt_texts_are_looked_for_along_the_default_languages_chain(media, domain):
    begin = living()[:3]
    with transaction():
        ed = factories.actor("Ed", "editor")
        german = factories.language("de")
        english = languages.default()
        english.fallback_id = german.id
        first, second, third = (db.session.get_one(Media, each) for each in begin)
        factories.write(first, "de", ed, alt="Eine Laterne")
        factories.write(second, "en", ed, alt="A lantern")
        factories.write(second, "de", ed, alt="Eine Laterne")
        factories.write(third, "fr", ed, alt="Une lanterne")

    whole = [catalogue.entry(each).media.alt for each in begin]
    assert [row.alt for row in stock.page(skip=0, limit=3)] == whole == ["Eine Laterne", "A lantern", None]
