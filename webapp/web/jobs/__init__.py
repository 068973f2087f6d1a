"""What the worker is at: files being made, fetched and imported, what waits, and what failed."""

from flask import Blueprint

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")

from webapp.web.jobs import routes  # noqa: E402, F401  it holds the routes
