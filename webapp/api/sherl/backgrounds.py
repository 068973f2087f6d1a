"""Dynamic backgrounds over the Sherl dialect: partial changes, each a version, and a trash (seed 000)."""

from collections.abc import Sequence
from typing import Any, Final

from flask import Response

from webapp.api import http
from webapp.api.sherl import answers, background_answers, background_shapes, background_writing
from webapp.api.sherl.background_filters import BackgroundsQuery, VersionQuery
from webapp.api.sherl.background_schemas import BackgroundCreate, BackgroundUpdate
from webapp.api.sherl.changes import once
from webapp.api.sherl.routing import Ident, named, route
from webapp.domain.backgrounds import contents, keeping, listing, versions
from webapp.domain.models import Background
from webapp.domain.permissions import demand
from webapp.doors import actor

PATH: Final = "/galleries/dynamic-background"
ONE: Final = background_shapes.IDynamicBackground
READ: Final = (304, 412)
WRITTEN: Final = (409, 412)


@route("GET", PATH, "backgrounds:read", answer=background_shapes.DynamicBackgrounds, also=READ, lasts=True)
def list_dynamic_backgrounds(query: BackgroundsQuery) -> Response:
    """List Dynamic Backgrounds"""
    if query.displayDeleted:
        demand(actor(), "backgrounds:update")
    window = query.window()
    found, total = listing.page(query.wanted(), first=window["skip"], size=window["limit"])
    shown = answers.page(_shown(found), total=total, page=query.page, size=query.itemsPerPage)
    return answers.send_tagged(shown)


@route("POST", PATH, "backgrounds:create", status=201, answer=ONE, also=(404, 409))
def register_dynamic_background(body: BackgroundCreate) -> Response:
    """Register Dynamic Background"""

    def register() -> Response:
        made = keeping.register(background_writing.fields(body), actor=actor())
        return answers.send_tagged(_one(made), 201)

    return once(register)


@route("GET", f"{PATH}/{{id}}", "backgrounds:read", answer=ONE, also=READ, lasts=True)
def get_dynamic_background(ident: Ident, query: VersionQuery) -> Response:
    """Get Dynamic Background, as it is or as it was in a version"""
    with named("background", ident) as background_id:
        found = keeping.get(background_id)
        if query.version in (None, found.version):
            return answers.send_tagged(_one(found))
        before = versions.get(found.id, query.version)
    shown = background_answers.earlier(found, before, answers.desk(before.contents.media_ids))
    return answers.send_tagged(shown)


@route("PATCH", f"{PATH}/{{id}}", "backgrounds:update", answer=ONE, also=WRITTEN)
def update_dynamic_background(ident: Ident, body: BackgroundUpdate) -> Response:
    """Update Dynamic Background"""

    def update() -> Response:
        found = _unchanged(ident)
        before = contents.of([found.id])[found.id]
        shown = answers.desk(before.media_ids) if body.medias is not None else None
        given = background_writing.fields(body, before, shown)
        return answers.send_tagged(_one(keeping.change(found.id, given, actor=actor())))

    return once(update)


@route("PUT", f"{PATH}/{{id}}", "backgrounds:update", answer=ONE, also=WRITTEN)
def replace_dynamic_background(ident: Ident, body: BackgroundUpdate) -> Response:
    """Update Dynamic Background (PHP's verb; as partial as the other)"""
    return update_dynamic_background(ident, body)


@route("DELETE", f"{PATH}/{{id}}", "backgrounds:delete", answer=ONE, also=(412,))
def delete_dynamic_background(ident: Ident) -> Response:
    """Delete Dynamic Background"""

    def delete() -> Response:
        found = _unchanged(ident)
        return answers.send(_one(keeping.trash(found.id, actor=actor())))

    return once(delete)


def _unchanged(ident: str) -> Background:
    """Return a living background under its lock, if it still is what the client read. Raises Unknown, Stale."""
    with named("background", ident) as background_id:
        found = keeping.locked(background_id)
    if http.on_condition():
        answers.demand_match(_one(found))
    return found


def _one(found: Background) -> dict[str, Any]:
    return _shown([found])[0]


def _shown(found: Sequence[Background]) -> list[dict[str, Any]]:
    """Return backgrounds as the seed has them, in as many statements for one as for a hundred."""
    held = contents.of([each.id for each in found])
    made = answers.desk([each for one in held.values() for each in one.media_ids])
    return [background_answers.background(each, held[each.id], made) for each in found]
