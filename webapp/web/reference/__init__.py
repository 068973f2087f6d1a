"""What programs may ask for, to read: a page for each JSON door, made of the door's own OpenAPI document."""

from flask import Blueprint

blueprint = Blueprint("reference", __name__, url_prefix="/reference")

from webapp.web.reference import routes  # noqa: E402, F401  it holds the routes
