"""The same change by the dashboard's forms and over each dialect that has it leaves the same: rows, events, audit.

Each verb starts from equal galleries, one a door. What is compared is all that is kept of them after it, ids by the
names of what they are; who did it, by which door and when is what may differ.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories
from tests.api.cms.conftest import Program
from tests.api.sherl.conftest import Sherl
from tests.api.wix.conftest import Wix
from tests.fixtures.app import Cast, browser_of
from webapp.domain import keys, translations
from webapp.domain.models import (
    AuditEntry,
    Gallery,
    GallerySlug,
    GalleryText,
    Item,
    ItemTag,
    ItemText,
    OutboxEvent,
    Tag,
    User,
)
from webapp.domain.transaction import transaction
from webapp.infra.db import db

LEFT_OUT = {"id", "gallery_id", "version", "order_version", "media_id", "trashed_slug", "slug", "added_through"}
SILENT = ("by", "at", "origin", "version")


@dataclass
class Ground:
    """A gallery of three pictures to be changed through one door; `media` are those of its pictures and one more."""

    gallery_id: UUID
    items: list[UUID]
    media: list[Any]

    @property
    def desk(self) -> str:
        """Where the dashboard has it."""
        return f"/galleries/{self.gallery_id}/"

    @property
    def path(self) -> str:
        """Where both dialects have it."""
        return f"/galleries/{self.gallery_id}"

    def item(self, nth: int) -> str:
        """Where Wix has one of its items."""
        return f"{self.path}/items/{self.items[nth]}"


class Doors:
    """The doors of one installation, with one editor behind them."""

    def __init__(self, app: Flask, cast: Cast):
        self.app, self.cast = app, cast
        with app.app_context(), transaction():
            user = db.session.get(User, cast.ed.id)
            made = [keys.add(user, name=name, actor=cast.ed)[1] for name in ("cms", "wix", "sherl")]
            self.english = str(factories.language("en").id)
        self.browser, self.cms, self.wix = browser_of(app, cast.ed), Program(app, made[0]), Wix(app, made[1])
        self.sherl = Sherl(app, made[2])

    def ground(self) -> Ground:
        """Make a gallery; each call makes the same one again."""
        with self.app.app_context(), transaction():
            made = factories.gallery(self.cast.ed, "Summer", description="An evening", pictures=3, status="published")
            ids = factories.order(made.id)
            rows = [db.session.get_one(Item, each) for each in ids]
            for row in rows:
                language = made.source_language_id
                translations.write(row, language, {"caption": "As it was", "alt": "A quay"}, actor=self.cast.ed)
            extra = factories.picture()
            media = [(row.media_id, None) for row in rows] + [(extra.id, extra.filename)]
            return Ground(made.id, ids, media)

    def send(self, address: str, path: str, **fields: Any) -> None:
        """Open a page of the dashboard, fill the form that is sent to a path, and send it."""
        page = self.browser.page(address)
        found = (form.get("action", "") for form in page.all("form"))
        action = next(each for each in found if each.partition("?")[0] == path)
        typed = {name: value for name, value in (page.values(action) | fields).items() if value is not None}
        answer = self.browser.post(action, data=typed, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 303, answer.text


@pytest.fixture
def doors(app: Flask, cast: Cast) -> Doors:
    return Doors(app, cast)


def kept(doors: Doors, ground: Ground, since: tuple[int, int]) -> dict[str, Any]:
    """Return all that is kept of a gallery, and what was told and recorded of it since."""
    with doors.app.app_context():
        gallery = db.session.get_one(Gallery, ground.gallery_id)
        names = {str(each): f"item {nth}" for nth, each in enumerate(ground.items)}
        names |= {str(media): f"media {nth}" for nth, (media, _) in enumerate(ground.media)}
        names[str(gallery.id)] = "gallery"
        rows = list(db.session.scalars(select(Item).where(Item.gallery_id == gallery.id)))
        for row in rows:
            names.setdefault(str(row.id), f"new item of {names[str(row.media_id)]}")
        ids = [row.id for row in rows]
        texts = list(db.session.scalars(select(ItemText).where(ItemText.item_id.in_(ids))))
        tags = db.session.execute(
            select(ItemTag.item_id, Tag.name).join(Tag, Tag.id == ItemTag.tag_id).where(ItemTag.item_id.in_(ids))
        )
        of_it = OutboxEvent.gallery_id == gallery.id
        events = db.session.scalars(select(OutboxEvent).where(of_it, OutboxEvent.id > since[0]))
        audit = db.session.scalars(
            select(AuditEntry).where(AuditEntry.gallery_id == gallery.id, AuditEntry.id > since[1])
        )
        own = db.session.scalars(select(GalleryText).where(GalleryText.gallery_id == gallery.id))
        return {
            "gallery": plain(gallery, names),
            "slugs": len(db.session.scalars(select(GallerySlug).where(GallerySlug.gallery_id == gallery.id)).all()),
            "texts": [plain(row, names) for row in own],
            "order": [names[str(each)] for each in factories.order(gallery.id)],
            "items": sorted((plain(row, names) | moments(ground) for row in rows), key=repr),
            "item texts": sorted((plain(row, names) for row in texts), key=repr),
            "tags": sorted((names[str(item)], tag) for item, tag in tags),
            "events": [(row.kind, names.get(row.entity_id, "?"), said(row.payload, names)) for row in events],
            "audit": [(row.verb, row.thing, said(row.changes, names)) for row in audit],
        }


def moments(ground: Ground) -> dict[str, Any]:
    """Leave out the keys of what is new: each is the moment of its making (D2)."""
    return {} if ground.items else {"sort_order": None}


def plain(row: Any, names: dict[str, str]) -> dict[str, Any]:
    """Return a row's columns but ids and moments, what they name by its name."""
    columns = [column.key for column in row.__table__.columns if column.key not in LEFT_OUT]
    return {name: said(getattr(row, name), names) for name in columns if not name.endswith(("_at", "by_id"))}


def said(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: said(each, names) for key, each in value.items() if key not in SILENT}
    if isinstance(value, list | tuple):
        return [said(each, names) for each in value]
    return names.get(str(value), str(value) if isinstance(value, UUID) else value)


@contextmanager
def watched(doors: Doors) -> Iterator[tuple[int, int]]:
    """Note how far events and audit had come."""
    with doors.app.app_context(), transaction():
        for event in db.session.scalars(select(OutboxEvent)):
            event.delivered_at = event.at
        found = [
            db.session.scalars(select(model.id).order_by(model.id.desc())).first()
            for model in (OutboxEvent, AuditEntry)
        ]
    yield (found[0] or 0, found[1] or 0)


Act = Callable[[Doors, Ground], object]

VERBS: dict[str, dict[str, Act]] = {
    "rename the gallery": {
        "forms": lambda d, g: d.send(g.desk, f"{g.desk}texts/en", title="Autumn"),
        "cms": lambda d, g: d.cms.put(
            f"{g.path}/translations", {"language_id": d.english, "title": "Autumn", "description": "An evening"}
        ),
        "wix": lambda d, g: d.wix.patch(g.path, {"gallery": {"name": "Autumn"}}),
    },
    "say the same again": {
        "forms": lambda d, g: d.send(g.desk, f"{g.desk}texts/en"),
        "cms": lambda d, g: d.cms.put(f"{g.path}/translations", {"language_id": d.english, "title": "Summer"}),
        "wix": lambda d, g: d.wix.patch(g.path, {"gallery": {"name": "Summer"}}),
    },
    "write a caption": {
        "forms": lambda d, g: d.send(f"{g.desk}?item={g.items[1]}", f"{g.desk}items/{g.items[1]}", caption="Quay"),
        "cms": lambda d, g: d.cms.patch(f"{g.path}/media/{g.media[1][0]}", {"caption": "Quay"}),
    },
    "write a title": {
        "forms": lambda d, g: d.send(f"{g.desk}?item={g.items[1]}", f"{g.desk}items/{g.items[1]}", title="Quay"),
        "wix": lambda d, g: d.wix.patch(g.item(1), {"item": {"title": "Quay"}}),
    },
    "write an alt text": {
        "forms": lambda d, g: d.send(f"{g.desk}?item={g.items[1]}", f"{g.desk}items/{g.items[1]}", alt="A boat"),
        "wix": lambda d, g: alter_image(d, g, imageInfo={"altText": "A boat"}),
    },
    "link an item": {
        "forms": lambda d, g: d.send(
            f"{g.desk}?item={g.items[1]}", f"{g.desk}items/{g.items[1]}", link_url="https://e.org/", link_text="More"
        ),
        "wix": lambda d, g: d.wix.patch(g.item(1), {"item": {"link": {"url": "https://e.org/", "text": "More"}}}),
    },
    "tag an item": {
        "forms": lambda d, g: d.send(
            f"{g.desk}?item={g.items[1]}", f"{g.desk}items/{g.items[1]}", tags="lake, north"
        ),
        "wix": lambda d, g: d.wix.patch(g.item(1), {"item": {"tags": {"values": ["lake", "north"]}}}),
    },
    "aim at a point": {
        "forms": lambda d, g: d.send(
            f"{g.desk}?item={g.items[1]}", f"{g.desk}items/{g.items[1]}", focal_x="0.25", focal_y="0.75"
        ),
        "wix": lambda d, g: alter_image(d, g, focalPoint={"x": 0.25, "y": 0.75}),
    },
    "add a picture of the library at the end": {
        "cms": lambda d, g: d.cms.post(f"{g.path}/media", {"media_id": str(g.media[3][0])}),
        "wix": lambda d, g: d.wix.post(
            f"{g.path}/items",
            {"item": {"image": {"imageInfo": {"id": g.media[3][1]}}, "sortOrder": lowest(d, g) - 1}},
        ),
    },
    "move the first to the end": {
        "forms": lambda d, g: d.send(f"{g.desk}?item={g.items[0]}", f"{g.desk}moves", position="3", to="position"),
        "cms": lambda d, g: d.cms.patch(f"{g.path}/media/{g.media[0][0]}", {"order": 2}),
        "wix": lambda d, g: d.wix.patch(g.item(0), {"item": {"sortOrder": lowest(d, g) - 1}}),
    },
    "remove an item": {
        "cms": lambda d, g: d.cms.delete(f"{g.path}/media/{g.media[1][0]}"),
        "wix": lambda d, g: d.wix.delete(g.item(1)),
    },
    "throw the gallery away": {
        "forms": lambda d, g: d.send(g.desk, f"{g.desk}trash"),
        "cms": lambda d, g: d.cms.delete(g.path, status=204),
        "wix": lambda d, g: d.wix.delete(g.path),
        "sherl": lambda d, g: d.sherl.delete(g.path),
    },
    "make a gallery of a picture": {
        "wix": lambda d, g: make(
            g, d.wix.gallery({"image": {"imageInfo": {"id": g.media[3][1]}}}, name="Long day")["id"]
        ),
        "sherl": lambda d, g: make(g, d.sherl.post("/galleries", {"categoryUri": "", "media": long_day(g)})["id"]),
    },
    "unpublish the gallery": {
        "forms": lambda d, g: d.send(g.desk, f"{g.desk}settings", standing="draft"),
        "cms": lambda d, g: d.cms.patch(g.path, {"status": "draft"}),
    },
}


def make(ground: Ground, gallery_id: str) -> None:
    """Let what was made be what is looked at."""
    ground.gallery_id, ground.items = UUID(gallery_id), []


def long_day(ground: Ground) -> dict[str, Any]:
    """Name a picture of the library as Sherl's programs do."""
    return {"id": str(ground.media[3][0]), "caption": {"name": "Long day.jpg"}}


def alter_image(doors: Doors, ground: Ground, **changes: Any) -> None:
    """Change what Wix shows of a picture, read and sent back."""
    shown = doors.wix.get(ground.item(1))["item"]["image"]
    info = shown["imageInfo"] | changes.pop("imageInfo", {})
    doors.wix.patch(ground.item(1), {"item": {"image": shown | changes | {"imageInfo": info}}})


def lowest(doors: Doors, ground: Ground) -> float:
    """Return the key of the last item."""
    return float(doors.wix.items(str(ground.gallery_id))[-1]["sortOrder"])


@pytest.mark.parametrize("verb", VERBS)
def test_d18_the_same_change_through_every_door_leaves_the_same(doors: Doors, verb: str) -> None:
    left = {}
    for door, act in VERBS[verb].items():
        ground = doors.ground()
        with watched(doors) as since:
            act(doors, ground)
        left[door] = kept(doors, ground, since)

    first, *others = left
    assert len(left) > 1
    for other in others:
        for part, expected in left[first].items():
            assert left[other][part] == expected, f"{part}: {other} differs from {first}"
    if verb == "say the same again":
        assert (left[first]["events"], left[first]["audit"]) == ([], [])
    else:
        assert left[first]["events"]
        assert left[first]["audit"]
