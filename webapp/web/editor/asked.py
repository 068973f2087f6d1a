"""What a request of the editor names: items, moments, numbers; what is none of them is refused."""

import re
from datetime import datetime
from typing import Final
from uuid import UUID

from flask import Response, current_app, jsonify, request
from flask_babel import gettext as _

from webapp.config import Settings
from webapp.domain.errors import DomainError, Invalid, NotFound
from webapp.web import paths
from webapp.web.errors import STATUSES
from webapp.web.phrases import told

FRACTION: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")


def chosen_ids(*, least: int = 1) -> list[UUID]:
    """Return the items that a form names, in its order. Raises Invalid."""
    try:
        ids = [UUID(given) for given in request.form.getlist("ids")]
    except ValueError:
        raise Invalid("ids", _("These are no items of a gallery."), code="ids") from None
    if len(ids) < least:
        raise Invalid("ids", _("Select an item first."), code="ids")
    return ids


def one_id(name: str) -> UUID | None:
    """Return the id in a field, None where it is empty. Raises Invalid."""
    given = request.form.get(name, "").strip()
    try:
        return UUID(given) if given else None
    except ValueError:
        raise Invalid(name, _("That is no id."), code="id") from None


def several(name: str, *, most: int = 100) -> list[UUID]:
    """Return the items that an address names. Raises NotFound for what is no id, and for too many."""
    try:
        ids = [UUID(given) for given in request.args.getlist(name)]
    except ValueError:
        raise NotFound("Item") from None
    if len(ids) > most:
        raise NotFound("Item")
    return ids


def remember_language(answer: Response, code: str) -> Response:
    """Keep the language that was chosen by its tab for as long as the browser is open: the list leads back to it."""
    if "lang" in request.args and request.cookies.get(paths.LANGUAGE) != code:
        settings: Settings = current_app.extensions["vitrine-settings"]
        https, path = settings.https, paths.HOME
        answer.set_cookie(paths.LANGUAGE, code, path=path, secure=https, httponly=True, samesite="Lax")
    return answer


def number(name: str) -> int | None:
    """Return the whole number in a field, None where it is empty. Raises Invalid."""
    given = request.form.get(name, "").strip()
    if not given:
        return None
    if not given.isascii() or not given.removeprefix("-").isdigit() or len(given) > 12:
        raise Invalid(name, _("Write a whole number."), code="number")
    return int(given)


def fraction(name: str) -> float:
    """Return the number in a field, with a point or a comma. Raises Invalid."""
    given = request.form.get(name, "").strip().replace(",", ".")
    if not FRACTION.fullmatch(given):
        raise Invalid(name, _("Write a number, such as 3.5."), code="number")
    return float(given)


def moment(name: str) -> datetime:
    """Return the moment in a query. Raises NotFound for what is none."""
    try:
        at = datetime.fromisoformat(request.args.get(name, ""))
    except ValueError:
        raise NotFound("Item") from None
    if at.tzinfo is None:
        raise NotFound("Item")
    return at


def as_json() -> bool:
    """Say whether a script asks, and wants its answer as JSON."""
    return request.accept_mimetypes.best == "application/json"


def tagged(answer: Response, version: int) -> Response:
    """Mark an answer with the version that it shows, to be asked after again."""
    answer.set_etag(str(version))
    return answer


def unchanged(version: int) -> Response:
    """Tell whoever asks after a version that it still is the one."""
    return tagged(Response(status=304), version)


def json_problem(error: DomainError) -> Response:
    """Tell a script in a sentence why something was not done."""
    answer = jsonify(code=error.code, message=told(error))
    answer.status_code = next((status for kind, status in STATUSES if isinstance(error, kind)), 400)
    return answer
