"""Signing in and out, setting up, accepting an invitation, and one's own account."""

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)

from webapp.web.accounts import ending, invitations, profile, reset, set_up, sign_in  # noqa: E402, F401  they hold the routes
