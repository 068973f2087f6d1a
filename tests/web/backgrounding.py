"""Backgrounds for tests of their pages: made in the domain, read from it, and what their form says."""

from sqlalchemy import select, update

from webapp.domain.backgrounds import contents, keeping
from webapp.domain.backgrounds.areas import Area
from webapp.domain.models import Background, Language, Media
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db

PARIS = Area.round(48.85, 2.35, "1km")
LYON = Area.located({"country": "FR", "locality": "Lyon", "streetAddress": "Quai Saint-Antoine"}, None)


def make(app, person, media_ids, **fields):
    """Make a background for the home page, unless told otherwise, and return its id."""
    with app.app_context(), transaction():
        return keeping.register({"media_ids": media_ids, "zones": ("HOME_PAGE",), **fields}, actor=person).id


def change(app, person, background_id, **fields):
    """Change a background as somebody else would meanwhile."""
    with app.app_context(), transaction():
        keeping.change(background_id, fields, actor=person)


def of(app, background_id):
    """Return the row, what belongs to it, and its captions by code."""
    with app.app_context():
        row = db.session.get(Background, background_id)
        found = contents.of([background_id])[background_id]
        codes = {each.id: each.code for each in db.session.scalars(select(Language))}
        db.session.expunge(row)
        return row, found, {codes[each]: text for each, text in (found.captions or {}).items()}


def every(app):
    """Return the ids of all backgrounds, the oldest first."""
    with app.app_context():
        return list(db.session.scalars(select(Background.id).order_by(Background.created_at, Background.id)))


def gone(app, media_id):
    """Take a picture out of the library, as only a restored backup could while a background shows it."""
    with app.app_context(), transaction():
        db.session.execute(update(Media).where(Media.id == media_id).values(deleted_at=now()))


def said(media_ids, **fields):
    """Return what a form says: two pictures for the home page, unless told otherwise."""
    given = {"media": [str(each) for each in media_ids[:2]], "zones": ["HOME_PAGE"], "active": "y", "turns": "never"}
    return given | fields


def circle(number=0, latitude="48.8566", longitude="2.3522", radius="1", unit="km"):
    """Return a row of the form for a circle."""
    row = {"kind": "circle", "latitude": latitude, "longitude": longitude, "radius": radius, "unit": unit}
    return {f"area-{number}-{name}": value for name, value in row.items()}


def address(number=0, **parts):
    """Return a row of the form for an address."""
    return {f"area-{number}-kind": "location"} | {f"area-{number}-{name}": value for name, value in parts.items()}


def rows(page):
    """Return the titles of a list."""
    return [each.one("h3").words for each in page.all("li", class_="bg-row")]
