"""Two people's changes of one thing: nothing that both have changed is decided for them."""

from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.merging import Difference, merge
from webapp.domain.wording import Piece

FIELDS = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "x", "y", "z"]))


def test_what_only_i_changed_is_written():
    merged = merge({"title": "mine"}, {"title": "old"}, {"title": "old"})

    assert (merged.values, merged.choices, merged.taken) == ({"title": "mine"}, (), ())


def test_what_only_they_changed_is_taken_over():
    merged = merge({"title": "old"}, {"title": "old"}, {"title": "theirs"})

    assert (merged.values, merged.choices) == ({}, ())
    assert [(each.field, each.theirs) for each in merged.taken] == [("title", "theirs")]


def test_what_both_changed_has_to_be_chosen():
    merged = merge({"title": "mine"}, {"title": "old"}, {"title": "theirs"})

    assert merged.choices == (Difference("title", "old", "mine", "theirs"),)


def test_what_both_changed_alike_is_no_difference():
    merged = merge({"title": "new"}, {"title": "old"}, {"title": "new"})

    assert (merged.values, merged.choices, merged.taken) == ({}, (), ())


def test_without_a_beginning_every_difference_has_to_be_chosen():
    merged = merge({"title": "mine", "alt": "same"}, {}, {"title": "theirs", "alt": "same"})

    assert [each.field for each in merged.choices] == ["title"]


def test_changes_are_marked_against_what_both_began_with():
    difference = Difference("title", "old lake", "old pond", "new lake")

    assert difference.in_mine == [Piece("same", "old "), Piece("removed", "lake"), Piece("added", "pond")]
    assert difference.in_theirs == [Piece("removed", "old"), Piece("added", "new"), Piece("same", " lake")]


def test_changes_without_a_beginning_are_marked_against_each_other():
    difference = Difference("title", None, "old pond", "old lake")

    assert difference.in_mine == [Piece("same", "old "), Piece("removed", "lake"), Piece("added", "pond")]
    assert difference.in_theirs == [Piece("same", "old "), Piece("removed", "pond"), Piece("added", "lake")]


@given(mine=FIELDS, base=FIELDS, theirs=FIELDS)
def test_no_field_is_written_over_a_change_of_somebody_else(mine, base, theirs):
    merged = merge(mine, base, theirs)

    for field, text in merged.values.items():
        assert text == mine[field]
        assert theirs.get(field, "") == base[field]
    chosen = {each.field for each in merged.choices}
    both = {field for field in mine if field in base and len({mine[field], base[field], theirs.get(field, "")}) == 3}
    assert both <= chosen


@given(mine=FIELDS, base=FIELDS)
def test_without_anybody_else_everything_changed_is_written(mine, base):
    merged = merge(mine, base, base)

    known = {field: text for field, text in mine.items() if field in base}
    assert {field: merged.values.get(field, base[field]) for field in known} == known
    assert all(each.field not in base for each in merged.choices)
