"""The end of a sign-in: told on every page a while before, put off by a button and nothing else, only so often."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.fixtures.app import on_sqlite
from tests.fixtures.browser import HTMX
from tests.statements import counted
from webapp.domain import sessions
from webapp.domain.models import SignInSession
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db

PAGES = ["/galleries/", "/profile", "/library/", "/search"]
SOON = timedelta(minutes=5)
PATH = "/login/ending"


def near_its_end(app, *, left=SOON, opened=timedelta(hours=24)):
    """Let all sign-ins end in a moment."""
    with app.app_context(), transaction():
        moments = {"expires_at": now() + left, "created_at": now() - opened}
        db.session.execute(update(SignInSession).values(**moments))


def ends_in(app):
    with app.app_context():
        return db.session.scalars(select(SignInSession.expires_at)).one() - now()


def told(page):
    return page.one("div", id="accounts-ending")


@on_sqlite
class TestTold:
    @pytest.mark.parametrize("path", PAGES)
    def test_nothing_is_said_long_before(self, ed, path):
        part = told(ed.page(path))
        assert "hidden" in part.attributes
        assert part.words == ""
        assert 23 * 3600 < int(part["data-due"]) <= 24 * 3600 - 600
        assert part["data-when"] == "due"

    @pytest.mark.parametrize("path", PAGES)
    def test_every_page_tells_shortly_before_and_offers_to_stay(self, ed, app, path):
        near_its_end(app)
        part = told(ed.page(path))
        assert "hidden" not in part.attributes
        alert = part.one("div", role="alert")
        assert re.search(r"You will be signed out at .+\d", alert.words)
        assert alert.one("button", id="stay").words == "Stay signed in"
        assert alert.one("input", name="back")["value"] == path
        assert 0 < int(part["data-due"]) <= SOON.total_seconds()

    def test_the_last_end_says_that_one_must_sign_in_and_what_is_kept(self, ed, app):
        near_its_end(app, opened=sessions.REMEMBERED_LIFE - SOON)
        alert = told(ed.page("/profile")).one("div", role="alert")
        assert "must sign in again then. What you have typed is kept." in alert.words
        assert alert.all("form") == []

    def test_a_page_costs_no_query_more_for_it(self, ed, app):
        with app.app_context(), counted() as far:
            ed.page("/profile")
        near_its_end(app)
        with app.app_context(), counted() as near:
            ed.page("/profile")
        assert len(near) == len(far)

    def test_pages_for_whoever_is_not_signed_in_tell_nothing(self, client, cast):
        assert client.page("/login").all("div", id="accounts-ending") == []


@on_sqlite
class TestAsked:
    """What the page asks for when its time has come."""

    def test_asking_tells_and_puts_nothing_off(self, ed, app):
        near_its_end(app)
        for _ in range(3):
            page = ed.page(PATH, headers=HTMX | {"HX-Current-URL": "http://localhost/library/?q=sea"})
        assert [each["id"] for each in page.root.children] == ["accounts-ending"]
        assert page.one("input", name="back")["value"] == "/library/?q=sea"
        assert ends_in(app) <= SOON

    @pytest.mark.parametrize("path", ["/galleries/", PATH, "/profile"])
    def test_no_request_keeps_a_sign_in_alive(self, ed, app, path):
        near_its_end(app)
        ed.get(path, headers=HTMX)
        assert ends_in(app) <= SOON

    def test_asking_after_the_end_leads_back_by_signing_in(self, ed, app):
        near_its_end(app, left=timedelta(0))
        page = ed.page(PATH, headers=HTMX | {"HX-Current-URL": "http://localhost/library/?q=sea"})
        assert "What you typed is kept" in page.one("div", role="alert").words
        assert page.one("a", id="sign-in-again")["href"] == "/login?next=/library/?q%3Dsea"
        assert told(page)["data-due"] == ""

    def test_it_is_no_page(self, ed):
        assert ed.get(PATH).headers["Location"] == "/galleries/"


class TestStay:
    def test_the_button_gives_another_day_and_leads_back(self, ed, app):
        near_its_end(app)
        page = ed.page("/library/?q=sea")
        answer = ed.send(page, PATH)
        assert (answer.status, answer.headers["Location"]) == (303, "/library/?q=sea")
        assert ends_in(app) > timedelta(hours=23)
        after = ed.follow(answer)
        assert "You stay signed in." in after.one("div", id="toasts").words
        assert "hidden" in told(after).attributes

    @on_sqlite
    def test_htmx_gets_a_part_that_waits_again(self, ed, app):
        near_its_end(app)
        answer = ed.send(ed.page("/profile"), PATH, htmx=True, status=200)
        assert "hidden" in told(answer).attributes
        assert int(told(answer)["data-due"]) > 23 * 3600
        assert "You stay signed in." in answer.one("hx-partial").words

    @on_sqlite
    def test_the_month_is_not_outstayed(self, ed, app):
        near_its_end(app, opened=sessions.REMEMBERED_LIFE - SOON)
        token = ed.page("/profile").all("input", name="csrf_token")[0]["value"]
        answer = ed.post(PATH, data={"csrf_token": token}, headers=HTMX)
        assert answer.status_code == 200
        assert ends_in(app) <= SOON

    @on_sqlite
    def test_too_late_is_told_and_nothing_comes_back_to_life(self, ed, app):
        near_its_end(app)
        page = ed.page("/profile")
        near_its_end(app, left=timedelta(0))
        answer = ed.send(page, PATH, htmx=True, status=200)
        assert answer.one("a", id="sign-in-again").words == "Sign in"
        assert ed.get("/profile").status_code == 303

    @on_sqlite
    def test_another_site_cannot_press_it(self, ed, app):
        near_its_end(app)
        token = ed.page("/profile").all("input", name="csrf_token")[0]["value"]
        assert ed.post(PATH, data={"csrf_token": token}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert ed.post(PATH, data={}, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 400
        assert ends_in(app) <= SOON

    @on_sqlite
    @pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/logout", ""])
    def test_it_leads_nowhere_else(self, ed, app, back):
        near_its_end(app)
        assert ed.send(ed.page("/profile"), PATH, back=back).headers["Location"] == "/galleries/"
