"""The editor itself, the rest of its tiles, and the order of all of them."""

from uuid import UUID

from flask import Response, jsonify, request

from webapp.domain import audit, editing, galleries, items
from webapp.domain import tiles as grid
from webapp.doors import allows
from webapp.web import hx
from webapp.web.editor import asked, blueprint, drawing, layout, pages
from webapp.web.editor.addresses import editor_url


@blueprint.get("/")
@allows("galleries:read")
def show(gallery_id: UUID) -> Response:
    """Show a gallery in the editor; htmx asks for the panel alone."""
    desk = editing.open_desk(gallery_id, request.args.get("lang"))
    item_id = pages.wanted("item")
    if not hx.wants_fragment():
        answer = pages.page(desk, item_id=item_id) if item_id or not layout.is_wide() else layout.page(desk)
        return asked.remember_language(answer, desk.tongues.current.code)
    panel = editing.panel(desk, item_id) if item_id else None
    return hx.render("editor/_inspector.html", **pages.around(desk), **pages.inspector(desk, panel))


@blueprint.get("/tiles")
@allows("galleries:read")
def tiles(gallery_id: UUID) -> Response:
    """Give the tiles behind one, or some by name; a browser without a script gets the page that begins there."""
    code, after, only = request.args.get("lang"), pages.wanted("after"), asked.several("only")
    if not hx.wants_fragment():
        return hx.redirect(editor_url(gallery_id, lang=code, after=after, item=next(iter(only), None)))
    gallery = galleries.get(gallery_id)
    tongues = editing.speak(gallery, code)
    chain = tongues.chain
    found = grid.some(gallery, chain, only) if only else grid.chunk(gallery, chain, after=after, size=grid.REST)
    drawn = drawing.tiles(gallery.id, tongues, found.tiles)
    return hx.render("editor/_tiles.html", tiles=drawn, next_url=drawing.next_url(gallery.id, tongues, found))


@blueprint.get("/order.json")
@allows("galleries:read")
def order(gallery_id: UUID) -> Response:
    """Give the ids of all items in their order, and the token of that order; 304 to whoever has it already (D36)."""
    gallery = galleries.get(gallery_id)
    version, known = gallery.order_version, request.if_none_match
    if known.contains_weak(str(version)):
        return asked.unchanged(version)
    told = {"changed": audit.who_changed_the_order(gallery.id)} if known else {}
    return asked.tagged(jsonify(order_version=version, ids=items.ids_in_order(gallery.id), **told), version)
