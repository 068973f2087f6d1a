"""Two states of a background side by side, and two people's changes put together, held against every small case."""

from itertools import product
from uuid import UUID

import pytest

from tests import factories
from webapp.domain.backgrounds import comparing, contents, keeping, versions
from webapp.domain.backgrounds.areas import Area
from webapp.domain.errors import Conflict, Forbidden, NotFound, Stale
from webapp.domain.models import Background
from webapp.domain.transaction import release, transaction
from webapp.infra.db import db

ENGLISH = f"{comparing.CAPTION}{UUID(int=1)}"


@pytest.fixture
def dusk(ed, media_ids):
    given = {"name": "Dusk", "media_ids": media_ids[:2], "zones": ("MENU",), "metadatas": {"a": 1}}
    with transaction():
        english = factories.language("en").id
        areas = (Area.round(45.7, 4.8, "900m"),)
        return keeping.register(given | {"areas": areas, "captions": {english: "Lanterns"}}, actor=ed).id


def test_every_small_case_of_two_changes_is_put_together_as_it_has_to_be():
    for base, mine, theirs in product("abc", repeat=3):
        merged = comparing.merge({"name": base}, {"name": mine}, {"name": theirs}, 7)
        written = merged.mine.get("name", theirs)
        if mine == base:
            assert (written, merged.both) == (theirs, ())
            assert bool(merged.theirs) is (theirs != base)
        elif theirs in {base, mine}:
            assert (written, merged.both, merged.theirs) == (mine, (), ())
        else:
            assert (merged.mine, len(merged.both)) == ({}, 1)
        assert merged.version == 7


def test_a_caption_that_is_not_there_is_an_empty_one():
    assert comparing.compare({}, {ENGLISH: ""}) == []
    found = comparing.compare({ENGLISH: "Dusk"}, {})
    assert [(each.field, each.language_id, each.before, each.after) for each in found] == [
        ("caption", UUID(int=1), "Dusk", "")
    ]
    merged = comparing.merge({}, {ENGLISH: "Mine"}, {}, 1)
    assert comparing.fields_of(merged.mine) == {"captions": {UUID(int=1): "Mine"}}


def test_fields_come_back_from_a_state_as_they_went_in():
    fields = {"name": "Dusk", "zones": ["MENU"], "captions": {UUID(int=1): "a", UUID(int=2): None}}
    back = comparing.fields_of(comparing.state(fields))

    assert back == {"name": "Dusk", "zones": ("MENU",), "captions": {UUID(int=1): "a", UUID(int=2): None}}


def test_what_differs_from_an_earlier_version_is_named(ed, dusk, media_ids):
    with transaction():
        keeping.change(dusk, {"name": "Night", "media_ids": media_ids[2:], "metadatas": {"a": 1}}, actor=ed)
    release()
    row = keeping.get(dusk)
    found = comparing.compare(comparing.of(comparing.at(row, 1)), comparing.of(comparing.at(row, 2)))

    assert [each.name for each in found] == ["name", "media_ids"]
    assert comparing.compare(comparing.of(comparing.at(row, 2)), comparing.of(comparing.current(row))) == []
    assert (comparing.current(row).row.number, comparing.current(row).row.by) == (2, "Ed")
    with pytest.raises(NotFound):
        comparing.at(row, 3)


def test_saving_writes_what_only_one_has_changed_and_asks_about_the_rest(ed, dusk):
    with transaction():
        keeping.change(dusk, {"zones": ("HOME_PAGE",)}, actor=ed)
    whole = {"name": "Night", "zones": ("MENU",)}
    assert comparing.save(dusk, whole, version=1, actor=ed) is None
    release()
    assert (db.session.get(Background, dusk).name, contents.of([dusk])[dusk].zones) == ("Night", ("HOME_PAGE",))

    merged = comparing.save(dusk, {"name": "Noon", "zones": ("MENU",)}, version=1, actor=ed)
    assert [each.name for each in merged.both] == ["name"]
    assert [each.name for each in merged.theirs] == ["zones"]
    release()
    assert db.session.get(Background, dusk).name == "Night"


def test_a_version_is_made_so_again_with_all_that_it_had(ed, dusk, media_ids):
    with transaction():
        arabic = factories.language("ar").id
        first = comparing.of(comparing.current(keeping.get(dusk)))
    other = {"name": "Night", "media_ids": media_ids, "zones": ("HOME_PAGE",), "areas": (), "turns": "day"}
    with transaction():
        keeping.change(dusk, other | {"captions": {arabic: "ليل"}, "metadatas": {}, "is_active": False}, actor=ed)
    with transaction():
        row, left_out = keeping.reinstate(dusk, 1, actor=ed, version=2)
    release()

    assert (row.version, left_out) == (3, 0)
    assert comparing.compare(first, comparing.of(comparing.current(keeping.get(dusk)))) == []
    assert [each.number for each in versions.page(dusk).rows] == [2, 1]


def test_a_version_is_not_made_so_again_by_just_anybody_or_over_anything(ed, dusk, media_ids):
    with transaction():
        vi = factories.actor("Vi", "viewer")
        keeping.change(dusk, {"media_ids": media_ids[2:]}, actor=ed)
    for refusal, deed in (
        (Forbidden, lambda: keeping.reinstate(dusk, 1, actor=vi)),
        (Stale, lambda: keeping.reinstate(dusk, 1, actor=ed, version=1)),
        (NotFound, lambda: keeping.reinstate(dusk, 9, actor=ed)),
    ):
        with pytest.raises(refusal), transaction():
            deed()
    with transaction():
        for media_id in media_ids[:2]:
            db.session.get(factories.Media, media_id).deleted_at = keeping.now()
    with pytest.raises(Conflict), transaction():
        keeping.reinstate(dusk, 1, actor=ed)
