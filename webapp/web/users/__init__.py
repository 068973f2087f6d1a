"""Who has an account, and what they may do."""

from flask import Blueprint

blueprint = Blueprint("users", __name__, url_prefix="/users")

from webapp.web.users import routes  # noqa: E402, F401  it holds the routes
