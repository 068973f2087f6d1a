"""What people without an account open by a link: its door, pages, pictures, and originals where it gives them."""

from typing import Final
from uuid import UUID

from flask import Response, current_app, redirect, request
from werkzeug.http import dump_options_header
from werkzeug.wrappers import Response as AnyResponse

from webapp.domain import files, lockout, visiting
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.transaction import transaction
from webapp.domain.visiting import PasswordRefused, Shared
from webapp.doors import PUBLIC, allows
from webapp.infra.storage import Storage, caption_key, rendition_key
from webapp.web import hx
from webapp.web.files.routes import CAPTIONS, MIME
from webapp.web.files.sending import send
from webapp.web.shares import cookies, pages, shared
from webapp.web.shares.forms import EnterForm

ASKING: Final = "private, no-cache"
"""A browser may keep a picture, and asks each time whether it may still be seen."""


@shared.get("")
@allows(PUBLIC)
def show(token: str) -> Response:
    """Show the gallery, or its door to whoever has not come in."""
    found = cookies.found(token)
    return pages.door(found) if found.visit is None else pages.gallery(found, token)


@shared.post("/visits")
@allows(PUBLIC)
def enter(token: str) -> Response:
    """Let somebody in."""
    form, found = EnterForm(), cookies.found(token)
    value = _entered(token, form)
    if value is None:
        answer = pages.door(found, form)
        if form.retry_after:
            answer.headers["Retry-After"] = str(form.retry_after)
        return answer
    return cookies.give(hx.redirect(f"/s/{token}"), token, value, cookies.found(token))


@shared.post("/leave")
@allows(PUBLIC)
def leave(token: str) -> Response:
    """Let somebody out."""
    found = cookies.inside(token)
    with transaction():
        visiting.leave(_visit(found))
    return cookies.take(hx.redirect(f"/s/{token}"), token)


@shared.get("/<uuid:item_id>")
@allows(PUBLIC)
def item(token: str, item_id: UUID) -> AnyResponse:
    """Show one item."""
    found = cookies.found(token)
    return redirect(f"/s/{token}", 303) if found.visit is None else pages.item(found, token, item_id)


@shared.get("/media/<string(length=64):sha256>/<name>")
@allows(PUBLIC)
def picture(token: str, sha256: str, name: str) -> AnyResponse:
    """Send a file that was made of a picture which the link shows."""
    made = visiting.rendition(cookies.inside(token), sha256, name)
    about = {"mime_type": MIME[made.format], "tag": f"{sha256[:32]}-{name}", "name": name, "keep": ASKING}
    return send(_storage(), rendition_key(sha256, name), **about, public=False)


@shared.get("/media/captions/<string(length=64):sha256>.vtt")
@allows(PUBLIC)
def captions(token: str, sha256: str) -> AnyResponse:
    """Send the captions of a video which the link shows."""
    visiting.demand_captions(cookies.inside(token), sha256)
    about = {"mime_type": CAPTIONS, "tag": sha256[:32], "name": "captions.vtt", "keep": ASKING}
    return send(_storage(), caption_key(sha256), **about, public=False)


@shared.get("/originals/<uuid:item_id>")
@allows(PUBLIC)
def original(token: str, item_id: UUID) -> AnyResponse:
    """Send the picture of an item as it came, but for its metadata."""
    found = visiting.original(cookies.inside(token), item_id)
    key = files.clean(found, storage=_storage())
    about = {"mime_type": found.mime_type, "tag": found.sha256[:32], "name": found.filename, "keep": ASKING}
    answer = send(_storage(), key, **about, public=False)
    answer.headers["Content-Disposition"] = dump_options_header("attachment", {"filename": found.filename})
    return answer


def _entered(token: str, form: EnterForm) -> str | None:
    """Open a session and return what its cookie holds, None where the door is shown again. Raises LinkGone."""
    if not form.validate():
        return None
    told = {"password": form.given("password"), "name": form.given("name")}
    try:
        return visiting.enter(token, address=request.remote_addr, **told)
    except PasswordRefused as error:
        form.refuse("password", error.message)
    except Invalid as error:
        form.refuse(error.field, error.message)
    except Conflict as error:
        form.status = 409
        form.refuse(None, error.message)
    except lockout.LockedOut as error:
        form.status, form.retry_after = 429, error.details["retry_after"]
        form.refuse(None, error.message)
    return None


def _visit(found: Shared) -> UUID:
    assert found.visit is not None  # noqa: S101  `inside` has seen to it
    return found.visit.id


def _storage() -> Storage:
    kept: Storage = current_app.extensions["vitrine-storage"]
    return kept
