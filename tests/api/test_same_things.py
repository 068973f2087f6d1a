"""Files and backgrounds by the dashboard's forms and over each dialect that has them: the same deed leaves the same.

As tests/api/test_same_change.py has it of galleries: rows, events and audit, ids by the names of what they are.
"""

import io
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.api.cms.conftest import Program
from tests.api.conftest import add_key
from tests.api.sherl.conftest import Sherl
from tests.fixtures.app import Cast, browser_of, on_sqlite
from tests.pictures import photo
from webapp.domain.backgrounds import contents, keeping, versions
from webapp.domain.models import AuditEntry, Background, BackgroundSpot, Media, OutboxEvent
from webapp.domain.transaction import transaction
from webapp.infra.db import db

LEFT_OUT = {"id", "blob_id", "filename", "uploaded_through", "trashed_slug"}
HERE = {"Sec-Fetch-Site": "same-origin"}
PICTURE = photo(48, 32)
PLACES = {
    "locations": [
        {
            "distance": "10km",
            "location": {"country": "FR", "locality": "Nîmes", "latitude": 43.83, "longitude": 4.36},
        },
        {"location": {"country": "BE", "originId": "x-1"}},
    ],
    "geoshapes": [{"type": "circle", "coordinates": [-4.5, 45.75], "radius": "900m"}],
}
"""Places as a program says them."""

ROWS = {
    **{"area-0-kind": "location", "area-0-country": "FR", "area-0-locality": "Nîmes", "area-0-radius": "10"},
    **{"area-0-unit": "km", "area-0-latitude": "43.83", "area-0-longitude": "4.36"},
    **{"area-1-kind": "location", "area-1-country": "BE", "area-1-originId": "x-1"},
    **{"area-2-kind": "circle", "area-2-latitude": "45.75", "area-2-longitude": "-4.5"},
    **{"area-2-radius": "900", "area-2-unit": "m"},
}
"""The same as the form has them."""

pytestmark = on_sqlite


class Doors:
    """The doors of one installation with one editor behind them, and what they work on."""

    def __init__(self, app: Flask, cast: Cast):
        self.app, self.cast = app, cast
        self.browser = browser_of(app, cast.ed)
        self.cms, self.sherl = (made(app, add_key(app, cast.ed)) for made in (Program, Sherl))

    def picture(self) -> str:
        """Make a file of the library."""
        with self.app.app_context(), transaction():
            return str(factories.picture("lake.jpg").id)

    def background(self) -> str:
        """Make a background of two pictures for the home page."""
        pictures = [UUID(self.picture()), UUID(self.picture())]
        with self.app.app_context(), transaction():
            return str(keeping.register({"media_ids": pictures, "zones": ("HOME_PAGE",)}, actor=self.cast.ed).id)

    def pictures_of(self, background_id: str) -> list[str]:
        """Return the pictures of a background, in their order."""
        with self.app.app_context():
            return [str(each) for each in contents.of([UUID(background_id)])[UUID(background_id)].media_ids]

    def sent(self) -> str:
        """Return the newest file."""
        with self.app.app_context():
            return str(db.session.scalars(select(Media.id).order_by(Media.created_at.desc()).limit(1)).one())

    def made(self) -> str:
        """Return the newest background."""
        newest = select(Background.id).order_by(Background.created_at.desc()).limit(1)
        with self.app.app_context():
            return str(db.session.scalars(newest).one())


Act = Callable[[Doors, str], object]
Verbs = dict[str, dict[str, Act]]


def form_upload(doors: Doors) -> None:
    token = doors.browser.page("/library/").one("meta", name="csrf-token")["content"]
    fields = {"csrf_token": token, "file": (io.BytesIO(PICTURE), "lake.jpg"), "again": "1"}
    headers = HERE | {"Accept": "application/json"}
    assert doors.browser.post("/library/", data=fields, headers=headers).status_code in (201, 303)


def form(doors: Doors, page: str, to: str, **fields: Any) -> None:
    answer = doors.browser.send(doors.browser.page(page), to, **fields)
    assert answer.status == 303, answer.words[:500]


def cms_upload(doors: Doors) -> None:
    doors.cms.post("/media/upload", data={"file": (io.BytesIO(PICTURE), "lake.jpg")})


FILES: Verbs = {
    "send a picture": {
        "forms": lambda d, _: form_upload(d),
        "cms": lambda d, _: cms_upload(d),
        "sherl": lambda d, _: d.sherl.upload("", content=PICTURE),
    },
    "throw a file away": {
        "forms": lambda d, each: form(d, f"/library/{each}", f"/library/{each}/trash"),
        "cms": lambda d, each: d.cms.delete(f"/media/{each}", status=204),
        "sherl": lambda d, each: d.sherl.ask("DELETE", f"/medias/{each}", status=201),
    },
}
BACKGROUNDS: Verbs = {
    "make a background": {
        "forms": lambda d, each: form(
            d, "/backgrounds/new", "/backgrounds/", media=[each], zones=["HOME_PAGE", "MENU"], active="y"
        ),
        "sherl": lambda d, each: d.sherl.post(
            "/galleries/dynamic-background", {"medias": [{"id": each}], "displayZones": ["HOME_PAGE", "MENU"]}
        ),
    },
    "show a background elsewhere": {
        "forms": lambda d, each: form(d, f"/backgrounds/{each}", f"/backgrounds/{each}", zones=["MENU"]),
        "sherl": lambda d, each: d.sherl.patch(f"/galleries/dynamic-background/{each}", {"displayZones": ["MENU"]}),
    },
    "move a background to places": {
        "forms": lambda d, each: form(d, f"/backgrounds/{each}", f"/backgrounds/{each}", **ROWS),
        "sherl": lambda d, each: d.sherl.patch(f"/galleries/dynamic-background/{each}", PLACES),
    },
    "say something of a background": {
        "forms": lambda d, each: form(d, f"/backgrounds/{each}", f"/backgrounds/{each}", metadatas='{"a": [1, 2]}'),
        "sherl": lambda d, each: d.sherl.ask(
            "PUT", f"/galleries/dynamic-background/{each}", {"metadatas": {"a": [1, 2]}}
        ),
    },
    "turn the pictures of a background round": {
        "forms": lambda d, each: form(
            d, f"/backgrounds/{each}", f"/backgrounds/{each}", media=d.pictures_of(each)[::-1]
        ),
        "sherl": lambda d, each: d.sherl.patch(
            f"/galleries/dynamic-background/{each}",
            {"medias": [{"id": media} for media in d.pictures_of(each)[::-1]]},
        ),
    },
    "say the same again": {
        "forms": lambda d, each: form(d, f"/backgrounds/{each}", f"/backgrounds/{each}"),
        "sherl": lambda d, each: d.sherl.patch(
            f"/galleries/dynamic-background/{each}", {"displayZones": ["HOME_PAGE"]}
        ),
    },
    "throw a background away": {
        "forms": lambda d, each: form(d, f"/backgrounds/{each}", f"/backgrounds/{each}/trash"),
        "sherl": lambda d, each: d.sherl.delete(f"/galleries/dynamic-background/{each}"),
    },
}


@pytest.fixture
def doors(app: Flask, cast: Cast) -> Doors:
    return Doors(app, cast)


@pytest.mark.parametrize("verb", FILES)
def test_the_same_deed_to_a_file_leaves_the_same(doors: Doors, verb: str) -> None:
    left = {}
    for door, act in FILES[verb].items():
        media_id, since = doors.picture(), last(doors)
        act(doors, media_id)
        media_id = doors.sent() if verb == "send a picture" else media_id
        left[door] = told(doors, media_id, since) | {"row": row(doors, Media, media_id)}

    agree(left)


@pytest.mark.parametrize("verb", BACKGROUNDS)
def test_the_same_deed_to_a_background_leaves_the_same(doors: Doors, verb: str) -> None:
    left = {}
    for door, act in BACKGROUNDS[verb].items():
        makes = verb == "make a background"
        thing, since = doors.picture() if makes else doors.background(), last(doors)
        act(doors, thing)
        background_id = doors.made() if makes else thing
        left[door] = told(doors, background_id, since) | {"row": row(doors, Background, background_id)}
        left[door]["contents"] = held(doors, background_id)

    agree(left, silent=verb == "say the same again")


def agree(left: dict[str, dict[str, Any]], *, silent: bool = False) -> None:
    """Find where one door leaves something else than another."""
    first, *others = left
    assert others
    for other in others:
        for part, expected in left[first].items():
            assert left[other][part] == expected, f"{part}: {other} differs from {first}"
    assert bool(left[first]["audit"]) is not silent
    assert bool(left[first]["events"]) is not silent


def last(doors: Doors) -> tuple[int, int]:
    """Note how far events and audit had come, and have all events be told of."""
    with doors.app.app_context(), transaction():
        for event in db.session.scalars(select(OutboxEvent)):
            event.delivered_at = event.at
        newest = [
            db.session.scalars(select(each.id).order_by(each.id.desc())).first() for each in (OutboxEvent, AuditEntry)
        ]
    return newest[0] or 0, newest[1] or 0


def told(doors: Doors, thing_id: str, since: tuple[int, int]) -> dict[str, Any]:
    """Return what was told and recorded since."""
    with doors.app.app_context():
        events = db.session.scalars(select(OutboxEvent).where(OutboxEvent.id > since[0])).all()
        audit = db.session.scalars(select(AuditEntry).where(AuditEntry.id > since[1])).all()
        return {
            "events": [(each.kind, each.entity_id == thing_id, each.payload) for each in events],
            "audit": [(each.verb, each.thing, each.thing_id == thing_id, each.changes) for each in audit],
        }


def row(doors: Doors, model: Any, thing_id: str) -> dict[str, Any]:
    """Return a row's columns but ids and moments."""
    with doors.app.app_context():
        found = db.session.get_one(model, UUID(thing_id))
        columns = [each.key for each in found.__table__.columns if each.key not in LEFT_OUT]
        return {name: getattr(found, name) for name in columns if not name.endswith(("_at", "by_id"))}


def held(doors: Doors, background_id: str) -> Any:
    """Return what belongs to a background: where it is looked for and what it was, too; its pictures by age."""
    with doors.app.app_context():
        found = contents.of([UUID(background_id)])[UUID(background_id)]
        oldest = db.session.scalars(select(Media.id).where(Media.id.in_(found.media_ids)).order_by(Media.created_at))
        ages = {media_id: age for age, media_id in enumerate(oldest)}
        spots = db.session.scalars(select(BackgroundSpot).where(BackgroundSpot.background_id == UUID(background_id)))
        looked_for = sorted((each.zone, each.cell or 0, each.address or "", each.radius or 0) for each in spots)
        earlier = [versions.get(UUID(background_id), each.number) for each in versions.page(UUID(background_id)).rows]
        kept = [(each.row.number, each.fields, each.contents.zones, each.contents.areas) for each in earlier]
        pictures = [ages[each] for each in found.media_ids]
        return pictures, found.zones, found.areas, dict(found.captions or {}), looked_for, kept
