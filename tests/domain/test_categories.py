"""Categories: added, named, moved and taken away; a tree whatever is tried, and galleries found by it."""

import random
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.races import race
from tests.statements import counted
from webapp.domain import asking, categories, category_trees, cloning, galleries, languages, listing
from webapp.domain.errors import Conflict, DomainError, Forbidden, Invalid, Stale
from webapp.domain.listing import Wanted
from webapp.domain.models import AuditEntry, Category, CategoryName, Gallery
from webapp.domain.transaction import release, transaction
from webapp.infra.db import db


@pytest.fixture
def make(ed):
    """Make a category of an English name, below another."""

    def made(name, under=None, **given):
        with transaction():
            names = {languages.default_id(): name}
            return categories.add(names, parent_id=under, actor=ed, **given).id

    return made


@pytest.fixture
def seasons(make):
    """Seasons (summer with June and July, winter), then cities."""
    top = make("Seasons")
    summer = make("Summer", top)
    found = {"seasons": top, "summer": summer, "winter": make("Winter", top), "cities": make("Cities")}
    return found | {"june": make("June", summer), "july": make("July", summer)}


def drawn():
    """Return the tree as uris, indented by dashes."""
    release()
    return ["-" * node.depth + node.uri for node in category_trees.tree()]


def move(category_id, ed, **where):
    with transaction():
        categories.move(category_id, actor=ed, **where)
    return drawn()


def step(category_id, way, ed):
    with transaction():
        categories.step(category_id, way, actor=ed)
    return drawn()


def refusal(deed):
    with pytest.raises(DomainError) as refused, transaction():
        deed()
    return refused.value.code


def audited():
    release()
    found = select(AuditEntry.verb).where(AuditEntry.thing == "category").order_by(AuditEntry.id)
    return [verb.removeprefix("category.") for verb in db.session.scalars(found)]


def put_into(gallery_title, uri, ed):
    with transaction():
        made = factories.gallery(ed, gallery_title)
        galleries.update(made, {"category_uri": uri}, actor=ed)
    return made.id


def listed(line, ed):
    release()
    return sorted(row.title for row in listing.page(Wanted(asking.read(line), by=ed.id)).rows)


# ---- added ----


def test_categories_stand_in_the_order_they_were_added_below_their_parents(seasons):
    assert drawn() == ["seasons", "-summer", "--june", "--july", "-winter", "cities"]
    assert audited() == ["create"] * 6


def test_a_uri_is_given_or_made_of_the_name(make):
    make("Sea & Sky")
    make("Sea & Sky")
    make("متاحف")
    make("!!!")
    make("none")
    make("Lakes", uri="  https://example.org/categories/7  of  9 ")

    given = "https://example.org/categories/7 of 9"
    assert drawn() == ["sea-sky", "sea-sky-2", "mthf", "category", "none-2", given]


def test_a_uri_is_taken_once(make, ed):
    make("Lakes", uri="lakes")

    assert refusal(lambda: categories.add({languages.default_id(): "Other"}, uri="lakes", actor=ed)) == (
        "category_uri_taken"
    )
    assert drawn() == ["lakes"]


@pytest.mark.parametrize("uri", ["", "  ", "x" * 161, 'a"b', "a\x00", "a\ud800", "a\u202eb", "None", "a\x07b"])
def test_an_odd_uri_is_refused(ed, uri):
    with pytest.raises(Invalid) as refused, transaction():
        categories.add({languages.default_id(): "Lakes"}, uri=uri, actor=ed)

    assert refused.value.field == "uri"


@pytest.mark.parametrize("name", ["", "   ", None, "x" * 101, "a\x00b"])
def test_an_odd_name_is_refused(ed, name):
    with pytest.raises(Invalid) as refused, transaction():
        categories.add({languages.default_id(): name}, actor=ed)

    assert refused.value.field == "name"


def test_a_category_has_a_name_in_the_default_language_at_least(ed):
    with transaction():
        french = factories.language("fr").id

    assert refusal(lambda: categories.add({french: "Lacs"}, actor=ed)) == "name"
    assert refusal(lambda: categories.add({uuid4(): "Lacs"}, actor=ed)) == "not_found"


def test_there_is_an_end_to_how_many_and_how_deep(make, ed, monkeypatch):
    below = None
    for level in range(categories.DEPTH):
        below = make(f"Level {level}", below)
    assert refusal(lambda: categories.add({languages.default_id(): "x"}, parent_id=below, actor=ed)) == "depth"

    monkeypatch.setattr(categories, "MOST", categories.DEPTH)
    assert refusal(lambda: categories.add({languages.default_id(): "x"}, actor=ed)) == "count"


@pytest.mark.parametrize("role", ["viewer", "translator"])
def test_only_who_changes_galleries_changes_categories(seasons, role):
    with transaction():
        other = factories.actor("Vi", role)
    deeds = (
        lambda: categories.add({languages.default_id(): "x"}, actor=other),
        lambda: categories.rename(seasons["june"], {}, actor=other),
        lambda: categories.move(seasons["june"], actor=other),
        lambda: categories.step(seasons["july"], "up", actor=other),
        lambda: categories.delete(seasons["june"], actor=other),
    )
    for deed in deeds:
        with pytest.raises(Forbidden), transaction():
            deed()

    assert audited() == ["create"] * 6


# ---- named ----


def test_names_fall_back_along_the_languages_and_to_the_uri(make, ed):
    lakes = make("Lakes", uri="lakes")
    with transaction():
        german, french = factories.language("de"), factories.language("fr")
        austrian = factories.language("de-AT", fallback_id=german.id)
        categories.rename(lakes, {german.id: "  Seen  und Weiher "}, actor=ed)
        spoken = german.id, french.id, austrian.id
    release()
    german, french, austrian = (languages.get(each) for each in spoken)
    node = category_trees.of(["lakes"])["lakes"]
    read = {each.code: node.called(category_trees.reading(each)) for each in (german, french, austrian)}

    assert {code: (called.text, called.code) for code, called in read.items()} == {
        "de": ("Seen und Weiher", "de"),
        "de-AT": ("Seen und Weiher", "de"),
        "fr": ("Lakes", "en"),
    }
    assert node.called(()).text == "lakes"
    assert node.called(category_trees.reading()) == category_trees.Called("Lakes", "en", "ltr")


def test_a_name_is_changed_taken_away_and_left_alone(make, ed):
    lakes = make("Lakes")
    with transaction():
        german, arabic = factories.language("de").id, factories.language("ar").id
    with transaction():
        categories.rename(lakes, {german: "Seen", arabic: "بحيرات"}, actor=ed)
    with transaction():
        found = categories.rename(lakes, {german: "", languages.default_id(): "Waters"}, actor=ed)
        assert found.version == 3
        assert found.updated_at is not None
    release()

    assert sorted(category_trees.of(["lakes"])["lakes"].names.values()) == ["Waters", "بحيرات"]
    assert audited() == ["create", "rename", "rename"]
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry.changes["names"] == [
        {"en": "Lakes", "de": "Seen", "ar": "بحيرات"},
        {"en": "Waters", "ar": "بحيرات"},
    ]


def test_what_changes_no_name_is_no_change_and_the_default_name_stays(make, ed):
    lakes = make("Lakes")
    with transaction():
        assert categories.rename(lakes, {languages.default_id(): " Lakes "}, actor=ed).version == 1

    assert refusal(lambda: categories.rename(lakes, {languages.default_id(): ""}, actor=ed)) == "name"
    assert audited() == ["create"]


def test_whoever_was_slower_renames_nothing(make, ed):
    lakes = make("Lakes")
    with transaction():
        categories.rename(lakes, {languages.default_id(): "Ponds"}, actor=ed)
    with pytest.raises(Stale), transaction():
        categories.rename(lakes, {languages.default_id(): "Seas"}, version=1, actor=ed)


def test_a_language_that_categories_are_named_in_is_not_deleted(make, ed):
    lakes = make("Lakes")
    with transaction():
        ada, german = factories.actor("Ada", "admin"), factories.language("de").id
        categories.rename(lakes, {german: "Seen"}, actor=ed)
    with pytest.raises(Conflict), transaction():
        languages.delete(german, actor=ada)


# ---- moved ----


def test_a_category_moves_with_all_below_it(seasons, ed):
    assert move(seasons["summer"], ed) == ["seasons", "-winter", "cities", "summer", "-june", "-july"]
    assert move(seasons["summer"], ed, before=seasons["seasons"])[:3] == ["summer", "-june", "-july"]
    assert move(seasons["summer"], ed, after=seasons["winter"])[1:3] == ["-winter", "-summer"]
    assert move(seasons["cities"], ed, under=seasons["seasons"])[-1] == "-cities"


def test_moving_to_where_it_stands_changes_nothing(seasons, ed):
    before = drawn()

    assert move(seasons["june"], ed, before=seasons["july"]) == before
    assert move(seasons["june"], ed, after=seasons["june"]) == before
    assert move(seasons["winter"], ed, under=seasons["seasons"]) == before
    assert step(seasons["june"], "up", ed) == before
    assert step(seasons["june"], "in", ed) == before
    assert step(seasons["cities"], "out", ed) == before
    assert step(seasons["cities"], "down", ed) == before
    assert audited() == ["create"] * 6


def test_steps_go_up_down_in_and_out(seasons, ed):
    assert step(seasons["july"], "up", ed)[2:4] == ["--july", "--june"]
    assert step(seasons["july"], "down", ed)[2:4] == ["--june", "--july"]
    assert step(seasons["winter"], "in", ed)[3:5] == ["--july", "--winter"]
    assert step(seasons["june"], "out", ed) == ["seasons", "-summer", "--july", "--winter", "-june", "cities"]
    assert refusal(lambda: categories.step(seasons["june"], "sideways", actor=ed)) == "choice"


def test_no_category_stands_below_itself_or_too_deep(seasons, make, ed):
    assert refusal(lambda: categories.move(seasons["seasons"], under=seasons["july"], actor=ed)) == "cycle"
    assert refusal(lambda: categories.move(seasons["seasons"], before=seasons["july"], actor=ed)) == "cycle"
    assert refusal(lambda: categories.move(seasons["seasons"], under=seasons["seasons"], actor=ed)) == "cycle"
    deep = make("c", make("b", make("a")))
    assert refusal(lambda: categories.move(seasons["seasons"], under=deep, actor=ed)) == "depth"
    assert refusal(lambda: categories.move(seasons["seasons"], under=uuid4(), actor=ed)) == "not_found"
    assert refusal(lambda: categories.move(uuid4(), actor=ed)) == "not_found"


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_done_it_stays_a_tree_with_its_places_counted(ed, make, seed):
    chance = random.Random(seed)
    known = [make(f"c{number}") for number in range(8)]
    for _ in range(25):
        one, other = chance.choice(known), chance.choice([*known, None])
        where = chance.choice([{"under": other}, {"before": other}, {"after": other}])
        try:
            with transaction():
                if chance.random() < 0.4:
                    categories.step(one, chance.choice(categories.WAYS), actor=ed)
                else:
                    categories.move(one, actor=ed, **where)
        except Invalid:
            continue
    release()
    rows = {row.id: row for row in db.session.scalars(select(Category))}
    places = {}
    for row in rows.values():
        places.setdefault(row.parent_id, []).append(row.place)

    assert len(drawn()) == len(rows) == 8
    assert all(sorted(found) == list(range(len(found))) for found in places.values())
    assert max(node.depth for node in category_trees.tree()) < categories.DEPTH


@pytest.mark.both_engines
def test_two_who_move_at_once_make_no_circle(domain, seasons, ed):
    def deed(one, other):
        with transaction():
            categories.move(seasons[one], under=seasons[other], actor=ed)

    ends = race(domain, lambda: deed("seasons", "cities"), lambda: deed("cities", "seasons"))

    assert sorted(type(end).__name__ for end in ends) == ["Invalid", "NoneType"]
    assert len(drawn()) == 6


@pytest.mark.both_engines
def test_two_who_add_the_same_uri_at_once_make_one(domain, ed):
    def deed():
        with transaction():
            categories.add({languages.default_id(): "Lakes"}, uri="lakes", actor=ed)

    ends = race(domain, deed, deed)

    assert sorted(type(end).__name__ for end in ends) == ["Conflict", "NoneType"]
    assert drawn() == ["lakes"]


# ---- taken away ----


@pytest.mark.both_engines
def test_what_is_below_a_category_takes_its_place(seasons, ed):
    with transaction():
        categories.delete(seasons["summer"], actor=ed)

    assert drawn() == ["seasons", "-june", "-july", "-winter", "cities"]
    assert audited()[-1] == "delete"
    assert refusal(lambda: categories.delete(seasons["summer"], actor=ed)) == "not_found"


def test_galleries_of_a_category_that_goes_keep_its_uri_and_come_back_with_it(seasons, make, ed):
    lake = put_into("Lake", "summer", ed)
    before = db.session.get(Gallery, lake).version
    with transaction():
        categories.delete(seasons["summer"], actor=ed)
    release()

    assert (db.session.get(Gallery, lake).category_uri, db.session.get(Gallery, lake).version) == ("summer", before)
    assert listed("category:seasons", ed) == []
    make("Summer", seasons["seasons"], uri="summer")
    assert listed("category:seasons", ed) == ["Lake"]


def test_the_names_go_with_the_category(seasons, ed):
    with transaction():
        categories.delete(seasons["june"], actor=ed)
    release()

    assert db.session.scalar(select(func.count()).select_from(CategoryName)) == 5


# ---- galleries found by it ----


@pytest.mark.both_engines
def test_galleries_are_found_in_a_category_and_all_below_it(seasons, ed):
    for title, uri in (("A", "seasons"), ("B", "june"), ("C", "cities"), ("D", None), ("E", ""), ("F", "odd one")):
        put_into(title, uri, ed)

    assert listed("category:seasons", ed) == ["A", "B"]
    assert listed("category:summer", ed) == ["B"]
    assert listed("category:july", ed) == []
    assert listed("category:june category:cities", ed) == ["B", "C"]
    assert listed("category:none", ed) == ["D", "E"]
    assert listed('category:"odd one"', ed) == ["F"]
    assert listed("category:seasons status:published", ed) == []
    assert [fault.filter.value for fault in asking.read("category:").faults] == [""]


def test_galleries_are_counted_by_category_and_by_what_is_none(seasons, ed):
    for title, uri in (("A", "seasons"), ("B", "june"), ("C", "june"), ("D", None), ("E", "odd one")):
        put_into(title, uri, ed)
    gone = put_into("Gone", "june", ed)
    with transaction():
        galleries.trash(galleries.get(gone), actor=ed)
    release()
    counts, tree = category_trees.counts(), category_trees.tree()

    assert [(counts.own(tree.by_uri[uri]), counts.whole(tree.by_uri[uri])) for uri in ("seasons", "june")] == [
        (1, 3),
        (2, 2),
    ]
    assert counts.by_uri == {"seasons": 1, "june": 2, "odd one": 1}


def test_the_tree_is_one_statement_and_tells_what_stands_where(seasons):
    release()
    with counted() as statements:
        found = category_trees.of(["june", "summer", None, "", "unknown"])
        assert category_trees.of(["winter"])["winter"].depth == 1
    june = found["june"]

    assert len(statements) == 1
    assert set(found) == {"june", "summer"}
    assert (june.parent_uri, june.depth, june.children) == ("summer", 2, ())
    assert [child.uri for child in found["summer"].children] == ["june", "july"]
    assert [node.uri for node in category_trees.tree().path(june)] == ["seasons", "summer", "june"]


def test_a_clone_is_in_the_same_category(seasons, ed):
    lake = put_into("Lake", "june", ed)
    with transaction():
        cloning.clone(galleries.get(lake), actor=ed)

    assert listed("category:summer", ed) == ["Lake", "Lake"]
