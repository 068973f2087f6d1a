"""The library as people look through it: pages by key, what a file says in each language, and where it is used."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests import factories
from tests.statements import counted
from webapp.domain import galleries, items, library, media, translations
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.models import AuditEntry, Media, OutboxEvent
from webapp.domain.transaction import transaction
from webapp.infra.db import db

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def make(*names):
    """Files of these names, each a minute newer than the one before."""
    with transaction():
        made = [factories.picture(name) for name in names]
        for minute, each in enumerate(made):
            each.created_at = BEGINNING + timedelta(minutes=minute)
        return [each.id for each in made]


def names(*args, **options):
    return [entry.name for entry in library.page(*args, **options).rows]


def discard(media_id, ed):
    with transaction():
        media.trash(media.locked(media_id), actor=ed)


# ---- the list ----


def test_the_newest_files_come_first(ed):
    make("a.jpg", "b.jpg", "c.jpg")

    assert names() == ["c.jpg", "b.jpg", "a.jpg"]


def test_a_file_says_whether_it_has_an_alt_text_in_the_site_s_language(ed):
    plain, french, english = make("plain.jpg", "french.jpg", "english.jpg")
    with transaction():
        factories.write(db.session.get(Media, french), "fr", ed, alt="Un lac")
        factories.write(db.session.get(Media, english), "en", ed, alt="A lake")

    assert {entry.name: entry.no_alt for entry in library.page().rows} == {
        "plain.jpg": True,
        "french.jpg": True,
        "english.jpg": False,
    }
    assert library.entry(plain).no_alt


def test_a_file_whose_bytes_are_missed_says_so(ed):
    lost = make("here.jpg", "lost.jpg")[1]
    with transaction():
        media.blobs_of([lost])[lost].missing_since = BEGINNING

    assert {entry.name: entry.missing for entry in library.page().rows} == {"here.jpg": False, "lost.jpg": True}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("lake", ["Lake at dawn.jpg"]),
        ("DAWN lake", ["Lake at dawn.jpg"]),
        (".jpg", ["100%.jpg", "Lake at dawn.jpg"]),
        ("%", ["100%.jpg"]),
        ("_", []),
        ("京都", ["京都.png"]),
        ("zz", []),
        ("", ["京都.png", "100%.jpg", "Lake at dawn.jpg"]),
    ],
)
def test_words_of_a_name_find_a_file(ed, query, found):
    make("Lake at dawn.jpg", "100%.jpg", "京都.png")

    assert names(query) == found


@pytest.mark.parametrize("query", ["a\x00b", "\ud800", "x" * 10_000, "%" * 90, "\u202e"])
def test_no_query_is_an_error(ed, query):
    make("a.jpg")

    assert isinstance(names(query), list)


def test_130_files_are_found_once_page_by_page_while_files_come_and_go(ed):
    with transaction():
        made = [factories.picture(f"{number:03}.jpg").id for number in range(130)]
        for number, each in enumerate(made):
            db.session.get(Media, each).created_at = BEGINNING + timedelta(minutes=number // 9)
    found, after = [], None
    while not found or after:
        page = library.page(after=after, size=24)
        found += page.rows
        after = page.after
        discard(page.rows[0].id, ed)
        with transaction():
            factories.picture("new.jpg")

    assert sorted(entry.id for entry in found) == sorted(made)


def test_the_trash_shows_what_was_thrown_away_last_first(ed):
    made = make("a.jpg", "b.jpg", "c.jpg")
    for each in (made[1], made[0]):
        discard(each, ed)

    assert [entry.name for entry in library.thrown_away().rows] == ["a.jpg", "b.jpg"]
    assert names() == ["c.jpg"]


def test_a_cursor_of_the_trash_is_none_of_the_list(ed):
    made = make("a.jpg", "b.jpg")
    for each in made:
        discard(each, ed)
    cursor = library.thrown_away(size=1).after

    with pytest.raises(Invalid):
        library.page(after=cursor)


def test_fifty_files_take_as_many_statements_as_one(ed):
    def statements():
        db.session.remove()
        with counted() as sent:
            library.page()
        return len(sent)

    make("a.jpg")
    one = statements()
    make(*(f"{number}.jpg" for number in range(50)))

    assert statements() == one == 2


# ---- one file ----


def test_a_file_opens_in_the_site_s_language(ed):
    file_id = make("a.jpg")[0]
    with transaction():
        factories.write(db.session.get(Media, file_id), "en", ed, alt="A lake", credit="Ed")
    folio = library.open_file(file_id)

    assert (folio.tongues.current.code, folio.tongues.source.code) == ("en", "en")
    assert {name: segment.value for name, segment in folio.sheet.segments.items()} == {
        "title": "",
        "caption": "",
        "alt": "A lake",
        "credit": "Ed",
    }
    assert folio.sheet.version == 1
    assert (folio.picture.width, folio.blob.size) == (1600, 2_100_000)
    assert {(made.format, made.width) for made in folio.made} == {
        (ending, width) for ending in ("jpg", "webp") for width in (320, 640, 1280)
    }


def test_a_file_opens_in_another_language_beside_its_source(ed):
    file_id = make("a.jpg")[0]
    with transaction():
        factories.write(db.session.get(Media, file_id), "en", ed, alt="A lake")
        factories.write(db.session.get(Media, file_id), "fr", ed, alt="Un lac")
    with transaction():
        factories.write(db.session.get(Media, file_id), "en", ed, alt="A small lake")
    alt = library.open_file(file_id, "FR").sheet.segments["alt"]

    assert (alt.value, alt.source, alt.state) == ("Un lac", "A small lake", "stale")


@pytest.mark.parametrize("code", ["xx", "\x00", "de", "x" * 999])
def test_a_language_that_the_site_has_not_is_not_found(ed, code):
    file_id = make("a.jpg")[0]

    with pytest.raises(NotFound):
        library.open_file(file_id, code)


def test_a_file_that_is_not_there_is_not_found(ed):
    gone = make("a.jpg")[0]
    discard(gone, ed)

    for media_id in (gone, uuid4()):
        with pytest.raises(NotFound):
            library.open_file(media_id)
        with pytest.raises(NotFound):
            library.entry(media_id)


def test_a_file_knows_where_it_is_used(ed):
    file_id = make("a.jpg")[0]
    with transaction():
        twice = factories.gallery(ed, "Twice")
        items.add(twice.id, [file_id, file_id], actor=ed)
        cover = factories.gallery(ed, "صيف", source="ar")
        galleries.update(cover, {"cover_media_id": file_id}, actor=ed)
        trashed = factories.gallery(ed, "Trashed")
        items.add(trashed.id, [file_id], actor=ed)
        galleries.trash(trashed, actor=ed)
        nameless = galleries.create({"slug": "nameless"}, actor=ed)
        placed = items.add(nameless.id, [file_id, file_id], actor=ed)
        items.trash(nameless.id, [placed[0].id], actor=ed)

    places = {place.title: place for place in library.open_file(file_id).places}
    assert {title: (place.times, place.cover) for title, place in places.items()} == {
        "Twice": (2, False),
        "صيف": (0, True),
        "nameless": (1, False),
    }
    assert (places["صيف"].code, places["صيف"].direction, places["nameless"].code) == ("ar", "rtl", "")


def test_a_file_opens_in_as_many_statements_wherever_it_is_used(ed):
    file_id = make("a.jpg")[0]

    def statements():
        db.session.remove()
        with counted() as sent:
            library.open_file(file_id)
        return len(sent)

    unused = statements()
    with transaction():
        for number in range(20):
            items.add(factories.gallery(ed, f"Gallery {number}").id, [file_id], actor=ed)
        for code in ("fr", "de", "ar"):
            translations.write(media.get(file_id), factories.language(code).id, {"alt": code}, actor=ed)

    assert statements() == unused


# ---- trash ----


def test_a_used_file_is_not_thrown_away_and_it_is_said_where_it_is_used(ed):
    file_id = make("a.jpg")[0]
    with transaction():
        items.add(factories.gallery(ed, "Summer").id, [file_id], actor=ed)
        items.add(galleries.create({"slug": "no-title"}, actor=ed).id, [file_id], actor=ed)

    with pytest.raises(Conflict) as refused:
        discard(file_id, ed)
    assert refused.value.message == "This file is used in Summer, no-title. Remove it there first."
    assert names() == ["a.jpg"]


def test_a_file_is_taken_back_as_it_was(ed):
    file_id = make("a.jpg")[0]
    with transaction():
        factories.write(db.session.get(Media, file_id), "en", ed, alt="A lake")
    discard(file_id, ed)
    with transaction():
        media.restore(media.find_trashed(file_id), actor=ed)

    assert library.open_file(file_id).sheet.segments["alt"].value == "A lake"
    told = select(OutboxEvent.kind).where(OutboxEvent.entity_id == str(file_id)).order_by(OutboxEvent.id)
    assert list(db.session.scalars(told))[-2:] == ["media.deleted", "media.created"]
    verbs = select(AuditEntry.verb).where(AuditEntry.thing_id == str(file_id)).order_by(AuditEntry.id)
    assert list(db.session.scalars(verbs))[-2:] == ["media.trash", "media.restore"]


def test_only_what_is_in_the_trash_is_taken_back(ed):
    file_id = make("a.jpg")[0]

    for media_id in (file_id, uuid4()):
        with pytest.raises(NotFound), transaction():
            media.find_trashed(media_id)
