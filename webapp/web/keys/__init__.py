"""Keys of programs: made, shown once, looked after and revoked by people who have signed in."""

from flask import Blueprint

blueprint = Blueprint("keys", __name__, url_prefix="/keys")

from webapp.web.keys import routes  # noqa: E402, F401  it holds the routes
