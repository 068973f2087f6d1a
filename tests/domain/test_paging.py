"""Cursors: what is written is read again, and nothing else is."""

import base64
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID, uuid4

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as some

from webapp.domain import paging
from webapp.domain.errors import Invalid
from webapp.domain.paging import Order

MOMENT = datetime(2026, 11, 21, 8, 30, 12, 345678, tzinfo=UTC)
KINDS = {datetime: some.datetimes(timezones=some.just(UTC)), UUID: some.uuids(), int: some.integers(0, 2**53)}


def test_a_cursor_gives_back_moment_and_id_to_the_microsecond():
    wanted = (MOMENT, uuid4())

    assert paging.read("edited", paging.write("edited", wanted), (datetime, UUID)) == wanted


def test_a_cursor_gives_back_the_same_moment_from_another_zone():
    elsewhere = MOMENT.astimezone(timezone(timedelta(hours=5, minutes=30)))

    assert paging.read("edited", paging.write("edited", [elsewhere]), (datetime,)) == (MOMENT,)


@given(some.text(alphabet=some.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=255))
def test_a_cursor_gives_back_any_title(title):
    assert paging.read("title", paging.write("title", [title]), (str,)) == (title,)


@given(some.data())
def test_a_cursor_gives_back_any_value_of_its_kind(data):
    kind = data.draw(some.sampled_from(sorted(KINDS, key=str)))
    value = data.draw(KINDS[kind])

    assert paging.read("any", paging.write("any", [value]), (kind,)) == (value,)


def test_a_cursor_is_written_for_addresses():
    written = paging.write("title", ["ç/é+?&=", uuid4()])

    assert set(written) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def packed(*values) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(list(values))).rstrip(b"=").decode()


FORGED = {
    "not base64": "§§§",
    "a blank": " ",
    "of letters": "abc",
    "padding alone": "====",
    "half a cursor": paging.write("edited", [MOMENT, uuid4()])[:-9],
    "no list": base64.urlsafe_b64encode(b'{"edited": 1}').decode(),
    "a number": base64.urlsafe_b64encode(b"7").decode(),
    "an empty list": packed(),
    "no UTF-8": base64.urlsafe_b64encode(b'["\xff"]').decode(),
    "deep": base64.urlsafe_b64encode(b"[" * 900).decode(),
    "of another order": paging.write("created", [MOMENT, uuid4()]),
    "too few values": packed("edited", MOMENT.isoformat()),
    "too many values": packed("edited", MOMENT.isoformat(), str(uuid4()), 1),
    "a moment without a zone": packed("edited", "2026-11-21T08:30:12", str(uuid4())),
    "a moment before all time": packed("edited", "0001-01-01T00:00:00+23:59", str(uuid4())),
    "no moment": packed("edited", "yesterday", str(uuid4())),
    "a number for a moment": packed("edited", 12, str(uuid4())),
    "a number for an id": packed("edited", MOMENT.isoformat(), 12),
    "no id": packed("edited", MOMENT.isoformat(), "12"),
    "nothing for an id": packed("edited", MOMENT.isoformat(), None),
    "a list for an id": packed("edited", MOMENT.isoformat(), ["a"]),
    "very long": "A" * 5000,
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_a_forged_cursor_is_refused(forged):
    with pytest.raises(Invalid) as refused:
        paging.read("edited", forged, (datetime, UUID))

    assert (refused.value.field, refused.value.code) == ("after", "cursor")


@pytest.mark.parametrize("value", ["a\x00b", 5, None, ["a"], True])
def test_a_forged_title_in_a_cursor_is_refused(value):
    with pytest.raises(Invalid):
        paging.read("title", packed("title", value), (str,))


@given(some.text(max_size=300))
def test_a_text_at_random_is_no_cursor(text):
    with pytest.raises(Invalid):
        paging.read("edited", text, (datetime, UUID))


def order(*, descending: bool = True) -> Order:
    return Order("numbers", (), (int,), descending=descending)


def test_a_page_ends_the_list_where_there_is_no_further_row():
    page = order().page([3, 2, 1], 3, lambda row: (row,))

    assert (page.rows, page.after) == ((3, 2, 1), None)


def test_a_page_leads_on_from_its_last_row():
    page = order().page([3, 2, 1], 2, lambda row: (row,))

    assert page.rows == (3, 2)
    assert page.after == paging.write("numbers", (2,))


def test_a_page_of_nothing_ends_the_list():
    assert order().page([], 2, lambda row: (row,)).after is None


@pytest.mark.parametrize("nothing", [None, ""])
def test_the_first_page_has_no_condition(nothing):
    assert order().beyond(nothing) == ()
