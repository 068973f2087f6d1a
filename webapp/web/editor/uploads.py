"""Files on their way into a gallery: one file at a time from a script, or all of a form at once.

A script says the batch and the place of each file in it, so that the order chosen is the order kept, whichever
arrives first; without one the server counts them itself. No connection to the database is held while bytes come.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from flask import Response, current_app, flash, jsonify, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from webapp import jobs
from webapp.domain import arrivals, editing, galleries, media, tiles, twins
from webapp.domain.arrivals import Arrived, Slot
from webapp.domain.errors import DomainError, Invalid
from webapp.domain.models import Item
from webapp.domain.permissions import demand
from webapp.domain.transaction import release, transaction
from webapp.doors import actor, allows
from webapp.infra.storage import Storage
from webapp.web import hx
from webapp.web.alike import likenesses
from webapp.web.editor import blueprint, drawing
from webapp.web.editor.addresses import back
from webapp.web.editor.asked import as_json, json_problem, one_id
from webapp.web.phrases import told

OVERHEAD: Final = 64 * 1024
"""What a form adds to its file."""


@dataclass(frozen=True)
class Result:
    """What became of one file of a form: its place in the gallery, or why it has none; `twin` has the same bytes.

    `alike` are files that look like it.
    """

    name: str
    problem: str = ""
    twin: str = ""
    alike: tuple[dict[str, str], ...] = ()


@blueprint.before_request
def make_room() -> None:
    """Let uploads be larger than other forms: this stands before the token is looked for in the body."""
    if request.endpoint == "editor.set_poster":
        request.max_content_length = _storage().most.image_bytes + OVERHEAD
    if request.endpoint == "editor.upload":
        most = _storage().most.bytes
        request.max_content_length = most + OVERHEAD if as_json() else 2 * most


@blueprint.post("/uploads")
@allows("galleries:update")
def upload(gallery_id: UUID) -> Response:
    """Add pictures to a gallery."""
    demand(actor(), "media:upload")
    galleries.get(gallery_id)
    release()
    return _one(gallery_id) if as_json() else _several(gallery_id)


def _one(gallery_id: UUID) -> Response:
    """Answer a script about its one file."""
    try:
        arrived = _arrive(gallery_id)
    except DomainError as error:
        return json_problem(error)
    if arrived.item is None:
        return _known(arrived)
    jobs.ring(current_app)
    answer = jsonify(tile=_tile(gallery_id, arrived.item), alike=likenesses(arrived.item.media_id))
    answer.status_code = 201
    return answer


def _arrive(gallery_id: UUID) -> Arrived:
    slot, known = _slot(), one_id("use")
    if known is not None:
        with transaction():
            return Arrived(item=arrivals.use(gallery_id, known, slot, actor=actor()))
    intake = _take_in(_file())
    with transaction():
        return arrivals.bring(gallery_id, intake, slot, actor=actor(), ask="again" not in request.form)


def _several(gallery_id: UUID) -> Response:
    """Take in each file of a form, in the order chosen; what is no picture is named, the others are kept."""
    files = [file for file in request.files.getlist("file") if file.filename]
    if not files:
        raise Invalid("file", _("Choose at least one picture or video."), code="missing")
    batch = uuid4()
    results = [_bring(gallery_id, file, Slot(batch, place)) for place, file in enumerate(files)]
    jobs.ring(current_app)
    added = sum(not each.problem for each in results)
    said = ngettext("%(num)s file was added at the end.", "%(num)s files were added at the end.", added)
    if not any(each.problem or each.twin or each.alike for each in results):
        flash(said)
        return hx.redirect(back(gallery_id))
    context = {"desk": editing.open_desk(gallery_id), "results": results, "said": said, "url": back(gallery_id)}
    status = 422 if any(each.problem for each in results) else 200
    return hx.render("editor/uploaded.html", status=status, **context)


def _bring(gallery_id: UUID, file: FileStorage, slot: Slot) -> Result:
    name = media.clean_filename(file.filename or "")
    try:
        intake = _take_in(file)
    except Invalid as refused:
        return Result(name, problem=told(refused))
    with transaction():
        twin = media.same_bytes(intake.sha256)
        twin_name = twin.original_filename if twin else ""
        item = arrivals.bring(gallery_id, intake, slot, actor=actor()).item
        alike = () if twin or item is None else likenesses(item.media_id)
    return Result(name, twin=twin_name, alike=tuple(alike))


def _take_in(file: FileStorage) -> media.Intake:
    return media.take_in(file.stream, file.filename or "", storage=_storage())


def _storage() -> Storage:
    found: Storage = current_app.extensions["vitrine-storage"]
    return found


def _file() -> FileStorage:
    files = request.files.getlist("file")
    if len(files) != 1:
        raise Invalid("file", _("Send one file at a time."), code="missing")
    return files[0]


def _slot() -> Slot:
    """Return which file of which choice this is. Raises Invalid."""
    batch = one_id("batch")
    place = request.form.get("index", "")
    if batch is None or not place.isascii() or not place.isdigit() or len(place) > 6:
        raise Invalid("batch", _("Say which file of which choice this is."), code="batch")
    return Slot(batch, int(place))


def _known(arrived: Arrived) -> Response:
    assert arrived.twin is not None  # noqa: S101  one of the two is there
    return jsonify(known=twins.told(arrived.twin.id))


def _tile(gallery_id: UUID, item: Item) -> str:
    gallery = galleries.get(gallery_id)
    tongues = editing.speak(gallery, request.args.get("lang"))
    drawn = drawing.tiles(gallery_id, tongues, tiles.one(gallery, tongues.chain, item.id).tiles)
    return render_template("editor/_tiles.html", tiles=drawn, next_url="")


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> Response | RequestEntityTooLarge:
    """Say how large a file may be."""
    if not as_json():
        return error
    taken = _storage().most
    most = (taken.image_bytes if request.endpoint == "editor.set_poster" else taken.bytes) // 1024**2
    answer = jsonify(code="too_large", message=_("This file is larger than %(n)s MB, the most there may be.", n=most))
    answer.status_code = 413
    return answer
