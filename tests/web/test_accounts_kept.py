"""A form sent after the session has ended: what was typed is kept, and only what was typed."""

import re

import pytest
from sqlalchemy import delete

from tests.fixtures.app import PASSWORD, browser_of, on_sqlite
from tests.fixtures.browser import HTMX, Browser
from webapp.domain import accounts
from webapp.domain.models import SignInSession
from webapp.domain.transaction import transaction
from webapp.infra.db import db
from webapp.web import kept

LONG = 'Line one\r\nline two\r\n\r\n  indented \u00e9 \u4eac\u90fd <b>&amp; "quoted"'


def end_all(app):
    with app.app_context(), transaction():
        db.session.execute(delete(SignInSession))


def late(browser, app, **fields):
    """Send the profile's form after the session has ended; give the sign-in page."""
    page = browser.page("/profile")
    end_all(app)
    return browser.send(page, "/profile", status=401, **{"name": "Edward", "theme": "dark"} | fields)


def enter(browser, page, **fields):
    return browser.send(page, "/login", **{"email": "ed@example.org", "password": PASSWORD} | fields)


@on_sqlite
class TestKept:
    def test_a_late_form_leads_to_the_sign_in_page_that_says_so(self, ed, app):
        page = late(ed, app)
        assert page.heading == "Sign in to Vitrine"
        assert "Your session has ended" in page.words
        assert "What you typed is kept." in page.words

    def test_after_signing_in_the_form_stands_there_again_and_is_saved(self, ed, app, cast):
        again = enter(ed, late(ed, app))
        assert (again.status, again.heading) == (200, "Continue where you were")
        assert again.values("/profile")["name"] == ["Edward"]
        saved = ed.send(again, "/profile")
        assert (saved.status, saved.headers["Location"]) == (303, "/profile")
        with app.app_context():
            user = accounts.get(cast.ed.id)
            assert (user.name, user.theme) == ("Edward", "dark")

    def test_a_mistyped_password_on_the_way_loses_nothing(self, ed, app):
        page = late(ed, app)
        for _ in range(2):
            page = enter(ed, page, password="wrong")
            assert page.status == 422
        assert enter(ed, page).values("/profile")["name"] == ["Edward"]

    def test_text_comes_back_as_it_was_typed(self, ed, app):
        again = enter(ed, late(ed, app, name=LONG, theme=["dark", "light"], extra=["", "a", "a"]))
        values = again.values("/profile")
        assert [re.sub("\r?\n", "\r\n", value) for value in values["name"]] == [LONG]
        assert (values["theme"], values["extra"]) == (["dark", "light"], ["", "a", "a"])

    def test_passwords_and_tokens_are_not_kept(self, ed, app):
        page = ed.page("/profile")
        end_all(app)
        fields = {"password": "present secret", "new_password": "coming secret"}
        answer = ed.send(page, "/profile/password", status=401, **fields)
        sealed = answer.one("input", name="kept")["value"]
        with app.test_request_context():
            found = kept.read(sealed)
        assert found.path == "/profile/password"
        assert [name for name, _ in found.fields] == ["username"]
        assert "secret" not in enter(ed, answer).html

    def test_the_query_of_the_address_is_kept(self, ed, app):
        form = ed.page("/profile").values("/profile")
        end_all(app)
        answer = ed.post("/profile?lang=fr", data=form, headers={"Sec-Fetch-Site": "same-origin"})
        again = enter(ed, ed.seen(answer, 401))
        assert again.form("/profile?lang=fr")

    def test_a_form_too_large_to_keep_says_so(self, ed, app):
        page = late(ed, app, name="x" * (kept.LARGEST + 1))
        assert "too large to be kept" in page.words
        assert page.all("input", name="kept") == []
        assert enter(ed, page).headers["Location"] == "/galleries/"

    def test_a_cookie_that_has_gone_altogether_loses_nothing_either(self, ed, app):
        page = ed.page("/profile")
        stranger = Browser(app)
        answer = stranger.send(page, "/profile", status=401, name="Edward")
        assert enter(stranger, answer).values("/profile")["name"] == ["Edward"]

    def test_somebody_else_who_signs_in_changes_only_their_own(self, ed, app, cast):
        again = enter(ed, late(ed, app), email="vi@example.org")
        ed.send(again, "/profile", status=303)
        with app.app_context():
            assert [accounts.get(each.id).name for each in (cast.ed, cast.vi)] == ["Ed", "Edward"]

    def test_somebody_with_fewer_rights_is_refused(self, ada, app, cast):
        path = f"/users/{cast.ed.id}"
        page = ada.page(path)
        end_all(app)
        answer = ada.send(page, path, status=401, role="admin")
        again = enter(ada, answer, email="vi@example.org")
        assert ada.send(again, path).status == 403
        with app.app_context():
            assert accounts.role_of(accounts.get(cast.ed.id)) == "editor"

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "none"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
        ],
    )
    def test_nothing_is_kept_of_what_another_site_may_have_sent(self, ed, app, headers):
        form = ed.page("/profile").values("/profile") | {"name": "Eve"}
        end_all(app)
        answer = ed.post("/profile", data=form, headers=headers)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/login")

    def test_an_origin_of_ours_is_enough_for_older_browsers(self, ed, app):
        form = ed.page("/profile").values("/profile")
        end_all(app)
        answer = ed.post("/profile", data=form, headers={"Origin": "http://localhost"})
        assert ed.seen(answer, 401).one("input", name="kept")["value"]

    @pytest.mark.parametrize("sealed", ["", "nonsense", "a.b.c", "\u00e9", "x" * 5000])
    def test_what_we_did_not_seal_is_not_opened(self, client, cast, sealed):
        answer = enter(client, client.page("/login"), kept=sealed)
        assert (answer.status, answer.headers["Location"]) == (303, "/galleries/")

    def test_what_was_sealed_an_hour_ago_is_not_opened(self, ed, app, monkeypatch):
        page = late(ed, app)
        monkeypatch.setattr(kept, "SECONDS", -1)
        assert enter(ed, page).headers["Location"] == "/galleries/"

    def test_htmx_is_sent_to_sign_in(self, ed, app):
        form = ed.page("/profile").values("/profile")
        end_all(app)
        headers = HTMX | {"HX-Current-URL": "http://localhost/profile"}
        answer = ed.post("/profile", data=form, headers=headers)
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login?next=%2Fprofile")

    def test_a_page_asked_for_late_leads_back(self, ed, app):
        end_all(app)
        assert ed.get("/profile").headers["Location"] == "/login?next=%2Fprofile"


@on_sqlite
class TestRenewed:
    """Signed in again in another tab: the old tab's form has a token that is no longer good."""

    def test_an_old_forms_words_are_shown_again_with_a_good_token(self, app, cast):
        browser = browser_of(app, cast.ed)
        old = browser.page("/profile")
        browser.send(old, "/logout")
        enter(browser, browser.page("/login"))
        again = browser.send(old, "/profile", status=400, name="Edward")
        assert again.heading == "Continue where you were"
        assert browser.send(again, "/profile").status == 303
        with app.app_context():
            assert accounts.get(cast.ed.id).name == "Edward"

    def test_another_sites_form_is_not(self, ed):
        answer = ed.post("/profile", data={"name": "Eve", "csrf_token": "old"})
        assert answer.status_code == 400
        assert b"Eve" not in answer.data
        assert "This form is too old." in re.sub(r"\s+", " ", answer.text)

    def test_an_old_sign_in_page_is_shown_again(self, client, app, cast):
        old = client.page("/login")
        fresh = Browser(app)
        answer = fresh.send(old, "/login", status=400, email="ed@example.org", password=PASSWORD)
        assert "This form is too old." in answer.words
