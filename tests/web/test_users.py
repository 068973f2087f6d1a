"""The users page: who has an account, who is invited, what they may do."""

import pytest
from sqlalchemy import func, select

from tests.fixtures.app import PASSWORD, browser_of, on_sqlite
from tests.fixtures.browser import HTMX, Browser
from tests.fixtures.letterbox import Letterbox, closed_port
from tests.statements import counted
from webapp.domain import accounts, invitations, keys
from webapp.domain.models import AuditEntry, Invitation, User
from webapp.domain.permissions import system
from webapp.domain.transaction import transaction
from webapp.infra.db import db

NOBODY = "/users/00000000-0000-4000-8000-000000000000"
INVITED = {"email": "sam@example.org", "role": "translator", "languages": ["fr"]}


def path(person):
    return f"/users/{person.id}"


def role(app, person):
    with app.app_context():
        user = accounts.get(person.id)
        return accounts.role_of(user), [language.code for language in user.languages], user.active, user.version


def invite(browser, **fields):
    return browser.send(browser.page("/users/invite"), "/users/invitations", **INVITED | fields)


class TestIndex:
    def test_index_lists_everybody_with_role_and_languages(self, ada, cast):
        page = ada.page("/users/")
        assert page.heading == "Users"
        assert "4 people have an account" in page.words
        people = page.one("ul", class_="rows", aria_label="People with an account").children
        rows = {row.one("b").words: [fact.words for fact in row.all("div", class_="fact")] for row in people}
        assert list(rows) == ["Ada", "Ed", "Tessa", "Vi"]
        assert rows["Tessa"][0] == "Translator, French"
        assert rows["Vi"][1] == "Never signed in"
        assert "Active" in page.one("li", id=f"user-{cast.ed.id}").words

    def test_index_is_reached_from_the_navigation(self, ada, ed):
        assert "/users/" in {link["href"] for link in ada.page("/profile").all("a")}
        assert "/users/" not in {link["href"] for link in ed.page("/profile").all("a")}
        assert {link["href"] for link in ada.page("/users/").all("a", aria_current="page")} == {"/users/"}

    def test_index_is_read_by_the_same_queries_for_one_and_for_thirty(self, ada, app, cast):
        def queries():
            ada.get("/users/")
            with app.app_context(), counted() as sent:
                ada.get("/users/")
            return len(sent)

        before = queries()
        with app.app_context(), transaction():
            for number in range(30):
                accounts.add(
                    f"{number}@example.org",
                    name=f"N {number}",
                    role="translator",
                    languages=["fr"],
                    password=PASSWORD,
                    actor=system("cli"),
                )
                invitations.invite(f"i{number}@example.org", role="viewer", base_url="", actor=cast.ada)
        assert queries() == before == 5


@on_sqlite
class TestPermissions:
    PATHS = (
        ("GET", "/users/"),
        ("GET", "/users/invite"),
        ("POST", "/users/invitations"),
        ("POST", "/users/invitations/00000000-0000-4000-8000-000000000000/revoke"),
        ("GET", NOBODY),
        ("POST", NOBODY),
        ("POST", f"{NOBODY}/deactivate"),
        ("POST", f"{NOBODY}/reactivate"),
        ("POST", f"{NOBODY}/reset-link"),
    )

    @pytest.mark.parametrize(("method", "url"), PATHS)
    @pytest.mark.parametrize("who", ["ed", "tessa", "vi"])
    def test_users_are_the_administrators_business(self, app, cast, who, method, url):
        browser = browser_of(app, getattr(cast, who))
        token = browser.page("/profile").values("/profile")["csrf_token"]
        assert browser.open(url, method=method, data={"csrf_token": token}).status_code == 403

    @pytest.mark.parametrize(("method", "url"), PATHS)
    def test_users_are_for_who_is_signed_in(self, client, cast, method, url):
        assert client.open(url, method=method).status_code == 303
        assert client.open(url, method=method, headers=HTMX).status_code == 401

    @pytest.mark.parametrize(("method", "url"), [each for each in PATHS if NOBODY in each[1] or "revoke" in each[1]])
    def test_who_is_not_there_is_not_found(self, ada, method, url):
        token = ada.page("/profile").values("/profile")["csrf_token"]
        data = {"csrf_token": token, "role": "viewer", "version": "1"}
        answer = ada.open(url, method=method, data=data)
        assert ada.seen(answer, 404).heading == "Nothing is here"

    def test_a_refusal_is_a_page_with_a_way_on(self, ed):
        page = ed.page("/users/", status=403)
        assert page.heading == "You may not do this"
        assert "users:read" not in page.words
        assert page.one("a", id="go-home")["href"] == "/"

    def test_a_refusal_by_htmx_is_a_toast(self, ed):
        answer = ed.get("/users/", headers=HTMX)
        assert (answer.status_code, answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == (
            403,
            "#toasts",
            "beforeend",
        )
        page = ed.seen(answer, 403)
        assert "You may not do this" in page.words
        assert page.all("html") == []


class TestInvite:
    def test_without_a_mail_server_the_link_is_shown_once(self, ada, app):
        page = invite(ada)
        assert (page.status, page.heading) == (201, "Hand over this invitation")
        link = page.one("input", id="link")["value"]
        assert link.startswith("http://localhost/invitations/")
        index = ada.page("/users/")
        assert "sam@example.org" in index.one("section", id="users-invitations").words
        assert link not in index.html
        assert Browser(app).page(link.removeprefix("http://localhost")).heading == "Join Vitrine"

    @on_sqlite
    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"email": ""}, "email"),
            ({"email": "sam"}, "email"),
            ({"role": "owner"}, "role"),
            ({"role": None}, "role"),
            ({"languages": None}, "languages"),
            ({"languages": ["tlh"]}, "languages"),
        ],
    )
    def test_what_makes_no_invitation_is_said(self, ada, app, fields, field):
        refused = invite(ada, **fields)
        assert refused.status == 422
        assert refused.one("div", id="errors").all("a", href=f"#{field}")
        with app.app_context():
            assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0

    def test_who_has_an_account_is_not_invited(self, ada):
        refused = invite(ada, email="ED@example.org")
        assert refused.status == 409
        assert "has an account already" in refused.words

    def test_an_invitation_is_withdrawn(self, ada, app):
        link = invite(ada).one("input", id="link")["value"]
        page = ada.page("/users/")
        [url] = [form["action"] for form in page.all("form") if form.get("action", "").endswith("/revoke")]
        assert "no longer works" in ada.follow(ada.send(page, url)).words
        assert Browser(app).get(link.removeprefix("http://localhost")).status_code == 410

    def test_withdrawing_by_htmx_gives_the_list_and_a_toast(self, ada):
        invite(ada)
        page = ada.page("/users/")
        [url] = [form["action"] for form in page.all("form") if form.get("action", "").endswith("/revoke")]
        answer = ada.send(page, url, htmx=True, status=200)
        assert [each.get("id") or each.name for each in answer.root.children] == ["users-invitations", "hx-partial"]
        assert "sam@example.org" not in answer.words
        assert ada.send(page, url, htmx=True).status == 404


@on_sqlite
class TestInviteByLetter:
    @pytest.fixture
    def letterbox(self):
        with Letterbox() as box:
            yield box

    @pytest.fixture
    def environ(self, environ, letterbox):
        return environ | {"VITRINE_SMTP_URL": f"smtp://127.0.0.1:{letterbox.port}"}

    def test_the_link_goes_by_letter_and_is_not_shown(self, ada, letterbox):
        answer = invite(ada)
        [letter] = letterbox.letters
        assert letter["To"] == "sam@example.org"
        assert "Ada vous invite à rejoindre Vitrine." in letter.get_content()  # Sam is to translate into French
        link = next(line for line in letter.get_content().splitlines() if line.startswith("http"))
        page = ada.follow(answer)
        assert "on its way to sam@example.org" in page.words
        assert link not in page.html

    @pytest.mark.parametrize("email", ["sam@example.org\r\nBcc: eve@example.org", "sam@example.org,eve@example.org"])
    def test_no_second_address_gets_in(self, ada, letterbox, email):
        answer = invite(ada, email=email)
        assert answer.status == 422
        assert letterbox.letters == []


@on_sqlite
class TestInviteWithoutLuck:
    @pytest.fixture
    def environ(self, environ):
        return environ | {"VITRINE_SMTP_URL": f"smtp://127.0.0.1:{closed_port()}"}

    def test_where_the_mail_server_is_away_the_link_is_shown(self, ada):
        page = invite(ada)
        assert page.status == 201
        assert "The letter could not be sent" in page.words
        assert page.one("input", id="link")["value"].startswith("http://localhost/invitations/")


class TestChange:
    def test_a_new_role_counts_at_once(self, ada, app, cast):
        theirs = browser_of(app, cast.vi)
        page = ada.page(path(cast.vi))
        assert page.heading == "Vi"
        answer = ada.send(page, path(cast.vi), role="translator", languages=["fr"])
        assert "Saved." in ada.follow(answer).words
        assert role(app, cast.vi) == ("translator", ["fr"], True, 2)
        assert theirs.get("/profile").status_code == 303

    def test_a_stale_form_overwrites_nothing(self, ada, app, cast):
        old = ada.page(path(cast.vi))
        ada.send(old, path(cast.vi), role="editor", status=303)
        refused = ada.send(old, path(cast.vi), role="admin")
        assert refused.status == 409
        assert "Somebody else has changed this account" in refused.words
        assert role(app, cast.vi)[0] == "editor"

    @on_sqlite
    @pytest.mark.parametrize("fields", [{"role": "owner"}, {"role": "translator"}, {"version": "x"}])
    def test_what_is_no_role_is_said(self, ada, app, cast, fields):
        refused = ada.send(ada.page(path(cast.ed)), path(cast.ed), **fields)
        assert refused.status == 422
        assert role(app, cast.ed) == ("editor", [], True, 1)

    def test_the_last_admin_stays_one(self, ada, app, cast):
        refused = ada.send(ada.page(path(cast.ada)), path(cast.ada), role="viewer")
        assert refused.status == 409
        assert "This is the last administrator." in refused.words
        refused = ada.send(ada.page(path(cast.ada)), f"{path(cast.ada)}/deactivate")
        assert refused.status == 409
        assert "This is the last administrator." in refused.words
        assert role(app, cast.ada) == ("admin", [], True, 1)

    def test_fields_that_are_not_on_the_form_are_not_stored(self, ada, app, cast):
        ada.send(ada.page(path(cast.ed)), path(cast.ed), name="Eve", email="eve@x.org", password="x", active="")
        with app.app_context():
            user = accounts.get(cast.ed.id)
            assert (user.name, user.email, user.active) == ("Ed", "ed@example.org", True)


class TestDeactivate:
    def test_who_is_deactivated_is_out_with_their_keys(self, ada, app, cast):
        with app.app_context(), transaction():
            _, key = keys.add(db.session.get(User, cast.ed.id), name="Site", actor=cast.ed)
        theirs = browser_of(app, cast.ed)
        page = ada.page(path(cast.ed))
        assert page.form(f"{path(cast.ed)}/deactivate")["data-confirm"] == "Deactivate Ed?"
        after = ada.follow(ada.send(page, f"{path(cast.ed)}/deactivate"))
        assert "Deactivated and signed out." in after.words
        assert theirs.get("/profile").status_code == 303
        with app.app_context():
            assert keys.recognise(key) is None
        form = {"email": "ed@example.org", "password": PASSWORD}
        assert theirs.send(theirs.page("/login"), "/login", **form).status == 422

    def test_who_is_reactivated_signs_in_as_before(self, ada, app, cast):
        ada.send(ada.page(path(cast.ed)), f"{path(cast.ed)}/deactivate", status=303)
        page = ada.page(path(cast.ed))
        assert page.all("form", action=f"{path(cast.ed)}/reset-link") == []
        assert "Reactivated." in ada.follow(ada.send(page, f"{path(cast.ed)}/reactivate")).words
        other = Browser(app)
        form = {"email": "ed@example.org", "password": PASSWORD}
        assert other.send(other.page("/login"), "/login", **form).status == 303

    @pytest.mark.parametrize("step", ["deactivate", "reactivate"])
    def test_a_stale_step_changes_nothing(self, ada, app, cast, step):
        old = ada.page(path(cast.ed))
        ada.send(old, path(cast.ed), role="viewer", status=303)
        token = old.values(path(cast.ed))["csrf_token"]
        answer = ada.post(f"{path(cast.ed)}/{step}", data={"csrf_token": token, "version": "1"})
        assert ada.seen(answer, 409).heading == "Ed"
        assert role(app, cast.ed)[2:] == (True, 2)


class TestResetLink:
    def test_the_link_is_shown_once_and_works_once(self, ada, app, cast):
        url = f"{path(cast.vi)}/reset-link"
        page = ada.send(ada.page(path(cast.vi)), url)
        assert (page.status, page.heading) == (201, "Hand over this link")
        link = page.one("input", id="link")["value"].removeprefix("http://localhost")
        other = Browser(app)
        assert other.send(other.page(link), link, password="another good password").status == 303
        assert other.get(link).status_code == 410

    def test_who_is_deactivated_gets_none(self, ada, app, cast):
        page = ada.page(path(cast.vi))
        ada.send(page, f"{path(cast.vi)}/deactivate", status=303)
        refused = ada.send(page, f"{path(cast.vi)}/reset-link")
        assert refused.status == 409
        assert "This account is deactivated." in refused.words


def test_every_change_is_told_in_the_audit(ada, app, cast):
    invite(ada)
    ada.send(ada.page(path(cast.vi)), path(cast.vi), role="editor")
    ada.send(ada.page(path(cast.vi)), f"{path(cast.vi)}/reset-link")
    ada.send(ada.page(path(cast.vi)), f"{path(cast.vi)}/deactivate")
    ada.send(ada.page(path(cast.vi)), f"{path(cast.vi)}/reactivate")
    with app.app_context():
        told = db.session.execute(
            select(AuditEntry.verb, AuditEntry.door).where(AuditEntry.user_id == cast.ada.id).order_by(AuditEntry.id)
        ).all()
    assert [tuple(each) for each in told][-5:] == [
        ("invite", "dashboard"),
        ("change_role", "dashboard"),
        ("make_reset_link", "dashboard"),
        ("deactivate", "dashboard"),
        ("reactivate", "dashboard"),
    ]
