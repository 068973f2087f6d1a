"""The order of the items: some of them moved, all put in another order, sorted once, and all that taken back."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import Response, flash, jsonify, request
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain import editing, items, sorting, undoing
from webapp.domain.errors import DomainError, Invalid
from webapp.domain.transaction import transaction
from webapp.domain.undoing import Undone
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.editor import blueprint, pages
from webapp.web.editor.addresses import undo_url
from webapp.web.editor.asked import as_json, chosen_ids, json_problem, number, one_id


@dataclass(frozen=True)
class Done:
    """The order's version by now, what was done, whether it can be taken back, and which version it was made upon.

    A page whose version a move does not follow has missed what others did.
    """

    order_version: int
    said: str
    undo: bool = True
    follows: int | None = None


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


@blueprint.post("/sorts")
@allows("galleries:update")
def sort(gallery_id: UUID) -> Response:
    """Sort all items, or those that are named, once."""
    return _answer(gallery_id, lambda: _sort(gallery_id))


@blueprint.post("/undos")
@allows("galleries:update")
def undo(gallery_id: UUID) -> Response:
    """Take back the last move or sort."""
    return _answer(gallery_id, lambda: _undo(gallery_id))


def _answer(gallery_id: UUID, change: Callable[[], Done]) -> Response:
    """Do it, and tell a script the token of the order by now; what is refused it is told in a sentence."""
    if not as_json():
        with transaction():
            done = change()
        if not hx.wants_fragment():
            way = {"action_url": undo_url(gallery_id, done.order_version), "action_label": _("Undo")}
            flash({"text": done.said, **way} if done.undo else done.said)  # type: ignore[arg-type]
        return pages.moved(gallery_id)
    try:
        with transaction():
            done = change()
    except DomainError as error:
        return json_problem(error)
    answer = jsonify(order_version=done.order_version, follows=done.follows, said=done.said)
    answer.headers["X-Order-Version"] = str(done.order_version)
    return answer


def _move(gallery_id: UUID) -> Done:
    ids, place = chosen_ids(), request.form.get("place") or None
    before, after = one_id("before"), one_id("after")
    position, version = None, None
    if before is None and after is None and place is None:
        position, version = number("position"), number("order_version")
    where = {"before": before, "after": after, "place": place, "position": position, "order_version": version}
    step = items.move(gallery_id, ids, actor=actor(), **where)  # type: ignore[arg-type]
    said = ngettext("%(num)s item moved.", "%(num)s items moved.", len(ids))
    return Done(step.after, said, follows=step.before)


def _reorder(gallery_id: UUID) -> Done:
    version, said = number("order_version"), _("Put in order.")
    if "ids" in request.form:
        return Done(items.reorder(gallery_id, chosen_ids(), actor=actor(), order_version=version), said)
    if version is None:
        raise Invalid("order_version", _("Say which order the numbers were written in."), code="missing")
    items.lock(gallery_id)
    order = editing.arranged(items.ids_in_order(gallery_id), _numbers())
    return Done(items.reorder(gallery_id, order, actor=actor(), order_version=version), said)


def _sort(gallery_id: UUID) -> Done:
    """Sort by what the form says: the name of a key, with a minus before it the other way round."""
    given = request.form.get("by", "")
    now = sorting.sort(
        gallery_id,
        given.removeprefix("-"),
        actor=actor(),
        order_version=number("order_version"),
        ids=chosen_ids(least=0),
        descending=given.startswith("-"),
    )
    return Done(now, _words(given.removeprefix("-")))


def _undo(gallery_id: UUID) -> Done:
    version = request.args.get("order_version", type=int)
    done = undoing.undo(gallery_id, actor=actor(), order_version=version or number("order_version"))
    return Done(done.order_version, _undone(done), undo=False)


def _words(by: str) -> str:
    words = {
        "taken": _("Sorted by the date taken."),
        "name": _("Sorted by file name."),
        "added": _("Sorted by the date added."),
        "reverse": _("Order reversed."),
    }
    return str(words[by])


def _undone(done: Undone) -> str:
    if done.how is None:
        return str(ngettext("Undone: the move of %(num)s item.", "Undone: the move of %(num)s items.", done.count))
    return str(_("Undone: %(what)s", what=_words(done.how.removeprefix("-"))))


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
