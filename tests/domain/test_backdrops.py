"""What stands behind a zone is used: counted, not thrown away, replaced with all other uses, and seen by visitors."""

from dataclasses import replace
from datetime import timedelta

import pytest

from webapp.domain import library, media, removal, shelving, swapping, uses
from webapp.domain.backgrounds import contents, keeping, versions
from webapp.domain.errors import Conflict, Forbidden, Stale
from webapp.domain.models import Media
from webapp.domain.sieve import sifting
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now
from webapp.infra.db import db


@pytest.fixture
def dusk(ed, media_ids):
    with transaction():
        return keeping.register({"name": "Dusk", "media_ids": media_ids[:2], "zones": ("MENU",)}, actor=ed).id


def do(deed, *args, **options):
    with transaction():
        return deed(*args, **options)


def used(choice="yes"):
    release()
    return {each.id for each in library.sifted(sifting("", {"used": choice})).rows}


def behind(background_id):
    release()
    return list(contents.of([background_id])[background_id].media_ids)


def throw_away(media_id, actor):
    with transaction():
        media.trash(media.locked(media_id), actor=actor)


# ---- counted ----


def test_a_picture_of_a_background_is_used_until_that_is_thrown_away(dusk, ed, media_ids):
    assert used() == set(media_ids[:2])
    assert used("no") == {media_ids[2]}

    do(keeping.trash, dusk, actor=ed)
    assert used() == set()

    do(keeping.restore, dusk, actor=ed)
    assert used() == set(media_ids[:2])
    assert not shelving.is_adrift()


def test_a_picture_that_a_background_lets_go_is_used_no_more(dusk, ed, media_ids):
    do(keeping.change, dusk, {"media_ids": [media_ids[2]]}, actor=ed)

    assert used() == {media_ids[2]}
    assert not shelving.is_adrift()


def test_the_page_of_a_file_names_its_backgrounds(dusk, ed, media_ids):
    do(keeping.register, {"media_ids": media_ids[:1], "zones": ("MENU", "HOME_PAGE")}, actor=ed)
    release()

    titles = [each.title for each in library.open_file(media_ids[0]).behind]

    assert titles == ["HOME_PAGE, MENU", "Dusk"]
    assert library.open_file(media_ids[2]).behind == ()


# ---- thrown away ----


def test_a_picture_of_a_background_is_not_thrown_away(dusk, ed, media_ids):
    with pytest.raises(Conflict) as refused:
        throw_away(media_ids[0], ed)

    assert refused.value.code == "in_use"
    assert "Dusk" in str(refused.value)
    assert [each.is_background for each in media.uses(media_ids[0])] == [True]


def test_a_picture_of_a_background_of_the_trash_is_not_deleted_for_good(dusk, ed, media_ids):
    do(keeping.trash, dusk, actor=ed)
    throw_away(media_ids[0], ed)

    with pytest.raises(Conflict) as refused, transaction():
        removal.purge(media_ids[0], actor=ed)
    assert "Dusk" in str(refused.value)

    do(keeping.purge, dusk, actor=ed)
    do(removal.purge, media_ids[0], actor=ed)
    assert db.session.get(Media, media_ids[0]) is None


def test_a_background_that_comes_back_does_not_show_what_is_in_the_trash(dusk, ed, media_ids):
    do(keeping.trash, dusk, actor=ed)
    throw_away(media_ids[0], ed)
    do(keeping.restore, dusk, actor=ed)

    assert behind(dusk) == media_ids[:2], "it comes back with the file"
    assert used() == {media_ids[1]}


# ---- replaced ----


def test_a_file_is_replaced_behind_zones_too(dusk, ed, media_ids):
    old, stays, new = media_ids
    do(keeping.register, {"media_ids": [old], "zones": ("MENU",)}, actor=ed)

    done = do(swapping.everywhere, old, new, actor=ed)

    assert (done.galleries, done.places, done.backgrounds) == (0, 0, 2)
    assert behind(dusk) == [new, stays]
    assert [each.number for each in versions.page(dusk).rows] == [1], "what it was is kept"
    assert used() == {stays, new}


def test_backgrounds_of_the_trash_come_back_with_the_new_file(dusk, ed, media_ids):
    do(keeping.trash, dusk, actor=ed)
    do(swapping.everywhere, media_ids[0], media_ids[2], actor=ed)
    do(keeping.restore, dusk, actor=ed)

    assert behind(dusk) == [media_ids[2], media_ids[1]]


def test_a_background_that_came_since_one_looked_is_a_conflict(dusk, ed, media_ids):
    seen = swapping.token([], uses.backdrops(media_ids[0]))
    do(keeping.register, {"media_ids": media_ids[:1], "zones": ("MENU",)}, actor=ed)

    with pytest.raises(Stale), transaction():
        swapping.everywhere(media_ids[0], media_ids[2], actor=ed, seen=seen)
    assert behind(dusk) == media_ids[:2]


def test_who_may_not_change_backgrounds_replaces_nothing_behind_them(dusk, ed, media_ids):
    known = replace(ed, permissions=frozenset({"galleries:update"}))

    with pytest.raises(Forbidden), transaction():
        swapping.everywhere(media_ids[0], media_ids[2], actor=known)
    assert behind(dusk) == media_ids[:2]


def test_what_is_scheduled_is_used_before_its_time(ed, media_ids):
    later = now() + timedelta(days=1)
    do(keeping.register, {"media_ids": media_ids[:1], "zones": ("MENU",), "starts_at": later}, actor=ed)

    assert used() == {media_ids[0]}
