"""The CMS dialect, `/api/v1`: what clients of a closed FastAPI product already speak (seed 002)."""

from flask import Flask

from webapp import bearers, dialects, doors
from webapp.api.cms import auth, errors, galleries, languages, media, openapi
from webapp.api.cms.routing import PREFIX, blueprint

__all__ = ["auth", "galleries", "init", "languages", "media", "openapi"]


def init(app: Flask) -> None:
    """Put the dialect into the app: known by bearer, never by cookie."""
    errors.init(app)
    app.register_blueprint(blueprint)
    doors.assign(app, blueprint.name, doors.Door("cms", lambda: bearers.recognise("cms"), counts=True))
    dialects.publish(app, "cms", address=f"{PREFIX}/openapi.json", document=openapi.document)
