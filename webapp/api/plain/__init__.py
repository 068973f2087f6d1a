"""Vitrine's own plain dialect, `/api/vitrine/v1`: webhooks for programs, and the JSON in which events are told.

Which background stands behind a zone is asked for at `/api/backgrounds`, by anybody.
"""

from flask import Flask

from webapp import bearers, dialects, doors
from webapp.api.plain import errors, openapi, resolving, webhooks
from webapp.api.plain.routing import PREFIX, blueprint

__all__ = ["init", "openapi", "webhooks"]


def init(app: Flask) -> None:
    """Put the dialect into the app: known by bearer, never by cookie."""
    errors.init(app)
    resolving.init(app)
    app.register_blueprint(blueprint)
    doors.assign(app, blueprint.name, doors.Door("api", lambda: bearers.recognise("api"), counts=True))
    dialects.publish(app, "webhooks", address=f"{PREFIX}/openapi.json", document=openapi.document)
