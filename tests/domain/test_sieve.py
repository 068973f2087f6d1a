"""What the library is filtered by: each choice, choices together, counts, and pages that know their filter."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, update

from tests import factories
from tests.fixtures.app import on_sqlite
from tests.statements import counted
from webapp.domain import galleries, items, library, tallies
from webapp.domain.errors import Invalid
from webapp.domain.models import Media
from webapp.domain.search import FEW
from webapp.domain.sieve import EVERYTHING, Sieve, sifting
from webapp.domain.tallies import ENOUGH
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db


def make(name, **options):
    """Make a file of this name; `size`, `kind` and `days` of age besides what `factories.picture` takes."""
    size, kind, days = options.pop("size", 2_100_000), options.pop("kind", "image"), options.pop("days", 0)
    with transaction():
        made = factories.picture(name, **options)
        made.kind, made.blob.size = kind, size
        made.created_at = now() - timedelta(days=days, minutes=1)
        return made.id


def names(through):
    return sorted(entry.name for entry in library.sifted(through).rows)


@pytest.fixture
def several(ed):
    """Files that differ in what they can be filtered by, and a gallery that shows some of them."""
    wide = make("wide", width=1600, height=1200, size=999_999)
    tall = make("tall", width=1200, height=1600, size=1_000_000, days=8)
    even = make("even", width=900, height=900, size=9_999_999, days=31)
    film = make("film", width=1920, height=1080, size=10_000_000, kind="video", days=29)
    poster, lost = make("poster", days=40), make("lost", days=40)
    with transaction():
        factories.write(db.session.get(Media, wide), "en", ed, alt="A lake")
        factories.write(db.session.get(Media, tall), "fr", ed, alt="Un lac")
        factories.tag(db.session.get(Media, wide), "Lake", "dusk")
        factories.tag(db.session.get(Media, tall), "lake")
        shown = factories.gallery(ed, "Summer")
        [placed] = items.add(shown.id, [film], actor=ed)
        items.change(placed, {"poster_id": poster}, actor=ed)
        galleries.update(shown, {"cover_media_id": tall}, actor=ed)
        gone = factories.gallery(ed, "Gone")
        items.add(gone.id, [lost], actor=ed)
        galleries.trash(gone, actor=ed)
        db.session.get(Media, lost).state = "missing"
        [taken] = items.add(shown.id, [even], actor=ed)
        items.trash(shown.id, [taken.id], actor=ed)


FOUND = {
    ("kind", "image"): "even lost poster tall wide",
    ("kind", "video"): "film",
    ("lacking", "en"): "even film lost poster tall",
    ("lacking", "fr"): "even film lost poster wide",
    ("tag", "lake"): "tall wide",
    ("tag", "dusk"): "wide",
    ("used", "yes"): "film poster tall",
    ("used", "no"): "even lost wide",
    ("shape", "landscape"): "film lost poster wide",
    ("shape", "portrait"): "tall",
    ("shape", "square"): "even",
    ("added", "7d"): "wide",
    ("added", "30d"): "film tall wide",
    ("size", "small"): "wide",
    ("size", "medium"): "even lost poster tall",
    ("size", "large"): "film",
    ("file", "missing"): "lost",
}


def test_every_choice_finds_its_files_and_is_counted(several):
    counts = tallies.counted(EVERYTHING)

    assert {choice: " ".join(names(EVERYTHING.having(*choice))) for choice in FOUND} == FOUND
    assert (counts.all, counts.more) == (6, frozenset())
    assert {each: counts.of[each] for each in FOUND} == {each: len(found.split()) for each, found in FOUND.items()}
    assert list(counts.words.items())[:2] == [(("lacking", "en"), "English"), (("lacking", "fr"), "Français")]
    assert [said for (facet, _), said in counts.words.items() if facet == "tag"] == ["Lake", "dusk"]


def test_who_added_files_is_offered_by_name_and_finds_them(several, ed):
    with transaction():
        db.session.execute(update(Media).where(Media.original_filename == "tall").values(uploaded_by_id=ed.id))
    mine = ("by", str(ed.id))

    assert names(EVERYTHING.having(*mine)) == ["tall"]
    assert (tallies.counted(EVERYTHING).of[mine], tallies.counted(EVERYTHING).words[mine]) == (1, "Ed")


def test_what_was_chosen_is_named_although_no_file_has_it(several, ed):
    with transaction():
        factories.tag(factories.gallery(ed, "Tagged"), "Quay")
    given = {"tag": " QUAY", "by": str(ed.id), "lacking": "xx"}
    counts = tallies.counted(sifting("", given))

    assert counts.all == 0
    assert [counts.words[choice] for choice in (("tag", "quay"), ("by", str(ed.id)), ("lacking", "xx"))] == [
        "Quay",
        "Ed",
        "xx",
    ]


def test_each_gallery_counts_once_where_a_file_is_used(several, ed):
    ids = {entry.name: entry.id for entry in library.page().rows}
    with transaction():
        second = factories.gallery(ed, "Again")
        items.add(second.id, [ids["film"], ids["wide"]], actor=ed)
        galleries.update(second, {"cover_media_id": ids["film"]}, actor=ed)
    uses = library.used_in(list(ids.values()))

    assert {name: uses.get(each, 0) for name, each in ids.items()} == {
        "film": 2,
        "wide": 1,
        "tall": 1,
        "poster": 1,
        "even": 0,
        "lost": 0,
    }
    assert library.used_in([]) == {}


def test_choices_hold_together_and_with_words(several):
    assert names(sifting("", {"used": "no", "lacking": "en"})) == ["even", "lost"]
    assert names(sifting("LO", {"used": "no", "lacking": "en"})) == ["lost"]
    assert names(sifting("lo", {"used": "yes"})) == []


def test_a_choice_is_counted_in_place_of_what_is_chosen_of_its_facet(several):
    counts = tallies.counted(sifting("", {"used": "no", "shape": "square"}))

    assert counts.all == 1
    assert (counts.of["shape", "square"], counts.of["shape", "landscape"]) == (1, 2)
    assert (counts.of["used", "yes"], counts.of["kind", "video"]) == (0, 0)


def test_words_are_counted_with_every_choice(several):
    counts = tallies.counted(sifting("wid", {}))

    assert (counts.all, counts.of["kind", "image"], counts.of["shape", "square"]) == (1, 1, 0)


@pytest.mark.parametrize(
    ("words", "found"), [("Lake", "tall wide"), ("dus", "wide"), ("un", "tall"), ("lake WIDE", "wide"), ("ide", "")]
)
def test_words_are_those_of_names_texts_and_tags_and_their_beginnings(several, words, found):
    assert " ".join(names(sifting(words, {}))) == found


def test_a_file_in_the_trash_is_not_counted(several):
    with transaction():
        db.session.execute(update(Media).values(deleted_at=now()))

    assert (tallies.counted(EVERYTHING).all, set(tallies.counted(EVERYTHING).of.values())) == (0, {0})


@on_sqlite
def test_behind_a_filter_a_thousand_are_looked_at_and_it_is_said_that_there_are_more(ed):
    made = now()
    row = {"original_filename": "one", "created_at": made}
    rows = [{"id": uuid4(), "filename": f"{number}.jpg", **row} for number in range(1010)]
    with transaction():
        db.session.execute(insert(Media), rows)
    counts = tallies.counted(sifting("one", {}))

    assert (counts.all, "" in counts.more, "used" in counts.more) == (ENOUGH, True, True)
    assert (counts.of["used", "no"] >= ENOUGH, counts.of["used", "yes"]) == (True, 0)
    everything = tallies.counted(EVERYTHING)
    assert (everything.all, everything.of["used", "no"], everything.more) == (1010, 1010, frozenset())


@pytest.mark.full
@pytest.mark.parametrize("number", [FEW, FEW + 1, 2 * FEW])
def test_pages_by_a_word_of_few_and_of_many_follow_each_other_without_a_gap(ed, number):
    rows = [
        {"id": uuid4(), "filename": f"{at}.jpg", "original_filename": "lake dusk" if at % 2 else "lake"}
        for at in range(2 * number)
    ]
    with transaction():
        db.session.execute(insert(Media), rows)

    for words, ids in (("dusk", rows[1::2]), ("lake", rows)):
        found, after = [], ""
        while after is not None:
            page = library.sifted(sifting(words, {}), after=after or None)
            found += [each.id for each in page.rows]
            after = page.after
        assert len(found) == len(ids)
        assert {*found} == {row["id"] for row in ids}


@pytest.mark.parametrize(
    ("through", "most"), [(EVERYTHING, 3), (sifting("a", {}), 4), (sifting("a", {"used": "no", "size": "small"}), 11)]
)
def test_counts_take_so_many_statements_and_none_until_something_is_written(several, through, most):
    """One more on PostgreSQL where there are words: it looks how many have them."""
    most += bool(through.words and db.engine.dialect.name == "postgresql")
    with counted() as sent:
        tallies.counted(through)
        first = len(sent)
        tallies.counted(through)

    assert (first, len(sent)) == (most, most)


@on_sqlite
def test_a_cursor_belongs_to_its_filter(several):
    unused = sifting("", {"used": "no"})
    after = library.sifted(unused, size=1).after

    assert [entry.name for entry in library.sifted(unused, after=after).rows] == ["even", "lost"]
    for other in (EVERYTHING, sifting("", {"used": "yes"}), sifting("el", {"used": "no"})):
        with pytest.raises(Invalid):
            library.sifted(other, after=after)


@pytest.mark.parametrize(
    "given",
    [{}, {"kind": ""}, {"kind": "Image"}, {"kind": "\x00"}, {"colour": "red"}, {"by": "x"}, {"tag": "\x07"}],
)
def test_what_is_no_choice_is_left_out(given):
    assert sifting(" \x00 ", given) == EVERYTHING


def test_a_choice_is_taken_back():
    assert Sieve("a", (("kind", "image"),)).having("kind", "") == Sieve("a")
