"""Which picture stands behind a zone, here and now: for programs and pages of any origin, who need no key."""

import functools
import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from flask import Blueprint, Flask, Response

from webapp import crowding, dialects, doors
from webapp.api import documents, http
from webapp.api.documents import Manner
from webapp.api.operations import Routes, Unprocessable
from webapp.api.plain import answers, errors, schemas, shapes
from webapp.api.refusals import BUSY
from webapp.api.sending import JSON
from webapp.domain import embedding, geo
from webapp.domain.backgrounds import showing
from webapp.domain.backgrounds.areas import WHERE
from webapp.domain.backgrounds.resolving import Asked
from webapp.domain.backgrounds.showing import Seen
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.making import RENDITIONS
from webapp.domain.permissions import stranger
from webapp.domain.pictures import Picture
from webapp.domain.showing import Text
from webapp.doors import PUBLIC
from webapp.infra import kept
from webapp.infra.clock import now

PREFIX: Final = "/api/backgrounds"
MANNER: Final = Manner(
    title="Vitrine: backgrounds",
    description="Which picture stands behind a zone, here and now.",
    prefix=PREFIX,
    scheme={"type": "http", "scheme": "bearer"},
    problem=shapes.Problem,
    faults=shapes.Problem,
    faulty=400,
)
ANYWHERE: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
LONGEST: Final = 60
"""Seconds that a cache may keep an answer: a background may be changed at any time."""

NAMES: Final = {"latitude": "lat", "longitude": "lon"}
FORMATS: Final = ("avif", "webp", "jpg")
SHELF: Final = kept.Shelf(512)

blueprint = Blueprint("plain_backgrounds", __name__, url_prefix=PREFIX)
ROUTES: Final = Routes(blueprint, Unprocessable)


@dataclass(frozen=True)
class Said:
    """An answer, and when it may be another by itself."""

    body: bytes
    until: datetime | None


def init(app: Flask) -> None:
    """Put it into the app: anybody is let in, and no cookie or key is looked at."""
    app.extensions.setdefault("vitrine-error-answers", {})[PREFIX] = answer
    crowding.speak_below(app, PREFIX, JSON, orjson.dumps({"code": "busy", "message": BUSY, "faults": []}))
    app.register_blueprint(blueprint)
    doors.assign(app, blueprint.name, doors.Door("public", lambda: stranger("public"), counts=True))
    dialects.publish(app, "backgrounds", address=f"{PREFIX}/openapi.json", document=document)


@ROUTES.route("GET", "/resolve", PUBLIC, answer=shapes.Resolved, also=(304, 404))
def resolve_background(query: schemas.ResolveQuery) -> Response:
    """Find the Background of a Zone, Here and Now"""
    asked, code = _asked(query), embedding.spoken(query.lang)
    window = showing.window(asked.zone, asked.moment)
    key = (asked.zone, asked.place, tuple((asked.address or {}).items()), asked.visit, code, window)
    said = kept.until_written(key, lambda: _say(asked, code), shelf=SHELF)
    return _lasting(said, asked.moment)


@ROUTES.route("GET", "/openapi.json", PUBLIC)
def backgrounds_openapi() -> Response:
    """OpenAPI Document"""
    return answers.send_tagged(document())


@functools.cache
def document() -> dict[str, Any]:
    """Return the document."""
    return documents.document([each for each in ROUTES.operations if each.name != "backgrounds_openapi"], MANNER)


def answer(error: Exception) -> Any:
    """Answer an error as the dialect does, but faults by 400. Raises it where it is a defect of ours."""
    said = errors.answer(error)
    if isinstance(said, Response) and said.status_code == 422:
        said.status_code = MANNER.faulty
    return said


@blueprint.after_request
def let_any_page_read(said: Response) -> Response:
    """Let scripts of any origin read what anybody may read, refusals among it."""
    said.headers.update(ANYWHERE)
    return said


def _asked(query: schemas.ResolveQuery) -> Asked:
    """Return who asks. Raises Invalid where one coordinate comes without the other."""
    place = None
    if query.lat is not None or query.lon is not None:
        try:
            place = geo.point(query.lat, query.lon)
        except Invalid as refused:
            raise Invalid(NAMES[refused.field], refused.message, code=refused.code) from None
    address = {name: text for name, column in WHERE.items() if (text := getattr(query, column))}
    return Asked(query.zone, now(), place, address or None, query.visit)


def _say(asked: Asked, code: str | None) -> Said:
    seen = showing.see(asked, code)
    if seen is None:
        raise NotFound("Background")
    return Said(answers.pack(_background(asked.zone, seen)), seen.until)


def _background(zone: str, seen: Seen) -> dict[str, Any]:
    winner = seen.winner
    return {
        "id": winner.background_id,
        "zone": zone,
        "number": seen.number,
        "count": seen.count,
        "caption": _text(seen.caption),
        "alt": _text(seen.alt),
        "why": {
            "kind": winner.rank.why,
            "distance": None if winner.distance is None else round(winner.distance, 1),
            "radius": winner.rank.size if winner.distance is not None else None,
        },
        "picture": _picture(seen.picture),
        "until": seen.until,
    }


def _text(text: Text | None) -> dict[str, str] | None:
    return {"text": text.text, "lang": text.code, "dir": text.direction} if text else None


def _picture(picture: Picture) -> dict[str, Any]:
    """Return a picture as the element has it: files by format, each with its width and address below our root."""
    files: dict[str, list[tuple[int, str]]] = {kind: [] for kind in FORMATS}
    for each in picture.files:
        if each.format in files:
            files[each.format].append((each.width, f"/{RENDITIONS}/{picture.sha256}/{each.name}"))
    about = {"width": picture.width, "height": picture.height, "colour": picture.colour}
    return about | {"files": {kind: found for kind, found in files.items() if found}}


def _lasting(said: Said, moment: datetime) -> Response:
    """Let caches keep an answer for a minute, and no longer than it stands by itself."""
    left = math.inf if said.until is None else (said.until - moment).total_seconds()
    found = answers.nothing(304) if http.is_known(said.body) else Response(said.body, mimetype=JSON)
    found.set_etag(http.tag(said.body))
    found.cache_control.public = True
    found.cache_control.max_age = int(min(LONGEST, left))
    return found
