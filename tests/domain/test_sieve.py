"""What the library is filtered by: each choice, choices together, counts, and pages that know their filter."""

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from tests import factories
from tests.fixtures.app import on_sqlite
from tests.statements import counted
from webapp.domain import galleries, items, library, sieve
from webapp.domain.errors import Invalid
from webapp.domain.models import Media
from webapp.domain.sieve import ENOUGH, EVERYTHING, FACETS, Sieve, sifting
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db

CHOICES = [(facet, value) for facet, values in FACETS.items() for value in values]


@pytest.fixture
def ed(domain):
    with transaction():
        return factories.actor("Ed", "editor")


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
    ("lacking", "alt"): "even film lost poster tall",
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
    assert {choice: " ".join(names(EVERYTHING.having(*choice))) for choice in CHOICES} == FOUND
    assert sieve.counted(EVERYTHING) == sieve.Counts(6, {each: len(found.split()) for each, found in FOUND.items()})


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
    assert names(sifting("", {"used": "no", "lacking": "alt"})) == ["even", "lost"]
    assert names(sifting("LO", {"used": "no", "lacking": "alt"})) == ["lost"]
    assert names(sifting("lo", {"used": "yes"})) == []


def test_a_choice_is_counted_in_place_of_what_is_chosen_of_its_facet(several):
    counts = sieve.counted(sifting("", {"used": "no", "shape": "square"}))

    assert counts.all == 1
    assert (counts.of["shape", "square"], counts.of["shape", "landscape"]) == (1, 2)
    assert (counts.of["used", "yes"], counts.of["kind", "video"]) == (0, 0)


def test_words_are_counted_with_every_choice(several):
    counts = sieve.counted(sifting("e", {}))

    assert (counts.all, counts.of["kind", "image"], counts.of["shape", "square"]) == (3, 3, 1)


def test_a_file_in_the_trash_is_not_counted(several):
    with transaction():
        db.session.execute(Media.__table__.update().values(deleted_at=now()))

    assert sieve.counted(EVERYTHING) == sieve.Counts(0, dict.fromkeys(CHOICES, 0))


@on_sqlite
def test_more_than_a_thousand_are_not_told_apart(ed):
    made = now()
    rows = [{"filename": f"{number}.jpg", "original_filename": "one", "created_at": made} for number in range(1010)]
    with transaction():
        db.session.execute(insert(Media.__table__), rows)

    assert db.session.scalar(select(func.count()).select_from(Media)) == 1010
    counts = sieve.counted(sifting("one", {}))
    assert (counts.all, counts.of["used", "no"], counts.of["used", "yes"]) == (ENOUGH + 1, ENOUGH + 1, 0)


@pytest.mark.parametrize("through", [EVERYTHING, sifting("a", {"used": "no", "size": "small"})])
def test_all_counts_take_one_statement(several, through):
    with counted() as sent:
        sieve.counted(through)

    assert len(sent) == 1


@on_sqlite
def test_a_cursor_belongs_to_its_filter(several):
    unused = sifting("", {"used": "no"})
    after = library.sifted(unused, size=1).after

    assert [entry.name for entry in library.sifted(unused, after=after).rows] == ["even", "lost"]
    for other in (EVERYTHING, sifting("", {"used": "yes"}), sifting("e", {"used": "no"})):
        with pytest.raises(Invalid):
            library.sifted(other, after=after)


@pytest.mark.parametrize("given", [{}, {"kind": ""}, {"kind": "Image"}, {"kind": "\x00"}, {"colour": "red"}])
def test_what_is_no_choice_is_left_out(given):
    assert sifting(" \x00 ", given) == EVERYTHING


def test_a_choice_is_taken_back():
    assert Sieve("a", (("kind", "image"),)).having("kind", "") == Sieve("a")
