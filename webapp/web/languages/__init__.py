"""The languages of the site."""

from flask import Blueprint

blueprint = Blueprint("languages", __name__, url_prefix="/languages")

from webapp.web.languages import routes  # noqa: E402, F401  it holds the routes
