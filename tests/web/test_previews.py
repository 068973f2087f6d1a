"""The preview for people with an account: of which state, how wide, and what its frames are allowed."""

from uuid import UUID

import pytest
from flask import Flask

from tests import factories
from tests.fixtures.app import Cast, on_sqlite
from tests.fixtures.browser import Browser
from webapp.domain import galleries, holds, translations
from webapp.domain.transaction import transaction

pytestmark = on_sqlite


@pytest.fixture
def summer(app: Flask, cast: Cast) -> UUID:
    """A public gallery whose changes are held, with a title of each state."""
    with app.app_context(), transaction():
        made = factories.gallery(cast.ed, "Seen", pictures=2, status="published")
        factories.write(made, "fr", cast.ed, title="Été")
        holds.hold(made.id, actor=cast.ed)
        factories.write(made, "en", cast.ed, title="Saved")
        translations.draft(made, made.source_language_id, {"title": "Typed"}, actor=cast.ed)
        return made.id


@pytest.mark.parametrize(("state", "title"), [("", "Saved"), ("drafts", "Typed"), ("public", "Seen")])
def test_preview_shows_the_state_that_is_asked_for(ed: Browser, summer: UUID, state: str, title: str) -> None:
    base = f"/galleries/{summer}/preview?lang=en"

    page = ed.page(f"{base}&state={state}" if state else base)

    assert page.heading == title


@pytest.mark.parametrize("who", ["vi", "tessa"])
def test_d13_preview_of_drafts_is_for_who_may_update_galleries(
    who: str, summer: UUID, request: pytest.FixtureRequest
) -> None:
    browser: Browser = request.getfixturevalue(who)

    assert browser.page(f"/galleries/{summer}/preview").heading == "Saved"
    browser.page(f"/galleries/{summer}/preview?state=drafts", status=403)
    assert "state=drafts" not in browser.page(f"/galleries/{summer}/preview").html


def test_preview_keeps_state_and_language_on_the_way(ed: Browser, summer: UUID) -> None:
    page = ed.page(f"/galleries/{summer}/preview?state=public&lang=fr")

    assert page.heading == "Été"
    items = [each["href"] for each in page.all("a") if "/preview/" in each["href"]]
    assert items
    assert all("state=public" in each and "lang=fr" in each for each in items)


@pytest.mark.parametrize("query", ["state=all", "as=watch"])
def test_preview_of_what_there_is_not_is_missing(ed: Browser, summer: UUID, query: str) -> None:
    ed.page(f"/galleries/{summer}/preview?{query}", status=404)


@pytest.mark.parametrize(
    ("width", "states"), [("phone", ["drafts"]), ("tablet", ["drafts"]), ("beside", ["drafts", "public"])]
)
def test_preview_as_wide_as_a_device_stands_in_frames_of_our_own(
    ed: Browser, summer: UUID, width: str, states: list[str]
) -> None:
    page = ed.page(f"/galleries/{summer}/preview?as={width}&state=drafts&lang=en")

    policy = page.headers["Content-Security-Policy"]
    assert "frame-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    frames = page.all("iframe")
    assert [state for state in states for frame in frames if f"state={state}" in frame["src"]] == states
    titles = {"drafts": "Typed", "public": "Seen"}
    for state, frame in zip(states, frames, strict=True):
        framed = ed.page(frame["src"])
        assert framed.heading == titles[state]
        assert "frame-ancestors 'self'" in framed.headers["Content-Security-Policy"]
        assert "frame-src" not in framed.headers["Content-Security-Policy"]
        assert framed.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert framed.all(class_="dr") == []


def test_preview_in_a_frame_speaks_as_visitors_hear_it(ed: Browser, summer: UUID) -> None:
    german = {"Accept-Language": "de"}

    assert "2 Bilder" in ed.page(f"/galleries/{summer}/preview?lang=en", headers=german).words
    framed = ed.page(f"/galleries/{summer}/preview?lang=en&bare=1", headers=german)

    assert ("2 pictures" in framed.words, framed.one("html")["lang"]) == (True, "en")


def test_preview_without_a_frame_and_every_other_page_stand_in_none(
    app: Flask, ed: Browser, client: Browser, summer: UUID
) -> None:
    with app.app_context():
        slug = galleries.slugs.of(summer)

    for browser, url in ((ed, f"/galleries/{summer}/preview"), (ed, f"/galleries/{summer}/"), (client, f"/g/{slug}")):
        headers = browser.get(url).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], url
        assert headers["X-Frame-Options"] == "DENY", url


def test_preview_in_a_frame_is_for_people_with_an_account(client: Browser, summer: UUID) -> None:
    assert client.get(f"/galleries/{summer}/preview?bare=1").status_code in (302, 303)
