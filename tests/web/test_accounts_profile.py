"""One's own account: name, theme, password, and where one is signed in."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from tests.fixtures.app import PASSWORD, browser_of, on_sqlite
from tests.fixtures.browser import HTMX, Browser
from webapp.domain import accounts, lockout, sessions
from webapp.domain.models import SignInSession, User
from webapp.domain.sessions import Verified
from webapp.domain.transaction import transaction
from webapp.infra.db import db

NEW = "another good password"


def user(app, person):
    with app.app_context():
        found = accounts.get(person.id)
        return found.name, found.theme, found.version


class TestProfile:
    def test_profile_shows_who_one_is(self, tessa):
        page = tessa.page("/profile")
        assert "tessa@example.org" in page.words
        assert page.one("input", id="name")["value"] == "Tessa"
        assert page.one("title").words == "Profile \u00b7 Vitrine"

    def test_profile_changes_name_and_theme_everywhere_at_once(self, ed, app, cast):
        answer = ed.send(ed.page("/profile"), "/profile", name="  Edward   Weston ", theme="dark")
        page = ed.follow(answer)
        assert user(app, cast.ed)[:2] == ("Edward Weston", "dark")
        assert page.one("html")["data-theme"] == "dark"
        assert "EW" in page.one("details", id="me-menu").words
        assert "Saved." in page.one("div", id="toasts").words

    def test_the_system_theme_is_no_attribute(self, ed):
        assert "data-theme" not in ed.page("/profile").one("html").attributes

    def test_density_is_chosen_there_and_holds_on_every_page(self, ed, vi):
        assert "data-density" not in ed.page("/galleries/").one("html").attributes
        page = ed.page("/profile")
        assert page.values("/profile")["density"] == ["comfortable"]
        ed.send(page, "/profile", density="compact", status=303)
        for path in ("/galleries/", "/profile", "/library/"):
            assert ed.page(path).one("html")["data-density"] == "compact"
        assert ed.page("/profile").values("/profile")["density"] == ["compact"]
        assert "data-density" not in vi.page("/galleries/").one("html").attributes

    @on_sqlite
    @pytest.mark.parametrize(
        "fields",
        [
            {"name": ""},
            {"name": "   "},
            {"name": "x" * 101},
            {"name": "a\x00b"},
            {"theme": "purple"},
            {"theme": None},
            {"density": "tight"},
            {"density": None},
        ],
    )
    def test_profile_refuses_what_it_cannot_keep(self, ed, app, cast, fields):
        answer = ed.send(ed.page("/profile"), "/profile", status=422, **fields)
        assert answer.one("title").words.startswith("Error:")
        assert user(app, cast.ed) == ("Ed", "system", 1)

    @on_sqlite
    def test_a_name_is_text_and_never_markup(self, ed):
        name = "<script>alert(1)</script>"
        page = ed.follow(ed.send(ed.page("/profile"), "/profile", name=name))
        assert page.one("input", id="name")["value"] == name
        assert page.one("details", id="me-menu").one("bdi").text == name

    def test_profile_is_for_who_is_signed_in(self, client, cast):
        assert client.get("/profile").status_code == 303
        assert client.post("/profile").status_code == 303
        assert client.get("/profile", headers=HTMX).status_code == 401


class TestPassword:
    def change(self, browser, old=PASSWORD, new=NEW, **options):
        return browser.send(browser.page("/profile"), "/profile/password", password=old, new_password=new, **options)

    def test_changing_it_lets_in_by_the_new_one_only(self, ed, app):
        assert self.change(ed).status == 303
        for password, status in ((PASSWORD, 422), (NEW, 303)):
            other = Browser(app)
            form = {"email": "ed@example.org", "password": password}
            assert other.send(other.page("/login"), "/login", **form).status == status

    def test_this_browser_gets_a_new_sign_in_that_lives_as_long(self, app, cast):
        browser = Browser(app)
        form = {"email": "ed@example.org", "password": PASSWORD, "remember": "y"}
        browser.send(browser.page("/login"), "/login", **form)
        cookie = self.change(browser).headers["Set-Cookie"]
        assert "Expires=" in cookie
        with app.app_context():
            [row] = db.session.scalars(select(SignInSession))
            assert row.expires_at - row.created_at == sessions.REMEMBERED_LIFE

    @on_sqlite
    @pytest.mark.parametrize(
        ("old", "new", "field"),
        [("wrong", NEW, "password"), ("", NEW, "password"), (PASSWORD, "short", "new_password")],
    )
    def test_a_refusal_stands_beside_its_field(self, ed, old, new, field):
        refused = self.change(ed, old, new, status=422)
        [wrong] = refused.all("input", aria_invalid="true")
        assert wrong["id"] == field
        assert ed.get("/profile").status_code == 200

    @on_sqlite
    def test_no_password_is_sent_back(self, ed):
        refused = self.change(ed, "wrong secret", "brand new secret")
        assert "wrong secret" not in refused.html
        assert "brand new secret" not in refused.html

    def test_guessing_it_locks_out(self, ed):
        for _ in range(lockout.ACCOUNT_TRIES):
            assert self.change(ed, "wrong").status == 422
        locked = self.change(ed)
        assert locked.status == 429
        assert "Try again in 15 minutes." in locked.words

    def test_it_is_told_by_htmx_where_to_go(self, ed):
        answer = self.change(ed, htmx=True)
        assert (answer.status, answer.headers["HX-Redirect"]) == (204, "/profile")


class TestSessions:
    def ids(self, page):
        return [form["action"].split("/")[3] for form in self.forms(page)]

    def forms(self, page):
        return [form for form in page.all("form") if form.get("action", "").endswith("/end")]

    def other(self, page):
        """The address that ends the sign-in elsewhere."""
        return next(form["action"] for form in self.forms(page) if not form.parent.all("span", class_="tag"))

    def test_each_sign_in_is_listed_with_its_device(self, ed, app, cast):
        agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        with app.app_context(), transaction():
            person = Verified.of(db.session.get(User, cast.ed.id))
            sessions.open_browser(person, remembered=True, address="192.0.2.9", agent=agent)
            sessions.open_bearer(person)
        page = ed.page("/profile")
        listed = page.one("section", id="accounts-sessions").words
        assert "Firefox \u00b7 Linux" in listed
        assert "192.0.2.9" in listed
        assert "A program, by password" in listed
        assert [tag.words for tag in page.all("span", class_="tag")] == ["here"]
        assert len(self.ids(page)) == 3

    def test_one_elsewhere_is_ended(self, ed, app, cast):
        other = browser_of(app, cast.ed)
        page = ed.page("/profile")
        assert ed.send(page, self.other(page)).headers["Location"] == "/profile"
        assert other.get("/profile").status_code == 303
        assert len(self.ids(ed.page("/profile"))) == 1

    def test_ending_it_by_htmx_gives_the_list_and_a_toast(self, ed, app, cast):
        browser_of(app, cast.ed)
        page = ed.page("/profile")
        answer = ed.send(page, self.other(page), htmx=True, status=200)
        assert [each.get("id") or each.name for each in answer.root.children] == ["accounts-sessions", "hx-partial"]
        assert len(self.ids(answer)) == 1
        assert "Signed out there." in answer.words

    def test_ending_the_one_here_is_signing_out(self, ed):
        page = ed.page("/profile")
        [session_id] = self.ids(page)
        answer = ed.send(page, f"/profile/sessions/{session_id}/end")
        assert answer.headers["Location"] == "/login"
        assert ed.get("/profile").status_code == 303

    def test_all_others_are_ended_at_once(self, ed, app, cast):
        others = [browser_of(app, cast.ed) for _ in range(3)]
        stays = browser_of(app, cast.vi)
        answer = ed.send(ed.page("/profile"), "/profile/sessions/end-others", htmx=True, status=200)
        assert len(self.ids(answer)) == 1
        assert {other.get("/profile").status_code for other in others} == {303}
        assert stays.get("/profile").status_code == 200

    def test_somebody_elses_is_not_there(self, ed, app, cast, vi):
        with app.app_context():
            [row] = [row for row in db.session.scalars(select(SignInSession)) if row.user_id == cast.vi.id]
        for session_id in (row.id, uuid4()):
            answer = ed.post(f"/profile/sessions/{session_id}/end", data=ed.page("/profile").values("/profile"))
            assert answer.status_code == 404
        assert vi.get("/profile").status_code == 200

    @on_sqlite
    @pytest.mark.parametrize(
        "path", ["/profile/sessions/00000000-0000-4000-8000-000000000000/end", "/profile/sessions/end-others"]
    )
    def test_it_is_for_who_is_signed_in(self, client, cast, path):
        assert client.post(path).status_code == 303
        assert client.post(path, headers=HTMX).status_code == 401
