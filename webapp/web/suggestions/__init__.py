"""What the same source has been translated to elsewhere, beside a text that is being translated."""

from flask import Blueprint

blueprint = Blueprint("suggestions", __name__)

from webapp.web.suggestions import routes  # noqa: E402, F401  it holds the routes
