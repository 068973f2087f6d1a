"""The Wix dialect: what the SDK of Wix Pro Gallery and apps made with it speak (seeds 001 and 003)."""

from flask import Flask

from webapp import dialects, doors
from webapp.api.wix import conversions, errors, galleries, oauth, openapi, site_search, tokens
from webapp.api.wix.routing import BASES, blueprint, other

__all__ = ["conversions", "galleries", "init", "oauth", "openapi", "site_search"]


def init(app: Flask) -> None:
    """Put the dialect into the app: known by key or token, never by cookie."""
    errors.init(app)
    conversions.init(app)
    door = doors.Door(tokens.DOOR, tokens.recognise, counts=True)
    for name, path in BASES.items():
        app.register_blueprint(blueprint, name=name, url_prefix=path)
        doors.assign(app, name, door)
    app.register_blueprint(other)
    doors.assign(app, other.name, door)
    dialects.publish(app, "wix", address=BASES["wix"] + openapi.PATH, document=openapi.document)
