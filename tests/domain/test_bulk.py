"""One deed on several galleries: all of those that are there, in one transaction."""

from dataclasses import replace
from uuid import uuid4

import pytest

from tests import factories
from tests.races import race
from webapp.domain import bulk, galleries, listing, slugs, tags
from webapp.domain.errors import Forbidden, Invalid
from webapp.domain.listing import Wanted
from webapp.domain.transaction import transaction
from webapp.infra.db import db


@pytest.fixture
def three(ed):
    with transaction():
        return [factories.gallery(ed, f"Gallery {number}", pictures=1).id for number in range(3)]


def carry_out(deed, ids, actor):
    with transaction():
        return bulk.carry_out(deed, ids, actor=actor, labels=["lake"]).ids


def statuses():
    return sorted(row.status for row in listing.page(Wanted()).rows)


@pytest.mark.parametrize(
    ("deed", "after"),
    [
        ("publish", ["draft", "published", "published"]),
        ("archive", ["archived", "archived", "draft"]),
        ("clone", ["draft"] * 5),
        ("trash", ["draft"]),
    ],
)
def test_a_deed_is_done_to_those_chosen(three, ed, deed, after):
    done = carry_out(deed, three[:2], ed)

    assert set(done) == set(three[:2])
    assert statuses() == after


def test_unpublishing_makes_drafts(three, ed):
    carry_out("publish", three, ed)
    carry_out("unpublish", three[:1], ed)

    assert statuses() == ["draft", "published", "published"]


def test_what_was_thrown_away_is_taken_back_under_its_slugs(three, ed):
    carry_out("trash", three, ed)
    assert set(carry_out("restore", three, ed)) == set(three)

    assert sorted(slugs.of(each) for each in three) == ["gallery-0", "gallery-1", "gallery-2"]


def test_a_gallery_named_twice_is_cloned_once(three, ed):
    assert carry_out("clone", [three[0], three[0]], ed) == [three[0]]
    assert len(statuses()) == 4


def test_those_that_have_gone_are_passed_over(three, ed):
    with transaction():
        galleries.trash(galleries.get(three[0]), actor=ed)

    assert set(carry_out("publish", [*three, uuid4()], ed)) == set(three[1:])
    assert carry_out("restore", three, ed) == [three[0]]


def undo(done, actor):
    with transaction():
        return bulk.undo(done.first, done.last, actor=actor)


def done(deed, ids, actor, labels=("lake",)):
    with transaction():
        return bulk.carry_out(deed, ids, actor=actor, labels=labels)


def labels_of(gallery_id):
    db.session.rollback()
    return tags.of(galleries.get(gallery_id))


def test_copies_are_taken_back_into_the_trash(three, ed):
    made = done("clone", three[:2], ed)
    assert made.undoable
    found = undo(made, ed)

    assert (found.deed, len(found.ids)) == ("unclone", 2)
    assert sorted(row.slug for row in listing.page(Wanted()).rows) == ["gallery-0", "gallery-1", "gallery-2"]
    assert sorted(row.slug for row in listing.trash().rows) == ["gallery-0-copy", "gallery-1-copy"]
    assert undo(made, ed).ids == []


def test_copies_are_not_taken_back_by_who_may_not_throw_away(three, ed):
    made = done("clone", three[:1], ed)
    limited = replace(ed, permissions=ed.permissions - {"galleries:delete"})

    with pytest.raises(Forbidden):
        undo(made, limited)
    assert len(statuses()) == 4


def test_what_somebody_else_did_is_not_taken_back(three, ed):
    made = done("clone", three[:1], ed)
    with transaction():
        ada = factories.actor("Ada", "admin")

    assert undo(made, ada).ids == []
    assert len(statuses()) == 4


def test_tags_are_taken_back_and_those_of_others_stay(three, ed):
    done("tag", three[:1], ed, labels=["Boats", "sea"])
    added = done("tag", three, ed, labels=["Lake", "boats"])
    done("tag", three[:1], ed, labels=["quay"])
    assert set(undo(added, ed).ids) == set(three)

    assert [labels_of(each) for each in three] == [["Boats", "quay", "sea"], [], []]
    removed = done("untag", three, ed, labels=["BOATS", "sea"])
    assert undo(removed, ed).ids == [three[0]]
    assert labels_of(three[0]) == ["Boats", "quay", "sea"]
    assert undo(removed, ed).ids == []


def test_a_status_that_somebody_changed_since_stays(three, ed):
    made = done("publish", three, ed)
    done("archive", three[:1], ed)

    assert set(undo(made, ed).ids) == set(three[1:])
    assert statuses() == ["archived", "draft", "draft"]


@pytest.mark.parametrize("deed", ["", "purge", "Publish", "delete", "__class__"])
def test_an_unknown_deed_is_refused(three, ed, deed):
    with pytest.raises(Invalid) as refused:
        carry_out(deed, three, ed)

    assert refused.value.code == "deed"
    assert statuses() == ["draft"] * 3


@pytest.mark.parametrize("ids", [[], [uuid4() for _ in range(bulk.MOST + 1)]], ids=["none", "too many"])
def test_none_or_too_many_are_refused(three, ed, ids):
    with pytest.raises(Invalid) as refused:
        carry_out("trash", ids, ed)

    assert refused.value.code == "count"


@pytest.mark.parametrize("deed", list(bulk.DEEDS))
def test_who_only_looks_does_nothing(three, ed, deed):
    with transaction():
        vi = factories.actor("Vi", "viewer")

    with pytest.raises(Forbidden):
        carry_out(deed, three, vi)
    assert statuses() == ["draft"] * 3


def test_two_who_act_on_the_same_galleries_at_once_both_end(domain, three, ed):
    outcomes = race(
        domain,
        lambda: carry_out("publish", three, ed),
        lambda: carry_out("archive", three[::-1], ed),
        lambda: carry_out("unpublish", three, ed),
    )

    assert [set(done) for done in outcomes] == [set(three)] * 3
    assert len(set(statuses())) == 1
