"""Imports: many files at once out of an archive or from addresses, and what became of each."""

from flask import Blueprint

blueprint = Blueprint("imports", __name__, url_prefix="/imports")

from webapp.web.imports import pages, routes  # noqa: E402, F401  they hold the routes
