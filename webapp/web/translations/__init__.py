"""Translating: the board of all galleries and languages, and the texts of one gallery in one language as a table."""

from flask import Blueprint

blueprint = Blueprint("translations", __name__)

from webapp.web.translations import board, rows, show  # noqa: E402, F401  they hold the routes
