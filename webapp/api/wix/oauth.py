"""Tokens over the Wix dialect: what an app's strategy and a visitor's ask for, of JSON or of a form (contract §1.6).

`client_id` and `client_secret` are the two halves of a key; a visitor's `clientId` is any (D34).
"""

from typing import Any, Final

from flask import Response, request

from webapp import bearers
from webapp.api import http
from webapp.api.wix import answers, errors, tokens
from webapp.api.wix.routing import other
from webapp.domain import keys, site
from webapp.doors import PUBLIC, allows

VISITOR: Final = "anonymous"
RENEWAL: Final = "refresh_token"
SECRETS: Final = ("client_credentials", "authorization_code", RENEWAL)


@other.post("/oauth2/token")
@allows(PUBLIC)
def token() -> Response:
    """Give a token for a key, for a visitor, or for a token to renew."""
    said = _said()
    kind = said.get("grantType") or said.get("grant_type")
    if kind == VISITOR:
        return answers.send(tokens.give())
    if kind == RENEWAL:
        return _renewed(str(said.get("refreshToken") or said.get("refresh_token") or ""), said)
    return _for_key(said) if kind in SECRETS else _no_such_grant()


@other.post("/oauth/access")
@allows(PUBLIC)
def access() -> Response:
    """Give a token for a key, to an app that was installed: its code or token to renew is what it had then."""
    said = _said()
    return _for_key(said) if (said.get("grant_type") or SECRETS[0]) in SECRETS else _no_such_grant()


@other.post("/oauth2/token-info")
@allows(PUBLIC)
def token_info() -> Response:
    """Say whose a token is and how long it lasts."""
    claim = tokens.read(str(_said().get("token") or ""), use="access")
    actor = bearers.of_key(claim.key, tokens.DOOR) if claim and claim.key else None
    if claim is None or (claim.key and not (actor and actor.known)):
        return answers.send({"active": False})
    here = str(site.get().instance_id)
    return answers.send(
        {
            "active": True,
            "subjectType": "APP" if claim.key else "VISITOR",
            "subjectId": _public_id(claim.key) if claim.key else claim.visitor,
            "exp": claim.ends,
            "iat": claim.begun,
            "clientId": _public_id(claim.key) if claim.key else "",
            "siteId": here,
            "instanceId": here,
        }
    )


def _said() -> dict[str, Any]:
    """Return what the body says. Raises Violations for what is no object."""
    if request.mimetype == "application/x-www-form-urlencoded":
        return request.form.to_dict()
    try:
        body = http.read_json()
    except http.Malformed:
        body = None
    return body if isinstance(body, dict) else {}


def _for_key(said: dict[str, Any]) -> Response:
    client_id = str(said.get("client_id", "")).removeprefix(keys.PREFIX)
    key = f"{keys.PREFIX}{client_id}.{said.get('client_secret', '')}"
    if not bearers.of_key(key, tokens.DOOR).known:
        return errors.say(401, "UNAUTHENTICATED", "No key has this client_id and client_secret.")
    return answers.send(tokens.give(key=key))


def _renewed(shown: str, said: dict[str, Any]) -> Response:
    claim = tokens.read(shown, use="refresh")
    if claim is None and said.get("client_secret"):
        return _for_key(said)
    if claim is None or (claim.key and not bearers.of_key(claim.key, tokens.DOOR).known):
        return errors.say(401, "UNAUTHENTICATED", "This token cannot be renewed: ask for a new one.")
    return answers.send(tokens.give(key=claim.key, visitor=claim.visitor))


def _no_such_grant() -> Response:
    known = ", ".join((*SECRETS, VISITOR))
    found = errors.violation("grantType", f"A grant is one of {known}.", "INVALID_ARGUMENT")
    return errors.violations([found])


def _public_id(key: str) -> str:
    """Return the id that an app goes by, as its strategy compares it: the first half of its key."""
    return f"{keys.PREFIX}{keys.split(key)[0]}"
