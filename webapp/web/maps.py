"""The map of the dashboard: with tiles of somebody else only where this site has named them, on its pages alone."""

from typing import Final

from flask import Flask, Response, current_app, request

from webapp.config import Settings
from webapp.tiles import Tiles
from webapp.web.headers import POLICY

BLUEPRINT: Final = "backgrounds"
"""Whose pages have a map."""


def init(app: Flask) -> None:
    """Tell templates of the tiles, and browsers whom the pages with a map may ask for them."""
    app.add_template_global(tiles, "map_tiles")
    app.after_request(_let_tiles_in)


def tiles() -> Tiles | None:
    """Return the tiles that this site has named, None for the outline of the land that is served with the page."""
    settings: Settings = current_app.extensions["vitrine-settings"]
    return settings.tiles


def _let_tiles_in(answer: Response) -> Response:
    found = tiles()
    if found and request.blueprint == BLUEPRINT:
        answer.headers["Content-Security-Policy"] = POLICY.replace("img-src", f"img-src {found.origin}")
    return answer
