"""What is said of the site itself."""

from flask import Blueprint

blueprint = Blueprint("site", __name__, url_prefix="/site")

from webapp.web.site import routes  # noqa: E402, F401  it holds the routes
