"""The settings of the site: its name, where it is read, and who may change it."""

from uuid import UUID

import pytest
from sqlalchemy import select

from tests.fixtures.app import browser_of, on_sqlite
from tests.fixtures.browser import HTMX
from tests.statements import counted
from webapp.domain import site
from webapp.domain.models import AuditEntry
from webapp.infra.db import db

PAGE = "/site/"


def name_of(app):
    with app.app_context():
        return site.get().name


def entries(app):
    with app.app_context():
        found = db.session.scalars(select(AuditEntry).where(AuditEntry.thing == "site"))
        return [(entry.verb, entry.changes["name"]) for entry in found]


def test_the_site_is_given_another_name(ada, app):
    answer = ada.send(ada.page(PAGE), PAGE, name="  Lantern   Club ")

    assert answer.headers["Location"] == PAGE
    page = ada.follow(answer)
    assert "Saved." in page.words
    assert page.values(PAGE)["name"] == ["Lantern Club"]
    assert name_of(app) == "Lantern Club"
    assert entries(app) == [("update", ["Vitrine", "Lantern Club"])]


def test_an_equal_name_is_no_change(ada, app):
    version = ada.page(PAGE).values(PAGE)["version"]

    ada.send(ada.page(PAGE), PAGE, status=303)

    assert ada.page(PAGE).values(PAGE)["version"] == version
    assert entries(app) == []


def test_d25_two_people_at_the_settings_overwrite_nothing(ada, app):
    opened = ada.page(PAGE)
    ada.send(opened, PAGE, name="First", status=303)

    refused = ada.send(opened, PAGE, name="Second", status=409)

    assert "Somebody else has changed the settings" in refused.words
    assert refused.values(PAGE)["name"] == ["Second"]
    assert name_of(app) == "First"


@on_sqlite
@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\x07b"])
@pytest.mark.parametrize("htmx", [False, True])
def test_a_name_that_is_none_is_asked_for_again(ada, app, name, htmx):
    page = ada.send(ada.page(PAGE), PAGE, name=name, htmx=htmx, status=422)

    assert page.one("input", name="name")["aria-invalid"] == "true"
    assert name_of(app) == "Vitrine"


@on_sqlite
def test_htmx_gets_the_form_again_and_a_message(ada):
    answer = ada.send(ada.page(PAGE), PAGE, name="Lantern Club", htmx=True, status=200)

    form, said = answer.root.children
    assert (form["id"], said.name) == ("site-settings", "hx-partial")
    assert answer.values(PAGE)["name"] == ["Lantern Club"]
    assert ada.send(answer, PAGE, name="Again", htmx=True).status == 200


@on_sqlite
def test_the_fragment_is_what_stands_in_the_page(ada):
    fragment = ada.page(PAGE, headers=HTMX)

    assert fragment.one("div", id="site-settings").words == ada.page(PAGE).one("div", id="site-settings").words


@on_sqlite
def test_the_name_stands_in_the_titles_of_pages(ada, client):
    ada.send(ada.page(PAGE), PAGE, name="Lantern Club", status=303)

    assert ada.page("/galleries/").one("title").words == "Galleries · Lantern Club"
    assert ada.page(f"/users/{UUID(int=0)}", status=404).one("title").words.endswith("· Lantern Club")
    sign_in = client.page("/login")
    assert (sign_in.heading, sign_in.one("title").words) == ("Sign in to Lantern Club", "Sign in · Lantern Club")


def test_the_name_costs_no_query_of_its_own(ada, app):
    ada.get("/languages/")
    with app.app_context(), counted() as sent:
        ada.get("/languages/")

    assert len(sent) == 2


@on_sqlite
def test_the_settings_are_reached_from_the_navigation_by_administrators(ada, ed):
    assert {link["href"] for link in ada.page(PAGE).all("a", aria_current="page")} == {PAGE}
    assert PAGE not in {link["href"] for link in ed.page("/profile").all("a")}


@on_sqlite
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("who", ["ed", "tessa", "vi"])
def test_only_an_administrator_has_the_settings(app, cast, who, method):
    browser = browser_of(app, getattr(cast, who))
    token = browser.page("/profile").values("/profile")["csrf_token"]

    answer = browser.open(PAGE, method=method, data={"csrf_token": token, "name": "Mine"})

    assert answer.status_code == 403
    assert name_of(app) == "Vitrine"


@on_sqlite
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_settings_are_for_who_is_signed_in(client, cast, method):
    answer = client.open(PAGE, method=method, headers={"Sec-Fetch-Site": "same-origin"})

    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/login")


@on_sqlite
def test_nothing_is_saved_without_a_token(ada, app):
    answer = ada.post(PAGE, data={"name": "Mine"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code in (400, 403)
    assert name_of(app) == "Vitrine"
