"""Sorting a gallery once, and taking moves and sorts back."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.statements import counted
from webapp.domain import audit, items, sorting, undoing
from webapp.domain.errors import Conflict, Invalid, NotFound, Stale
from webapp.domain.models import AuditEntry, Blob, Gallery, Item, Media
from webapp.domain.permissions import system
from webapp.domain.transaction import transaction
from webapp.infra.db import db

NAMES = ("IMG_10.jpg", "img_2.jpg", "Été.jpg", "IMG_2-1.jpg", "eta.jpg", "IMG_02.png")
TAKEN = (
    "2024-05-17T18:42:07.000",
    None,
    "2019-01-01T00:00:00.000",
    "2024-05-17T18:42:07.100",
    None,
    "2023-01-01T00:00:00.000",
)


class Ground:
    """A gallery of six pictures a to f, with names and times of their own, and two people."""

    def __init__(self):
        with transaction():
            self.ed = factories.actor("Ed", "editor")
            self.theo = factories.actor("Theo", "editor")
            self.id = factories.gallery(self.ed).id
            media = [factories.picture(name) for name in NAMES]
            for entry, taken in zip(media, TAKEN, strict=True):
                db.session.get(Blob, entry.blob_id).taken_at = taken
            made = items.add(self.id, [entry.id for entry in media], actor=self.ed)
            for item, day in zip(made, (3, 1, 2, 6, 5, 4), strict=True):
                item.created_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
        self.ids = factories.order(self.id)

    def shown(self):
        db.session.rollback()
        return "".join("abcdef"[self.ids.index(item)] for item in factories.order(self.id))

    def version(self):
        db.session.rollback()
        return db.session.get(Gallery, self.id).order_version

    def sort(self, by, *, actor=None, letters="", **how):
        how.setdefault("order_version", self.version())
        with transaction():
            return sorting.sort(self.id, by, actor=actor or self.ed, ids=self.named(letters), **how)

    def move(self, letters, *, actor=None, **where):
        where |= {name: self.named(where[name])[0] for name in ("before", "after") if name in where}
        with transaction():
            return items.move(self.id, self.named(letters), actor=actor or self.ed, **where)

    def undo(self, *, actor=None, order_version=None):
        version = self.version() if order_version is None else order_version
        with transaction():
            return undoing.undo(self.id, actor=actor or self.ed, order_version=version)

    def named(self, letters):
        return [self.ids["abcdef".index(letter)] for letter in letters]

    def entries(self):
        db.session.rollback()
        return list(
            db.session.scalars(select(AuditEntry).where(AuditEntry.gallery_id == self.id).order_by(AuditEntry.id))
        )


@pytest.fixture
def ground(domain):
    """A gallery to be sorted."""
    return Ground()


@pytest.mark.parametrize(
    ("by", "descending", "shown"),
    [
        ("taken", False, "cfadbe"),
        ("taken", True, "dafcbe"),
        ("name", False, "ecbfda"),
        ("name", True, "adfbce"),
        ("added", False, "bcafed"),
        ("added", True, "defacb"),
        ("reverse", False, "fedcba"),
        ("reverse", True, "fedcba"),
    ],
)
def test_a_gallery_is_sorted_once(ground, by, descending, shown):
    before = ground.version()

    now = ground.sort(by, descending=descending)

    assert ground.shown() == shown
    assert now == before + 1 == ground.version()
    entry = ground.entries()[-1]
    assert (entry.verb, entry.changes["how"]) == (
        "item.reorder",
        [None, f"-{by}" if descending and by != "reverse" else by],
    )


def test_a_selection_is_sorted_among_the_places_that_it_has(ground):
    ground.sort("reverse", letters="bdf")
    assert ground.shown() == "afcdeb"

    ground.sort("taken", letters="acd")
    assert ground.shown() == "cfadeb"


def test_what_is_sorted_already_is_left_alone(ground):
    ground.sort("name")
    version, entries = ground.version(), len(ground.entries())

    assert ground.sort("name") == version
    assert len(ground.entries()) == entries


def test_items_without_a_file_are_sorted_by_their_title(ground):
    with transaction():
        item = db.session.get(Item, ground.ids[0])
        item.media_id, item.kind = None, "text"
        factories.write(item, "en", ground.ed, title="Étage")

    ground.sort("name")

    assert ground.shown() == "eacbfd"


def test_d03_a_sort_of_an_old_order_is_refused_and_says_who_was_faster(ground):
    version = ground.version()
    ground.move("f", place="top", actor=ground.theo)

    with pytest.raises(Stale) as refused:
        ground.sort("name", order_version=version)

    assert refused.value.message == "Theo moved an item since you opened this."
    assert ground.shown() == "fabcde"


@pytest.mark.parametrize(
    ("by", "did"),
    [
        ("name", "sorted 6 items by name"),
        ("taken", "sorted 5 items by when they were taken"),
        ("added", "sorted 6 items by when they were added"),
        ("reverse", "reversed 6 items"),
    ],
)
def test_d03_who_sorted_what_is_said(ground, by, did):
    version = ground.version()
    ground.sort(by, actor=ground.theo, descending=by == "added")

    with pytest.raises(Stale) as refused:
        ground.sort("name", order_version=version)

    assert refused.value.message == f"Theo {did} since you opened this."


@pytest.mark.parametrize(
    ("by", "how", "error"),
    [
        ("size", {}, Invalid),
        ("name", {"order_version": None}, Invalid),
    ],
)
def test_a_sort_that_makes_no_sense_changes_nothing(ground, by, how, error):
    with pytest.raises(error):
        ground.sort(by, **how)
    assert ground.shown() == "abcdef"


def test_items_of_another_gallery_are_not_sorted(ground):
    with transaction():
        other = factories.gallery(ground.ed, "Winter", pictures=1).id
        strange = factories.order(other)
    with pytest.raises(NotFound), transaction():
        sorting.sort(ground.id, "name", ids=strange, actor=ground.ed, order_version=ground.version())


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("IMG_2.jpg", "IMG_10.jpg"),
        ("img_9.jpg", "IMG_10.jpg"),
        ("a.jpg", "a2.jpg"),
        ("a1b2.jpg", "a1b10.jpg"),
        ("Ecole.jpg", "École 2.jpg"),
        ("9.jpg", "10.jpg"),
        ("10.jpg", "a.jpg"),
        ("IMG_2.jpg", "IMG_2.png"),
        ("x" + "9" * 300, "y"),
    ],
)
def test_names_are_compared_as_people_read_them(lower, higher):
    assert sorting.by_name(lower) < sorting.by_name(higher)


def test_a_sort_reads_as_much_for_thirty_items_as_for_six(ground):
    with counted() as few:
        ground.sort("name")
    with transaction():
        factories.fill(db.session.get(Gallery, ground.id), 24, by=ground.ed)
    with counted() as many:
        ground.sort("name", descending=True)
    assert len(many) == len(few)


def test_moves_and_sorts_are_taken_back_one_after_the_other(ground):
    ground.move("a", place="end")
    ground.move("cd", before="b")
    ground.sort("reverse")
    assert ground.shown() == "afebdc"

    assert (ground.undo().how, ground.shown()) == ("reverse", "cdbefa")
    assert (ground.undo().count, ground.shown()) == (2, "bcdefa")
    ground.move("f", place="top")
    assert (ground.undo().count, ground.shown()) == (1, "bcdefa")
    assert (ground.undo().count, ground.shown()) == (1, "abcdef")
    with pytest.raises(Conflict):
        ground.undo()
    assert ground.shown() == "abcdef"


def test_nobody_takes_back_what_somebody_else_did(ground):
    ground.move("a", place="end")
    ground.move("b", place="end", actor=ground.theo)

    with pytest.raises(Conflict) as refused:
        ground.undo()

    assert refused.value.message == "Theo moved an item since you opened this."
    assert ground.shown() == "cdefab"
    assert ground.undo(actor=ground.theo).count == 1
    assert ground.undo().count == 1
    assert ground.shown() == "abcdef"


def test_d03_an_undo_of_an_old_order_is_refused(ground):
    ground.move("a", place="end")
    version = ground.version()
    ground.move("b", place="end", actor=ground.theo)

    with pytest.raises(Stale):
        ground.undo(order_version=version)


@pytest.mark.parametrize("verb", ["add", "trash", "restore"])
def test_a_move_is_not_taken_back_over_items_that_came_or_went(ground, verb):
    with transaction():
        items.trash(ground.id, ground.named("f"), actor=ground.ed)
    ground.move("a", place="end")
    with transaction():
        if verb == "add":
            items.add(ground.id, [db.session.scalars(select(Media.id).limit(1)).one()], actor=ground.ed)
        elif verb == "trash":
            items.trash(ground.id, ground.named("e"), actor=ground.ed)
        else:
            items.restore(ground.id, ground.named("f"), actor=ground.ed)

    with pytest.raises(Conflict) as refused:
        ground.undo()

    assert refused.value.code == "nothing_to_undo"


def test_a_move_that_was_followed_by_one_behind_the_audit_is_not_taken_back(ground):
    ground.move("a", place="end")
    with transaction():
        db.session.get(Gallery, ground.id).order_version += 1

    with pytest.raises(Conflict):
        ground.undo()


def test_d03_who_removed_an_item_is_said_to_whoever_moves_it_or_moves_beside_it(ground):
    with transaction():
        items.trash(ground.id, ground.named("ab"), actor=ground.theo)
        factories.write(db.session.get(Item, ground.ids[1]), "en", ground.ed, caption="The quay")

    with pytest.raises(Conflict) as beside:
        ground.move("c", after="a")
    with pytest.raises(NotFound) as moved:
        ground.move("b", place="top")

    assert beside.value.message == "Theo removed “IMG_10.jpg” since you opened this."
    assert (beside.value.code, moved.value.message) == (
        "anchor_gone",
        "Theo removed “The quay” since you opened this.",
    )


def test_an_item_that_a_program_removed_says_so(ground):
    with transaction():
        items.trash(ground.id, ground.named("a"), actor=system("cms"))
    with pytest.raises(NotFound) as refused:
        ground.move("a", place="top")
    assert refused.value.message == "A program removed “IMG_10.jpg” since you opened this."


def test_a_long_walk_of_moves_is_taken_back_to_where_it_began(ground):
    chance = random.Random(4)
    orders = [ground.shown()]
    for _ in range(30):
        if chance.random() < 0.3:
            ground.sort(chance.choice(("name", "taken", "added", "reverse")), descending=chance.random() < 0.5)
        else:
            ground.move(chance.sample("abcdef", chance.randint(1, 3)), place=chance.choice(("top", "end")))
        if ground.shown() != orders[-1]:
            orders.append(ground.shown())
    assert len(orders) > 15
    for order in orders[-2::-1]:
        ground.undo()
        assert ground.shown() == order
    assert audit.who_changed_the_order(ground.id).startswith("Ed took back a change of ")
