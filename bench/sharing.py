"""A sample gallery shared by links: by one somebody has asked for changes and approved, one has a password."""

from dataclasses import replace

from bench.live import Server
from webapp import create_app
from webapp.config import Settings
from webapp.domain import accounts, approving, galleries, items, languages, notes, permissions, shares, visiting
from webapp.domain.permissions import Actor
from webapp.domain.shares import ShareFields
from webapp.domain.transaction import transaction
from webapp.domain.visiting import Shared
from webapp.infra.db import db

SLUG = "lanterns-on-the-quay"
OPEN: ShareFields = {
    "label": "Ines Ferrand, Mairie de Lyon",
    "code": None,
    "state": "working",
    "days": 30,
    "password": None,
    "max_uses": 10,
    "downloads": True,
}


def share(server: Server, email: str) -> dict[str, str]:
    """Share the lanterns; returns the tokens of both links and what the cookie of the first one holds."""
    app = create_app(Settings.from_environ(server.environ()))
    with app.app_context():
        person, found = accounts.find_by_email(email), galleries.find_by_slug(SLUG)
        if person is None or found is None:
            raise RuntimeError(f"{email} or {SLUG} is missing")
        actor = replace(permissions.system("dashboard"), id=person.id, name=person.name)
        ids = _share(found[0].id, actor)
        db.session.remove()
        db.engine.dispose()
    return ids


def _share(gallery_id: object, actor: Actor) -> dict[str, str]:
    tokens = []
    for fields in (OPEN, OPEN | {"label": "Theo Bauer", "password": "quiet evening"}):
        with transaction():
            _made, link = shares.make(gallery_id, fields, base_url="", actor=actor)  # type: ignore[arg-type]
        tokens.append(link.removeprefix("/s/"))
    cookie = visiting.enter(tokens[0], password="", name="Ines Ferrand", address=None)
    _review(visiting.find(tokens[0], cookie), actor)
    return {"share": tokens[0], "share_door": tokens[1], "share_cookie": cookie}


def _review(shared: Shared, actor: Actor) -> None:
    gallery_id = shared.gallery.id
    seen = approving.token(approving.prints(shared.gallery, shared.share))
    with transaction():
        approving.approve(shared, seen=seen, name="")
    third = items.ids_in_order(gallery_id)[2]
    pinned = {"item_id": third, "field": None, "x": 0.6, "y": 0.3}
    about = {"item_id": None, "field": "title", "x": None, "y": None}
    words = ("Too dark on a phone in daylight. Is there a brighter frame?", "Should the quay be named?")
    made = []
    for place, said in zip((pinned, about), words, strict=True):
        with transaction():
            told = {**place, "code": languages.default().code, "words": said, "name": ""}
            made.append(notes.ask(shared, told).id)  # type: ignore[arg-type]
    with transaction():
        notes.answer(gallery_id, made[0], "Swapped, please look again.", actor=actor)
        notes.solve(gallery_id, made[1], actor=actor)
