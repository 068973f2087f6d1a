"""Many items at once: what they have in common, only what is wanted is written, and the way back."""

from types import SimpleNamespace

import pytest
from sqlalchemy import delete, func, select

from tests import factories
from tests.statements import counted
from webapp.domain import galleries, item_kinds, items, revisions, selections, tags, translations
from webapp.domain.errors import Invalid, NotFound, Stale
from webapp.domain.models import Item, OutboxEvent
from webapp.domain.selections import Wanted
from webapp.domain.transaction import transaction
from webapp.infra.db import db


@pytest.fixture
def ground(inside):
    """A gallery of four pictures and a text, some of them with tags and links, and another gallery."""
    with transaction():
        ed = factories.actor("Ed", "editor")
        made = factories.gallery(ed, "Summer", pictures=4)
        other = factories.gallery(ed, "Winter", pictures=1)
        first, second, third, fourth = (db.session.get(Item, each) for each in factories.order(made.id))
        text = item_kinds.add_text(made.id, html="<p>Hi</p>", actor=ed)
        items.change(first, {"link_url": "https://example.org/"}, labels=["lake", "Festival"], actor=ed)
        items.change(second, {"decorative": True, "focal_x": 0.2, "focal_y": 0.3}, labels=["lake"], actor=ed)
        factories.write(first, "en", ed, alt="A quay", caption="At noon")
        db.session.execute(delete(OutboxEvent))
    ids = [item.id for item in (first, second, third, fourth, text)]
    return SimpleNamespace(ed=ed, id=made.id, other=other.id, ids=ids, english=factories.language("en").id)


def change(ground, ids, **wanted):
    with transaction():
        return selections.change(ground.id, ids, Wanted(**wanted), ground.english, actor=ground.ed)


def item(ground, place):
    db.session.expire_all()
    return db.session.get(Item, ground.ids[place])


def labels(ground, place):
    return tags.of(item(ground, place))


def told(kind="item.updated"):
    return set(db.session.scalars(select(OutboxEvent.entity_id).where(OutboxEvent.kind == kind)))


def test_what_is_mixed_says_so(ground):
    seen = selections.look_at(ground.id, ground.ids[:2], ground.english)

    assert seen.ids == tuple(ground.ids[:2])
    assert {name for name, common in seen.fields.items() if common.mixed} == {
        "link_url",
        "decorative",
        "focal",
        "alt",
    }
    assert seen.fields["link_text"].value is None
    assert seen.tags == (("Festival", 1), ("lake", 2))


def test_what_is_the_same_in_all_is_said(ground):
    seen = selections.look_at(ground.id, ground.ids[2:4], ground.english)

    assert not any(common.mixed for common in seen.fields.values())
    assert seen.fields["decorative"].value is False


def test_looking_takes_as_many_statements_for_two_as_for_five(ground):
    with counted() as two:
        selections.look_at(ground.id, ground.ids[:2], ground.english)
    with counted() as five:
        selections.look_at(ground.id, ground.ids, ground.english)

    assert len(two) == len(five) <= 5


def test_only_what_is_wanted_is_written(ground):
    before = {name: getattr(item(ground, 1), name) for name in ("decorative", "focal_x", "link_text", "note")}

    outcome = change(ground, ground.ids[:3], fields={"link_url": "/more"})

    assert [item(ground, place).link_url for place in range(4)] == ["/more", "/more", "/more", None]
    assert {name: getattr(item(ground, 1), name) for name in before} == before
    assert labels(ground, 0) == ["Festival", "lake"]
    assert (outcome.done, outcome.gone) == (3, 0)


@pytest.mark.parametrize(
    ("wanted", "first", "third"),
    [
        ({"added": ["New"]}, ["Festival", "lake", "New"], ["New"]),
        ({"added": ["LAKE"]}, ["Festival", "lake"], ["LAKE"]),
        ({"removed": ["Lake", "absent"]}, ["Festival"], []),
        ({"replaced": ["Only"]}, ["Only"], ["Only"]),
        ({"replaced": ["Only"], "added": ["Also"], "removed": ["only"]}, ["Also"], ["Also"]),
    ],
)
def test_tags_are_added_removed_and_replaced(ground, wanted, first, third):
    change(ground, ground.ids[:3], **wanted)

    assert [name.casefold() for name in labels(ground, 0)] == [name.casefold() for name in first]
    assert [name.casefold() for name in labels(ground, 2)] == [name.casefold() for name in third]


def test_one_alt_text_for_all_pictures_and_for_no_text(ground):
    change(ground, ground.ids, alt="Lanterns")

    alts = [translations.find(item(ground, place), ground.english) for place in range(5)]
    assert [row.alt for row in alts[:4]] == ["Lanterns"] * 4
    assert alts[4].alt is None
    assert alts[0].caption == "At noon"


def test_decorative_and_focal_point_are_set_for_all(ground):
    change(ground, ground.ids[:3], fields={"decorative": True, "focal_x": None, "focal_y": None})

    assert [item(ground, place).decorative for place in range(4)] == [True, True, True, False]
    assert item(ground, 1).focal_x is None


def test_d30_each_item_that_really_changes_is_told_of_once(ground):
    change(ground, ground.ids[:4], fields={"decorative": True}, alt="Lanterns", added=["lake"])

    events = select(func.count()).select_from(OutboxEvent)
    assert told() == {str(each) for each in ground.ids[:4]}
    assert db.session.scalars(events).one() == 4


def test_d30_what_was_so_already_is_not_told(ground):
    change(ground, ground.ids[:2], added=["lake"])

    assert told() == set()


def test_d10_a_revision_keeps_what_was_and_undo_takes_all_of_it_back(ground):
    outcome = change(ground, ground.ids[:3], fields={"link_url": "/more"}, replaced=["Only"], alt="Lanterns")
    assert revisions.all_of(ground.id)[0].reason == "before bulk change"

    with transaction():
        selections.undo(ground.id, outcome.revision, outcome.seen, actor=ground.ed)

    assert item(ground, 0).link_url == "https://example.org/"
    assert labels(ground, 0) == ["Festival", "lake"]
    assert translations.find(item(ground, 0), ground.english).alt == "A quay"
    assert labels(ground, 2) == []


def test_undo_is_refused_where_somebody_has_changed_more_since(ground):
    outcome = change(ground, ground.ids[:3], fields={"link_url": "/more"})
    with transaction():
        items.change(item(ground, 3), {"note": "Later"}, actor=ground.ed)

    with transaction(), pytest.raises(Stale):
        selections.undo(ground.id, outcome.revision, outcome.seen, actor=ground.ed)

    assert item(ground, 0).link_url == "/more"


def test_those_that_have_gone_are_passed_over_and_counted(ground):
    with transaction():
        items.trash(ground.id, [ground.ids[1]], actor=ground.ed)

    assert selections.look_at(ground.id, ground.ids[:3], ground.english).gone == 1
    outcome = change(ground, ground.ids[:3], fields={"link_url": "/more"})
    assert (outcome.done, outcome.gone) == (2, 1)
    assert item(ground, 1).link_url is None


def test_items_of_another_gallery_are_none_of_this(ground):
    foreign = factories.order(ground.other)

    with transaction(), pytest.raises(Invalid) as refused:
        selections.change(ground.id, foreign, Wanted(added=["x"]), ground.english, actor=ground.ed)

    assert refused.value.code == "gone"


@pytest.mark.parametrize(
    ("wanted", "field"),
    [({}, "ids"), ({"fields": {"link_url": "javascript:x()"}}, "link_url"), ({"added": ["x" * 300]}, "tags")],
)
def test_what_is_impossible_changes_nothing(ground, wanted, field):
    with pytest.raises(Invalid) as refused:
        change(ground, ground.ids[:3], **wanted)

    assert refused.value.field == field
    assert labels(ground, 2) == []


def test_nobody_chooses_nothing_or_too_many(ground):
    for ids in ([], ground.ids * 101):
        with transaction(), pytest.raises(Invalid) as refused:
            selections.look_at(ground.id, ids, ground.english)
        assert refused.value.code == "count"


def test_moves_keep_the_order_of_those_that_are_there(ground):
    with transaction():
        items.trash(ground.id, [ground.ids[1]], actor=ground.ed)
        done = selections.move(ground.id, [ground.ids[3], ground.ids[2], ground.ids[1]], place="top", actor=ground.ed)

    assert done == 2
    assert factories.order(ground.id) == [ground.ids[2], ground.ids[3], ground.ids[0], ground.ids[4]]


def test_removal_passes_over_what_has_gone_and_comes_back_together(ground):
    with transaction():
        items.trash(ground.id, [ground.ids[1]], actor=ground.ed)
    with transaction():
        done, at = selections.trash(ground.id, ground.ids[:3], actor=ground.ed)

    assert done == 2
    with transaction():
        items.restore(ground.id, items.trashed_at(ground.id, at), actor=ground.ed)
    assert factories.order(ground.id) == [ground.ids[0], ground.ids[2], ground.ids[3], ground.ids[4]]


def test_copies_stand_at_the_end_of_another_gallery_with_all_they_say(ground):
    with transaction():
        made = selections.copy(ground.id, [ground.ids[4], ground.ids[0]], ground.other, actor=ground.ed)
    db.session.expire_all()

    assert factories.order(ground.other)[1:] == [each.id for each in made]
    assert [each.kind for each in made] == ["image", "text"]
    assert made[0].link_url == "https://example.org/"
    assert tags.of(made[0]) == ["Festival", "lake"]
    assert translations.find(made[0], ground.english).caption == "At noon"
    assert translations.find(made[1], ground.english).html == "<p>Hi</p>"
    assert told("item.created") == {str(each.id) for each in made}
    assert len(factories.order(ground.id)) == 5


def test_copies_go_to_another_living_gallery_only(ground):
    with transaction(), pytest.raises(Invalid):
        selections.copy(ground.id, ground.ids[:1], ground.id, actor=ground.ed)
    with transaction(), pytest.raises(NotFound):
        selections.copy(ground.id, ground.ids[:1], ground.ids[0], actor=ground.ed)

    assert [title for _, title in selections.others(ground.id, limit=5)] == ["Winter"]


# ---- any number ----


@pytest.fixture
def crowd(ground, monkeypatch):
    """The five items, where one form is for no more than three."""
    monkeypatch.setattr(selections, "MOST", 3)
    return ground


def test_more_than_one_form_is_for_are_counted_in_their_order(crowd):
    with transaction():
        items.trash(crowd.id, [crowd.ids[1]], actor=crowd.ed)
    foreign = factories.order(crowd.other)

    seen = selections.crowd(crowd.id, [*crowd.ids[::-1], *foreign])

    assert list(seen.ids) == [crowd.ids[0], *crowd.ids[2:]]
    assert seen.gone == 1 + len(foreign)


def test_any_number_is_moved_sorted_and_removed(crowd):
    every, order = crowd.ids, crowd.ids
    with transaction():
        version = galleries.get(crowd.id).order_version
        assert selections.sort(crowd.id, every, "reverse", actor=crowd.ed, order_version=version) == (5, version + 1)
    assert factories.order(crowd.id) == order[::-1]
    with transaction():
        assert selections.move(crowd.id, every[1:], place="top", actor=crowd.ed) == 4
    assert factories.order(crowd.id) == [*order[:0:-1], order[0]]
    with transaction():
        assert selections.trash(crowd.id, every[:4], actor=crowd.ed)[0] == 4
    assert factories.order(crowd.id) == [order[4]]


def test_a_sort_passes_over_what_has_gone_and_looks_at_the_order(crowd):
    with transaction():
        items.trash(crowd.id, [crowd.ids[1]], actor=crowd.ed)
        version = galleries.get(crowd.id).order_version
    with transaction():
        done, _ = selections.sort(crowd.id, crowd.ids[:4], "reverse", actor=crowd.ed, order_version=version)
    with transaction(), pytest.raises(Stale):
        selections.sort(crowd.id, crowd.ids[:4], "reverse", actor=crowd.ed, order_version=version)

    assert done == 3
    assert factories.order(crowd.id) == [crowd.ids[3], crowd.ids[2], crowd.ids[0], crowd.ids[4]]


def test_of_too_many_nothing_is_changed_or_copied_and_of_none_nothing_is_done(crowd):
    with transaction():
        for deed in (
            lambda: selections.change(crowd.id, crowd.ids, Wanted(added=["x"]), crowd.english, actor=crowd.ed),
            lambda: selections.copy(crowd.id, crowd.ids, crowd.other, actor=crowd.ed),
        ):
            with pytest.raises(Invalid, match="1 to 3"):
                deed()
        foreign = factories.order(crowd.other)
        with pytest.raises(Invalid, match="all gone"):
            selections.trash(crowd.id, foreign, actor=crowd.ed)

    assert labels(crowd, 2) == []
