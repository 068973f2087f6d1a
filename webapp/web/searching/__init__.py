"""Finding things from anywhere: one search over galleries, items, files and what can be done; the shortcuts."""

from flask import Blueprint

blueprint = Blueprint("searching", __name__)

from webapp.web.searching import routes  # noqa: E402, F401  it holds the routes
