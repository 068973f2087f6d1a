"""The files of the library: to all what a published gallery shows, the rest to who may read media (D23).

Whoever may not see a file is told that there is none. A browser is known by its cookie, a program by its bearer;
neither is looked at for what is public, so caches may keep that.
"""

from typing import Final

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wrappers import Response as AnyResponse

from webapp import bearers
from webapp.domain import files
from webapp.domain.catalogue import ORIGINALS
from webapp.domain.errors import NotFound
from webapp.doors import PUBLIC, allows
from webapp.infra import video
from webapp.infra.storage import Missing, Storage, caption_key, rendition_key
from webapp.web import door
from webapp.web.files.addresses import RENDITIONS
from webapp.web.files.sending import send

MIME: Final = {"webp": "image/webp", "jpg": "image/jpeg", "avif": "image/avif", "png": "image/png"} | video.MIME
CAPTIONS: Final = "text/vtt"
FOREVER: Final = "public, max-age=31536000, immutable"
A_DAY: Final = "private, max-age=86400, immutable"
AN_HOUR: Final = "public, max-age=3600"
"""Of an original: its address stays when the file is replaced."""
ASKING: Final = "private, no-cache"
NOTHING: Final = "no-store"

blueprint = Blueprint("files", __name__)


@blueprint.get(f"/{RENDITIONS}/<string(length=64):sha256>/<name>")
@allows(PUBLIC)
def rendition(sha256: str, name: str) -> AnyResponse:
    """Send a file that was made of a picture."""
    found = files.rendition(sha256, name)
    _admit(public=found.public)
    keep = FOREVER if found.public else A_DAY
    about = {"mime_type": MIME[found.format], "tag": f"{sha256[:32]}-{name}", "name": name, "keep": keep}
    return send(_storage(), rendition_key(sha256, name), **about, public=found.public)


@blueprint.get(f"/{RENDITIONS}/captions/<string(length=64):sha256>.vtt")
@allows(PUBLIC)
def captions(sha256: str) -> AnyResponse:
    """Send a video's captions."""
    public = files.captions(sha256)
    _admit(public=public)
    about = {"mime_type": CAPTIONS, "tag": sha256[:32], "name": "captions.vtt", "keep": FOREVER if public else A_DAY}
    return send(_storage(), caption_key(sha256), **about, public=public)


@blueprint.get(f"/{ORIGINALS}/<filename>")
@allows(PUBLIC)
def original(filename: str) -> AnyResponse:
    """Send a picture as it came, but for its metadata."""
    found = files.original(filename)
    _admit(public=found.public)
    keep = AN_HOUR if found.public else ASKING
    key = files.clean(found, storage=_storage())
    about = {"mime_type": found.mime_type, "tag": found.sha256[:32], "name": found.name, "keep": keep}
    return send(_storage(), key, **about, public=found.public)


@blueprint.errorhandler(NotFound)
@blueprint.errorhandler(Missing)
def say_nothing_is_here(_error: Exception) -> Response:
    """Answer a picture that is not there, or not there for this visitor, in few words that nobody keeps."""
    return Response("Nothing is here.", status=404, mimetype="text/plain", headers={"Cache-Control": NOTHING})


@blueprint.errorhandler(RequestedRangeNotSatisfiable)
def say_how_long_it_is(error: RequestedRangeNotSatisfiable) -> Response:
    """Answer a range that lies beyond the file."""
    headers = {"Cache-Control": NOTHING, "Content-Range": f"bytes */{error.length}"}
    return Response("The file ends before.", status=416, mimetype="text/plain", headers=headers)


def _admit(*, public: bool) -> None:
    """Raise NotFound unless this visitor may see the file."""
    if public:
        return
    by_bearer = "Authorization" in request.headers
    actor = bearers.recognise("files") if by_bearer else door.recognise()
    if "media:read" not in actor.permissions:
        raise NotFound("File")


def _storage() -> Storage:
    found: Storage = current_app.extensions["vitrine-storage"]
    return found
