"""The JSON doors: one dialect a package."""

from flask import Flask

from webapp import bearers
from webapp.api import cms, wix
from webapp.api.plain import events as plain


def init(app: Flask) -> None:
    """Put the JSON doors into the app."""
    bearers.init(app)
    cms.init(app)
    wix.init(app)
    app.extensions["vitrine-event-writers"] = {"plain": plain.write}
