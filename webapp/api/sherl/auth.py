"""Signing in over the Sherl dialect: a password for a bearer token with a life and a revoke (D34)."""

from flask import Response, request

from webapp import bearers
from webapp.api.sherl import answers, credentials, schemas, shapes
from webapp.api.sherl.routing import route
from webapp.domain import accounts, sessions
from webapp.domain.transaction import transaction
from webapp.doors import PUBLIC, SIGNED_IN, NotSignedIn


@route("POST", "/auth/login", PUBLIC, status=201, answer=shapes.Token, also=(401,))
def sign_in(body: schemas.Login) -> Response:
    """Sign In"""
    credentials.demand_good()
    address, agent = request.remote_addr, request.headers.get("User-Agent")
    verified = accounts.authenticate(body.username, body.password, address=address)
    with transaction():
        token = sessions.open_bearer(verified, address=address, agent=agent)
    return answers.send({"access_token": token}, 201)


@route("POST", "/auth/refresh-token", SIGNED_IN, status=201, answer=shapes.Token)
def refresh_token() -> Response:
    """Refresh Token; the one before is worth nothing from then on"""
    with transaction():
        token = sessions.renew_bearer(bearers.shown() or "")
    if token is None:
        raise NotSignedIn
    return answers.send({"access_token": token}, 201)


@route("GET", "/auth/logout", SIGNED_IN, answer=shapes.SignedOut)
def sign_out() -> Response:
    """Sign Out"""
    with transaction():
        sessions.close_bearer(bearers.shown() or "")
    return answers.send({"success": True})
