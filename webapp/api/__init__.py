"""The JSON doors: one dialect a package."""

from flask import Flask


def init(app: Flask) -> None:
    """Put the JSON doors into the app."""
