"""Webhooks: who is told of what, how that goes, and the keys that sign it."""

from typing import Final

from flask import Blueprint

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")
"""What administrators use."""

known: Final = Blueprint("known", __name__, url_prefix="/.well-known")
"""Where receivers read the keys that sign."""

from webapp.web.webhooks import deliveries, keys, routes  # noqa: E402, F401  they hold the routes
