"""Share links: made and withdrawn by editors, opened by people without an account, who review what they see."""

from typing import Final

from flask import Blueprint

blueprint = Blueprint("shares", __name__)
"""What people with an account use."""

TOKEN_LENGTH: Final = 43
shared = Blueprint("shared", __name__, url_prefix=f"/s/<string(length={TOKEN_LENGTH}):token>")
"""What visitors by a link use: known by a cookie of that link alone."""

from webapp.web.shares import links, notes, visitors, words, writing  # noqa: E402, F401  they hold the routes
