"""The order of the items: a few of them moved, or all of them put in another order (D26)."""

from collections.abc import Callable
from uuid import UUID

from flask import Response, jsonify, request
from flask_babel import gettext as _

from webapp.domain import editing, items
from webapp.domain.errors import DomainError, Invalid
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web.editor import blueprint, pages
from webapp.web.editor.asked import as_json, chosen_ids, json_problem, number, one_id


@blueprint.post("/moves")
@allows("galleries:update")
def move(gallery_id: UUID) -> Response:
    """Move items before or after another, to the top, the end or a position."""
    return _answer(gallery_id, lambda: _move(gallery_id))


@blueprint.post("/order")
@allows("galleries:update")
def reorder(gallery_id: UUID) -> Response:
    """Put all items in an order: named one by one, or some of them by their numbers."""
    return _answer(gallery_id, lambda: _reorder(gallery_id))


def _answer(gallery_id: UUID, change: Callable[[], int]) -> Response:
    """Do it, and tell a script the token of the order by now; what is refused it is told in a sentence."""
    if not as_json():
        with transaction():
            change()
        return pages.moved(gallery_id)
    try:
        with transaction():
            version = change()
    except DomainError as error:
        return json_problem(error)
    answer = jsonify(order_version=version)
    answer.headers["X-Order-Version"] = str(version)
    return answer


def _move(gallery_id: UUID) -> int:
    ids, place = chosen_ids(), request.form.get("place") or None
    before, after = one_id("before"), one_id("after")
    position, version = None, None
    if before is None and after is None and place is None:
        position, version = number("position"), number("order_version")
    return items.move(
        gallery_id,
        ids,
        actor=actor(),
        before=before,
        after=after,
        place=place,
        position=position,
        order_version=version,
    )


def _reorder(gallery_id: UUID) -> int:
    version = number("order_version")
    if "ids" in request.form:
        return items.reorder(gallery_id, chosen_ids(), actor=actor(), order_version=version)
    if version is None:
        raise Invalid("order_version", _("Say which order the numbers were written in."), code="missing")
    items.lock(gallery_id)
    order = editing.arranged(items.ids_in_order(gallery_id), _numbers())
    return items.reorder(gallery_id, order, actor=actor(), order_version=version)


def _numbers() -> dict[UUID, int]:
    """Return the numbers that were written beside items. Raises Invalid."""
    wanted: dict[UUID, int] = {}
    for name in request.form:
        if name.startswith("position-"):
            written = number(name)
            try:
                item_id = UUID(name.removeprefix("position-"))
            except ValueError:
                raise Invalid(name, _("These are no items of a gallery."), code="ids") from None
            if written is None or written < 1:
                raise Invalid(name, _("Positions begin at 1."), code="position")
            wanted[item_id] = written
    return wanted
