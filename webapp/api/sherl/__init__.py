"""The Sherl dialect, `/api`: what the SDK of Sherl speaks of galleries, medias and dynamic backgrounds (seed 000)."""

from flask import Flask

from webapp import dialects, doors
from webapp.api.sherl import auth, backgrounds, credentials, errors, galleries, medias, openapi
from webapp.api.sherl.routing import blueprint

__all__ = ["auth", "backgrounds", "galleries", "init", "medias", "openapi"]


def init(app: Flask) -> None:
    """Put the dialect into the app: known by key, bearer or both, never by cookie."""
    errors.init(app)
    app.register_blueprint(blueprint)
    doors.assign(app, blueprint.name, doors.Door(credentials.DOOR, credentials.recognise, counts=True))
    dialects.publish(app, "sherl", address=openapi.ADDRESS, document=openapi.document)
