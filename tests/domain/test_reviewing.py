"""Differences as a page shows them: names, pictures, who wrote what, and where an order begins to differ."""

from uuid import UUID

import pytest

from tests import factories
from tests.statements import counted
from webapp.domain import galleries, headings, holds, items, reviewing, revisions
from webapp.domain.comparing import OrderChange
from webapp.domain.errors import Conflict, NotFound
from webapp.domain.models import Item
from webapp.domain.transaction import transaction
from webapp.infra.db import db


class Ground:
    """A published gallery of four pictures, in English and French, whose changes Ed holds."""

    def __init__(self):
        with transaction():
            self.ed = factories.actor("Ed", "editor")
            self.theo = factories.actor("Theo", "editor")
            made = factories.gallery(self.ed, "Summer", pictures=4, status="published")
            self.id, self.order = made.id, factories.order(made.id)
            factories.write(made, "fr", self.ed, title="Été")
            factories.write(db.session.get(Item, self.order[0]), "en", self.ed, caption="The lake")
            revisions.keep(made, reason="published", actor=self.ed)
            holds.hold(made.id, actor=self.ed)

    def held(self, **options):
        db.session.rollback()
        return reviewing.held(self.id, **options)[1]


@pytest.fixture
def ground(domain):
    return Ground()


def test_a_heading_says_how_a_gallery_stands(ground):
    found = headings.of(ground.id)

    assert (found.title, found.source.code, found.status, found.holding.by) == ("Summer", "en", "held", "Ed")
    with transaction():
        holds.publish(ground.id, actor=ground.ed)
    assert (headings.of(ground.id).status, headings.of(ground.id).holding) == ("published", None)
    with pytest.raises(NotFound):
        headings.of(UUID(int=1))


def test_a_changed_source_text_says_who_wrote_it_and_what_it_made_stale(ground):
    with transaction():
        factories.write(galleries.get(ground.id), "en", ground.theo, title="Autumn")

    (written,) = ground.held().written.values()

    assert (written.by, written.aged) == ("Theo", 1)
    assert written.at is not None


def test_a_changed_translation_makes_nothing_stale(ground):
    with transaction():
        factories.write(galleries.get(ground.id), "fr", ground.theo, title="Automne")

    (written,) = ground.held().written.values()

    assert (written.by, written.aged) == ("Theo", 0)


def test_items_are_named_by_their_words_or_their_files(ground):
    with transaction():
        items.trash(ground.id, ground.order[:2], actor=ground.ed)
        items.purge(ground.id, ground.order[:1], actor=ground.ed)

    found = ground.held()

    named, unnamed = (found.faces[each] for each in ground.order[:2])
    assert (named.name, named.language.code) == ("The lake", "en")
    assert (unnamed.name.endswith(".jpg"), unnamed.language) == (True, None)
    assert named.picture is not None
    assert ground.order[0] not in found.numbers


def test_only_so_many_changes_are_shown_unless_all_are_asked_for(ground):
    with transaction():
        factories.fill(galleries.get(ground.id), reviewing.MOST + 5, by=ground.ed)

    assert len(ground.held().items) == reviewing.MOST
    assert len(ground.held(everything=True).items) == reviewing.MOST + 5
    assert ground.held().comparison.count == reviewing.MOST + 5


def test_a_revision_is_compared_with_now_and_with_a_later_one(ground):
    with transaction():
        factories.write(galleries.get(ground.id), "en", ground.ed, title="Autumn")
        revisions.keep(galleries.get(ground.id), reason="published", actor=ground.theo)
        factories.write(galleries.get(ground.id), "en", ground.ed, title="Winter")
    newest = revisions.all_of(ground.id)[0].number

    _heading, row, other, found = reviewing.revision(ground.id, newest)
    assert (row.by, other, [(each.before, each.after) for each in found.texts]) == (
        "Theo",
        None,
        [("Winter", "Autumn")],
    )
    _heading, _row, other, found = reviewing.revision(ground.id, newest - 1, other=newest)
    assert (other.number, [(each.before, each.after) for each in found.texts]) == (newest, [("Summer", "Autumn")])


def test_what_is_not_held_or_not_there_is_not_reviewed(ground):
    with transaction():
        other = factories.gallery(ground.ed, "Other").id
    with pytest.raises(Conflict):
        reviewing.held(other)
    with pytest.raises(NotFound):
        reviewing.held(UUID(int=1))
    with pytest.raises(NotFound):
        reviewing.revision(ground.id, 99)


@pytest.mark.parametrize(("count", "moved", "start"), [(40, 20, 19), (40, 0, 0), (40, 39, 25), (5, 4, 0)])
def test_an_order_is_shown_from_where_it_begins_to_differ(count, moved, start):
    before = tuple(UUID(int=number + 1) for number in range(count))
    after = (*before[:moved], UUID(int=999), *before[moved:])

    old, new, first = reviewing.window(OrderChange(before, after, ()))

    assert first == start
    assert len(new) <= reviewing.STRIP
    assert UUID(int=999) in new
    assert old == before[first : first + reviewing.STRIP]


def test_a_review_takes_as_many_statements_for_thirty_changes_as_for_one(ground):
    with transaction():
        factories.fill(galleries.get(ground.id), 30, by=ground.ed)
        holds.publish(ground.id, actor=ground.ed)
        holds.hold(ground.id, actor=ground.ed)
    counts = []
    for number in (1, 30):
        with transaction():
            for item_id in items.ids_in_order(ground.id)[:number]:
                item = items.get(ground.id, item_id)
                factories.write(item, "fr", ground.ed, caption=f"Lac {number}")
                items.change(item, {"note": f"Note {number}"}, actor=ground.ed)
        db.session.rollback()
        db.session.expunge_all()
        with counted() as sent:
            reviewing.held(ground.id)
        counts.append(len(sent))

    assert counts[0] == counts[1]
