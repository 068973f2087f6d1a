"""The schedule, the category and the place of a gallery in the panel."""

from datetime import UTC, datetime

import pytest

from tests.fixtures.app import on_sqlite
from webapp.domain import galleries
from webapp.domain.transaction import transaction

pytestmark = on_sqlite


def save(browser, ground, *, status=None, **fields):
    page = browser.page(ground.url)
    return browser.send(page, f"{ground.url}settings", status=status, **fields)


def test_moments_are_said_to_be_utc_and_kept_so(ed, ground):
    page = ed.page(ground.url)
    assert "Schedule, in UTC" in page.words

    save(ed, ground, publish_at="2031-05-01T08:30", unpublish_at="2031-06-01 00:00", status=303)

    kept = ground.gallery()
    assert kept.publish_at == datetime(2031, 5, 1, 8, 30, tzinfo=UTC)
    assert kept.unpublish_at == datetime(2031, 6, 1, tzinfo=UTC)
    again = ed.page(ground.url)
    assert again.one("input", id="gallery-publish_at")["value"] == "2031-05-01T08:30"
    assert again.one("input", id="gallery-publish_at")["type"] == "datetime-local"


def test_an_emptied_moment_is_none_and_an_untouched_one_stays(ed, ground):
    save(ed, ground, publish_at="2031-05-01T08:30", status=303)
    save(ed, ground, category_uri="travel/lakes", status=303)
    assert ground.gallery().publish_at is not None

    save(ed, ground, publish_at="", status=303)

    assert ground.gallery().publish_at is None
    assert ground.gallery().category_uri == "travel/lakes"


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"publish_at": "soon"}, "publish_at"),
        ({"publish_at": "2031-05-01T08:30", "unpublish_at": "2031-05-01T08:30"}, "unpublish_at"),
        ({"category_uri": "x" * 2049}, "category_uri"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(ed, ground, fields, name):
    page = save(ed, ground, status=422, **fields)

    assert page.one(id=f"gallery-{name}")["aria-invalid"] == "true"
    assert ground.gallery().publish_at is None


def test_two_who_set_different_moments_choose_between_them(ed, ground):
    page = ed.page(ground.url)
    ground.update(publish_at=datetime(2032, 1, 1, tzinfo=UTC), actor=ground.cast.ada)

    choice = ed.send(page, f"{ground.url}settings", publish_at="2031-05-01T08:30", status=409)

    assert "Public from" in choice.words
    assert ground.gallery().publish_at == datetime(2032, 1, 1, tzinfo=UTC)


def test_the_place_on_the_site_is_read_and_led_to(ed, ground):
    assert "None yet" in ed.page(ground.url).words
    with ground.app.app_context(), transaction():
        galleries.get(ground.id).sort_order = 7.0

    page = ed.page(ground.url)

    link = page.one("a", id="site-order")
    assert "Number 1 of 1." in link.parent.words
    assert ed.get(link["href"]).status_code == 200
