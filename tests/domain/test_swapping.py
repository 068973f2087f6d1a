"""One file in the place of another wherever it is used; where that is, by index."""

import pytest
from sqlalchemy import select, text, update

from tests import factories
from tests.statements import counted
from webapp.domain import galleries, holds, item_kinds, items, media, revisions, swapping, uses
from webapp.domain.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from webapp.domain.models import AuditEntry, Gallery, Item, Media, OutboxEvent
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now
from webapp.infra.db import db


class House:
    """Three galleries that use one file in every way, and the file to take its place."""

    def __init__(self, ed):
        self.old, self.new = (factories.picture(name).id for name in ("old.jpg", "new.jpg"))
        self.summer = factories.gallery(ed, "Summer", pictures=2).id
        self.winter = factories.gallery(ed, "Winter", pictures=1).id
        self.trashed = factories.gallery(ed, "Gone")
        self.twice = [item.id for item in items.add(self.summer, [self.old, self.old], actor=ed)]
        factories.write(db.session.get(Item, self.twice[0]), "en", ed, caption="The lake")
        galleries.update(galleries.get(self.winter), {"cover_media_id": self.old}, actor=ed)
        link = "https://vimeo.com/76979871"
        self.film = item_kinds.add_video(self.winter, link, poster_id=self.old, actor=ed).id
        items.add(self.trashed.id, [self.old], actor=ed)
        galleries.trash(self.trashed, actor=ed)
        self.thrown = items.add(self.winter, [self.old], actor=ed)[0].id
        items.trash(self.winter, [self.thrown], actor=ed)


@pytest.fixture
def house(ed):
    with transaction():
        made = House(ed)
    with transaction():
        db.session.execute(update(OutboxEvent).values(delivered_at=now()))
    return made


def swap(house, ed, **options):
    with transaction():
        return swapping.everywhere(house.old, house.new, actor=ed, **options)


def shown(gallery_id):
    release()
    return [media_id for _, media_id, _ in items.uses(gallery_id)]


def test_places_name_each_gallery_with_its_items_and_how_it_uses_the_file(ed, house):
    summer, winter = uses.places(house.old)

    assert (summer.title, summer.times, summer.cover, summer.held) == ("Summer", 2, False, False)
    assert [(spot.item_id, spot.poster) for spot in summer.spots] == [(each, False) for each in house.twice]
    assert (winter.title, winter.times, winter.cover) == ("Winter", 1, True)
    assert [(spot.item_id, spot.poster) for spot in winter.spots] == [(house.film, True)]
    assert [use.title for use in media.uses(house.old)] == ["Summer", "Winter"]


def test_a_file_takes_the_place_of_another_everywhere_and_the_order_stays(ed, house):
    before, version = factories.order(house.summer), galleries.get(house.summer).order_version
    done = swap(house, ed)

    assert (done.galleries, done.places) == (2, 4)
    assert uses.places(house.old) == []
    assert factories.order(house.summer) == before
    assert galleries.get(house.summer).order_version == version
    assert shown(house.summer)[2:] == [house.new, house.new]
    assert db.session.get(Item, house.film).poster_id == house.new
    assert galleries.get(house.winter).cover_media_id == house.new


def test_texts_stay_and_each_gallery_s_change_is_recorded_and_told(ed, house):
    swap(house, ed)

    release()
    told = db.session.scalars(select(OutboxEvent).where(OutboxEvent.delivered_at.is_(None))).all()
    assert {(each.kind, each.entity_id, each.gallery_id) for each in told} == {
        *(("item.updated", str(each), house.summer) for each in house.twice),
        ("item.updated", str(house.film), house.winter),
        ("gallery.updated", str(house.winter), house.winter),
    }
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(4)).all()
    pair = [str(house.old), str(house.new)]
    assert {(each.thing_id, *each.changes) for each in entries} == {
        *((str(each), "media_id") for each in house.twice),
        (str(house.film), "poster_id"),
        (str(house.winter), "cover_media_id"),
    }
    assert all([*each.changes.values()] == [pair] for each in entries)
    item = db.session.get(Item, house.twice[0])
    assert item.version == 2
    with transaction():
        factories.write(item, "en", ed, caption="The lake")
    assert [found.reason for found in revisions.all_of(house.summer)] == ["before replacement"]


def test_what_is_in_the_trash_comes_back_with_the_new_file(ed, house):
    swap(house, ed)
    with transaction():
        items.restore(house.winter, [house.thrown], actor=ed)
        galleries.restore(galleries.find_trashed(house.trashed.id), actor=ed)

    assert house.new in shown(house.winter)
    assert shown(house.trashed.id) == [house.new]


def test_nothing_is_replaced_where_the_file_is_used_elsewhere_by_now(ed, house):
    seen = swapping.token(uses.places(house.old))
    with transaction():
        items.add(house.winter, [house.old], actor=ed)

    with pytest.raises(Stale):
        swap(house, ed, seen=seen)
    assert house.old in shown(house.summer)
    assert swap(house, ed, seen=swapping.token(uses.places(house.old))).places == 5


def test_a_file_is_replaced_by_another_living_one_of_its_kind_alone(ed, house):
    with pytest.raises(Invalid), transaction():
        swapping.everywhere(house.old, house.old, actor=ed)
    with transaction():
        db.session.get(Media, house.new).kind = "video"
    with pytest.raises(Invalid):
        swap(house, ed)
    with transaction():
        media.trash(media.locked(house.new), actor=ed)
    with pytest.raises(NotFound):
        swap(house, ed)


def test_who_may_not_change_galleries_replaces_nothing(ed, house):
    with transaction():
        vi = factories.actor("Vi", "viewer")

    with pytest.raises(Forbidden):
        swap(house, vi)


def test_d09_visitors_of_held_changes_go_on_seeing_the_old_file_which_stays_in_use(ed, house):
    with transaction():
        galleries.set_status(galleries.locked(house.winter), "published", actor=ed)
        holds.hold(house.winter, actor=ed)
    swap(house, ed)

    (place,) = uses.places(house.old)
    assert (place.gallery_id, place.times, place.cover, place.held) == (house.winter, 0, False, True)
    with pytest.raises(Conflict), transaction():
        media.trash(media.locked(house.old), actor=ed)
    with transaction():
        holds.publish(house.winter, actor=ed)
    with transaction():
        media.trash(media.locked(house.old), actor=ed)


def test_a_frozen_cover_alone_keeps_a_file_in_use(ed, house):
    with transaction():
        only = factories.picture("cover.jpg").id
        gallery = factories.gallery(ed, "Autumn", pictures=1, status="published")
        galleries.update(gallery, {"cover_media_id": only}, actor=ed)
        holds.hold(gallery.id, actor=ed)
        galleries.update(gallery, {"cover_media_id": None}, actor=ed)

    assert [(place.title, place.held) for place in uses.places(only)] == [("Autumn", True)]


# ---- by index ----


def plan_of(statement, parameters):
    """Ask how the engine finds the rows, as if the tables were large."""
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    return [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]


def test_where_a_file_is_used_is_found_by_index_in_two_statements(ed, house):
    release()
    with counted() as sent:
        uses.places(house.old)
    assert len(sent) == 2

    for condition in ("i.media_id = {0} OR i.poster_id = {0}",):
        mark = "?" if db.engine.dialect.name == "sqlite" else "%s"
        held = house.old.hex if mark == "?" else str(house.old)
        for table in ("items", "held_items"):
            plan = " ".join(plan_of(f"SELECT 1 FROM {table} i WHERE {condition.format(mark)}", (held, held)))
            assert f"ix_{table}_media_id" in plan
            assert f"ix_{table}_poster_id" in plan
    plan = plan_of(f"SELECT 1 FROM galleries WHERE cover_media_id = {mark}", (held,))
    assert "ix_galleries_cover_media_id" in " ".join(plan)
    assert db.session.get(Gallery, house.summer)
