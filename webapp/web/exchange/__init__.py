"""Texts for translators' own tools: files that are sent out, and files that come back."""

from flask import Blueprint

blueprint = Blueprint("exchange", __name__, url_prefix="/translations/exchange")

from webapp.web.exchange import routes, uploads  # noqa: E402, F401  they hold the routes
