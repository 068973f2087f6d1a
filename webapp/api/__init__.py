"""The JSON doors: one dialect a package."""

from flask import Flask

from webapp import bearers
from webapp.api import cms, plain, sherl, wix
from webapp.api.plain import events as plain_events
from webapp.api.wix import events as wix_events
from webapp.config import Settings


def init(app: Flask) -> None:
    """Put the JSON doors into the app."""
    bearers.init(app)
    cms.init(app)
    wix.init(app)
    sherl.init(app)
    plain.init(app)
    settings: Settings = app.extensions["vitrine-settings"]
    written = {"plain": plain_events.write, "wix": wix_events.writer(settings.base_url)}
    app.extensions["vitrine-event-writers"] = written
