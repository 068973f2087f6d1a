"""The tree, the page of one category, and the question before it is deleted."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from webapp.domain import categories, category_trees, languages
from webapp.domain.category_trees import Node
from webapp.domain.errors import NotFound
from webapp.domain.models import Language
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.categories import blueprint, drawing
from webapp.web.categories.forms import AddForm, NamesForm, field_of, id_of, names_form
from webapp.web.galleries.saying import named


@blueprint.get("/")
@allows("galleries:read")
def index() -> Response:
    """Show the tree, and a form to add to it."""
    return _index(AddForm(formdata=None))


@blueprint.post("/")
@allows("galleries:update")
def add() -> Response:
    """Add a category, as the last one below its parent."""
    form = AddForm()
    if not form.carry_out(lambda: _add(form)):
        return _index(form, status=form.status)
    flash(_("“%(name)s” is added.", name=named(form.given("name").strip())))
    return hx.redirect(url_for("categories.index"))


@blueprint.get("/<uuid:category_id>")
@allows("galleries:update")
def show(category_id: UUID) -> Response:
    """Show what a category is called in each language, and where it stands."""
    return _page(_node(category_id))


@blueprint.post("/<uuid:category_id>")
@allows("galleries:update")
def change(category_id: UUID) -> Response:
    """Call it otherwise, or put it below another."""
    node, known = _node(category_id), _known()
    form = names_form(known)()
    if not form.carry_out(lambda: _change(category_id, form)):
        return _page(node, form, status=form.status)
    flash(_("Saved."))
    return hx.redirect(_at(category_id))


@blueprint.post("/<uuid:category_id>/moves")
@allows("galleries:update")
def move(category_id: UUID) -> Response:
    """Move a category one step: up, down, below the one before it, or behind its parent."""
    form = AddForm(formdata=None)
    if not form.attempt(lambda: _step(category_id, request.form.get("way", ""))):
        return _index(AddForm(formdata=None), trouble=[*form.form_errors, *form.parent.errors], status=form.status)
    return hx.after(_at(category_id), "categories/_tree.html", **_drawn())


@blueprint.get("/<uuid:category_id>/removal")
@allows("galleries:update")
def ask(category_id: UUID) -> Response:
    """Say what becomes of what is below it and of its galleries, before it is deleted."""
    node, known = _node(category_id), _known()
    chain = drawing.readers(known)
    parent = category_trees.tree().by_id[node.parent_id].called(chain) if node.parent_id else None
    context: dict[str, Any] = {"node": node, "called": node.called(chain), "parent": parent}
    return hx.render("categories/removal.html", galleries=category_trees.counts().own(node), **context)


@blueprint.post("/<uuid:category_id>/removal")
@allows("galleries:update")
def delete(category_id: UUID) -> Response:
    """Delete a category."""
    called = _node(category_id).called(drawing.readers(_known()))
    with transaction():
        categories.delete(category_id, actor=actor())
    flash(_("“%(name)s” is deleted.", name=named(called.text)))
    return hx.redirect(url_for("categories.index"))


def _add(form: AddForm) -> None:
    uri = form.given("uri").strip() or None
    categories.add({languages.default_id(): form.given("name")}, uri=uri, parent_id=form.parent_id, actor=actor())


def _change(category_id: UUID, form: NamesForm) -> None:
    """Rename a category, and move it where another parent was chosen than the one that was shown."""
    categories.rename(category_id, form.names(), version=form.version.data, actor=actor())
    chosen, shown = form.given("parent"), request.form.get("base_parent", "")
    if form.parent.raw_data and chosen != shown:
        categories.move(category_id, under=id_of(chosen), actor=actor())


def _step(category_id: UUID, way: str) -> None:
    with transaction():
        categories.step(category_id, way, actor=actor())


def _node(category_id: UUID) -> Node:
    found = category_trees.tree().by_id.get(category_id)
    if found is None:
        raise NotFound("Category")
    return found


def _known() -> list[Language]:
    return languages.all_languages(active_only=True)


def _at(category_id: UUID) -> str:
    return url_for("categories.index", _anchor=f"category-{category_id}")


def _drawn() -> dict[str, Any]:
    counts, known = category_trees.counts(), _known()
    return {"branches": drawing.branches(known, counts), "loose": drawing.loose(counts), "known": known}


def _index(form: AddForm, *, trouble: Sequence[str] = (), status: int = 200) -> Response:
    drawn = _drawn()
    form.offer(drawing.choices(drawn["known"], by_uri=False))
    drawn |= {"form": form, "trouble": trouble}
    return hx.render("categories/index.html", "categories/_tree.html", status=status, **drawn)


def _page(node: Node, form: NamesForm | None = None, *, status: int = 200) -> Response:
    known = _known()
    kept: dict[str, Any] = {field_of(each): node.names.get(each.id, "") for each in known}
    kept |= {"version": node.version, "parent": str(node.parent_id or "")}
    form = form or names_form(known)(formdata=None, data=kept)
    form.offer(drawing.choices(known, by_uri=False, without=node))
    called = node.called(drawing.readers(known))
    return hx.render("categories/show.html", status=status, form=form, node=node, called=called)
