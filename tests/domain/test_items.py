"""Items: added, moved, described, trashed and brought back, alone and by several people at once."""

from uuid import UUID, uuid4

import pytest

from tests import factories
from tests.fixtures.app import on_sqlite
from tests.races import race
from webapp.domain import galleries, items
from webapp.domain.errors import Conflict, Invalid, NotFound, Stale
from webapp.domain.models import AuditEntry, Gallery, Item, ItemText, Media, OutboxEvent
from webapp.domain.transaction import transaction
from webapp.infra.db import db


class Ground:
    """A gallery of six pictures a to f, and two people who arrange it."""

    def __init__(self, app):
        self.app = app
        with transaction():
            self.ed = factories.actor("Ed", "editor")
            self.theo = factories.actor("Theo", "editor")
            self.gallery_id = factories.gallery(self.ed, pictures=6).id
            self.ids = factories.order(self.gallery_id)
            self.spare = [factories.picture().id for _ in range(3)]
        db.session.rollback()

    def id(self, letter):
        return self.ids["abcdef".index(letter)]

    def shown(self):
        db.session.rollback()
        order = factories.order(self.gallery_id)
        return "".join("abcdef"[self.ids.index(item)] if item in self.ids else "+" for item in order)

    def keys(self):
        db.session.rollback()
        return {item.id: item.sort_order for item in db.session.query(Item)}

    def version(self):
        db.session.rollback()
        return db.session.get(Gallery, self.gallery_id).order_version

    def move(self, letters, *, actor=None, **where):
        places = {name: self.id(value) if name in ("before", "after") else value for name, value in where.items()}
        with transaction():
            ids = [self.id(letter) for letter in letters]
            return items.move(self.gallery_id, ids, actor=actor or self.ed, **places)

    def trash(self, letters):
        with transaction():
            return items.trash(self.gallery_id, [self.id(letter) for letter in letters], actor=self.ed)

    def restore(self, letters):
        with transaction():
            items.restore(self.gallery_id, [self.id(letter) for letter in letters], actor=self.ed)

    def forget_events(self):
        with transaction():
            db.session.query(OutboxEvent).delete()

    def events(self):
        db.session.rollback()
        return [(event.kind, event.entity_id) for event in db.session.query(OutboxEvent).order_by(OutboxEvent.id)]


@pytest.fixture
def ground(domain):
    return Ground(domain)


def test_d02_media_are_added_at_the_end_or_at_the_top_in_their_order(ground):
    with transaction():
        end = items.add(ground.gallery_id, ground.spare[:2], actor=ground.ed)
        top = items.add(ground.gallery_id, ground.spare[1:], actor=ground.ed, place="top")
        added = [item.id for item in (*top, *end)]

    order = factories.order(ground.gallery_id)
    assert [*order[:2], *order[-2:]] == added
    assert ground.shown() == "++abcdef++"
    told = {(item.added_by_id, item.added_through) for item in db.session.query(Item)}
    assert told == {(ground.ed.id, "dashboard")}


@pytest.mark.parametrize(("where", "shown"), [("before", "ab+cdef"), ("after", "abc+def")])
def test_media_are_added_beside_an_item(ground, where, shown):
    with transaction():
        items.add(ground.gallery_id, ground.spare[:1], actor=ground.ed, **{where: ground.id("c")})

    assert ground.shown() == shown


def test_media_that_are_not_there_are_not_added(ground):
    with transaction():
        db.session.get(Media, ground.spare[0]).deleted_at = db.session.get(Media, ground.spare[0]).created_at
    for media_ids in ([uuid4()], [ground.spare[1], ground.spare[0]]):
        with transaction(), pytest.raises(NotFound):
            items.add(ground.gallery_id, media_ids, actor=ground.ed)
    with transaction(), pytest.raises(NotFound):
        items.add(uuid4(), ground.spare[1:], actor=ground.ed)
    with transaction(), pytest.raises(Conflict):
        items.add(ground.gallery_id, ground.spare[1:], actor=ground.ed, before=uuid4())

    assert ground.shown() == "abcdef"


def test_d30_added_items_are_told_one_by_one(ground):
    ground.forget_events()
    with transaction():
        added = [item.id for item in items.add(ground.gallery_id, ground.spare[:2], actor=ground.ed)]

    assert ground.events() == [("item.created", str(item_id)) for item_id in added]


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("letters", "where", "shown"),
    [
        ("e", {"before": "b"}, "aebcdf"),
        ("be", {"before": "a"}, "beacdf"),
        ("eb", {"after": "c"}, "acebdf"),
        ("abc", {"place": "end"}, "defabc"),
        ("def", {"place": "top"}, "defabc"),
    ],
)
def test_d03_items_are_moved_to_one_slot_and_only_they_are_written(ground, letters, where, shown):
    before, version = ground.keys(), ground.version()

    ground.move(letters, **where)

    changed = {item_id for item_id, key in ground.keys().items() if key != before[item_id]}
    assert ground.shown() == shown
    assert changed <= {ground.id(letter) for letter in letters}
    assert ground.version() == version + 1


@pytest.mark.parametrize(
    ("position", "shown"), [(1, "cabdef"), (3, "abcdef"), (5, "abdecf"), (6, "abdefc"), (99, "abdefc")]
)
def test_d03_items_are_moved_to_a_position_in_the_order_it_was_chosen_in(ground, position, shown):
    ground.move("c", position=position, order_version=ground.version())

    assert ground.shown() == shown


def test_d03_a_position_in_an_old_order_is_stale_and_says_who_changed_it(ground):
    version = ground.version()
    ground.move("f", place="top", actor=ground.theo)

    with pytest.raises(Stale) as refused:
        ground.move("a", position=2, order_version=version)

    assert refused.value.message == "Theo moved an item since you opened this."
    assert ground.shown() == "fabcde"


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("trash", "removed 2 items"),
        ("restore", "brought back 2 items"),
        ("add", "added 3 items"),
        ("reorder", "reordered 6 items"),
    ],
)
def test_who_changed_the_order_is_said_whatever_they_did(ground, verb, said):
    version = ground.version()
    if verb in ("trash", "restore"):
        ground.trash("ef")
    with transaction():
        if verb == "restore":
            items.restore(ground.gallery_id, [ground.id("e"), ground.id("f")], actor=ground.ed)
        if verb == "add":
            items.add(ground.gallery_id, ground.spare, actor=ground.ed)
        if verb == "reorder":
            items.reorder(ground.gallery_id, ground.ids[::-1], actor=ground.ed)

    with pytest.raises(Stale) as refused:
        ground.move("a", position=2, order_version=version)

    assert refused.value.message.startswith(f"Ed {said} since")


@pytest.mark.parametrize(
    ("letters", "where", "error"),
    [
        ("a", {}, Invalid),
        ("a", {"before": "b", "after": "c"}, Invalid),
        ("a", {"place": "middle"}, Invalid),
        ("a", {"position": 1}, Invalid),
        ("a", {"before": "a"}, Invalid),
        ("ab", {"after": "b"}, Invalid),
        ("", {"place": "top"}, Invalid),
        ("aa", {"place": "top"}, Invalid),
    ],
)
def test_a_move_that_makes_no_sense_changes_nothing(ground, letters, where, error):
    version = ground.version()

    with pytest.raises(error):
        ground.move(letters, **where)

    assert (ground.shown(), ground.version()) == ("abcdef", version)


def test_d03_a_move_beside_what_is_gone_is_a_conflict(ground):
    ground.trash("c")

    with pytest.raises(Conflict):
        ground.move("a", after="c")
    with pytest.raises(NotFound):
        ground.move("c", after="a")


def test_a_drop_in_place_is_no_change(ground):
    version = ground.version()
    ground.forget_events()

    ground.move("b", after="a")
    ground.move("bc", before="d")

    assert (ground.shown(), ground.version(), ground.events()) == ("abcdef", version, [])


def test_d30_one_moved_item_is_told_as_an_item_and_several_as_an_order(ground):
    ground.forget_events()

    ground.move("a", place="end")
    ground.move("bc", place="end")

    assert ground.events() == [
        ("item.updated", str(ground.id("a"))),
        ("items.reordered", str(ground.gallery_id)),
    ]


@pytest.mark.both_engines
def test_d26_all_items_are_put_in_an_order_that_names_each_once(ground):
    wanted = [ground.id(letter) for letter in "fdbeca"]
    with transaction():
        items.reorder(ground.gallery_id, wanted, actor=ground.ed, order_version=ground.version())

    assert ground.shown() == "fdbeca"


def test_d03_an_order_that_is_not_whole_is_refused(ground):
    for letters in ("abcde", "abcdee", "abcdefa"):
        with transaction(), pytest.raises(Conflict):
            items.reorder(ground.gallery_id, [ground.id(letter) for letter in letters], actor=ground.ed)
    with transaction(), pytest.raises(Stale):
        items.reorder(ground.gallery_id, ground.ids[::-1], actor=ground.ed, order_version=0)

    assert ground.shown() == "abcdef"


@pytest.mark.both_engines
def test_d04_a_trashed_item_keeps_its_key_and_comes_back_to_its_place(ground):
    keys = ground.keys()

    ground.trash("bd")
    assert ground.shown() == "acef"
    ground.move("a", place="end")
    ground.restore("bd")

    assert ground.shown() == "bcdefa"
    assert {ground.keys()[ground.id(letter)] for letter in "bd"} == {keys[ground.id(letter)] for letter in "bd"}


@pytest.mark.both_engines
def test_d04_an_item_whose_key_was_taken_comes_back_beside_it(ground):
    ground.trash("c")
    taken = ground.keys()[ground.id("c")]
    with transaction():
        db.session.get(Item, ground.id("f")).sort_order = taken

    ground.restore("c")

    assert ground.shown() == "abfcde"
    assert len(set(ground.keys().values())) == 6


@pytest.mark.both_engines
def test_items_that_were_trashed_together_are_found_together(ground):
    at = ground.trash("bd")
    ground.trash("e")

    assert set(items.trashed_at(ground.gallery_id, at)) == {ground.id("b"), ground.id("d")}
    assert items.trashed(ground.gallery_id)[0].id == ground.id("e")
    ground.restore("bd")
    with pytest.raises(NotFound):
        items.trashed_at(ground.gallery_id, at)


def test_what_is_not_there_is_neither_trashed_nor_restored_nor_purged(ground):
    ground.trash("a")
    for verb, letters in ((ground.trash, "ab"), (ground.restore, "b")):
        with pytest.raises(NotFound):
            verb(letters)
    with pytest.raises(NotFound), transaction():
        items.purge(ground.gallery_id, [ground.id("a"), ground.id("b")], actor=ground.ed)

    assert ground.shown() == "bcdef"
    assert db.session.get(Item, ground.id("a")) is not None


@pytest.mark.both_engines
def test_a_purged_item_is_gone_with_its_texts_and_its_media_stays(ground):
    media_id = db.session.get(Item, ground.id("a")).media_id
    with transaction():
        factories.write(db.session.get(Item, ground.id("a")), "en", ground.ed, alt="A lake")
    ground.trash("a")

    with transaction():
        items.purge(ground.gallery_id, [ground.id("a")], actor=ground.ed)

    db.session.rollback()
    assert db.session.get(Item, ground.id("a")) is None
    assert db.session.query(ItemText).count() == 0
    assert db.session.get(Media, media_id) is not None


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"link_url": " https://example.org/ä "}, {"link_url": "https://example.org/ä"}),
        ({"link_url": "mailto:a@example.org"}, {"link_url": "mailto:a@example.org"}),
        ({"link_url": "/g/summer"}, {"link_url": "/g/summer"}),
        ({"link_url": ""}, {"link_url": None}),
        ({"note": "one\r\ntwo"}, {"note": "one\ntwo"}),
        ({"focal_x": 0.0, "focal_y": 1.0}, {"focal_x": 0.0, "focal_y": 1.0}),
        ({"decorative": True}, {"decorative": True}),
    ],
)
def test_an_items_fields_are_kept(ground, fields, kept):
    with transaction():
        items.change(items.get(ground.gallery_id, ground.id("a")), fields, actor=ground.ed)

    item = db.session.get(Item, ground.id("a"))
    assert {name: getattr(item, name) for name in kept} == kept


@on_sqlite
@pytest.mark.parametrize(
    "fields",
    [
        {"link_url": "javascript:alert(1)"},
        {"link_url": "//example.org/"},
        {"link_url": "https:///nowhere"},
        {"link_url": "https://exa mple.org/"},
        {"link_url": "https://[::1"},
        {"link_url": "/\\example.org"},
        {"link_url": "data:text/html,x"},
        {"link_text": "x" * 256},
        {"note": "x" * 2001},
        {"note": "a\x00"},
        {"focal_x": 1.01},
        {"focal_y": -0.01},
        {"focal_x": float("nan")},
    ],
)
def test_fields_that_cannot_be_are_refused(ground, fields):
    with transaction(), pytest.raises(Invalid) as refused:
        items.change(items.get(ground.gallery_id, ground.id("a")), fields, actor=ground.ed)

    assert refused.value.field in fields
    assert db.session.get(Item, ground.id("a")).version == 1


def test_a_change_is_counted_told_and_recorded_once_and_none_is_not(ground):
    ground.forget_events()
    with transaction():
        item = items.get(ground.gallery_id, ground.id("a"))
        items.change(item, {"note": "quiet"}, actor=ground.ed)
        items.change(item, {"note": "quiet"}, actor=ground.ed)

    assert db.session.get(Item, ground.id("a")).version == 2
    assert ground.events() == [("item.updated", str(ground.id("a")))]
    entry = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert (entry.verb, entry.changes) == ("item.update", {"note": [None, "quiet"]})


@pytest.mark.both_engines
def test_d25_an_old_token_changes_no_item(ground):
    def change(actor, note):
        def deed():
            with transaction():
                item = items.get(ground.gallery_id, ground.id("a"))
                items.change(item, {"note": note}, actor=actor, version=1)

        return deed

    ended = race(ground.app, change(ground.ed, "Ed's"), change(ground.theo, "Theo's"))

    assert [type(each) for each in ended if each is not None] == [Stale]
    db.session.rollback()
    assert db.session.get(Item, ground.id("a")).note == ("Ed's" if ended[0] is None else "Theo's")


def test_an_item_trashed_meanwhile_is_not_changed(ground):
    with transaction():
        item = items.get(ground.gallery_id, ground.id("a"))
        items.trash(ground.gallery_id, [ground.id("a")], actor=ground.theo)
        with pytest.raises(NotFound):
            items.change(item, {"note": "late"}, actor=ground.ed)


@pytest.mark.parametrize("gallery", ["other", "none"])
def test_an_item_is_found_in_its_own_gallery_only(ground, gallery):
    with transaction():
        other = factories.gallery(ground.ed, "Other").id if gallery == "other" else uuid4()

    with pytest.raises(NotFound):
        items.get(other, ground.id("a"))


@pytest.mark.both_engines
def test_d01_many_hands_at_one_order_lose_nothing_and_never_wait_forever(ground):
    def churn(place):
        def deed():
            actor = (ground.ed, ground.theo)[place % 2]
            for step in range(6):
                mine = "abcdef"[(place + step) % 6]
                ground.move(mine, place="top" if step % 2 else "end", actor=actor)
                with transaction():
                    item = items.get(ground.gallery_id, ground.id(mine))
                    items.change(item, {"note": f"{place} {step}"}, actor=actor)
            with transaction():
                items.add(ground.gallery_id, [ground.spare[place]], actor=actor)

        return deed

    before = ground.version()
    ended = race(ground.app, *(churn(place) for place in range(3)))

    assert ended == [None] * 3
    assert sorted(ground.shown()) == sorted("abcdef+++")
    assert len(set(ground.keys().values())) == 9
    assert before < ground.version() <= before + 3 * 7


@pytest.mark.both_engines
def test_d01_of_two_whole_orders_at_once_one_wins_whole(ground):
    version = ground.version()
    wanted = [ground.ids[::-1], [*ground.ids[3:], *ground.ids[:3]]]

    def order(place):
        def deed():
            with transaction():
                items.reorder(ground.gallery_id, wanted[place], actor=ground.ed, order_version=version)

        return deed

    ended = race(ground.app, order(0), order(1))

    assert [type(each) for each in ended if each is not None] == [Stale]
    db.session.rollback()
    assert factories.order(ground.gallery_id) == wanted[0 if ended[0] is None else 1]


def test_an_anchor_of_another_gallery_is_none(ground):
    with transaction():
        other: UUID = factories.order(factories.gallery(ground.ed, "Other", pictures=1).id)[0]
    with transaction(), pytest.raises(Conflict):
        items.move(ground.gallery_id, [ground.id("a")], before=other, actor=ground.ed)
    with transaction(), pytest.raises(NotFound):
        items.move(ground.gallery_id, [other], place="top", actor=ground.ed)
    with transaction(), pytest.raises(NotFound):
        items.change(items.get(ground.gallery_id, other), {"note": "x"}, actor=ground.ed)

    assert galleries.get(ground.gallery_id).order_version == ground.version()
