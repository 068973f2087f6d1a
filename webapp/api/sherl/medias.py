"""The library over the Sherl dialect: 201 whatever the verb, for the SDK takes nothing else (contract, 4.2)."""

from typing import Final
from urllib.parse import unquote_plus

from flask import Response, current_app, request

from webapp import jobs
from webapp.api import http, multipart
from webapp.api.multipart import FilePart
from webapp.api.operations import fault
from webapp.api.sherl import answers, library, schemas, shapes
from webapp.api.sherl.changes import once
from webapp.api.sherl.credentials import DOOR
from webapp.api.sherl.routing import Faulty, Ident, route
from webapp.domain import aliases, media
from webapp.domain.aliases import Name
from webapp.domain.depictions import Depiction
from webapp.domain.media import Intake
from webapp.doors import actor

PART: Final = "upload"
DOMAIN: Final = "domain="
TEXT: Final = "text/plain"


@route("POST", "/medias", "media:upload", status=201, answer=shapes.IImageObject, also=(409,))
def upload_media(query: schemas.UploadQuery) -> Response:
    """Upload Media"""
    name = Name(query.id, _domain()) if query.id else None
    if name:
        aliases.check(name)
    intake = _receive(query)

    def add() -> Response:
        made = media.add(intake, actor=actor())
        if name:
            aliases.give(made.id, name, dialect=DOOR)
        return answers.send(answers.image(made.id, answers.desk([made.id])), 201)

    answer = once(add, content=f"{intake.sha256} {intake.filename}".encode())
    jobs.ring(current_app)
    return answer


@route("GET", "/medias/{id}", "media:read", status=201, answer=shapes.IImageObject, also=(409,))
def get_media(ident: Ident, query: schemas.MediaQuery) -> Response:
    """Get Media"""
    found = _meant(ident)
    return answers.send(answers.image(found.id, answers.desk([found.id])), 201)


@route("DELETE", "/medias/{id}", "media:delete", status=201, answer=str, also=(409, 412))
def delete_media(ident: Ident, query: schemas.MediaQuery) -> Response:
    """Delete Media"""

    def delete() -> Response:
        found = media.locked(_meant(ident).id)
        if http.on_condition():
            answers.demand_match(answers.image(found.id, answers.desk([found.id])))
        media.trash(found, actor=actor())
        return Response(f"Media successfully deleted : {ident}", status=201, mimetype=TEXT)

    return once(delete, mimetype=TEXT)


def _meant(ident: str) -> Depiction:
    return library.called(Name(ident, _domain()))


def _domain() -> str:
    """Return the domain that the query names. The SDK writes it as it is: what follows a bare `&` belongs to it."""
    said: list[str] = []
    for piece in request.query_string.decode("utf-8", "replace").split("&"):
        if "=" in piece or not said:
            said.append(piece)
        else:
            said[-1] += f"&{piece}"
    found = next((each for each in said if each.startswith(DOMAIN)), DOMAIN)
    return unquote_plus(found.removeprefix(DOMAIN))


def _receive(query: schemas.UploadQuery) -> Intake:
    """Take the form's `upload` in, before any transaction. Raises Faulty, Invalid."""
    with multipart.part(PART) as found:
        if not isinstance(found, FilePart):
            raise Faulty([fault("missing", ("body", PART), "Send a file", None)])
        only = "video" if query.type == "movie" else None
        return media.take_in(found, found.filename, storage=current_app.extensions["vitrine-storage"], only=only)
