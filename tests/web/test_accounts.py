"""The way in and out: who is let in, by which cookie, and for how long."""

import dataclasses
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Blueprint, Flask, session
from sqlalchemy import select, update

from tests.fixtures.app import PASSWORD, browser_of, on_sqlite
from tests.fixtures.browser import HTMX, Browser
from tests.statements import counted
from webapp import create_app, doors
from webapp.domain import accounts, lockout, sessions
from webapp.domain.models import SignInSession
from webapp.domain.transaction import transaction
from webapp.doors import UndeclaredRoute
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.web import door, paths

SIGNED_OUT_PAGES = ["/profile", "/users/", "/languages/", "/users/invite"]


def sign_in(browser, email="ed@example.org", password=PASSWORD, path="/login", **fields):
    return browser.send(browser.page(path), "/login", email=email, password=password, **fields)


def copy_of(browser, app):
    """Another browser with the same cookie."""
    thief = Browser(app)
    cookie = browser.get_cookie(app.config["SESSION_COOKIE_NAME"])
    thief.set_cookie(cookie.key, cookie.value)
    return thief


@on_sqlite
class TestSignedOut:
    @pytest.mark.parametrize("path", SIGNED_OUT_PAGES)
    def test_pages_lead_to_the_sign_in_page_and_back(self, client, path):
        answer = client.get(f"{path}?x=1")
        assert answer.status_code == 303
        assert answer.headers["Location"] == f"/login?next={path.replace('/', '%2F')}%3Fx%3D1"

    @pytest.mark.parametrize("path", SIGNED_OUT_PAGES)
    def test_htmx_is_told_to_go_to_the_sign_in_page(self, client, path):
        headers = HTMX | {"HX-Current-URL": "http://localhost/galleries/?q=sea"}
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.data) == (401, b"")
        assert answer.headers["HX-Redirect"] == "/login?next=%2Fgalleries%2F%3Fq%3Dsea"

    def test_htmx_from_elsewhere_is_not_led_back_there(self, client):
        answer = client.get("/profile", headers=HTMX | {"HX-Current-URL": "http://evil.example//evil.example"})
        assert answer.headers["HX-Redirect"] == "/login"

    def test_the_start_leads_to_the_galleries(self, client):
        answer = client.get("/")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/galleries/")

    def test_an_empty_house_says_how_to_begin(self, client):
        assert "Open the set-up link" in client.page("/login").words


class TestSignIn:
    def test_sign_in_leads_home(self, client, cast):
        answer = sign_in(client)
        assert (answer.status, answer.headers["Location"]) == (303, "/galleries/")
        assert client.page("/profile").heading == "Profile"

    def test_sign_in_leads_to_where_one_was_going(self, client, cast):
        answer = sign_in(client, path="/login?next=/profile%3Fa%3D1")
        assert client.follow(answer).heading == "Profile"
        assert answer.headers["Location"] == "/profile?a=1"

    def test_who_is_signed_in_is_led_on(self, ed):
        answer = ed.get("/login?next=/profile")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/profile")

    @on_sqlite
    @pytest.mark.parametrize(
        ("email", "password"),
        [("ed@example.org", "wrong"), ("nobody@example.org", PASSWORD), ("off@example.org", PASSWORD)],
    )
    def test_every_refusal_is_the_same_page(self, client, app, cast, email, password):
        with app.app_context(), transaction():
            made = accounts.add("off@example.org", name="Off", role="viewer", password=PASSWORD, actor=cast.ada)
            accounts.deactivate(made.id, actor=cast.ada)
        refused = sign_in(client, email, password)
        known = sign_in(client, "ed@example.org", "wrong")

        def bare(page):
            return re.sub(r'value="[^"]*"', "", page.html)

        assert refused.status == known.status == 422
        assert bare(refused) == bare(known)
        assert "Email or password is wrong." in refused.words
        assert refused.one("title").words.startswith("Error:")

    @on_sqlite
    @pytest.mark.parametrize("fields", [{"email": ""}, {"password": ""}, {"email": "x"}, {"password": "x" * 2000}])
    def test_an_incomplete_form_is_shown_again(self, client, cast, fields):
        refused = sign_in(client, **{"email": "ed@example.org", "password": PASSWORD} | fields)
        assert refused.status == 422
        assert refused.all("input", aria_invalid="true")

    def test_the_password_is_never_sent_back(self, client, cast):
        assert "wrong but secret" not in sign_in(client, password="wrong but secret").html

    def test_the_lockout_says_when_to_try_again(self, client, cast):
        for _ in range(lockout.ACCOUNT_TRIES):
            assert sign_in(client, password="wrong").status == 422
        locked = sign_in(client)
        assert locked.status == 429
        assert 800 < int(locked.headers["Retry-After"]) <= 900
        assert "Try again in 15 minutes." in locked.words

    def test_a_browser_session_ends_with_the_browser(self, client, cast):
        cookie = sign_in(client).headers["Set-Cookie"]
        assert "Expires=" not in cookie
        assert "Max-Age=" not in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie

    def test_a_remembered_one_lives_thirty_days(self, client, app, cast):
        cookie = sign_in(client, remember="y").headers["Set-Cookie"]
        assert "Expires=" in cookie
        with app.app_context():
            row = db.session.scalars(select(SignInSession)).one()
            assert row.expires_at - row.created_at == timedelta(days=30)

    @on_sqlite
    def test_on_https_the_cookie_is_of_this_host_alone(self, settings, cast):
        app = create_app(dataclasses.replace(settings, base_url="https://photos.example"))
        browser = Browser(app)
        secure = {"base_url": "https://photos.example"}
        page = browser.page("/login", **secure)
        form = page.values("/login") | {"email": "ed@example.org", "password": PASSWORD}
        answer = browser.post("/login", data=form, headers={"Sec-Fetch-Site": "same-origin"}, **secure)
        assert answer.status_code == 303
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-vitrine=")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        with app.app_context():
            db.engine.dispose()

    def test_signing_in_by_htmx_is_led_by_a_header(self, client, cast):
        page = client.page("/login")
        answer = client.send(page, "/login", htmx=True, email="ed@example.org", password=PASSWORD)
        assert (answer.status, answer.headers["HX-Redirect"]) == (204, "/galleries/")


@on_sqlite
class TestFixation:
    def test_signing_in_forgets_all_that_the_cookie_said(self, client, cast):
        with client.session_transaction() as cookie:
            cookie.update({door.COOKIE_KEY: "planted", "other": "planted", "csrf_token": "planted"})
        before = client.page("/login")
        assert before.status == 200
        assert sign_in(client).status == 303
        with client.session_transaction() as cookie:
            assert dict(cookie) == {door.COOKIE_KEY: cookie[door.COOKIE_KEY], "_permanent": False}
            assert cookie[door.COOKIE_KEY] != "planted"

    def test_each_sign_in_has_an_id_of_its_own(self, app, cast):
        seen = set()
        for _ in range(3):
            browser = Browser(app)
            sign_in(browser)
            with browser.session_transaction() as cookie:
                seen.add(cookie[door.COOKIE_KEY])
        assert len(seen) == 3

    def test_a_token_from_before_signing_in_is_no_good_after(self, client, cast):
        before = client.page("/login")
        sign_in(client)
        answer = client.post("/profile", data=before.values("/login") | {"name": "Eve", "theme": "dark"})
        assert answer.status_code == 400
        assert "Eve" not in client.page("/profile").one("input", id="name")["value"]


@on_sqlite
class TestNext:
    @pytest.mark.parametrize(
        "wanted",
        [
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/\r\n/evil.example",
            "/%09/evil.example\x00",
            "/ /evil.example",
            "/\u2028/evil.example",
            "/\x85/evil.example",
            "/\xa0/evil.example",
            "/a\\..\\\\evil.example",
            "https://evil.example",
            "http:evil.example",
            "http:/evil.example",
            "//localhost@evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "evil.example",
            "?next=//evil.example",
            "",
            " /profile",
            "/" + "a" * 3000,
            "/login",
            "/login?next=/login",
            "/logout",
            "/set-up/x",
        ],
    )
    def test_next_leads_home_unless_it_is_a_path_of_ours(self, client, cast, wanted):
        answer = sign_in(client, next=wanted)
        assert (answer.status, answer.headers["Location"]) == (303, "/galleries/")

    @pytest.mark.parametrize(
        "wanted", ["/", "/profile", "/galleries/?q=a%20b&lang=fr", "/g/caf%C3%A9", "/a//b", "/a:b@c"]
    )
    def test_next_leads_to_a_path_of_ours(self, client, cast, wanted):
        assert sign_in(client, next=wanted).headers["Location"] == wanted

    @pytest.mark.parametrize("wanted", ["//evil.example", "/\\evil.example", "https://evil.example"])
    def test_the_page_does_not_even_offer_another(self, client, cast, wanted):
        page = client.page("/login", query_string={"next": wanted})
        assert page.one("input", name="next")["value"] == ""


def test_own_takes_text_of_any_script():
    assert paths.own("/g/京都") == "/g/京都"


class TestSignOut:
    def test_sign_out_ends_it_and_leads_to_the_sign_in_page(self, ed, app):
        thief = copy_of(ed, app)
        assert thief.get("/profile").status_code == 200
        answer = ed.send(ed.page("/profile"), "/logout")
        assert (answer.status, answer.headers["Location"]) == (303, "/login")
        assert ed.get("/profile").status_code == 303
        assert thief.get("/profile").status_code == 303

    def test_sign_out_takes_the_cookie_away(self, ed, app):
        ed.send(ed.page("/profile"), "/logout")
        assert ed.get_cookie(app.config["SESSION_COOKIE_NAME"]) is None

    def test_sign_out_is_no_link(self, ed):
        assert ed.get("/logout").status_code == 405
        assert ed.get("/profile").status_code == 200

    def test_sign_out_wants_the_token(self, ed):
        assert ed.post("/logout").status_code == 400
        assert ed.get("/profile").status_code == 200

    def test_signing_out_twice_leads_to_the_sign_in_page(self, ed):
        page = ed.page("/profile")
        ed.send(page, "/logout")
        assert ed.send(page, "/logout").status in (303, 401)

    def test_sign_out_by_htmx(self, ed):
        answer = ed.send(ed.page("/profile"), "/logout", htmx=True)
        assert (answer.status, answer.headers["HX-Redirect"]) == (204, "/login")


def by_sign_out(app, cast, browser):
    browser.send(browser.page("/profile"), "/logout", status=303)


def by_password(app, cast, browser):
    fields = {"password": PASSWORD, "new_password": "another good password"}
    browser.send(browser.page("/profile"), "/profile/password", status=303, **fields)


def by_reset(app, cast, browser):
    with app.app_context(), transaction():
        link = accounts.reset_link(cast.ed.id, "", actor=cast.ada)
    other = Browser(app)
    other.send(other.page(link), link, status=303, password="another good password")


def by_role(app, cast, browser):
    admin = browser_of(app, cast.ada)
    path = f"/users/{cast.ed.id}"
    admin.send(admin.page(path), path, status=303, role="viewer")


def by_deactivation(app, cast, browser):
    admin = browser_of(app, cast.ada)
    admin.send(admin.page(f"/users/{cast.ed.id}"), f"/users/{cast.ed.id}/deactivate", status=303)


def by_ending_elsewhere(app, cast, browser):
    other = browser_of(app, cast.ed)
    other.send(other.page("/profile"), "/profile/sessions/end-others", status=303)


def by_time(app, cast, browser):
    with app.app_context(), transaction():
        db.session.execute(update(SignInSession).values(expires_at=now()))


WAYS = [by_sign_out, by_password, by_reset, by_role, by_deactivation, by_ending_elsewhere, by_time]


class TestCopiedCookie:
    @pytest.mark.parametrize("end", WAYS)
    def test_a_copied_cookie_is_dead_in_32_requests_at_once(self, app, cast, end):
        browser = browser_of(app, cast.ed)
        thieves = [copy_of(browser, app) for _ in range(32)]
        with app.app_context(), transaction():
            bearer = sessions.open_bearer(sessions.Verified.of(accounts.get(cast.ed.id)))
        end(app, cast, browser)
        with ThreadPoolExecutor(32) as pool:
            statuses = list(pool.map(lambda thief: thief.get("/profile").status_code, thieves))
        assert set(statuses) == {303}
        if end is not by_sign_out:
            with app.app_context():
                assert sessions.recognise_bearer(bearer) is None

    def test_a_copied_cookie_is_dead_for_changes_too(self, app, cast):
        browser = browser_of(app, cast.ed)
        page = browser.page("/profile")
        thief = copy_of(browser, app)
        by_sign_out(app, cast, browser)
        answer = thief.post("/profile", data=page.values("/profile") | {"name": "Thief"})
        assert answer.status_code == 303
        with app.app_context():
            assert accounts.get(cast.ed.id).name == "Ed"

    def test_the_own_browser_stays_after_changing_the_password(self, app, cast):
        browser = browser_of(app, cast.ed)
        by_password(app, cast, browser)
        assert browser.page("/profile").heading == "Profile"

    @on_sqlite
    def test_a_cookie_signed_by_another_key_is_nobodys(self, app, cast, client):
        forger = Flask("forger")
        forger.secret_key = "x" * 40
        with forger.test_request_context():
            session[door.COOKIE_KEY] = "anything"
            forged = forger.session_interface.get_signing_serializer(forger).dumps(dict(session))
        client.set_cookie(app.config["SESSION_COOKIE_NAME"], forged)
        assert client.get("/profile").status_code == 303


def test_d35_flask_security_alone_lets_a_copied_cookie_in_after_signing_out(app, cast):
    """Why our sign-ins are rows: its own cookie is only signed, so nothing can end it."""
    from flask_security import Security, SQLAlchemyUserDatastore, auth_required

    from webapp.domain.models import Role, User

    bare = Flask("bare")
    bare.config.update(
        SECRET_KEY="x" * 40,
        SECURITY_PASSWORD_SALT="y" * 40,
        SECURITY_PASSWORD_SINGLE_HASH={"argon2"},
        SQLALCHEMY_DATABASE_URI=app.config["SQLALCHEMY_DATABASE_URI"],
        WTF_CSRF_ENABLED=False,
    )
    db.init_app(bare)
    Security(bare, SQLAlchemyUserDatastore(db, User, Role))
    bare.add_url_rule("/inside", view_func=auth_required("session")(lambda: "inside"), endpoint="inside")
    browser = bare.test_client()
    browser.post("/login", data={"email": "ed@example.org", "password": PASSWORD})
    assert browser.get("/inside").data == b"inside"
    cookie = browser.get_cookie("session").value
    browser.post("/logout")
    assert browser.get("/inside").status_code == 302
    browser.set_cookie("session", cookie)
    assert browser.get("/inside").data == b"inside"
    with bare.app_context():
        db.session.remove()
        db.engine.dispose()


@on_sqlite
class TestForgery:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://localhost:8080"},
            {"Origin": "http://localhost.evil.example"},
        ],
    )
    def test_another_site_changes_nothing_even_with_the_token(self, ed, headers):
        form = ed.page("/profile").values("/profile") | {"name": "Eve"}
        answer = ed.post("/profile", data=form, headers=headers)
        assert answer.status_code == 403
        assert b"came from another site" in answer.data
        assert ed.page("/profile").one("input", id="name")["value"] == "Ed"

    @pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}, {}])
    def test_our_own_pages_change_things(self, ed, headers):
        form = ed.page("/profile").values("/profile") | {"name": "Edward"}
        assert ed.post("/profile", data=form, headers=headers).status_code == 303
        assert ed.page("/profile").one("input", id="name")["value"] == "Edward"

    @pytest.mark.parametrize("token", [None, "", "wrong", "é"])
    def test_without_the_token_nothing_changes(self, ed, token):
        form = {"name": "Eve", "theme": "dark"} | ({} if token is None else {"csrf_token": token})
        assert ed.post("/profile", data=form).status_code == 400
        assert ed.page("/profile").one("input", id="name")["value"] == "Ed"

    def test_the_token_may_come_in_a_header(self, ed):
        token = ed.page("/profile").one("meta", name="csrf-token")["content"]
        form = {"name": "Edward", "theme": "dark", "density": "compact"}
        answer = ed.post("/profile", data=form, headers={"X-CSRFToken": token})
        assert answer.status_code == 303

    def test_somebody_elses_token_is_no_good(self, ed, vi):
        form = vi.page("/profile").values("/profile") | {"name": "Eve"}
        assert ed.post("/profile", data=form).status_code == 400


@on_sqlite
class TestHeaders:
    @pytest.mark.parametrize(
        "path", ["/login", "/profile", "/nothing", "/healthz", "/reset", "/set-up/x", "/api/v1/none"]
    )
    def test_every_answer_says_what_browsers_may_do(self, client, path):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in policy
        assert "form-action 'self'; frame-ancestors 'none'; base-uri 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "geolocation=()" in headers["Permissions-Policy"]
        assert "Strict-Transport-Security" not in headers

    @pytest.mark.parametrize("path", ["/login", "/profile", "/users/", "/languages/", "/nothing"])
    def test_private_pages_are_not_kept(self, ada, path):
        assert ada.get(path).headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("path", ["/healthz", "/g/nothing"])
    def test_what_is_public_depends_on_no_cookie(self, ada, path):
        answer = ada.get(path)
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")

    def test_pages_vary_by_what_htmx_asks(self, ada):
        assert {"HX-Request", "HX-Request-Type"} <= set(ada.get("/languages/").vary)

    def test_a_page_sets_no_cookie_anew(self, ed):
        ed.page("/profile")
        assert "Set-Cookie" not in ed.get("/profile").headers


class TestPresence:
    def seen(self, app):
        with app.app_context():
            return db.session.scalars(select(SignInSession.seen_at)).one()

    def test_being_here_is_noted_after_the_answer(self, ed, app):
        long_ago = now() - timedelta(hours=1)
        with app.app_context(), transaction():
            db.session.execute(update(SignInSession).values(seen_at=long_ago))
        answer = ed.get("/languages/")
        assert self.seen(app) == long_ago
        answer.close()
        noted = self.seen(app)
        assert noted > long_ago
        ed.get("/languages/").close()
        assert self.seen(app) == noted

    def test_a_busy_database_troubles_nobody(self, ed, app, caplog):
        long_ago = now() - timedelta(hours=1)
        with app.app_context(), transaction():
            db.session.execute(update(SignInSession).values(seen_at=long_ago))
        answer = ed.get("/languages/")
        with app.app_context(), transaction():
            db.session.execute(update(SignInSession).values(seen_at=long_ago + timedelta(seconds=1)))
        assert answer.status_code == 200
        answer.close()


@pytest.mark.parametrize(("path", "most"), [("/profile", 2), ("/users/invite", 2), ("/languages/", 2)])
def test_recognising_is_one_query_of_a_page(ada, app, path, most):
    ada.get(path)
    with app.app_context(), counted() as sent:
        ada.get(path)
    assert len(sent) == most
    assert len([statement for statement in sent if "FROM sessions JOIN users" in statement]) == 1


@pytest.mark.parametrize("where", ["no permission", "no door"])
@on_sqlite
def test_the_app_refuses_to_start_on_an_undeclared_route(settings, monkeypatch, where):
    planted = Blueprint("planted", __name__)

    def view():
        return "anybody may read this"

    planted.add_url_rule("/planted", view_func=view if where == "no permission" else doors.allows(doors.PUBLIC)(view))
    from webapp import web

    init = web.init

    def init_with_the_planted(app):
        init(app)
        app.register_blueprint(planted)
        if where == "no permission":
            doors.assign(app, "planted", doors.Door("planted", door.recognise))

    monkeypatch.setattr(web, "init", init_with_the_planted)
    with pytest.raises(UndeclaredRoute, match="planted"):
        create_app(settings)


def test_no_secret_is_logged(client, app, cast, caplog):
    caplog.set_level("DEBUG")
    sign_in(client, password="wrong but secret")
    sign_in(client)
    with client.session_transaction() as cookie:
        token = cookie[door.COOKIE_KEY]
    with app.app_context(), transaction():
        link = accounts.reset_link(cast.vi.id, "", actor=cast.ada)
    other = Browser(app)
    other.send(other.page(link), link, password="brand new secret")
    said = caplog.text
    for secret in ("wrong but secret", PASSWORD, token, link.rpartition("/")[2], "brand new secret"):
        assert secret not in said
