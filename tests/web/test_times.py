"""Times as pages write them: in UTC and saying so, the moment itself for machines and beside it for people."""

from datetime import UTC, datetime, timedelta

import pytest

from webapp.infra.clock import now
from webapp.web import filters, phrases

AT = datetime(2026, 2, 3, 23, 5, 59, 123456, tzinfo=UTC)


@pytest.fixture
def asked(app):
    with app.test_request_context("/"):
        yield


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (filters.moment, "3 Feb 2026, 23:05 UTC"),
        (filters.brief, "3 Feb, 23:05 UTC"),
        (filters.clock, "23:05 UTC"),
        (filters.day, "3 February"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_time_says_that_it_is_utc_and_no_seconds(asked, form, words):
    assert form(AT) == (
        '<time datetime="2026-02-03T23:05:59.123+00:00" title="2026-02-03 23:05 UTC"'
        f' data-form="{form.__name__}">{words}</time>'
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_how_long_ago_needs_no_clock_of_the_readers(asked):
    written = filters.ago(now() - timedelta(minutes=5))
    assert ">5 minutes ago</time>" in written
    assert "data-form" not in written
    assert ' UTC"' in written


@pytest.mark.parametrize(
    ("code", "whole", "named"),
    [
        ("en", "3 February 2026", "Tuesday 3 February 2026"),
        ("de", "3. Februar 2026", "Dienstag, 3. Februar 2026"),
        ("fr", "3 février 2026", "mardi 3 février 2026"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_day_stands_before_its_month_in_english_as_elsewhere(asked, code, whole, named):
    with phrases.speaking(code):
        assert (filters.whole_day(AT), filters.weekday(AT)) == (whole, named)
