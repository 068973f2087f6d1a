"""Changes held back of a sample gallery, so that their page, its revisions and its history show something."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from bench.live import Server
from webapp import create_app
from webapp.config import Settings
from webapp.domain import accounts, galleries, holds, items, languages, permissions, translations
from webapp.domain.models import Item
from webapp.domain.permissions import Actor
from webapp.domain.transaction import transaction
from webapp.infra.db import db

SLUG = "le-lac-en-hiver"


def hold_back(server: Server, email: str) -> None:
    """Hold the changes of the lake in winter, and change something of every kind."""
    app = create_app(Settings.from_environ(server.environ()))
    with app.app_context():
        person = accounts.find_by_email(email)
        actor = replace(permissions.system("dashboard"), id=person.id, name=person.name) if person else None
        found = galleries.find_by_slug(SLUG)
        if actor is None or found is None:
            raise RuntimeError(f"{email} or {SLUG} is missing")
        for deed in (_hold, _write, _arrange, _settle):
            _done(deed, found[0].id, actor)
        db.session.remove()
        db.engine.dispose()


def _done(deed: Callable[[UUID, Actor], object], gallery_id: UUID, actor: Actor) -> None:
    with transaction():
        deed(gallery_id, actor)


def _hold(gallery_id: UUID, actor: Actor) -> None:
    holds.hold(gallery_id, actor=actor)


def _write(gallery_id: UUID, actor: Actor) -> None:
    gallery, order = galleries.get(gallery_id), items.ids_in_order(gallery_id)
    spoken = {language.code: language.id for language in languages.all_languages()}
    row = translations.find(gallery, spoken["fr"])
    longer = f"{row.description} Les deux dernières ont été prises depuis la glace."
    translations.write(gallery, spoken["fr"], {"description": longer}, actor=actor)
    translations.write(gallery, spoken["ar"], {"title": "البحيرة في الشتاء"}, actor=actor)
    item = items.get(gallery_id, order[3])
    said = translations.find(item, spoken["en"])
    words = (said.caption if said else "") or "The lake"
    translations.write(item, spoken["en"], {"caption": f"{words}, before dawn", "alt": None}, actor=actor)


def _arrange(gallery_id: UUID, actor: Actor) -> None:
    order = items.ids_in_order(gallery_id)
    items.move(gallery_id, [order[4]], before=order[1], actor=actor)
    items.trash(gallery_id, [order[2]], actor=actor)
    other = galleries.find_by_slug("lanterns-on-the-quay")
    assert other is not None
    lent = [media_id for _, media_id, _ in items.uses(other[0].id) if media_id][:2]
    items.add(gallery_id, lent, after=order[0], actor=actor)


def _settle(gallery_id: UUID, actor: Actor) -> None:
    first: Item = items.get(gallery_id, items.ids_in_order(gallery_id)[0])
    link = {"link_url": "https://example.org/lac", "link_text": "Le lac", "focal_x": 0.3, "focal_y": 0.6}
    items.change(first, link, labels=["Hiver", "Lac"], actor=actor)  # type: ignore[arg-type]
    galleries.update(galleries.get(gallery_id), {"cover_media_id": first.media_id}, actor=actor)
