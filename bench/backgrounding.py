"""Backgrounds for zones and places, with versions and one in the trash, so that their pages show something."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bench.live import Server
from webapp import create_app
from webapp.config import Settings
from webapp.domain import accounts, languages, permissions
from webapp.domain.backgrounds import keeping
from webapp.domain.backgrounds.areas import Area
from webapp.domain.models import Media
from webapp.domain.permissions import Actor
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db

QUAY = {"country": "FR", "locality": "Lyon", "postalCode": "69002", "streetAddress": "Quai Saint-Antoine"}
OLD_TOWN = {"country": "FR", "locality": "Lyon", "name": "Vieux Lyon", "latitude": 45.7621, "longitude": 4.8276}
LONG = "The whole of the old town and all of the quays on both sides of the river, from the weir to the last bridge"


def set_behind(server: Server, email: str) -> dict[str, str]:
    """Make backgrounds and change one; returns the ids of that one and of the one in the trash."""
    app = create_app(Settings.from_environ(server.environ()))
    with app.app_context():
        person = accounts.find_by_email(email)
        if person is None:
            raise RuntimeError(f"{email} is missing")
        actor = replace(permissions.system("dashboard"), id=person.id, name=person.name)
        pictures = select(Media.id).where(
            Media.kind == "image", Media.deleted_at.is_(None), Media.blob_id.is_not(None)
        )
        media_ids = list(db.session.scalars(pictures.order_by(Media.created_at, Media.id).limit(12)))
        db.session.rollback()
        for fields in _plain(media_ids):
            _made(fields, actor)
        thrown = _made({"name": "Last winter", "media_ids": media_ids[:1], "zones": ("MENU",)}, actor)
        with transaction():
            keeping.trash(thrown, actor=actor)
        dusk = _changed(media_ids, actor)
        db.session.remove()
        db.engine.dispose()
    return {"background": str(dusk), "background_thrown": str(thrown)}


def _plain(media_ids: list[UUID]) -> list[dict[str, Any]]:
    soon, past = now() + timedelta(days=9), now() - timedelta(days=9)
    many = tuple(Area.round(45.70 + number / 50, 4.80 + number / 40, f"{number + 1}00m") for number in range(5))
    department = (Area.located({"country": "FR", "department": "Rhône", "region": "Auvergne-Rhône-Alpes"}, None),)
    return [
        {"media_ids": media_ids[5:6], "zones": ("HOME_PAGE", "MENU")},
        {"name": "Violet moon", "media_ids": media_ids[6:7], "zones": ("HOME_PAGE",), "starts_at": soon},
        {"name": "Still water", "media_ids": media_ids[7:8], "zones": ("LAUNCHSCREEN",), "ends_at": past},
        {"name": "Monts d’Or", "media_ids": media_ids[8:9], "zones": ("HOME_PAGE",), "areas": department},
        {"name": LONG, "media_ids": media_ids[9:10], "zones": ("EVENTS_LIST", "MAP_LIST"), "areas": many},
        {"name": "Saône", "media_ids": media_ids[2:3], "zones": ("HOME_PAGE",), "areas": (Area.located(QUAY, None),)},
        {"name": "قناديل", "media_ids": media_ids[1:2], "zones": ("MENU",), "is_active": False},
    ]


def _made(fields: dict[str, Any], actor: Actor) -> UUID:
    with transaction():
        return keeping.register(fields, actor=actor).id  # type: ignore[arg-type]


def _changed(media_ids: list[UUID], actor: Actor) -> UUID:
    spoken = {language.code: language.id for language in languages.all_languages()}
    areas = (Area.located(OLD_TOWN, "900m"), Area.round(45.7578, 4.832, "1.2km"))
    captions = {spoken["en"]: "Lanterns on the quay", spoken["ar"]: "قناديل على الرصيف"}
    fields = {"name": "Old town", "media_ids": media_ids[:2], "zones": ("HOME_PAGE",), "captions": captions}
    made = _made(fields | {"areas": areas[1:]}, actor)
    later = {"name": "Old town at dusk", "media_ids": (media_ids[1], media_ids[3], media_ids[0]), "turns": "hour"}
    captions = {spoken["en"]: "Lanterns on the quay at dusk", spoken["fr"]: "Lanternes sur le quai, le soir"}
    with transaction():
        keeping.change(made, later | {"areas": areas, "captions": captions}, actor=actor)  # type: ignore[arg-type]
    with transaction():
        keeping.change(made, {"metadatas": {"colour": "violet", "credits": ["Lena"]}}, actor=actor)
    return made
