"""The search over everything, as a page and as the list that the palette shows; the page of shortcuts."""

from typing import Any

from flask import Response, request, url_for

from webapp.domain import search
from webapp.doors import SIGNED_IN, actor, allows
from webapp.web import hx
from webapp.web.searching import blueprint, drawing

IN_PALETTE = 4
"""Hits of each kind that the palette shows."""


@blueprint.get("/search")
@allows("galleries:read")
def index() -> Response:
    """Find galleries, items, files and things to do by words."""
    query, after = " ".join(request.args.get("q", "")[: search.QUERY].split()), request.args.get("after") or None
    if "palette" in request.args:
        return _in_palette(query)
    found = search.page(query, kinds=_kinds(), after=after)
    following = url_for("searching.index", q=query, after=found.after) if found.after else ""
    actions = [] if after else drawing.actions(query)
    context: dict[str, Any] = {"hits": [drawing.row(hit) for hit in found.rows], "query": query, "first": not after}
    page, fragment = "searching/index.html", "searching/_results.html"
    return hx.render(page, fragment, next_url=following, actions=actions, **context)


@blueprint.get("/shortcuts")
@allows(SIGNED_IN)
def shortcuts() -> Response:
    """List the shortcuts."""
    return hx.render("searching/shortcuts.html", "searching/_shortcuts.html", enabled=actor().shortcuts)


def _in_palette(query: str) -> Response:
    """Show a few of each kind, galleries first."""
    hits = [drawing.row(hit) for kind in _kinds() for hit in search.page(query, kinds=(kind,), size=IN_PALETTE).rows]
    context: dict[str, Any] = {"hits": hits, "actions": drawing.actions(query), "first": True, "next_url": ""}
    return hx.render("searching/index.html", "searching/_results.html", query=query, **context)


def _kinds() -> list[str]:
    """Return what the actor may be shown."""
    return [kind for kind in search.KINDS if kind != "media" or "media:read" in actor().permissions]
