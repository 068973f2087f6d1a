"""The JSON doors: one dialect a package."""

from flask import Flask

from webapp.api import cms


def init(app: Flask) -> None:
    """Put the JSON doors into the app."""
    cms.init(app)
