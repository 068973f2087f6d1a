"""The line that is typed over the list: what each filter lets through, and what is told about those that are none."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests import factories
from webapp.domain import asking, completeness, galleries, holds, items, listing, site_order
from webapp.domain.asking import Filter, Line
from webapp.domain.listing import Wanted
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db


@pytest.fixture
def ed(domain):
    with transaction():
        for code in ("fr", "de"):
            factories.language(code)
        return factories.actor("Ed", "editor")


def make(ed, title, **fields):
    with transaction():
        return factories.gallery(ed, title, **fields).id


def titles(typed, ed=None):
    db.session.rollback()
    wanted = Wanted(asking.read(typed), "title", ed.id if ed else None)
    return [row.title for row in listing.page(wanted).rows]


def write(thing, code, ed, **fields):
    with transaction():
        factories.write(thing, code, ed, **fields)


# ---- reading a line ----


@pytest.mark.parametrize(
    ("typed", "words", "filters"),
    [
        ("", "", []),
        ("  lake   side ", "lake side", []),
        ("status:draft lake", "lake", [("status", "draft")]),
        ("lake STATUS:Draft", "lake", [("status", "Draft")]),
        ('tag:"two words" tag:lake', "", [("tag", "two words"), ("tag", "lake")]),
        ('tag:"unclosed words', "", [("tag", "unclosed words")]),
        ("status:draft status:draft", "", [("status", "draft")]),
        ("10:30 at http://x", "10:30 at", []),
        ("updated:30d author:me", "", [("updated", "30d"), ("author", "me")]),
        ("a\x00b \u202e", "a b", []),
    ],
)
def test_a_line_is_taken_apart(domain, typed, words, filters):
    line = asking.read(typed)

    assert (line.words, [(each.name, each.value) for each in line.filters]) == (words, filters)


@given(typed=some.text(max_size=300))
def test_what_is_written_is_read_the_same_again(typed):
    line = Line(*_apart(typed))

    assert _apart(str(line))[0] == line.words


def _apart(typed):
    words = [piece["word"] for piece in asking.PIECE.finditer(typed) if piece["name"] is None]
    return " ".join(words), ()


@pytest.mark.parametrize(
    ("typed", "unknown", "possible"),
    [
        ("colour:red", True, asking.FILTERS),
        ("status:gone", False, ("draft", "published", "archived", "held")),
        ("status:", False, ("draft", "published", "archived", "held")),
        ("missing:xx", False, ("any", "en", "de", "fr")),
        ("updated:yesterday", False, ("24h", "7d", "30d", "12w")),
        ("updated:0d", False, ("24h", "7d", "30d", "12w")),
        ("updated:99999d", False, ("24h", "7d", "30d", "12w")),
        ("site:home", False, ("placed", "unplaced")),
    ],
)
def test_a_filter_that_is_none_is_a_fault_with_what_is_possible(ed, typed, unknown, possible):
    line = asking.read(f"{typed} lake")

    assert (line.words, line.filters) == ("lake", ())
    assert [(fault.unknown_name, set(fault.possible)) for fault in line.faults] == [(unknown, set(possible))]


def test_a_line_gains_and_loses_filters():
    line = Line("lake", (Filter("status", "draft"), Filter("updated", "7d")))

    assert str(line.with_filter("updated", "30d", only=True)) == "status:draft updated:30d lake"
    assert str(line.with_filter("tag", "two words")) == 'status:draft updated:7d tag:"two words" lake'
    assert str(line.without(Filter("status", "draft"))) == "updated:7d lake"


# ---- what each lets through ----


def test_statuses_widen_and_all_else_narrows(ed):
    make(ed, "Draft lake")
    make(ed, "Published lake", status="published")
    make(ed, "Archived sea", status="archived")

    assert titles("status:draft status:archived") == ["Archived sea", "Draft lake"]
    assert titles("status:draft status:archived lake") == ["Draft lake"]
    assert titles("status:PUBLISHED") == ["Published lake"]


def test_held_galleries_are_asked_for_as_a_status(ed):
    held = make(ed, "Held", status="published")
    make(ed, "Free", status="published")
    with transaction():
        holds.hold(held, actor=ed)

    assert titles("status:held") == ["Held"]


def test_tags_are_asked_for_whatever_their_case(ed):
    one, two = make(ed, "One"), make(ed, "Two")
    with transaction():
        factories.tag(galleries.get(one), "Lake", "two words")
        factories.tag(galleries.get(two), "lake")

    assert titles("tag:LAKE") == ["One", "Two"]
    assert titles('tag:lake tag:"Two Words"') == ["One"]
    assert titles("tag:nothing") == []


def test_authors_are_asked_for_by_name_address_or_me(ed):
    with transaction():
        ada = factories.actor("Ada", "admin")
    make(ed, "Ed's")
    make(ada, "Ada's")

    assert titles("author:me", ed) == ["Ed's"]
    assert titles("author:me", ada) == ["Ada's"]
    assert titles("author:me") == []
    assert titles("author:ADA") == titles("author:ada@example.org") == ["Ada's"]
    assert titles("author:ada author:ed") == ["Ada's", "Ed's"]
    assert titles("author:%") == []


def test_what_was_edited_lately_is_asked_for(ed):
    old = make(ed, "Old")
    make(ed, "New")
    with transaction():
        galleries.get(old).touched_at = now() - timedelta(days=8)

    assert titles("updated:7d") == ["New"]
    assert titles("updated:2w") == ["New", "Old"]
    assert titles("updated:24h") == ["New"]


def test_galleries_with_and_without_a_place_are_asked_for(ed):
    placed = make(ed, "Placed")
    make(ed, "Unplaced")
    with transaction():
        site_order.add([placed], actor=ed)

    assert titles("site:placed") == ["Placed"]
    assert titles("site:unplaced") == ["Unplaced"]


# ---- missing texts: the same as the bars say ----


def lacking(gallery_id):
    """Say by `completeness` in which languages a gallery is not all there."""
    db.session.rollback()
    tally = completeness.of([gallery_id])[gallery_id]
    return [code for code in ("en", "fr", "de") if tally.progress(factories.language(code).id).percent < 100]


def found_by_filter():
    return [code for code in ("en", "fr", "de") if titles(f"missing:{code}")]


def test_a_missing_text_is_what_the_bars_say_it_is(ed):
    gallery_id = make(ed, "Lake", pictures=2)
    gallery = galleries.get(gallery_id)
    first, second = (items.get(gallery_id, each) for each in items.ids_in_order(gallery_id))
    steps = [
        lambda: factories.write(gallery, "fr", ed, title="Lac"),
        lambda: factories.write(first, "en", ed, alt="A pier", caption="Pier"),
        lambda: factories.write(second.media, "en", ed, alt="A boat"),
        lambda: factories.write(first, "fr", ed, alt="Une jetée"),
        lambda: factories.write(second, "fr", ed, alt="Un bateau"),
        lambda: factories.write(first, "fr", ed, caption="Jetée"),
        lambda: factories.write(gallery, "en", ed, description="Long"),
        lambda: factories.write(gallery, "fr", ed, description="Longue"),
        lambda: factories.write(gallery, "en", ed, title="Lakes"),
        lambda: items.change(second, {"decorative": True}, actor=ed),
        lambda: factories.write(gallery, "fr", ed, title="Lacs"),
    ]
    seen = []
    for step in steps:
        with transaction():
            db.session.refresh(second, ["media"])
            step()
        seen.append(found_by_filter())
        assert seen[-1] == lacking(gallery_id)

    assert ["de"] in seen
    assert ["en", "fr", "de"] in seen
    assert titles("missing:any") == ["Lakes"]


def test_a_language_that_is_off_is_not_missing(ed):
    gallery_id = make(ed, "Lake")
    with transaction():
        for code in ("fr", "de"):
            factories.language(code, is_active=False)

    assert titles("missing:any") == []
    assert asking.read("missing:fr").faults
    assert galleries.title_of(galleries.get(gallery_id)) == "Lake"
