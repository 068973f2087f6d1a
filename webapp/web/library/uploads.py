"""Files on their way into the library: one file at a time from a script, or all of a form at once.

No connection to the database is held while bytes come.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask import Response, current_app, flash, get_template_attribute, jsonify, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from webapp import jobs
from webapp.domain import library, media, twins
from webapp.domain.errors import DomainError, Invalid
from webapp.domain.models import Media
from webapp.domain.transaction import release, transaction
from webapp.doors import actor, allows
from webapp.infra.storage import Storage
from webapp.web import hx
from webapp.web.alike import likenesses
from webapp.web.editor.asked import as_json, json_problem, one_id
from webapp.web.library import blueprint, drawing
from webapp.web.phrases import told

OVERHEAD: Final = 64 * 1024
"""What a form adds to its file."""


@dataclass(frozen=True)
class Result:
    """What became of one file of a form: where it is, or why it is nowhere; `twin` has the same bytes.

    `trashed` is where that one is taken back out of the trash instead; `alike` are files that look like it.
    """

    name: str
    url: str = ""
    id: UUID | None = None
    problem: str = ""
    twin: str = ""
    trashed: str = ""
    alike: tuple[dict[str, str], ...] = ()


@blueprint.before_request
def make_room() -> None:
    """Let uploads be larger than other forms: this stands before the token is looked for in the body."""
    if request.endpoint == "library.upload":
        most = _storage().most.bytes
        request.max_content_length = most + OVERHEAD if as_json() else 2 * most
    if request.endpoint == "library.set_poster":
        request.max_content_length = _storage().most.image_bytes + OVERHEAD
    if request.endpoint == "library.replace":
        request.max_content_length = _storage().most.bytes + OVERHEAD


@blueprint.post("/")
@allows("media:upload")
def upload() -> Response:
    """Add pictures and videos to the library."""
    release()
    return _one() if as_json() else _several()


def _one() -> Response:
    """Answer a script about its one file: what is there already is offered instead."""
    try:
        added, twin = _bring_one()
    except DomainError as error:
        return json_problem(error)
    if added is None:
        assert twin is not None  # noqa: S101  one of the two is there
        return jsonify(known=twins.told(twin.id))
    jobs.ring(current_app)
    card = drawing.cards([library.entry(added.id)])[0]
    tile = get_template_attribute("ui/file.html", "file")(card, picks=drawing.picks())
    answer = jsonify(tile=tile, alike=likenesses(added.id))
    answer.status_code = 201
    return answer


def _bring_one() -> tuple[Media | None, Media | None]:
    """Return the file that is in the library now, or else the one that has the same bytes."""
    known = one_id("use")
    if known is not None:
        with transaction():
            return twins.take_back(known, actor=actor()), None
    files = request.files.getlist("file")
    if len(files) != 1:
        raise Invalid("file", _("Send one file at a time."), code="missing")
    intake = _take_in(files[0])
    with transaction():
        twin = twins.find(intake.sha256)
        if twin is not None and "again" not in request.form:
            return None, twin
        return media.add(intake, actor=actor()), twin


def _several() -> Response:
    """Take in each file of a form; what is neither picture nor video is named, the others are kept."""
    files = [file for file in request.files.getlist("file") if file.filename]
    if not files:
        flash(_("Choose at least one picture or video."), "error")
        return hx.redirect(url_for("library.index"))
    results = [_bring(file) for file in files]
    jobs.ring(current_app)
    added = sum(not each.problem for each in results)
    said = str(ngettext("%(num)s file was added.", "%(num)s files were added.", added))
    if not any(each.problem or each.twin or each.alike for each in results):
        flash(said)
        return hx.redirect(url_for("library.index"))
    status = 422 if any(each.problem for each in results) else 200
    return hx.render("library/uploaded.html", status=status, results=results, said=said)


def _bring(file: FileStorage) -> Result:
    name = media.clean_filename(file.filename or "")
    try:
        intake = _take_in(file)
    except Invalid as refused:
        return Result(name, problem=told(refused))
    with transaction():
        twin = twins.find(intake.sha256)
        added = media.add(intake, actor=actor())
        url = url_for("library.show", media_id=added.id)
        if twin is None:
            return Result(name, url, added.id, alike=tuple(likenesses(added.id)))
        back = url_for("library.restore", media_id=twin.id) if twin.deleted_at else ""
        return Result(name, url, added.id, twin=twin.original_filename, trashed=back)


def _take_in(file: FileStorage) -> media.Intake:
    stream: Any = file.stream
    return media.take_in(stream, file.filename or "", storage=_storage())


def _storage() -> Storage:
    found: Storage = current_app.extensions["vitrine-storage"]
    return found


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> Response | RequestEntityTooLarge:
    """Say how large a file may be."""
    if not as_json():
        return error
    most = _storage().most.bytes // 1024**2
    answer = jsonify(code="too_large", message=_("This file is larger than %(n)s MB, the most there may be.", n=most))
    answer.status_code = 413
    return answer
