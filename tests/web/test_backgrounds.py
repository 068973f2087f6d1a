"""The list of backgrounds and their form, through the door: made, changed, narrowed, refused."""

import pytest
from sqlalchemy import select

from tests import factories, places
from webapp.domain.backgrounds import contents, keeping
from webapp.domain.backgrounds.areas import Area
from webapp.domain.models import Background, Language
from webapp.domain.transaction import transaction
from webapp.infra.db import db

PARIS = Area.round(48.85, 2.35, "1km")
LYON = Area.located({"country": "FR", "locality": "Lyon", "streetAddress": "Quai Saint-Antoine"}, None)


@pytest.fixture
def media_ids(app, cast):
    with app.app_context(), transaction():
        factories.language("ar", is_active=True)
        return places.pictures(4)


def make(app, person, media_ids, **fields):
    with app.app_context(), transaction():
        return keeping.register({"media_ids": media_ids, "zones": ("HOME_PAGE",), **fields}, actor=person).id


def of(app, background_id):
    """The row, what belongs to it, and its captions by code."""
    with app.app_context():
        row = db.session.get(Background, background_id)
        found = contents.of([background_id])[background_id]
        codes = {each.id: each.code for each in db.session.scalars(select(Language))}
        db.session.expunge(row)
        return row, found, {codes[each]: text for each, text in (found.captions or {}).items()}


def only(app):
    with app.app_context():
        return db.session.scalars(select(Background.id)).one()


def count(app):
    with app.app_context():
        return len(db.session.scalars(select(Background.id)).all())


def said(media_ids, **fields):
    """What a form says: two pictures for the home page unless told otherwise."""
    given = {"media": [str(each) for each in media_ids[:2]], "zones": ["HOME_PAGE"], "active": "y", "turns": "never"}
    return given | {name.replace("__", "-"): value for name, value in fields.items()}


def circle(number=0, latitude="48.8566", longitude="2.3522", radius="1", unit="km"):
    row = {"kind": "circle", "latitude": latitude, "longitude": longitude, "radius": radius, "unit": unit}
    return {f"area-{number}-{name}": value for name, value in row.items()}


def address(number=0, **parts):
    return {f"area-{number}-kind": "location"} | {f"area-{number}-{name}": value for name, value in parts.items()}


def send(browser, page="/backgrounds/new", to="/backgrounds/", **fields):
    return browser.send(browser.page(page), to, **fields)


def rows(page):
    return [each.one("h3").words for each in page.all("li", class_="bg-row")]


class TestTheList:
    def test_a_background_says_what_it_is_and_where(self, ed, app, cast, media_ids):
        make(app, cast.ed, media_ids, name="Dusk", areas=(PARIS, LYON), zones=("HOME_PAGE", "MENU"))
        make(app, cast.ed, media_ids[:1])
        page = ed.page("/backgrounds/")

        assert rows(page) == ["Home page", "Dusk"]
        first = page.all("li", class_="bg-row")[1]
        assert [each.words for each in first.all("span", class_="tag")] == ["Home page", "Menu"]
        assert "1 km round 48.85, 2.35" in first.words.replace("\xa0", " ")
        assert "Quai Saint-Antoine, Lyon, FR" in first.words
        assert all(each in first.words for each in ("Shown", "4 pictures", "Version 1", "Ed"))
        assert "Everywhere" in page.all("li", class_="bg-row")[0].words
        drawn = page.one("li", data_radius="1000.0")
        assert (drawn["data-latitude"], drawn["data-longitude"]) == ("48.85", "2.35")
        assert page.one("section", id="background-map").get("data-map") is not None
        assert "2 backgrounds" in page.words


class TestMaking:
    def test_a_form_makes_a_background(self, ed, app, media_ids):
        answer = send(ed, **said(media_ids, name="Dusk", **circle(), **address(1, country="FR", locality="Lyon")))

        page = ed.follow(answer)
        assert "The background is made." in page.words
        row, found, _ = of(app, only(app))
        assert (row.name, row.is_active, found.zones) == ("Dusk", True, ("HOME_PAGE",))
        assert list(found.media_ids) == media_ids[:2]
        assert [each.kind for each in found.areas] == ["circle", "location"]
        assert found.areas[0].circle.radius == 1000
        assert found.areas[1].address == {"country": "FR", "locality": "Lyon"}
