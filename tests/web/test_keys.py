"""The keys page: made by people for programs, shown once, looked after, revoked."""

from datetime import timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy import select, update

from tests.fixtures.app import browser_of, on_sqlite
from tests.fixtures.browser import HTMX
from tests.statements import counted
from webapp.domain import keys
from webapp.domain.models import ApiKey, User
from webapp.domain.permissions import PERMISSIONS, ROLES
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.web.keys.forms import GROUPS, WORDS

NOBODY = "/keys/00000000-0000-4000-8000-000000000000/revocation"
SITE = {"name": "Site", "permissions": ["galleries:read", "media:read"], "life": "90"}

pytestmark = on_sqlite


def make(browser, **fields):
    return browser.send(browser.page("/keys/new"), "/keys/", **SITE | fields)


def add(app, person, **fields):
    with app.app_context(), transaction():
        key, whole = keys.add(db.session.get(User, person.id), **{"name": "Site", "actor": person} | fields)
        return key.id, whole


def asked(app, whole):
    """Ask the API with a key, and let it be noted."""
    answer = app.test_client().get("/api/v1/galleries", headers={"Authorization": f"Bearer {whole}"})
    answer.close()
    return answer.status_code


def only(app):
    with app.app_context():
        return db.session.scalars(select(ApiKey)).one()


class TestMaking:
    def test_a_key_is_shown_once_and_works(self, ed, app, cast):
        page = make(ed)

        assert (page.status, page.heading) == (201, "Copy the key now")
        whole = page.one("input", id="key-whole")["value"]
        assert asked(app, whole) == 200
        halves = [page.one("input", id=each)["value"] for each in ("key-id", "key-secret")]
        assert ".".join(halves) == whole
        assert f"Authorization: Bearer {whole}" in page.one("pre", id="key-sample").words
        key = only(app)
        assert (key.user_id, key.name, key.permissions) == (cast.ed.id, "Site", ["galleries:read", "media:read"])
        assert halves[1] not in ed.get("/keys/").text

    @pytest.mark.parametrize(("life", "days"), [("30", 30), ("90", 90), ("365", 365)])
    def test_a_key_ends_after_so_many_days(self, ed, app, life, days):
        make(ed, life=life)
        assert timedelta(0) <= now() + timedelta(days=days) - only(app).expires_at < timedelta(minutes=5)

    def test_a_key_may_have_no_end(self, ed, app):
        make(ed, life="")
        assert only(app).expires_at is None
        assert "Works without an end" in ed.page("/keys/").words

    def test_a_key_may_end_with_a_day(self, ed, app):
        day = (now() + timedelta(days=3)).date()
        make(ed, expires_at=day.isoformat())
        assert only(app).expires_at.isoformat() == f"{day}T23:59:59+00:00"

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"name": ""}, "Say what the key is for."),
            ({"name": "x" * 101}, "Field must be between 1 and 100 characters long."),
            ({"name": "a\x07b"}, "Remove the control characters from this."),
            ({"permissions": []}, "Choose at least one thing that it may do."),
            ({"permissions": ["users:read"]}, "'users:read' is not a valid choice for this field."),
            ({"permissions": ["nonsense"]}, "'nonsense' is not a valid choice for this field."),
            ({"life": "7"}, "Not a valid choice."),
            ({"expires_at": "2001-01-01"}, "Choose a day that is still to come."),
            ({"expires_at": "soon"}, "Not a valid date value."),
        ],
    )
    def test_what_cannot_be_is_said_beside_its_field(self, ed, app, wrong, said):
        page = make(ed, **wrong)

        assert (page.status, page.heading) == (422, "New key")
        assert page.one("title").words.startswith("Error:")
        assert said in page.one("div", id="errors").words
        with app.app_context():
            assert db.session.scalars(select(ApiKey)).all() == []

    def test_what_was_chosen_stays_where_something_else_is_wrong(self, ed):
        page = make(ed, name="", permissions=["galleries:delete"], life="30")
        assert [box["value"] for box in page.all("input", type="checkbox") if "checked" in box.attributes] == [
            "galleries:delete"
        ]

    @pytest.mark.parametrize(("preset", "wanted"), [("read", "read"), ("manage", "manage"), ("", None), ("x", None)])
    def test_presets_choose(self, ed, preset, wanted):
        page = ed.page(f"/keys/new?preset={preset}")
        chosen = {box["value"] for box in page.all("input", type="checkbox") if "checked" in box.attributes}
        assert chosen == (keys.PRESETS[wanted] if wanted else set())

    @pytest.mark.parametrize("who", ["ada", "ed", "tessa", "vi"])
    def test_nobody_is_offered_what_they_may_not_do(self, app, cast, who):
        person = getattr(cast, who)
        page = browser_of(app, person).page("/keys/new")

        assert {box["value"] for box in page.all("input", type="checkbox")} == set(person.permissions)
        presets = {link["id"].removeprefix("preset-") for link in page.all("a", class_="btn sm")}
        assert presets == {name for name, preset in keys.PRESETS.items() if preset <= person.permissions}

    def test_every_permission_has_words_and_a_group(self, app):
        with app.test_request_context(), force_locale("en"):
            assert {permission for permission in PERMISSIONS if not str(WORDS.get(permission, ""))} == set()
        assert {permission.partition(":")[0] for permission in PERMISSIONS} <= set(GROUPS)

    def test_a_forged_form_makes_no_key(self, ed, app):
        assert ed.post("/keys/", data=SITE).status_code == 400
        with app.app_context():
            assert db.session.scalars(select(ApiKey)).all() == []

    def test_a_key_opens_no_page_and_makes_no_key(self, app, cast):
        _, whole = add(app, cast.ada)
        client = app.test_client(use_cookies=False)
        headers = {"Authorization": f"Bearer {whole}"}

        assert client.get("/keys/", headers=headers).status_code == 303
        assert client.post("/keys/", data=SITE, headers=headers).status_code != 201
        with app.app_context():
            assert len(db.session.scalars(select(ApiKey)).all()) == 1


class TestList:
    def test_there_are_no_keys_yet(self, ed):
        page = ed.page("/keys/")
        assert page.heading == "Keys"
        assert "No keys yet" in [heading.words for heading in page.all("h2")]
        assert page.one("a", id="key-first")["href"] == "/keys/new"

    @pytest.mark.parametrize("who", ["ada", "ed", "tessa", "vi"])
    def test_it_is_reached_from_the_navigation_by_all(self, app, cast, who):
        browser = browser_of(app, getattr(cast, who))
        assert "/keys/" in {link["href"] for link in browser.page("/profile").all("a")}
        assert {link["href"] for link in browser.page("/keys/new").all("a", aria_current="page")} >= {"/keys/"}

    def test_it_lists_ones_own_keys_and_an_administrator_sees_all(self, app, cast, ed, ada):
        own, _ = add(app, cast.ed, name="Ed's")
        other, _ = add(app, cast.vi, name="Vi's")

        assert [row["id"] for row in ed.page("/keys/").one("ul", class_="rows").children] == [f"key-{own}"]
        page = ada.page("/keys/")
        assert "of Vi" in page.one("li", id=f"key-{other}").words
        assert "of Ed" in page.one("li", id=f"key-{own}").words

    def test_it_says_what_a_key_may_do_and_may_not_any_more(self, app, cast, ada):
        key_id, _ = add(app, cast.ed, permissions=["galleries:read", "media:delete"])
        with app.app_context(), transaction():
            db.session.get(ApiKey, key_id).permissions = ["galleries:read", "users:read"]

        row = ada.page("/keys/").one("li", id=f"key-{key_id}")
        assert "May do 1 thing" in row.words
        assert row.one("span", class_="gone").words == "Read who has an account"

    def test_it_says_when_a_key_was_used(self, app, cast, ed):
        _, whole = add(app, cast.ed)
        assert "Never used" in ed.page("/keys/").words

        assert asked(app, whole) == 200
        assert "Used just now" in ed.page("/keys/").words

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"revoked_at": timedelta(0)}, "Revoked"),
            ({"expires_at": timedelta(0)}, "Ended"),
            ({"expires_at": timedelta(days=400)}, "Works until"),
        ],
    )
    def test_it_says_how_a_key_stands(self, app, cast, ed, change, said):
        key_id, _ = add(app, cast.ed)
        with app.app_context(), transaction():
            moments = {name: now() + later for name, later in change.items()}
            db.session.execute(update(ApiKey).values(**moments))

        row = ed.page("/keys/").one("li", id=f"key-{key_id}")
        assert said in row.words
        assert bool(row.all("form")) == (said != "Revoked")

    def test_it_is_read_by_the_same_queries_for_one_and_for_thirty(self, app, cast, ada):
        def queries():
            ada.get("/keys/")
            with app.app_context(), counted() as sent:
                ada.get("/keys/")
            return len(sent)

        add(app, cast.ed)
        before = queries()
        for person in (cast.ed, cast.vi, cast.tessa):
            for _ in range(10):
                add(app, person)
        assert (before, queries()) == (4, 4)

    def test_names_are_text(self, app, cast, ed):
        add(app, cast.ed, name="<script>alert(1)</script>")
        assert "<script>alert" not in ed.get("/keys/").text


class TestRevoking:
    def revoke(self, browser, key_id, **options):
        return browser.send(browser.page("/keys/"), f"/keys/{key_id}/revocation", **options)

    def test_a_revoked_key_is_worthless_at_once(self, app, cast, ed):
        key_id, whole = add(app, cast.ed)
        page = ed.follow(self.revoke(ed, key_id))

        assert "The key no longer works." in page.words
        assert "Revoked" in page.one("li", id=f"key-{key_id}").words
        assert asked(app, whole) == 401

    def test_htmx_gets_the_list_and_a_toast(self, app, cast, ed):
        key_id, _ = add(app, cast.ed)
        page = self.revoke(ed, key_id, htmx=True, status=200)

        assert page.one("div", id="keys-list")
        assert "The key no longer works." in page.words
        assert page.all("html") == []

    def test_an_administrator_revokes_anybodys(self, app, cast, ada):
        key_id, whole = add(app, cast.ed)
        self.revoke(ada, key_id, status=303)
        assert asked(app, whole) == 401

    def test_somebody_elses_key_stays(self, app, cast, ed):
        key_id, whole = add(app, cast.vi)
        token = ed.page("/keys/new").values("/keys/")["csrf_token"]

        answer = ed.post(f"/keys/{key_id}/revocation", data={"csrf_token": token})
        assert ed.seen(answer, 403).heading == "You may not do this"
        assert asked(app, whole) == 200

    def test_what_is_not_there_is_not_found(self, app, cast, ed):
        key_id, _ = add(app, cast.ed)
        token = ed.page("/keys/new").values("/keys/")["csrf_token"]
        self.revoke(ed, key_id, status=303)

        assert ed.post(NOBODY, data={"csrf_token": token}).status_code == 404
        assert ed.post(f"/keys/{key_id}/revocation", data={"csrf_token": token}).status_code == 404

    @pytest.mark.parametrize(("method", "url"), [("GET", "/keys/"), ("GET", "/keys/new"), ("POST", "/keys/")])
    def test_keys_are_for_who_is_signed_in(self, client, cast, method, url):
        assert client.open(url, method=method).status_code == 303
        assert client.open(url, method=method, headers=HTMX).status_code == 401


class TestUse:
    def used(self, app):
        return only(app).used_at

    def test_a_use_is_noted_after_the_answer_and_no_sooner_than_in_a_minute_again(self, app, cast):
        _, whole = add(app, cast.ed)
        client = app.test_client()
        answer = client.get("/api/v1/galleries", headers={"Authorization": whole})
        assert self.used(app) is None
        answer.close()
        noted = self.used(app)
        assert noted is not None

        with app.app_context(), counted() as sent:
            asked(app, whole)
        assert [statement for statement in sent if statement.startswith("UPDATE")] == []
        assert self.used(app) == noted
        with app.app_context(), transaction():
            db.session.execute(update(ApiKey).values(used_at=noted - keys.USE_STEP))
        asked(app, whole)
        assert self.used(app) >= noted

    def test_who_is_not_let_in_is_not_noted(self, app, cast):
        key_id, whole = add(app, cast.ed)
        assert asked(app, f"{whole}x") == 401
        assert self.used(app) is None
        assert ROLES["editor"] == set(only(app).permissions)
        assert only(app).id == key_id
