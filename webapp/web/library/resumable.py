"""Files that come in pieces, by tus 1.0.0: creation, termination, checksum, expiration.

A script begins an upload, asks how much of it is here, and continues there: over lost networks, reloads and restarts.
What a file became is told by the upload's own address.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Final, TypeVar, cast
from uuid import UUID, uuid4

from flask import Response, current_app, jsonify, request, url_for
from flask_babel import gettext as _
from werkzeug.http import http_date

from webapp import jobs
from webapp.domain import partial_uploads, twins
from webapp.domain.arrivals import Slot
from webapp.domain.errors import DomainError, Invalid
from webapp.domain.models import PartialUpload
from webapp.domain.partial_uploads import Damaged, Expired, Locked, TooLong, Wish
from webapp.domain.transaction import release, transaction
from webapp.doors import actor, allows
from webapp.infra.parts import ALGORITHMS, Checksum
from webapp.infra.storage import Storage
from webapp.web.editor.asked import json_problem
from webapp.web.library import blueprint

VERSION: Final = "1.0.0"
ABILITIES: Final = {
    "Tus-Version": VERSION,
    "Tus-Extension": "creation,termination,checksum,expiration",
    "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
}
PIECE: Final = "application/offset+octet-stream"
MOST_TOLD: Final = 4000
STATUSES: Final[Mapping[type[DomainError], int]] = {Locked: 423, Damaged: 460, Expired: 410, TooLong: 413}

View = TypeVar("View", bound=Callable[..., Response])


class Unclear(DomainError):
    """A header is missing or says nothing that can be understood."""

    code = "header"


def speaks_tus(view: View) -> View:
    """Answer in the manner of tus: its version both ways, and why something was not done."""

    @wraps(view)
    def speaking(**address: UUID) -> Response:
        spoken = request.headers.get("Tus-Resumable", VERSION if request.method in ("GET", "OPTIONS") else "")
        if spoken != VERSION:
            answer = Response(status=412, headers={"Tus-Version": VERSION})
        else:
            try:
                answer = view(**address)
            except DomainError as error:
                answer = _refusal(error)
        answer.headers["Tus-Resumable"], answer.headers["Cache-Control"] = VERSION, "no-store"
        return answer

    return cast(View, speaking)


@blueprint.before_request
def make_room_for_pieces() -> None:
    """Let a piece be as large as a file may be."""
    if request.endpoint == "library.append_upload":
        request.max_content_length = _storage().most.bytes


@blueprint.route("/uploads/tus", methods=["OPTIONS"])
@allows("media:upload")
@speaks_tus
def tell_abilities() -> Response:
    """Say what of tus is spoken here."""
    return Response(status=204, headers=ABILITIES | {"Tus-Max-Size": str(_storage().most.bytes)})


@blueprint.post("/uploads/tus", provide_automatic_options=False)
@allows("media:upload")
@speaks_tus
def begin_upload() -> Response:
    """Begin a file that comes in pieces."""
    length, wish = _count("Upload-Length"), _wish()
    with transaction():
        upload = partial_uploads.begin(length, wish, storage=_storage(), actor=actor())
        place = url_for("library.show_upload", upload_id=upload.id, _external=True)
        headers = _standing(upload, 0) | {"Location": place}
    return Response(status=201, headers=headers)


@blueprint.get("/uploads/tus/<uuid:upload_id>", provide_automatic_options=False)
@allows("media:upload")
@speaks_tus
def show_upload(upload_id: UUID) -> Response:
    """Say how much of a file is here, and what it became."""
    upload, offset = partial_uploads.look(upload_id, storage=_storage(), actor=actor())
    answer = jsonify(offset=offset, length=upload.length, **_became(upload))
    answer.headers.extend(_standing(upload, offset))
    return answer


@blueprint.patch("/uploads/tus/<uuid:upload_id>", provide_automatic_options=False)
@allows("media:upload")
@speaks_tus
def append_upload(upload_id: UUID) -> Response:
    """Take the next piece of a file; the last one finishes it."""
    if request.mimetype != PIECE:
        return Response(status=415)
    at, checksum, storage = _count("Upload-Offset"), _checksum(), _storage()
    upload, offset = partial_uploads.receive(
        upload_id, request.stream, at=at, checksum=checksum, storage=storage, actor=actor()
    )
    if upload.import_id is not None:
        jobs.ring_to_import(current_app)
    elif upload.finished_at is not None:
        jobs.ring(current_app)
    return Response(status=204, headers=_standing(upload, offset))


@blueprint.delete("/uploads/tus/<uuid:upload_id>", provide_automatic_options=False)
@allows("media:upload")
@speaks_tus
def cancel_upload(upload_id: UUID) -> Response:
    """Forget a file that was coming in pieces."""
    partial_uploads.cancel(upload_id, storage=_storage(), actor=actor())
    return Response(status=204)


def _refusal(error: DomainError) -> Response:
    release()
    answer = json_problem(error)
    answer.status_code = STATUSES.get(type(error), answer.status_code)
    return answer


def _standing(upload: PartialUpload, offset: int) -> dict[str, str]:
    told = {"Upload-Metadata": upload.told} if upload.told else {}
    size = {"Upload-Offset": str(offset), "Upload-Length": str(upload.length)}
    return told | size | {"Upload-Expires": http_date(upload.expires_at)}


def _became(upload: PartialUpload) -> dict[str, object]:
    if upload.import_id is not None:
        return {"import": url_for("imports.show", import_id=upload.import_id)}
    if upload.media_id is None:
        return {}
    if upload.known:
        return {"known": twins.told(upload.media_id)}
    return {"media": str(upload.media_id), "item": upload.item_id and str(upload.item_id)}


def _count(name: str) -> int:
    """Return the number in a header. Raises Unclear."""
    given = request.headers.get(name, "")
    if not given.isascii() or not given.isdigit() or len(given) > 18:
        raise Unclear(_("The header %(name)s is missing or is no number.", name=name))
    return int(given)


def _checksum() -> Checksum | None:
    """Return what the piece adds up to, if that was told. Raises Unclear."""
    given = request.headers.get("Upload-Checksum")
    if given is None:
        return None
    algorithm, _space, digest = given.partition(" ")
    if algorithm not in ALGORITHMS:
        raise Unclear(_("The header %(name)s cannot be read.", name="Upload-Checksum"))
    return Checksum(algorithm, _plain(digest, "Upload-Checksum"))


def _wish() -> Wish:
    """Return what was told of the file. Raises Unclear."""
    told = request.headers.get("Upload-Metadata", "")
    if len(told) > MOST_TOLD:
        raise Unclear(_("The header %(name)s cannot be read.", name="Upload-Metadata"))
    pairs = [pair.strip().partition(" ") for pair in told.split(",") if pair.strip()]
    said = {key: _plain(value, "Upload-Metadata").decode(errors="replace") for key, _space, value in pairs}
    name, gallery = said.get("filename", ""), said.get("gallery")
    if "archive" in said:
        into = _id(gallery) if gallery else None
        return Wish(name, told, gallery_id=into, again="again" in said, archive=True)
    if not gallery:
        return Wish(name, told, again="again" in said)
    slot = Slot(_id(said["batch"]) if said.get("batch") else uuid4(), _place(said.get("place", "0")))
    return Wish(name, told, gallery_id=_id(gallery), slot=slot, again="again" in said)


def _plain(value: str, header: str) -> bytes:
    try:
        return base64.b64decode(value.strip(), validate=True)
    except binascii.Error:
        raise Unclear(_("The header %(name)s cannot be read.", name=header)) from None


def _id(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        raise Invalid("gallery", _("That is no id."), code="id") from None


def _place(given: str) -> int:
    if not given.isascii() or not given.isdigit() or len(given) > 6:
        raise Invalid("batch", _("Say which file of which choice this is."), code="batch")
    return int(given)


def _storage() -> Storage:
    storage: Storage = current_app.extensions["vitrine-storage"]
    return storage
