"""When a delivery is tried again: the whole schedule, what receivers ask for, and when to give up."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from webapp.domain.delivering import schedule

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
WAITS = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]


def wait(tries, retry_after="", *, chance=0.0):
    again = schedule.next_try(tries, moment=NOON, retry_after=retry_after, chance=lambda: chance)
    return None if again is None else (again - NOON).total_seconds()


def test_tries_come_after_the_waits_of_standard_webhooks_and_end_after_the_tenth():
    assert [wait(tries) for tries in range(1, 11)] == [*WAITS, None]


def test_waits_are_longer_by_chance_but_never_shorter():
    assert [wait(tries, chance=1.0) for tries in range(1, 10)] == pytest.approx([each * 1.1 for each in WAITS])


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        ("2", 5),
        ("999999999", 86_400),
        ("9" * 400, 86_400),
        (format_datetime(NOON + timedelta(hours=3), usegmt=True), 10_800),
        (format_datetime(NOON - timedelta(hours=3), usegmt=True), 5),
        (format_datetime(NOON + timedelta(days=30), usegmt=True), 86_400),
        ("soon", 5),
        ("-5", 5),
        ("", 5),
    ],
    ids=["seconds", "sooner", "years", "endless", "date", "past", "month", "word", "negative", "nothing"],
)
def test_retry_after_is_honoured_up_to_the_longest_wait(said, seconds):
    assert wait(1, said) == seconds


def test_a_webhook_is_hopeless_after_five_days():
    assert not schedule.is_hopeless(NOON, moment=NOON + timedelta(days=4, hours=23))
    assert schedule.is_hopeless(NOON, moment=NOON + timedelta(days=5))
