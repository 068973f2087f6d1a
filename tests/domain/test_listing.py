"""The gallery list: what is found, in which order, page by page, with the same statements for one row and fifty."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests import factories
from tests.statements import counted
from webapp.domain import asking, galleries, holds, items, listing, pictures, translations, views
from webapp.domain.asking import Filter, Line
from webapp.domain.errors import Invalid
from webapp.domain.listing import Wanted
from webapp.domain.models import Gallery, Item, Media
from webapp.domain.transaction import transaction
from webapp.infra.db import db

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def make(ed, *titles, **fields):
    with transaction():
        return [factories.gallery(ed, title, **fields).id for title in titles]


def titles(query="", *, order="title", statuses=()):
    line = Line(query, tuple(Filter("status", status) for status in statuses))
    page = listing.page(Wanted(line, order))
    return [row.title for row in page.rows]


def walk(wanted, size, between=lambda number: None):
    """Read page after page; `between` is done after each."""
    found, after, number = [], None, 0
    while number == 0 or after:
        page = listing.page(wanted, after=after, size=size)
        found += page.rows
        after, number = page.after, number + 1
        between(number)
    return found


# ---- what is found ----


def test_a_row_says_what_a_card_shows(ed):
    with transaction():
        gallery = factories.gallery(ed, "صيف", pictures=5, status="published", source="ar")
        gallery_id, slug = gallery.id, "syf"

    row = listing.page(Wanted()).rows[0]
    assert (row.id, row.slug, row.title, row.code, row.direction) == (gallery_id, slug, "صيف", "ar", "rtl")
    assert (row.status, row.held, row.deleted_at) == ("published", False, None)
    assert (row.tally.items, len(row.thumbs)) == (5, 3)
    assert row.touched_at >= row.created_at


def test_a_gallery_without_a_title_stands_under_its_slug(ed):
    with transaction():
        galleries.create({"slug": "no-title"}, actor=ed)

    row = listing.page(Wanted()).rows[0]
    assert (row.title, row.code, row.direction) == ("no-title", "", "ltr")


def test_the_trash_is_not_listed_among_the_living(ed):
    gone, stays = make(ed, "Gone", "Stays")
    with transaction():
        galleries.trash(galleries.get(gone), actor=ed)

    assert [row.id for row in listing.page(Wanted()).rows] == [stays]
    assert [row.id for row in listing.trash().rows] == [gone]


def test_a_held_gallery_says_so(ed):
    held, _ = make(ed, "Held", "Free", status="published")
    with transaction():
        holds.hold(held, actor=ed)

    assert {row.title: row.held for row in listing.page(Wanted()).rows} == {"Held": True, "Free": False}


FINDS = {
    "ete": ["Été à Évian"],
    "ÉVIAN": ["Été à Évian"],
    "evian ete": ["Été à Évian"],
    "harb": ["Harbour at first light"],
    "light harbour": ["Harbour at first light"],
    "صور": ["صُوَر"],
    "京都": ["京都の庭"],
    "の": ["京都の庭"],
    "100%": ["100% wool"],
    "%": [],
    "_": [],
    "first harbor": [],
    "\\": [],
    "'; --": [],
    "": ["100% wool", "Été à Évian", "Harbour at first light", "snake_case", "صُوَر", "京都の庭"],
    "   ": ["100% wool", "Été à Évian", "Harbour at first light", "snake_case", "صُوَر", "京都の庭"],
}


@pytest.mark.both_engines
def test_words_of_a_title_find_it(ed):
    make(ed, "Été à Évian", "Harbour at first light", "صُوَر", "京都の庭", "100% wool", "snake_case")

    assert {query: titles(query) for query in FINDS} == FINDS


@pytest.mark.both_engines
def test_a_title_in_any_language_is_found_and_the_source_s_is_shown(ed):
    summer, _ = make(ed, "Summer", "Winter")
    with transaction():
        factories.write(galleries.get(summer), "fr", ed, title="Été")

    assert titles("été") == ["Summer"]


def test_a_slug_is_found(ed):
    with transaction():
        galleries.create({"slug": "harbour-2026"}, actor=ed)
    make(ed, "Harbour")

    assert titles("harbour-2026") == ["harbour-2026"]


def test_d29_a_draft_of_a_title_is_not_found(ed):
    summer = make(ed, "Summer")[0]
    with transaction():
        translations.draft(galleries.get(summer), factories.language("en").id, {"title": "Secret"}, actor=ed)

    assert titles("secret") == []


ODD = ["a\x00b", "\ud800", "x" * 100_000, "a " * 5000, "%" * 300, "\u202e", "’“”", "\\%_"]


@pytest.mark.both_engines
def test_no_query_is_an_error(ed):
    make(ed, "Summer")

    for query in ODD:
        assert isinstance(titles(query), list), query[:20]


@pytest.mark.both_engines
def test_statuses_narrow_the_list(ed):
    make(ed, "Draft")
    make(ed, "Published", status="published")
    make(ed, "Archived", status="archived")

    assert titles(statuses=["draft"]) == ["Draft"]
    assert titles(statuses=["archived", "published"]) == ["Archived", "Published"]
    assert titles() == ["Archived", "Draft", "Published"]


@pytest.mark.both_engines
def test_views_are_counted_in_one_statement(ed):
    make(ed, "One", "Two")
    make(ed, "Three", status="published")
    with transaction():
        galleries.trash(galleries.get(make_in_transaction(ed, "Four")), actor=ed)

    with counted() as sent:
        assert counts(ed) == {"all": 3, "published": 1, "draft": 2, "needs": 0, "mine": 3, "archived": 0}
    assert len(sent) == 2


def counts(ed):
    return {view.key: view.count for view in views.counted(actor=ed)}


def make_in_transaction(ed, title):
    return factories.gallery(ed, title).id


def test_views_of_nothing_are_none(ed):
    assert set(counts(ed).values()) == {0}


# ---- pictures ----


@pytest.mark.both_engines
def test_a_card_shows_the_first_three_pictures(ed):
    summer = make(ed, "Summer", pictures=5)[0]

    assert shas(summer) == firsts(summer)[:3]


def shas(gallery_id):
    row = next(row for row in listing.page(Wanted()).rows if row.id == gallery_id)
    return [thumb.picture.sha256 for thumb in row.thumbs]


def firsts(gallery_id):
    rows = [items.get(gallery_id, item_id) for item_id in items.ids_in_order(gallery_id)]
    known = pictures.small([row.media_id for row in rows])
    return [known[row.media_id].sha256 for row in rows]


def test_a_card_shows_the_cover_first_and_never_twice(ed):
    summer = make(ed, "Summer", pictures=4)[0]
    fourth = db.session.get(Item, items.ids_in_order(summer)[3]).media_id
    second = db.session.get(Item, items.ids_in_order(summer)[1]).media_id
    order = firsts(summer)

    for cover, shown in ((fourth, [3, 0, 1]), (second, [1, 0, 2])):
        with transaction():
            galleries.update(galleries.get(summer), {"cover_media_id": cover}, actor=ed)
        assert shas(summer) == [order[place] for place in shown]


def test_a_card_of_a_cover_alone_shows_it(ed):
    with transaction():
        cover = factories.picture()
        gallery = factories.gallery(ed, "Summer")
        galleries.update(gallery, {"cover_media_id": cover.id}, actor=ed)
        gallery_id, cover_id = gallery.id, cover.id

    assert shas(gallery_id) == [pictures.small([cover_id])[cover_id].sha256]


def test_a_card_follows_the_order_and_forgets_the_trash(ed):
    summer = make(ed, "Summer", pictures=4)[0]
    order = firsts(summer)
    ids = items.ids_in_order(summer)
    with transaction():
        items.move(summer, [ids[3]], place="top", actor=ed)
        items.trash(summer, [ids[0]], actor=ed)

    assert shas(summer) == [order[3], order[1], order[2]]


def test_a_picture_used_twice_is_shown_once(ed):
    with transaction():
        gallery = factories.gallery(ed, "Summer")
        entry = factories.picture()
        items.add(gallery.id, [entry.id, entry.id], actor=ed)
        gallery_id = gallery.id

    assert len(shas(gallery_id)) == 1


def test_a_thumb_knows_the_point_that_must_be_seen(ed):
    summer = make(ed, "Summer", pictures=2)[0]
    with transaction():
        items.change(items.get(summer, items.ids_in_order(summer)[0]), {"focal_x": 0.2, "focal_y": 0.9}, actor=ed)

    assert [thumb.focal for thumb in listing.page(Wanted()).rows[0].thumbs] == [(0.2, 0.9), None]


def test_a_picture_brings_its_ready_files_that_are_not_too_wide(ed):
    with transaction():
        ready, waiting = factories.picture().id, factories.picture(state="pending").id

    found = pictures.small([ready, waiting])
    assert [file.width for file in found[ready].files] == [320, 320, 640, 640]
    assert {(file.format, file.width) for file in found[ready].files} == {
        (ending, width) for ending in ("jpg", "webp") for width in (320, 640)
    }
    assert found[waiting].files == ()
    assert (found[waiting].width, found[waiting].height, found[waiting].colour) == (1600, 1200, "#556677")


def test_an_entry_without_bytes_has_no_picture(ed):
    with transaction():
        empty = Media(filename="x.jpg", original_filename="x.jpg", state="pending")
        db.session.add(empty)
        db.session.flush()
        empty_id = empty.id

    assert pictures.small([empty_id, uuid4()]) == {}


# ---- order and pages ----


@pytest.mark.both_engines
def test_the_last_edited_comes_first_unless_another_order_is_asked_for(ed):
    first, second, third = make(ed, "beta", "Alpha", "Ärger")
    with transaction():
        factories.write(galleries.get(first), "en", ed, description="Edited")

    orders = {order: [row.id for row in listing.page(Wanted(order=order)).rows] for order in listing.ORDERS}
    assert orders == {
        "edited": [first, third, second],
        "created": [third, second, first],
        "title": [second, third, first],
    }


def many(ed, number):
    """Galleries of which many share a moment and many a title."""
    with transaction():
        made = [factories.gallery(ed, f"Title {step % 7}", source="en") for step in range(number)]
        for step, gallery in enumerate(made):
            gallery.created_at = gallery.touched_at = BEGINNING + timedelta(minutes=step // 9)
        return [gallery.id for gallery in made]


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "order", ["edited", *(pytest.param(each, marks=pytest.mark.full) for each in listing.ORDERS if each != "edited")]
)
def test_paging_over_130_rows_finds_each_once_in_the_order_of_one_page(ed, order):
    made = many(ed, 130)
    whole = [row.id for row in listing.page(Wanted(order=order), size=200).rows]

    found = [row.id for row in walk(Wanted(order=order), 24)]

    assert sorted(found) == sorted(made)
    assert found == whole


def test_paging_finds_each_once_while_galleries_change_and_come_and_go(ed):
    made = many(ed, 130)
    seen_and_gone = []

    def between(number):
        """Change what has been seen, throw one of it away, and make a new one."""
        with transaction():
            row = listing.page(Wanted(order="created"), size=3).rows[-1]
            factories.write(galleries.get(row.id), "en", ed, title=f"Changed {number}")
            galleries.trash(galleries.get(row.id), actor=ed)
            seen_and_gone.append(row.id)
            factories.gallery(ed, "New on top")

    found = [row.id for row in walk(Wanted(order="created"), 24, between)]

    assert sorted(found) == sorted(made)
    assert len(seen_and_gone) == 6


def test_a_gallery_edited_after_it_was_seen_is_not_met_again(ed):
    made = many(ed, 60)

    def between(_number):
        with transaction():
            oldest_seen = listing.page(Wanted(), size=20).rows[-1]
            factories.write(galleries.get(oldest_seen.id), "en", ed, title="Edited")

    found = [row.id for row in walk(Wanted(), 20, between)]

    assert len(found) == len(set(found))
    assert set(found) <= set(made)


@pytest.mark.both_engines
def test_paging_keeps_to_what_was_asked_for(ed):
    make(ed, *(f"Lake {number}" for number in range(7)), status="published")
    make(ed, *(f"Lake draft {number}" for number in range(7)))
    make(ed, *(f"Sea {number}" for number in range(7)), status="published")

    found = walk(Wanted(asking.read("lake status:published"), "title"), 3)

    assert [row.title for row in found] == [f"Lake {number}" for number in range(7)]


@pytest.mark.both_engines
def test_the_trash_is_paged_the_last_thrown_away_first(ed):
    made = make(ed, *(f"Gone {number}" for number in range(7)))
    for gallery_id in made:
        with transaction():
            galleries.trash(galleries.get(gallery_id), actor=ed)

    first = listing.trash(size=4)
    rest = listing.trash(after=first.after, size=4)

    assert [row.id for row in (*first.rows, *rest.rows)] == made[::-1]
    assert rest.after is None
    assert [row.slug for row in rest.rows] == ["gone-2", "gone-1", "gone-0"]


@pytest.mark.parametrize("order", listing.ORDERS)
def test_a_cursor_of_another_order_is_refused(ed, order):
    make(ed, "One", "Two")
    other = next(each for each in listing.ORDERS if each != order)
    cursor = listing.page(Wanted(order=other), size=1).after

    with pytest.raises(Invalid):
        listing.page(Wanted(order=order), after=cursor)


def statements(ed, number):
    with transaction():
        for step in range(number):
            gallery = factories.gallery(ed, f"Gallery {number}.{step}", pictures=2)
            galleries.update(gallery, {"cover_media_id": db.session.scalars(select(Item.media_id)).first()}, actor=ed)
    db.session.remove()
    with counted() as sent:
        page = listing.page(Wanted(), size=60)
        found = counts(ed)
    with transaction():
        for gallery in db.session.scalars(select(Gallery)):
            db.session.delete(gallery)
    assert (len(page.rows), found["all"]) == (number, number)
    return len(sent)


@pytest.mark.both_engines
def test_fifty_galleries_take_as_many_statements_as_one(ed):
    assert [statements(ed, number) for number in (0, 1, 50)] == [6, 6, 6]


@pytest.mark.both_engines
def test_nothing_but_the_views_and_notes_that_wait_is_counted(ed):
    make(ed, "One", "Two", pictures=1)

    with counted() as sent:
        listing.page(Wanted(asking.read("one")), size=1)

    assert not [statement for statement in sent if "count(*)" in statement.lower() and "GROUP BY" not in statement]
