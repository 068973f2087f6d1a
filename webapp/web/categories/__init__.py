"""The tree of categories that galleries are sorted into."""

from flask import Blueprint

blueprint = Blueprint("categories", __name__, url_prefix="/categories")

from webapp.web.categories import routes  # noqa: E402, F401  it holds the routes
