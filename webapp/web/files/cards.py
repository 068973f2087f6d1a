"""The picture beside a link that somebody passes on: a cut round the focal point, made when it is first asked for.

Its address is signed, so that nobody has others made than our own pages name; the focal point stands in it in
twentieths, so that what it leads to never changes.
"""

import hashlib
import hmac
from typing import Final

from flask import Blueprint, current_app
from werkzeug.wrappers import Response as AnyResponse

from webapp.domain import files
from webapp.domain.errors import NotFound
from webapp.doors import PUBLIC, allows
from webapp.infra.storage import Storage
from webapp.web.files.addresses import RENDITIONS
from webapp.web.files.sending import send

CARD: Final = (1200, 630)
STEPS: Final = 20
MARK: Final = 16
"""Letters of a signature."""

FOREVER: Final = "public, max-age=31536000, immutable"


def card_url(sha256: str, focal: tuple[float, float] | None) -> str:
    """Return the address of the cut of a picture round its focal point, by default its middle."""
    x, y = (round(share * STEPS) for share in focal or (0.5, 0.5))
    return f"/{RENDITIONS}/cards/{sha256}/{x}-{y}-{_mark(sha256, x, y)}.jpg"


def init(blueprint: Blueprint) -> None:
    """Give the blueprint of files its route."""
    blueprint.get(f"/{RENDITIONS}/cards/<string(length=64):sha256>/<int:x>-<int:y>-<mark>.jpg")(card)


@allows(PUBLIC)
def card(sha256: str, x: int, y: int, mark: str) -> AnyResponse:
    """Send the picture beside a link, to all who may see the gallery."""
    if not hmac.compare_digest(mark.encode(), _mark(sha256, x, y).encode()):
        raise NotFound("File")
    key = files.card(sha256, focal=(x / STEPS, y / STEPS), name=f"card-{x}-{y}.jpg", storage=_storage())
    tag = f"{sha256[:32]}-card-{x}-{y}"
    return send(_storage(), key, mime_type="image/jpeg", tag=tag, name="card.jpg", keep=FOREVER, public=True)


def _mark(sha256: str, x: int, y: int) -> str:
    key: str = current_app.extensions["vitrine-settings"].secret_key
    return hmac.new(key.encode(), f"card {sha256} {x} {y}".encode(), hashlib.sha256).hexdigest()[:MARK]


def _storage() -> Storage:
    found: Storage = current_app.extensions["vitrine-storage"]
    return found
