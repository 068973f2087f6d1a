"""The media library: files, their default texts in each language, and where they are used."""

from flask import Blueprint

blueprint = Blueprint("library", __name__, url_prefix="/library")

from webapp.web.library import files, removal, replacing, resumable, routes, texts, uploads  # noqa: E402, F401  they hold the routes
