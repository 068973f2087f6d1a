"""One domain behind two doors: a gallery made by the dashboard's forms equals one made over /api/v1.

Equal row by row and event by event, but for ids, times, who did it and by which door (D18).
"""

import dataclasses
import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests import factories, pictures
from tests.fixtures.app import CHEAP_MEMORY, browser_of, close
from tests.fixtures.browser import Browser
from webapp import create_app
from webapp.config import Settings
from webapp.domain import keys, renditions, slugs
from webapp.domain.models import (
    Blob,
    Gallery,
    GallerySlug,
    GalleryText,
    Item,
    ItemText,
    Language,
    Media,
    OutboxEvent,
    Rendition,
    Revision,
    User,
)
from webapp.domain.permissions import Actor
from webapp.domain.transaction import transaction
from webapp.infra.db import db

NAMES = ("quay.jpg", "lanterns.jpg", "moon.jpg")
ENGLISH = {
    "title": "Summer 2026",
    "description": "Photos from our summer event.",
    "meta_title": "Summer 2026 Gallery",
    "meta_description": "Browse our summer 2026 photo gallery.",
}
FRENCH = {"title": "Été 2026", "description": "Photos de notre fête d’été."}
CAPTIONS = ("Opening ceremony", "Concert", "The walk")
NOT_COMPARED = {"id", "at", "version", "order_version", "created_by_id", "author_id", "added_by_id", "uploaded_by_id"}
NOT_COMPARED |= {"made_by_id", "identity", "added_through", "uploaded_through", "lease_until", "snapshot", "filename"}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def make_house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Flask]]:
    """Make installations, all on the same engine."""
    houses, undo = [], []

    def make(name: str) -> Flask:
        if request.param == "sqlite":
            path = tmp_path / f"{name}.db"
            shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
            url = f"sqlite:///{path}"
        else:
            server = request.getfixturevalue("postgres_server")
            url = server.create(template=request.getfixturevalue("postgres_template"))
            undo.append(lambda: server.drop(url))
        environ = {"VITRINE_HOME": str(tmp_path / name), "VITRINE_DATABASE_URL": url}
        environ |= {"VITRINE_BASE_URL": "http://localhost", "VITRINE_SECRET_KEY": "no secret, for tests of two doors"}
        app = create_app(dataclasses.replace(Settings.from_environ(environ), password_memory=CHEAP_MEMORY))
        app.testing = True
        houses.append(app)
        return app

    yield make
    for app in houses:
        close(app)
    for each in undo:
        each()


@pytest.mark.both_engines
def test_a_gallery_made_by_forms_equals_one_made_over_the_api(make_house: Callable[[str], Flask]) -> None:
    by_forms, by_api = make_house("forms"), make_house("api")

    with_forms(by_forms)
    over_the_api(by_api)

    rows, same = told(by_forms), told(by_api)
    assert rows["galleries"] == [{**rows["galleries"][0], "status": "published"}]
    assert len(rows["items"]) == 3
    assert len(rows["outbox"]) > 6
    for table, expected in rows.items():
        assert same[table] == expected, table


def inhabit(app: Flask) -> tuple[Actor, UUID]:
    """Give an installation an editor and French."""
    with app.app_context(), transaction():
        editor = factories.actor("Ed", "editor")
        return editor, factories.language("fr").id


def photo(number: int) -> bytes:
    return pictures.photo(480, 320, seed=number + 1)


def with_forms(app: Flask) -> None:
    editor, _ = inhabit(app)
    browser = browser_of(app, editor)
    page = browser.page("/galleries/new")
    answer = browser.send(page, "/galleries/", status=303, title=ENGLISH["title"], slug="summer-2026")
    desk = answer.headers["Location"].partition("?")[0]
    write_texts(browser, desk, "en", ENGLISH)
    write_texts(browser, desk, "fr", FRENCH)
    for number, name in enumerate(NAMES):
        files = {"file": (io.BytesIO(photo(number)), name), "csrf_token": token(browser, desk)}
        sent = browser.post(f"{desk}uploads", data=files, headers={"Sec-Fetch-Site": "same-origin"})
        assert sent.status_code == 303, sent.text
    shown = order(app)
    for item, caption in zip(shown, CAPTIONS, strict=True):
        send(browser, f"{desk}?item={item}", f"{desk}items/{item}", caption=caption)
    send(browser, f"{desk}?item={shown[2]}", f"{desk}moves", position="1", to="position")
    send(browser, f"{desk}?item={shown[1]}", f"{desk}cover")
    send(browser, desk, f"{desk}publication", standing="published")


def write_texts(browser: Browser, desk: str, code: str, fields: dict[str, str]) -> None:
    send(browser, desk if code == "en" else f"{desk}?lang={code}", f"{desk}texts/{code}", **fields)


def send(browser: Browser, address: str, path: str, *, standing: str | None = None, **fields: str) -> None:
    """Open a page, fill the form that is sent to a path, and send it; `standing` is its button's status."""
    page = browser.page(address)
    action = next(form["action"] for form in page.all("form") if form.get("action", "").partition("?")[0] == path)
    pressed = {"status": standing} if standing else {}
    sent = {name: value for name, value in (page.values(action) | pressed | fields).items() if value is not None}
    answer = browser.post(action, data=sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303, answer.text


def token(browser: Browser, desk: str) -> str:
    return browser.page(desk).all("input", name="csrf_token")[0]["value"]


def over_the_api(app: Flask) -> None:
    editor, french = inhabit(app)
    with app.app_context(), transaction():
        person = db.session.get_one(User, editor.id)
        _, key = keys.add(person, name="seed 002", actor=editor)
        english = db.session.scalars(select(Language.id).where(Language.code == "en")).one()
    program = Asker(app, key)
    gallery = program.ask("POST", "/galleries", {"slug": "summer-2026", "translations": []})["id"]
    path = f"/galleries/{gallery}"
    for language, fields in ((english, ENGLISH), (french, FRENCH)):
        program.ask("PUT", f"{path}/translations", {"language_id": str(language), **fields})
    media = []
    for number, name in enumerate(NAMES):
        media.append(program.upload(photo(number), name))
        program.ask("POST", f"{path}/media", {"media_id": media[-1]})
    for each, caption in zip(media, CAPTIONS, strict=True):
        program.ask("PATCH", f"{path}/media/{each}", {"caption": caption})
    program.ask("PATCH", f"{path}/media/{media[2]}", {"order": 0})
    program.ask("PATCH", path, {"cover_image_id": media[1]})
    program.ask("PATCH", path, {"status": "published"})


class Asker:
    """A client of seed 002."""

    def __init__(self, app: Flask, key: str) -> None:
        self.client = app.test_client(use_cookies=False)
        self.headers = {"Authorization": f"Bearer {key}"}

    def ask(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.client.open(f"/api/v1{path}", method=method, json=body, headers=self.headers)
        assert answer.status_code < 300, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def upload(self, picture: bytes, name: str) -> str:
        form = {"file": (io.BytesIO(picture), name)}
        answer = self.client.post("/api/v1/media/upload", data=form, headers=self.headers)
        assert answer.status_code == 201, answer.text
        return str(answer.get_json()["id"])


def order(app: Flask) -> list[UUID]:
    with app.app_context():
        return factories.order(db.session.scalars(select(Gallery.id)).one())


def told(app: Flask) -> dict[str, list[dict[str, Any]]]:
    """Read every row that a gallery is made of, ids as the numbers of what they name, times left out."""
    with app.app_context():
        gallery = db.session.scalars(select(Gallery)).one()
        assert slugs.of(gallery.id) == "summer-2026"
        renditions.work_off(app.extensions["vitrine-storage"])
        names = numbered()
        tables = (Gallery, GallerySlug, GalleryText, Item, ItemText, Media, Blob, Rendition, Revision, OutboxEvent)
        found = {}
        for model in tables:
            rows = [plain(row, names) for row in db.session.scalars(select(model))]
            found[model.__tablename__] = rows if model is OutboxEvent else sorted(rows, key=repr)
        found["items"] = in_order(found["items"])
        return found


def in_order(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Show the order instead of its keys: one at the top is made of the time."""
    shown = sorted(items, key=lambda item: item["sort_order"], reverse=True)
    return [{**item, "sort_order": rank} for rank, item in enumerate(shown)]


def numbered() -> dict[str, str]:
    """Name each thing by what it is, not by its id."""
    names = {str(row.id): f"language {row.code}" for row in db.session.scalars(select(Language))}
    for blob in db.session.scalars(select(Blob)):
        names[str(blob.id)] = f"blob {blob.sha256}"
    for media, blob_id in db.session.execute(select(Media.id, Media.blob_id)):
        names[str(media)] = f"media of {names[str(blob_id)]}"
    for item, media in db.session.execute(select(Item.id, Item.media_id)):
        names[str(item)] = f"item of {names[str(media)]}"
    for model in (GalleryText, ItemText):
        for text, language in db.session.execute(select(model.id, model.language_id)):
            names[str(text)] = f"{model.__tablename__} in {names[str(language)]}"
    names[str(db.session.scalars(select(Gallery.id)).one())] = "the gallery"
    return names


def plain(row: Any, names: dict[str, str]) -> dict[str, Any]:
    columns = [column.key for column in row.__table__.columns if column.key not in NOT_COMPARED]
    return {name: renamed(getattr(row, name), names) for name in columns if not name.endswith("_at")}


def renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: renamed(each, names) for key, each in value.items() if key not in ("by", "at", "origin")}
    if isinstance(value, list):
        return [renamed(each, names) for each in value]
    text = str(value)
    if isinstance(value, UUID | str) and "/" in text:
        return "/".join(names.get(part, part) for part in text.split("/"))
    return names.get(text, value)
