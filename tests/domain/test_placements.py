"""Places of media as the CMS dialect sees them (D7): against a list, with texts and second uses among them."""

import random
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests import factories
from tests.races import race
from webapp.domain import items, placements
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.models import Item
from webapp.domain.transaction import transaction
from webapp.infra.db import db

TEXT = "text"


@pytest.fixture
def gallery_id(ed):
    with transaction():
        return factories.gallery(ed).id


def picture():
    with transaction():
        return factories.picture().id


def text_item(gallery_id, ed):
    """Make a text item, which has no media, at the end."""
    with transaction():
        item = items.add(gallery_id, [factories.picture().id], actor=ed)[0]
        item.kind, item.media_id = TEXT, None
        return item.id


def add(gallery_id, media_id, ed, rank=0):
    with transaction():
        return placements.add(gallery_id, media_id, actor=ed, rank=rank).id


def places(gallery_id):
    db.session.rollback()
    return [media_id for media_id, _ in placements.of(gallery_id)]


def shown(gallery_id):
    """Return what the dashboard shows: the media of each item, or the id of a text."""
    db.session.rollback()
    return [media_id or item_id for item_id, media_id, _ in items.uses(gallery_id)]


@pytest.fixture
def mixed(gallery_id, ed):
    """A text, a, b, b's text, a again, c: the dialect sees a, b, c."""
    a, b, c = picture(), picture(), picture()
    first, second = text_item(gallery_id, ed), None
    for media_id in (a, b):
        add(gallery_id, media_id, ed)
    second = text_item(gallery_id, ed)
    with transaction():
        items.add(gallery_id, [a], actor=ed)
    add(gallery_id, c, ed)
    assert shown(gallery_id) == [first, a, b, second, a, c]
    return first, a, b, second, c


def test_d07_only_the_first_use_of_each_media_has_a_place(gallery_id, mixed):
    _, a, b, _, c = mixed

    assert places(gallery_id) == [a, b, c]
    assert placements.find(gallery_id, a).id == items.ids_in_order(gallery_id)[1]


def test_d07_a_reorder_takes_followers_along_and_leaves_what_leads(gallery_id, mixed, ed):
    first, a, b, second, c = mixed
    with transaction():
        placements.reorder(gallery_id, [c, b, a], actor=ed)

    assert places(gallery_id) == [c, b, a]
    assert shown(gallery_id)[0] == first
    assert sorted(map(str, shown(gallery_id))) == sorted(map(str, [first, a, b, second, a, c]))


def test_d07_removing_removes_every_use(gallery_id, mixed, ed):
    first, a, b, second, c = mixed
    with transaction():
        placements.remove(gallery_id, a, actor=ed)

    assert shown(gallery_id) == [first, b, second, c]
    with pytest.raises(NotFound, match="Media not found in this gallery"):
        placements.find(gallery_id, a)


def test_d07_what_is_there_is_not_added_twice(gallery_id, mixed, ed):
    before = shown(gallery_id)

    with pytest.raises(Conflict) as refused:
        add(gallery_id, mixed[1], ed)

    assert refused.value.code == "already_there"
    assert shown(gallery_id) == before


def test_d07_of_two_who_add_one_media_at_once_one_is_refused(domain, gallery_id, ed):
    media_id = picture()
    db.session.rollback()

    answers = race(domain, *[lambda: add(gallery_id, media_id, ed)] * 2)

    assert [type(answer) for answer in answers].count(Conflict) == 1
    assert shown(gallery_id) == [media_id]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda ids: ids[:-1], Invalid),
        (lambda ids: [*ids, ids[0]], Invalid),
        (lambda ids: [*ids[:-1], ids[0]], Invalid),
        (lambda ids: [], Invalid),
        (lambda ids: [*ids[:-1], uuid4()], NotFound),
        (lambda ids: [uuid4()], NotFound),
    ],
)
def test_d07_an_order_that_does_not_name_each_once_changes_nothing(gallery_id, mixed, ed, change, error):
    before = shown(gallery_id)

    with pytest.raises(error), transaction():
        placements.reorder(gallery_id, change(places(gallery_id)), actor=ed)

    assert shown(gallery_id) == before


def test_d07_a_media_that_is_not_there_is_not_found(gallery_id, mixed, ed):
    stranger = picture()
    for act in (
        lambda: placements.put(gallery_id, stranger, 0, actor=ed),
        lambda: placements.remove(gallery_id, stranger, actor=ed),
        lambda: placements.add(gallery_id, uuid4(), actor=ed),
    ):
        with pytest.raises(NotFound), transaction():
            act()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=some.integers(0, 2**32))
def test_d07_places_are_a_list(domain, seed):
    """Any history of adding, putting, removing and reordering, with texts strewn in, against a Python list."""
    dice = random.Random(seed)
    with transaction():
        by = factories.actor(f"E{uuid4().hex[:12]}", "editor")
        gallery_id = factories.gallery(by).id
    model = []
    for _ in range(14):
        deed = dice.choice(["add", "add", "text", "put", "remove", "reorder"])
        if deed == "add":
            media_id, rank = picture(), dice.randrange(0, 6)
            add(gallery_id, media_id, by, rank)
            model.insert(rank if 0 < rank <= len(model) else len(model), media_id)
        elif deed == "text":
            text_item(gallery_id, by)
        elif model:
            model = changed(deed, gallery_id, model, dice, by)
        assert places(gallery_id) == model


def changed(deed, gallery_id, model, dice, by):
    """Do a deed on both and return the list as it should be."""
    media_id, rank = dice.choice(model), dice.randrange(0, len(model) + 2)
    rest = [each for each in model if each != media_id]
    with transaction():
        if deed == "put":
            placements.put(gallery_id, media_id, rank, actor=by)
            return [*rest[:rank], media_id, *rest[rank:]]
        if deed == "remove":
            placements.remove(gallery_id, media_id, actor=by)
            return rest
        order = dice.sample(model, len(model))
        placements.reorder(gallery_id, order, actor=by)
        return order


def test_no_item_is_lost_or_made_by_moving(gallery_id, mixed, ed):
    before = set(items.ids_in_order(gallery_id))
    for rank in (0, 2, 99, -1):
        with transaction():
            placements.put(gallery_id, mixed[2], rank, actor=ed)

    assert set(items.ids_in_order(gallery_id)) == before
    assert db.session.get(Item, next(iter(before))) is not None
