"""The keys that sign: rotated by administrators, read by whoever verifies."""

import orjson
from flask import Response, current_app, flash, url_for
from flask_babel import gettext as _

from webapp import post
from webapp.domain import signing_keys
from webapp.domain.errors import NotFound
from webapp.domain.transaction import transaction
from webapp.doors import PUBLIC, actor, allows
from webapp.infra import signing
from webapp.web import hx
from webapp.web.webhooks import blueprint, known

MINUTES = 300
"""For how many seconds anybody may keep the keys: the next one is known a day before it signs."""


@blueprint.post("/keys")
@allows("webhooks:update")
def rotate_signing() -> Response:
    """Make the next key."""
    with transaction():
        signing_keys.rotate(key=post.outfit_of(current_app).key, actor=actor())
    flash(_("The next key is published. It signs a day from now."))
    return hx.redirect(url_for("webhooks.index"))


@blueprint.post("/keys/use")
@allows("webhooks:update")
def use_now() -> Response:
    """Let the next key sign from now on."""
    with transaction():
        signing_keys.use_now(actor=actor())
    flash(_("The new key signs from now on."))
    return hx.redirect(url_for("webhooks.index"))


@known.get("/jwks.json")
@allows(PUBLIC)
def jwks() -> Response:
    """Give the public halves of all keys that sign, or soon will, or did of late."""
    found = [signing.public_jwk(each.public, key_id=str(each.id)) for each in signing_keys.published()]
    return _lasting(Response(orjson.dumps({"keys": found}), mimetype="application/json"))


@known.get("/webhook-key.pem")
@allows(PUBLIC)
def pem() -> Response:
    """Give the public half of the key that signs now."""
    found = signing_keys.signing_now()
    if found is None:
        raise NotFound("Key")
    return _lasting(Response(found.public, mimetype="application/x-pem-file"))


def _lasting(answer: Response) -> Response:
    answer.cache_control.public = True
    answer.cache_control.max_age = MINUTES
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer
