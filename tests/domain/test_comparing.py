"""What differs between two states of a gallery: pure, change by change, moves being one."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain import comparing

A, B, C, D, E = (UUID(int=number) for number in range(1, 6))
FIELDS = {
    "link_url": None,
    "link_text": None,
    "focal_x": None,
    "focal_y": None,
    "decorative": False,
    "note": None,
}


def row(item_id, *, texts=None, tags=(), media_id=None, **fields):
    own = FIELDS | fields
    return {
        "id": item_id,
        "kind": "image",
        "media_id": media_id,
        "item": own,
        "texts": texts or {},
        "tags": list(tags),
    }


def state(*rows, texts=None, tags=(), **fields):
    return {"gallery": {"cover_media_id": None} | fields, "texts": texts or {}, "tags": list(tags), "items": rows}


def order(*ids):
    return state(*(row(item_id) for item_id in ids))


def keys(before, after):
    return [change.key for change in comparing.compare(before, after)]


def test_equal_states_do_not_differ():
    found = comparing.compare(order(A, B), order(str(A), str(B)))

    assert (found.count, list(found), found.order) == (0, [], None)


def test_texts_differ_by_owner_language_and_field():
    before = state(row(A, texts={"fr": {"caption": "Soir"}}), texts={"en": {"title": "Summer", "description": "Sea"}})
    after = state(row(A, texts={"ar": {"alt": "قمر"}}), texts={"en": {"title": "Autumn", "description": "Sea"}})

    found = comparing.compare(before, after).texts

    assert [(each.owner, each.code, each.field, each.before, each.after) for each in found] == [
        (None, "en", "title", "Summer", "Autumn"),
        (A, "ar", "alt", "", "قمر"),
        (A, "fr", "caption", "Soir", ""),
    ]


def test_a_text_says_what_changed_word_by_word():
    before, after = (state(texts={"en": {"title": title}}) for title in ("A long day", "A day"))

    (change,) = comparing.compare(before, after)

    assert [(piece.kind, piece.text) for piece in change.pieces] == [
        ("same", "A "),
        ("removed", "long "),
        ("same", "day"),
    ]


def test_items_that_came_and_went_are_named_with_their_places():
    found = comparing.compare(order(A, B, C), order(D, A, C))

    assert [(each.item_id, each.added, each.number) for each in found.items] == [(D, True, 1), (B, False, 2)]
    assert found.order is None


def test_texts_of_items_that_came_are_no_changes_of_their_own():
    assert keys(order(A), state(row(A), row(B, texts={"en": {"caption": "New"}}, tags=["x"]))) == [f"added:{B}"]


def test_d09_moves_are_one_change_of_the_fewest_items():
    found = comparing.compare(order(A, B, C, D, E), order(A, E, B, D, C))

    assert found.count == 1
    assert {(move.item_id, move.before, move.after) for move in found.order.moves} in (
        {(E, 5, 2), (C, 3, 5)},
        {(E, 5, 2), (D, 4, 4)},
    )
    assert (found.order.before, found.order.after) == ((A, B, C, D, E), (A, E, B, D, C))


@given(st.permutations(list(range(9))))
def test_taking_the_moved_away_leaves_one_order(shuffled):
    ids = [UUID(int=number) for number in range(1, 10)]
    after = [ids[place] for place in shuffled]

    found = comparing.compare(order(*ids), order(*after)).order

    moved = {move.item_id for move in found.moves} if found else set()
    assert [each for each in ids if each not in moved] == [each for each in after if each not in moved]
    assert bool(found) == (ids != after)


def test_fields_differ_and_a_focal_point_is_one():
    before = state(row(A, tags=["Lake"], focal_x=0.1, focal_y=0.2), author_id="x")
    after = state(row(A, tags=["Lake", "Sea"], focal_x=0.5, focal_y=0.2, decorative=True), author_id="y")

    found = comparing.compare(before, after)

    assert [(each.field, each.before, each.after) for each in found.details] == [
        ("decorative", False, True),
        ("focal", [0.1, 0.2], [0.5, 0.2]),
        ("tags", ["Lake"], ["Lake", "Sea"]),
    ]
    assert [(each.field, each.before, each.after) for each in found.settings] == [("author_id", "x", "y")]


def test_what_one_state_does_not_know_is_no_difference():
    before, after = order(A), order(A)
    del before["tags"], before["items"][0]["tags"], before["items"][0]["item"]["note"]
    after["tags"], after["items"][0]["tags"] = ["Lake"], ["Sea"]

    assert keys(before, after) == []


@pytest.mark.parametrize("name", ["text", "field", "order"])
def test_a_token_changes_with_what_a_change_led_to(name):
    before = state(row(A), row(B), row(C), texts={"en": {"title": "One"}}, author_id="x")
    afters = [
        state(row(B), row(A), row(C), texts={"en": {"title": "Two"}}, author_id="y"),
        state(row(C), row(B), row(A), texts={"en": {"title": "Three"}}, author_id="z"),
    ]
    found = [next(each for each in comparing.compare(before, after) if each.key.startswith(name)) for after in afters]

    assert found[0].key == found[1].key
    assert found[0].token != found[1].token
    assert comparing.compare(before, afters[0]).token != comparing.compare(before, afters[1]).token


def test_each_change_has_a_key_of_its_own():
    before = state(row(A, texts={"en": {"alt": "1", "caption": "1"}}), row(B), row(C), texts={"en": {"title": "1"}})
    after = state(
        row(C), row(A, texts={"fr": {"alt": "1"}}, note="n"), row(D), texts={"fr": {"title": "1"}}, tags=["x"]
    )

    found = comparing.compare(before, after)

    names = [change.key for change in found]
    assert len(set(names)) == len(names) == found.count
    assert all(found.find(change.key) == change for change in found)
    assert found.find("order:2") is None
