"""The page about all doors for programs, and one about each."""

from flask import Response, current_app
from werkzeug.exceptions import NotFound

from webapp import dialects
from webapp.config import Settings
from webapp.doors import SIGNED_IN, allows
from webapp.web import hx
from webapp.web.reference import blueprint
from webapp.web.reference.drawing import draw


@blueprint.get("/")
@allows(SIGNED_IN)
def index() -> Response:
    """Say how programs come in, what holds for all of them, and which doors there are."""
    found = [(each, each.document()["info"]) for each in dialects.published().values()]
    return hx.render("reference/index.html", dialects=found, settings=_settings())


@blueprint.get("/<name>")
@allows(SIGNED_IN)
def show(name: str) -> Response:
    """Show all that a door does, with examples and a way to try each."""
    found = dialects.published().get(name)
    if found is None:
        raise NotFound
    drawn = draw(found.document(), base_url=_settings().base_url)
    return hx.render("reference/show.html", dialect=found, page=drawn)


def _settings() -> Settings:
    kept: Settings = current_app.extensions["vitrine-settings"]
    return kept
