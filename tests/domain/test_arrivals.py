"""Files of one upload that arrive in any order stand in the order in which they were chosen."""

import random
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.races import race
from webapp.domain import arrivals, items, media
from webapp.domain.arrivals import Slot
from webapp.domain.errors import Forbidden, NotFound
from webapp.domain.models import Arrival, Blob, Item, Media
from webapp.domain.transaction import transaction
from webapp.infra import images
from webapp.infra.clock import now
from webapp.infra.db import db


def intake(number: int) -> media.Intake:
    """Bytes that came in whole; each number has its own."""
    look = images.Look(thumbhash=b"", colour="#556677")
    shown = {"width": 40, "height": 30, "orientation": 1, "frames": 1, "has_alpha": False, "bits": 8}
    probe = images.Probe(format="jpeg", mime="image/jpeg", look=look, **shown)
    return media.Intake(f"IMG_{number:04}.jpg", f"{number:064x}", 1000, probe)


class Ground:
    """A gallery with two pictures, and Ed who uploads into it."""

    def __init__(self, app):
        self.app = app
        self.batch = uuid4()
        with transaction():
            self.ed = factories.actor("Ed", "editor")
            self.tessa = factories.actor("Tessa", "translator", speaks=("fr",))
            self.gallery_id = factories.gallery(self.ed, pictures=2).id
            self.before = factories.order(self.gallery_id)

    def bring(self, place, *, number=None, batch=None, ask=False, actor=None):
        with transaction():
            arrived = arrivals.bring(
                self.gallery_id,
                intake(place if number is None else number),
                Slot(batch or self.batch, place),
                actor=actor or self.ed,
                ask=ask,
            )
            return arrived.item.id if arrived.item else arrived.twin.id

    def names(self):
        """The numbers of the files, as they are shown, those from before left out."""
        db.session.rollback()
        order = factories.order(self.gallery_id)
        assert order[:2] == self.before
        rows = dict(db.session.query(Item.id, Media.original_filename).join(Media, Media.id == Item.media_id).all())
        return [int(rows[item_id][4:8]) for item_id in order[2:]]


@pytest.fixture
def ground(domain):
    return Ground(domain)


def test_files_that_arrive_out_of_order_stand_in_the_order_chosen(ground):
    for place in (3, 0, 5, 1, 4, 2):
        ground.bring(place)

    assert ground.names() == [0, 1, 2, 3, 4, 5]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(9)))
def test_files_stand_in_the_order_chosen_however_they_arrive(ground, order):
    batch = uuid4()
    if rest := factories.order(ground.gallery_id)[2:]:
        with transaction():
            items.trash(ground.gallery_id, rest, actor=ground.ed)

    for place in order:
        ground.bring(place, batch=batch)

    assert ground.names() == list(range(9))


def test_files_that_arrive_at_once_stand_in_the_order_chosen(ground):
    places = list(range(12))
    random.Random(7).shuffle(places)

    ended = [race(ground.app, *(lambda p=p: ground.bring(p) for p in places[i : i + 4])) for i in (0, 4, 8)]

    assert not [each for four in ended for each in four if isinstance(each, Exception)]
    assert ground.names() == list(range(12))


def test_two_uploads_at_once_do_not_mix(ground):
    other = uuid4()
    for place in range(4):
        ground.bring(3 - place)
        ground.bring(place, batch=other, number=100 + place)

    assert ground.names() == [0, 1, 2, 3, 100, 101, 102, 103]


def test_a_file_that_is_sent_again_is_not_added_twice(ground):
    first = ground.bring(0)

    assert ground.bring(0) == first
    assert ground.names() == [0]
    assert db.session.query(Media).filter_by(original_filename="IMG_0000.jpg").count() == 1


def test_a_file_that_is_sent_twice_at_once_is_not_added_twice(ground):
    ended = race(ground.app, *[lambda: ground.bring(0)] * 4)

    assert len(set(ended)) == 1
    assert ground.names() == [0]


def test_so_many_files_in_one_gap_that_floats_run_out_keep_their_order(ground):
    for place in (0, *range(119, 0, -1)):
        ground.bring(place)

    assert ground.names() == list(range(120))


def test_a_file_moved_meanwhile_takes_none_of_its_batch_along(ground):
    for place in range(4):
        ground.bring(place)
    moved = factories.order(ground.gallery_id)[5]
    with transaction():
        items.move(ground.gallery_id, [moved], after=ground.before[1], actor=ground.ed)

    ground.bring(4)

    assert ground.names() == [3, 0, 1, 2, 4]


def test_a_file_whose_whole_batch_was_moved_stays_with_it(ground):
    for place in range(2):
        ground.bring(place)
    ground.bring(9, batch=uuid4())
    with transaction():
        items.move(ground.gallery_id, factories.order(ground.gallery_id)[2:4], place="end", actor=ground.ed)

    ground.bring(2)

    assert ground.names() == [9, 0, 1, 2]


def test_a_file_whose_batch_was_trashed_goes_to_the_end(ground):
    ground.bring(0)
    ground.bring(0, batch=uuid4(), number=7)
    with transaction():
        items.trash(ground.gallery_id, [factories.order(ground.gallery_id)[2]], actor=ground.ed)

    ground.bring(1)

    assert ground.names() == [7, 1]


def test_d22_equal_bytes_are_offered_and_not_added(ground):
    twin = db.session.get(Item, ground.bring(0)).media_id

    assert ground.bring(1, number=0, ask=True) == twin
    assert ground.names() == [0]


def test_d22_equal_bytes_that_are_kept_share_their_blob(ground):
    ground.bring(0)
    ground.bring(1, number=0)

    assert ground.names() == [0, 0]
    assert db.session.query(Media).filter_by(original_filename="IMG_0000.jpg").count() == 2
    assert db.session.query(Blob).filter_by(sha256=f"{0:064x}").count() == 1


def test_d22_the_twin_is_used_at_the_place_of_the_file(ground):
    twin = db.session.get(Item, ground.bring(0)).media_id
    ground.bring(2)

    with transaction():
        used = arrivals.use(ground.gallery_id, twin, Slot(ground.batch, 1), actor=ground.ed)
        assert used.media_id == twin
        again = arrivals.use(ground.gallery_id, twin, Slot(ground.batch, 1), actor=ground.ed)
        assert again.id == used.id

    assert ground.names() == [0, 0, 2]


def test_an_unknown_twin_is_not_found(ground):
    with transaction(), pytest.raises(NotFound):
        arrivals.use(ground.gallery_id, uuid4(), Slot(ground.batch, 0), actor=ground.ed)


def test_a_translator_uploads_nothing(ground):
    with pytest.raises(Forbidden):
        ground.bring(0, actor=ground.tessa)

    assert ground.names() == []


def test_what_arrived_long_ago_is_forgotten_with_the_next_upload(ground):
    ground.bring(0)
    with transaction():
        db.session.query(Arrival).update({"arrived_at": now() - timedelta(days=2)})

    ground.bring(0, batch=uuid4(), number=1)

    assert db.session.query(Arrival).count() == 1
    assert ground.names() == [0, 1]
