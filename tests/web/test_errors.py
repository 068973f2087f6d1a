"""Whatever goes wrong is answered in the look of the door, with the right status and a way on."""

import io

import pytest
from flask import Blueprint, abort
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from tests.fixtures.app import close, moved_in, on_sqlite
from tests.fixtures.browser import HTMX, Browser
from tests.pictures import photo
from tests.uploads import take_all_places, take_away
from webapp import create_app, doors, web
from webapp.domain.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from webapp.domain.links import LinkGone
from webapp.domain.transaction import transaction
from webapp.infra.db import db
from webapp.infra.storage import StorageFull

ERRORS = {
    "not-found": (NotFound("Gallery", "No such gallery."), 404),
    "conflict": (Conflict("Taken already."), 409),
    "stale": (Stale("Changed meanwhile."), 409),
    "forbidden": (Forbidden("galleries:update"), 403),
    "forbidden-because": (Forbidden("galleries:update", "Not while it is held."), 403),
    "gone": (LinkGone("Used up."), 410),
    "invalid": (Invalid("title", "Too long."), 422),
    "storage-full": (StorageFull("no room"), 507),
    "locked": (OperationalError("x", {}, Exception("database is locked")), 503),
    "disk-full": (OperationalError("x", {}, Exception("database or disk is full")), 507),
    "away": (OperationalError("x", {}, Exception("server closed the connection")), 503),
}
CODES = [400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 418, 422, 429, 500, 501, 503]


def planted():
    blueprint = Blueprint("planted", __name__)

    @blueprint.get("/planted/<name>")
    @doors.allows(doors.PUBLIC)
    def fail(name):
        raise ERRORS[name][0]

    @blueprint.get("/status/<int:code>")
    @doors.allows(doors.PUBLIC)
    def status(code):
        abort(code)

    @blueprint.get("/broken")
    @doors.allows(doors.PUBLIC)
    def broken():
        return {}["nothing"]

    @blueprint.post("/write")
    @doors.allows(doors.PUBLIC)
    def write():
        with transaction():
            db.session.execute(text("UPDATE site SET name = 'written'"))
        return "written"

    return blueprint


@pytest.fixture(scope="module")
def planted_apps():
    """The apps that these tests have put together, one for each engine."""
    return {}


@pytest.fixture
def app(settings, planted_apps, compiled_templates, monkeypatch):
    """The app with a blueprint that fails in every way, and answers as it would in production."""
    monkeypatch.setattr("webapp.infra.db.BUSY_SECONDS", 1)
    if settings not in planted_apps:
        monkeypatch.setattr(web, "DASHBOARD", (*web.DASHBOARD, planted()))
        planted_apps[settings] = create_app(settings)
        planted_apps[settings].jinja_env.bytecode_cache = compiled_templates
    made = moved_in(planted_apps[settings])
    yield made
    close(made)


@on_sqlite
@pytest.mark.parametrize("name", ERRORS)
def test_what_the_domain_says_becomes_a_page(client, name):
    error, status = ERRORS[name]
    page = client.page(f"/planted/{name}", status=status)
    assert str(status) in page.words
    if getattr(error, "message", "") and name != "forbidden":
        assert error.message in page.words


@on_sqlite
def test_a_missing_permission_is_said_without_its_code_name(client):
    assert "galleries:update" not in client.page("/planted/forbidden", status=403).words


@on_sqlite
@pytest.mark.parametrize("name", ["locked", "away"])
def test_a_busy_database_says_when_to_come_back(client, name):
    page = client.page(f"/planted/{name}", status=503)
    assert int(page.headers["Retry-After"]) <= 6
    assert page.heading == "Busy just now"


@on_sqlite
@pytest.mark.parametrize("name", ERRORS)
def test_htmx_gets_a_toast_that_stays(client, name):
    answer = client.get(f"/planted/{name}", headers=HTMX)
    page = client.seen(answer, ERRORS[name][1])
    [toast] = page.root.children
    assert (toast["class"], toast["role"]) == ("toast bad", "alert")
    assert answer.headers["HX-Retarget"] == "#toasts"
    assert {"HX-Request", "HX-Request-Type"} <= set(answer.vary)


@pytest.fixture(params=["store away", "pictures busy"])
def unready(request, app, monkeypatch):
    """What uploads need does not answer just now."""
    if request.param == "store away":
        take_away(app.extensions["vitrine-storage"])
    else:
        take_all_places(monkeypatch)


def send_picture(browser, **headers):
    token = browser.page("/languages/").one("meta", name="csrf-token")["content"]
    fields = {"csrf_token": token, "file": (io.BytesIO(photo(60, 40)), "lake.jpg")}
    return browser.post("/library/", data=fields, headers={"Sec-Fetch-Site": "same-origin"} | headers)


@on_sqlite
@pytest.mark.usefixtures("unready")
def test_a_store_or_pictures_that_are_busy_say_when_to_come_back(ed):
    answer = send_picture(ed)
    page = ed.seen(answer, 503)
    assert page.heading == "Busy just now"
    assert page.one("a", id="go-home")
    assert answer.headers["Retry-After"] == "5"
    assert ed.page("/library/").all("span", class_="nm") == []


@on_sqlite
@pytest.mark.usefixtures("unready")
def test_htmx_is_told_of_a_busy_store_in_a_toast(ed):
    answer = send_picture(ed, **HTMX)
    [toast] = ed.seen(answer, 503).root.children
    assert (toast["class"], toast["role"]) == ("toast bad", "alert")
    assert "Busy just now" in toast.words
    assert (answer.headers["HX-Retarget"], answer.headers["Retry-After"]) == ("#toasts", "5")


@on_sqlite
@pytest.mark.parametrize("code", CODES)
def test_every_status_has_a_page(client, code):
    answer = client.get(f"/status/{code}")
    page = client.seen(answer, code)
    assert page.heading
    assert page.one("title").words.startswith(page.heading)
    assert answer.headers["Cache-Control"] == "no-store"


@on_sqlite
def test_an_address_that_nobody_knows_is_a_page_too(client):
    page = client.page("/no/such/page", status=404)
    assert page.heading == "Nothing is here"


@on_sqlite
@pytest.mark.parametrize(
    ("path", "status", "strangers"),
    [
        ("/no/such/page", 404, "/g/"),
        ("/g/no-such-gallery", 404, "/g/"),
        (f"/s/{'x' * 43}", 410, "/g/"),
        ("/reset/no-such-link", 410, "/"),
    ],
)
def test_an_error_leads_strangers_to_the_galleries_and_others_to_the_start(client, ed, path, status, strangers):
    def home(browser):
        return browser.page(path, status=status).one("a", id="go-home")["href"]

    assert home(client) == strangers
    assert home(ed) == ("/g/" if path.startswith("/g/") else "/")


@on_sqlite
def test_a_method_that_is_not_allowed_says_which_are(client):
    answer = client.put("/login")
    assert client.seen(answer, 405).heading == "That cannot be done here"
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


@on_sqlite
def test_a_defect_of_ours_shows_nothing_of_it(client, caplog):
    page = client.page("/broken", status=500)
    assert page.heading == "Something went wrong here"
    assert "KeyError" not in page.html
    assert "KeyError" in caplog.text


@on_sqlite
def test_a_slash_that_is_missing_leads_on(client):
    answer = client.get("/users?x=1")
    assert (answer.status_code, answer.headers["Location"]) == (308, "http://localhost/users/?x=1")


@on_sqlite
def test_a_form_that_is_too_large_is_refused(client):
    token = client.page("/login").values("/login")["csrf_token"]
    answer = client.post("/login", data={"csrf_token": token, "email": "x" * (3 * 1024**2)})
    assert client.seen(answer, 413).heading == "That is too large"


@on_sqlite
def test_another_door_answers_for_what_is_below_its_path(client, app, monkeypatch):
    answers = app.extensions["vitrine-error-answers"]
    monkeypatch.setitem(answers, "/other/", lambda error: ({"detail": type(error).__name__}, 404))
    answer = client.get("/other/nothing")
    assert (answer.status_code, answer.json) == (404, {"detail": "NotFound"})
    assert client.page("/others/nothing", status=404)


def test_a_database_held_by_somebody_else_changes_nothing_and_says_so(client, app):
    """A real lock, and no clock: whoever waits is answered before the holder lets go."""
    token = client.page("/login").values("/login")["csrf_token"]
    with app.app_context(), db.engine.connect().execution_options(begin="IMMEDIATE") as holder:
        holder.execute(text("UPDATE site SET name = 'held'"))
        answer = client.post("/write", data={"csrf_token": token})
        page = client.seen(answer, 503)
        assert page.headers["Retry-After"] == "5"
        assert client.get("/login").status_code == 200
        holder.rollback()
    assert client.post("/write", data={"csrf_token": token}).status_code == 200


def test_whoever_is_signed_in_stays_so_through_errors(app, client):
    assert Browser(app).get("/planted/conflict").status_code == 409
    assert "Set-Cookie" not in client.get("/planted/conflict").headers
