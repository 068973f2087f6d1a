"""What is done about imports: asked for, stopped, tried again. No connection is held while an archive comes."""

from typing import Final
from uuid import UUID

from flask import Response, current_app, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import RequestEntityTooLarge

from webapp import jobs
from webapp.domain.imports import addresses, archives, tending
from webapp.domain.imports.aims import Aim
from webapp.domain.transaction import release, transaction
from webapp.doors import actor, allows
from webapp.infra.outbound import Way
from webapp.web import hx
from webapp.web.imports import blueprint
from webapp.web.imports.forms import AddressesForm, ArchiveForm
from webapp.web.imports.pages import ask, gallery, storage

OVERHEAD: Final = 64 * 1024
"""What a form adds to its file."""


@blueprint.before_request
def make_room() -> None:
    """Let an archive be as large as the largest file: this stands before the token is looked for in the body."""
    if request.endpoint == "imports.take":
        request.max_content_length = storage().most.bytes + OVERHEAD


@blueprint.post("/archives")
@allows("media:upload")
def take() -> Response:
    """Take an archive in and ask for its files."""
    form, aim = ArchiveForm(), _aim("reuse")
    release()
    asked: list[UUID] = []
    if not (form.validate() and form.attempt(lambda: asked.append(_taken(form, aim)))):
        return ask(archive=form, status=form.status)
    return _begun(asked[0])


@blueprint.post("/addresses")
@allows("media:upload")
def call() -> Response:
    """Ask for what stands at some addresses."""
    form, aim = AddressesForm(), _aim("reuse")
    asked: list[UUID] = []
    if not form.carry_out(lambda: asked.append(_called(form, aim))):
        return ask(listed=form, status=form.status)
    return _begun(asked[0])


@blueprint.post("/<uuid:import_id>/stop")
@allows("media:upload")
def stop(import_id: UUID) -> Response:
    """Leave the rest of an import undone."""
    with transaction():
        count = tending.stop(import_id, actor=actor())
    flash(ngettext("%(num)s file was left out.", "%(num)s files were left out.", count))
    return hx.redirect(url_for("imports.show", import_id=import_id))


@blueprint.post("/<uuid:import_id>/retries")
@allows("media:upload")
def retry(import_id: UUID) -> Response:
    """Try the files of an import again that failed."""
    with transaction():
        count = tending.retry(import_id, actor=actor())
    flash(ngettext("%(num)s file is tried again.", "%(num)s files are tried again.", count))
    return _begun(import_id)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Response:
    """Say how large an archive may be."""
    form = ArchiveForm(formdata=None)
    most = storage().most.bytes // 1024**2
    form.refuse("file", _("This file is larger than %(n)s MB, the most there may be.", n=most))
    return ask(archive=form, status=413)


def _aim(name: str) -> Aim:
    heading = gallery()
    return Aim(heading.id if heading else None, reuse=name in request.form)


def _taken(form: ArchiveForm, aim: Aim) -> UUID:
    file = form.file.data
    return archives.take(file.stream, file.filename or "", aim, storage=storage(), actor=actor())


def _called(form: AddressesForm, aim: Aim) -> UUID:
    way = Way(allow=current_app.extensions["vitrine-settings"].outbound_allow)
    return addresses.begin(form.given("addresses"), aim, way=way, actor=actor()).id


def _begun(import_id: UUID) -> Response:
    jobs.ring_to_import(current_app)
    return hx.redirect(url_for("imports.show", import_id=import_id))
