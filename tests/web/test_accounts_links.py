"""Links that work once: set-up, invitations, forgotten passwords."""

import re

import pytest
from sqlalchemy import select, update

from tests.fixtures.app import PASSWORD, browser_of, on_sqlite
from tests.fixtures.browser import HTMX, Browser
from tests.fixtures.letterbox import Letterbox
from webapp import jobs
from webapp.domain import accounts, invitations, site
from webapp.domain.models import Invitation, OneTimeToken, User
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db

LENA = {"site_name": "Northlight", "name": "Lena Moreau", "email": "lena@example.org", "password": PASSWORD}
NEW = "another good password"


def expire(app, model):
    with app.app_context(), transaction():
        db.session.execute(update(model).values(expires_at=now()))


def waiting(app):
    return jobs.of(app).queue.pending()


def work(app):
    """Do what the worker would."""
    queue = jobs.of(app).queue
    while queue.pending_count():
        queue.execute(queue.dequeue())


class TestSetUp:
    @pytest.fixture
    def path(self, app):
        with app.app_context(), transaction():
            return accounts.setup_link("")

    def test_set_up_makes_the_admin_and_lets_them_in(self, client, app, path):
        page = client.page(path)
        assert page.heading == "Set up Vitrine"
        answer = client.send(page, path, **LENA)
        assert (answer.status, answer.headers["Location"]) == (303, "/galleries/")
        profile = client.page("/profile")
        assert "Administrator" in profile.one("details", id="me-menu").words
        assert Browser(app).page("/login").heading == "Sign in to Northlight"

    def test_set_up_without_samples_leaves_the_worker_alone(self, client, app, path):
        client.send(client.page(path), path, **LENA)
        assert waiting(app) == []

    def test_set_up_with_samples_has_the_worker_load_them(self, client, app, path):
        client.send(client.page(path), path, samples="y", **LENA)
        [task] = waiting(app)
        with app.app_context():
            admin = db.session.scalars(select(User)).one()
        assert (task.name, task.args) == ("_load_samples", (str(admin.id),))

    def test_the_link_works_once(self, client, app, path):
        page = client.page(path)
        client.send(page, path, **LENA)
        other = Browser(app)
        gone = other.page(path, status=410)
        assert "Vitrine has been set up." in gone.words
        with other.session_transaction() as cookie:
            cookie["csrf_token"] = "x"
        token = other.page("/login").values("/login")["csrf_token"]
        answer = other.post(path, data=LENA | {"email": "eve@example.org", "csrf_token": token})
        assert answer.status_code == 410
        with app.app_context():
            assert len(accounts.all_users()) == 1

    @on_sqlite
    @pytest.mark.parametrize("token", ["x", "x" * 3000, "%00", "\u00e9"])
    def test_a_link_that_never_was_one_says_so(self, client, path, token):
        assert "This link no longer works" in client.page(f"/set-up/{token}", status=410).words

    def test_an_old_link_says_so(self, client, app, path):
        expire(app, OneTimeToken)
        assert client.page(path, status=410).heading == "This link no longer works"
        assert client.get(path, headers=HTMX).status_code == 410

    @on_sqlite
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("site_name", ""),
            ("site_name", "x" * 101),
            ("name", " "),
            ("email", "nobody"),
            ("email", "a b@c.d"),
            ("password", "short"),
            ("password", "x" * 201),
        ],
    )
    def test_a_refused_set_up_leaves_everything_as_it_was(self, client, app, path, field, value):
        refused = client.send(client.page(path), path, status=422, **LENA | {field: value})
        assert [each["id"] for each in refused.all("input", aria_invalid="true")] == [field]
        with app.app_context():
            assert (site.get().name, accounts.exist()) == ("Vitrine", False)
        assert client.send(refused, path, **LENA).status == 303

    @on_sqlite
    def test_every_mistake_is_shown_at_once(self, client, path):
        wrong = {"site_name": "", "name": "", "email": "", "password": ""}
        refused = client.send(client.page(path), path, **wrong)
        assert len(refused.all("input", aria_invalid="true")) == 4
        assert len(refused.one("div", id="errors").all("a")) == 4


class TestInvitation:
    @pytest.fixture
    def path(self, app, cast):
        with app.app_context(), transaction():
            _, link = invitations.invite(
                "sam@example.org", role="translator", languages=["fr"], base_url="", actor=cast.ada
            )
        return link

    def test_an_invitation_says_what_it_is_and_lets_in(self, client, path):
        page = client.page(path)
        assert page.heading == "Join Vitrine"
        assert "You are invited as translator." in page.words
        assert "sam@example.org" in page.words
        assert client.send(page, path, name="Sam", password=NEW).headers["Location"] == "/galleries/"
        assert client.page("/profile").one("input", id="name")["value"] == "Sam"

    def test_it_cannot_be_turned_into_another_role_or_address(self, client, app, path):
        wanted = {"role": "admin", "email": "eve@example.org", "languages": "en"}
        client.send(client.page(path), path, name="Sam", password=NEW, **wanted)
        with app.app_context():
            user = accounts.find_by_email("sam@example.org")
            assert (accounts.role_of(user), [language.code for language in user.languages]) == ("translator", ["fr"])
            assert accounts.find_by_email("eve@example.org") is None

    def test_it_works_once(self, client, app, path):
        page = client.page(path)
        client.send(page, path, name="Sam", password=NEW)
        assert Browser(app).page(path, status=410).heading == "This link no longer works"
        assert client.send(page, path, name="Sam", password=NEW).status in (400, 410)

    def test_it_is_gone_after_a_week(self, client, app, path):
        expire(app, Invitation)
        assert client.page(path, status=410)

    @on_sqlite
    @pytest.mark.parametrize("fields", [{"name": ""}, {"password": "short"}])
    def test_a_refused_form_is_shown_again(self, client, path, fields):
        refused = client.send(client.page(path), path, **{"name": "Sam", "password": NEW} | fields)
        assert refused.status == 422
        assert client.send(refused, path, name="Sam", password=NEW).status == 303

    def test_an_address_that_got_an_account_meanwhile_is_a_conflict(self, client, app, cast, path):
        with app.app_context(), transaction():
            accounts.add("sam@example.org", name="S", role="viewer", password=NEW, actor=cast.ada)
        refused = client.send(client.page(path), path, name="Sam", password=NEW)
        assert refused.status == 409
        assert "has an account already" in refused.words


class TestReset:
    @pytest.fixture
    def letterbox(self):
        with Letterbox() as box:
            yield box

    @pytest.fixture
    def environ(self, environ, letterbox):
        return environ | {"VITRINE_SMTP_URL": f"smtp://127.0.0.1:{letterbox.port}"}

    def ask(self, client, email="ed@example.org"):
        return client.send(client.page("/reset"), "/reset", email=email)

    def test_a_link_comes_by_letter_and_sets_the_password(self, client, app, cast, letterbox):
        assert self.ask(client).heading == "Look into your mail"
        work(app)
        [letter] = letterbox.letters
        assert (letter["To"], letter["Subject"]) == ("ed@example.org", "Set a new password \u00b7 Vitrine")
        assert letter["From"] == "Vitrine <no-reply@localhost>"
        path = re.search(r"http://localhost(/reset/\S+)", letter.get_content())[1]
        page = client.page(path)
        assert "ed@example.org" in page.words
        after = client.send(page, path, password=NEW)
        assert "Your new password is set." in client.follow(after).words
        form = {"email": "ed@example.org", "password": NEW}
        assert client.send(client.page("/login"), "/login", **form).status == 303
        assert client.page(path, status=410).heading == "This link no longer works"

    def test_asking_is_answered_alike_and_does_the_same_whoever_it_is(self, client, app, cast, letterbox):
        with app.app_context(), transaction():
            accounts.deactivate(cast.vi.id, actor=cast.ada)
        emails = ["ed@example.org", "nobody@example.org", "vi@example.org"]
        answers = [self.ask(client, email) for email in emails]
        assert len({answer.html for answer in answers}) == 1
        assert [(task.name, task.args) for task in waiting(app)] == [
            ("send_reset", (email, "en")) for email in emails
        ]
        work(app)
        assert [letter["To"] for letter in letterbox.letters] == ["ed@example.org"]

    @pytest.mark.parametrize("email", ["ed@example.org", "nobody@example.org"])
    def test_asking_too_often_is_answered_alike_and_does_nothing_more(self, client, app, cast, letterbox, email):
        answers = [self.ask(client, email) for _ in range(5)]
        assert {(answer.status, answer.html) for answer in answers} == {(200, answers[0].html)}
        assert len(waiting(app)) == 3
        work(app)
        assert [letter["To"] for letter in letterbox.letters] == ["ed@example.org"] * 3 * (email == "ed@example.org")

    def test_no_link_waits_in_the_queue(self, client, app, cast):
        self.ask(client)
        [task] = waiting(app)
        assert task.args == ("ed@example.org", "en")
        with app.app_context():
            assert db.session.scalars(select(OneTimeToken)).all() == []

    @on_sqlite
    @pytest.mark.parametrize("email", ["", "nobody", "x" * 300 + "@example.org"])
    def test_what_is_no_address_is_said(self, client, app, cast, email):
        assert self.ask(client, email).status == 422
        assert waiting(app) == []

    def test_a_short_password_is_refused_and_the_link_stays_good(self, client, app, cast):
        with app.app_context(), transaction():
            path = accounts.reset_link(cast.ed.id, "", actor=cast.ada)
        refused = client.send(client.page(path), path, status=422, password="short")
        assert client.send(refused, path, password=NEW).status == 303

    def test_an_old_link_says_so_in_its_form_too(self, client, app, cast):
        with app.app_context(), transaction():
            path = accounts.reset_link(cast.ed.id, "", actor=cast.ada)
        page = client.page(path)
        expire(app, OneTimeToken)
        assert client.send(page, path, password=NEW).status == 410
        assert client.page(path, status=410)

    @on_sqlite
    def test_links_are_made_of_the_configured_address_whatever_the_host(self, client, app, cast, letterbox):
        page = client.page("/reset")
        form = page.values("/reset") | {"email": "ed@example.org"}
        client.post("/reset", data=form, headers={"Host": "evil.example"}, base_url="http://localhost")
        work(app)
        assert all("evil.example" not in letter.as_string() for letter in letterbox.letters)


def test_without_a_mail_server_an_administrator_helps(client, app, cast):
    page = client.page("/reset")
    assert "Ask an administrator" in page.words
    assert page.all("form") == []
    token = client.page("/login").values("/login")["csrf_token"]
    client.post("/reset", data={"csrf_token": token, "email": "ed@example.org"})
    assert waiting(app) == []


def test_a_link_page_is_for_strangers_and_for_who_is_signed_in(app, cast):
    with app.app_context(), transaction():
        path = accounts.reset_link(cast.ed.id, "", actor=cast.ada)
    assert browser_of(app, cast.vi).page(path).heading == "Set a new password"
