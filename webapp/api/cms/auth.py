"""Signing in over the CMS dialect: a password for a bearer token with a life and a revoke (D34)."""

from flask import Response, request

from webapp import bearers
from webapp.api.cms import answers, schemas, shapes
from webapp.api.cms.routing import route
from webapp.domain import accounts, sessions
from webapp.domain.transaction import transaction
from webapp.doors import PUBLIC, SIGNED_IN, actor


@route("POST", "/auth/login", PUBLIC, answer=shapes.TokenResponse, also=(401,))
def login(body: schemas.Login) -> Response:
    """Login"""
    address, agent = request.remote_addr, request.headers.get("User-Agent")
    verified = accounts.authenticate(body.email, body.password, address=address)
    with transaction():
        token = sessions.open_bearer(verified, address=address, agent=agent)
    life = int(sessions.BEARER_LIFE.total_seconds())
    return answers.send({"access_token": token, "token_type": "bearer", "expires_in": life})


@route("POST", "/auth/logout", SIGNED_IN, status=204)
def logout() -> Response:
    """Logout"""
    with transaction():
        sessions.close_bearer(bearers.shown() or "")
    return answers.nothing()


@route("GET", "/auth/me", SIGNED_IN, answer=shapes.PersonResponse)
def me() -> Response:
    """Get Current User"""
    return answers.send(answers.person(actor()))
