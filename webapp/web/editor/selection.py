"""Several items in the panel: what they have in common, and one form for all of them.

More than one form is for are moved, sorted and removed all the same. What is refused is said in the panel; where all
of them have gone meanwhile, above the grid.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import BooleanField, SelectField, StringField

from webapp.domain import editing, selections, tags
from webapp.domain.editing import Desk
from webapp.domain.errors import Invalid, Stale
from webapp.domain.item_fields import ItemFields
from webapp.domain.models import translation
from webapp.domain.models.item import LINK, LINK_TEXT
from webapp.domain.selections import Crowd, Outcome, Selection, Wanted
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx, phrases
from webapp.web.editor import blueprint, pages
from webapp.web.editor.addresses import back, undo_url
from webapp.web.editor.asked import number, one_id
from webapp.web.editor.forms import words
from webapp.web.forms import Choice, Form

COPIES: Final = 200
"""Galleries that are offered to copy into, those changed last."""

LEAVE: Final = ""


class SelectionForm(Form):
    """What is to be changed of all chosen items: what is left as it was is left alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self:
            field.id = f"selection-{field.name}"

    added = StringField(_l("Add tags"))
    removed = StringField(_l("Remove tags"))
    replaced = StringField(_l("Use these tags instead of all others"))
    alt = words(_l("Alt text for all"), translation.ALT[1], long=True)
    decorative = SelectField(_l("Decorative"), validate_choice=False)
    link_url = words(_l("Link"), LINK[1])
    link_text = words(_l("Link text"), LINK_TEXT[1])
    unlink = BooleanField(_l("Remove link and link text"))
    unfocus = BooleanField(_l("Focal point back to the middle"))
    position = StringField(_l("Position"))
    into = SelectField(_l("Gallery"), validate_choice=False)

    def wanted(self) -> Wanted:
        """Return what was filled in."""
        return Wanted(
            fields=self._fields_wanted(),
            added=tags.parse(self.given("added")),
            removed=tags.parse(self.given("removed")),
            replaced=tags.parse(self.given("replaced")) or None,
            alt=self.given("alt").strip() or None,
        )

    def _fields_wanted(self) -> ItemFields:
        fields: ItemFields = {}
        if self.decorative.data in ("yes", "no"):
            fields["decorative"] = self.decorative.data == "yes"
        if self.unlink.data:
            fields["link_url"] = fields["link_text"] = None
        if self.given("link_url").strip():
            fields["link_url"] = self.given("link_url")
        if self.given("link_text").strip():
            fields["link_text"] = self.given("link_text")
        if self.unfocus.data:
            fields["focal_x"] = fields["focal_y"] = None
        return fields


@dataclass(frozen=True)
class SelectionRegion:
    """The chosen items in the panel; without a form where they are more than it is for."""

    chosen: Selection | Crowd
    form: SelectionForm | None
    problem: str = ""


@dataclass(frozen=True)
class Told:
    """To how many items something was done, in words, and where it is taken back."""

    done: int
    words: str
    undo: str = ""


@blueprint.route("/items/selection", methods=["GET", "POST"])
@allows("galleries:update")
def select_items(gallery_id: UUID) -> Response:
    """Show what several items have in common, and one form for all of them."""
    return _show(gallery_id, chosen(), SelectionForm(formdata=None))


@blueprint.post("/items/selection/changes")
@allows("galleries:update")
def change_items(gallery_id: UUID) -> Response:
    """Change what was filled in of all chosen items."""
    form, ids, done = SelectionForm(), chosen(), list[Outcome]()
    language_id = _desk(gallery_id).tongues.current.id

    def change() -> None:
        done.append(selections.change(gallery_id, ids, form.wanted(), language_id, actor=actor()))

    return _changed(gallery_id, done[0]) if form.carry_out(change) else _show(gallery_id, ids, form)


@blueprint.post("/items/selection/undo")
@allows("galleries:update")
def undo_change(gallery_id: UUID) -> Response:
    """Take the gallery back to before a change of many items, unless more has changed since."""
    revision = request.args.get("revision", type=int) or 0
    with transaction():
        selections.undo(gallery_id, revision, request.args.get("seen", ""), actor=actor())
    return _said(gallery_id, _("The items are as they were."))


@blueprint.post("/items/selection/moves")
@allows("galleries:update")
def move_items(gallery_id: UUID) -> Response:
    """Move all chosen items to the top, the end or a position."""
    place, ids = request.form.get("place") or None, chosen()
    where: dict[str, Any] = {"place": place}
    if place is None:
        where = {"position": number("position"), "order_version": number("order_version")}

    def move() -> Told:
        done = selections.move(gallery_id, ids, actor=actor(), **where)
        return Told(done, ngettext("%(num)s item was moved.", "%(num)s items were moved.", done))

    return _carried_out(gallery_id, ids, move)


@blueprint.post("/items/selection/sorts")
@allows("galleries:update")
def sort_items(gallery_id: UUID) -> Response:
    """Sort all chosen items among their places."""
    by, ids = request.form.get("by", ""), chosen()
    how: dict[str, Any] = {"order_version": number("order_version"), "descending": by.startswith("-")}

    def sort() -> Told:
        done, version = selections.sort(gallery_id, ids, by.removeprefix("-"), actor=actor(), **how)
        text = ngettext("%(num)s item was sorted.", "%(num)s items were sorted.", done)
        return Told(done, text, undo_url(gallery_id, version))

    return _carried_out(gallery_id, ids, sort)


@blueprint.post("/items/selection/copies")
@allows("galleries:update")
def copy_items(gallery_id: UUID) -> Response:
    """Add copies of all chosen items to another gallery."""
    into, ids = one_id("into"), chosen()
    if into is None:
        raise Invalid("into", _("Choose a gallery."), code="missing")

    def copy() -> Told:
        made = len(selections.copy(gallery_id, ids, into, actor=actor()))
        return Told(made, ngettext("%(num)s item was copied.", "%(num)s items were copied.", made))

    return _carried_out(gallery_id, ids, copy)


@blueprint.post("/items/selection/trash")
@allows("galleries:update")
def trash_items(gallery_id: UUID) -> Response:
    """Remove all chosen items, with the way to bring them back."""
    ids = chosen()

    def trash() -> Told:
        done, at = selections.trash(gallery_id, ids, actor=actor())
        text = ngettext("%(num)s item is in the trash.", "%(num)s items are in the trash.", done)
        return Told(done, text, url_for("editor.restore", gallery_id=gallery_id, at=at.isoformat()))

    return _carried_out(gallery_id, ids, trash)


def chosen() -> list[UUID]:
    """Return the items that an address or a form names, each once, in its order. Raises Invalid."""
    named = [*request.values.getlist("ids"), *request.form.getlist("chosen")]
    try:
        ids = [UUID(each) for part in named for each in part.split(",") if each]
    except ValueError:
        raise Invalid("ids", _("These are no items of a gallery."), code="ids") from None
    if not ids:
        raise Invalid("ids", _("Select an item first."), code="ids")
    return list(dict.fromkeys(ids))


def _desk(gallery_id: UUID) -> Desk:
    return editing.open_desk(gallery_id, request.args.get("lang"))


def _carried_out(gallery_id: UUID, ids: Sequence[UUID], deed: Callable[[], Told]) -> Response:
    """Do it to the chosen items, or show them again with why it was not done."""
    try:
        with transaction():
            told = deed()
    except (Invalid, Stale) as refused:
        form = SelectionForm(formdata=None)
        form.status = 409 if isinstance(refused, Stale) else 422
        return _show(gallery_id, ids, form, problem=phrases.told(refused))
    return _said(gallery_id, told.words, len(set(ids)) - told.done, told.undo)


def _show(gallery_id: UUID, ids: Sequence[UUID], form: SelectionForm, *, problem: str = "") -> Response:
    desk = _desk(gallery_id)
    many = len(set(ids)) > selections.MOST
    try:
        seen = selections.crowd(gallery_id, ids) if many else _offered(desk, ids, form)
    except Invalid as gone:
        flash(phrases.told(gone), "error")
        return hx.redirect(back(gallery_id, item=""))
    refused = " ".join(str(words) for field in form.errors.values() for words in field) if many else ""
    region = SelectionRegion(seen, None if many else form, problem or refused)
    return pages.selected(desk, region, status=form.status if form.errors or problem else 200)


def _offered(desk: Desk, ids: Sequence[UUID], form: SelectionForm) -> Selection:
    """Return what the items have in common, and say in the form between what there is to choose."""
    seen = selections.look_at(desk.gallery.id, ids, desk.tongues.current.id)
    others = selections.others(desk.gallery.id, limit=COPIES)
    form.into.choices = [Choice("", _l("Choose a gallery")), *(Choice(str(each), title) for each, title in others)]
    mixed = _l("Mixed: leave as it is") if seen.fields["decorative"].mixed else _l("Leave as it is")
    choices = {LEAVE: mixed, "yes": _l("Decorative"), "no": _l("Needs an alt text")}
    form.decorative.choices = [Choice(value, words) for value, words in choices.items()]
    return seen


def _changed(gallery_id: UUID, outcome: Outcome) -> Response:
    undo = url_for("editor.undo_change", gallery_id=gallery_id, revision=outcome.revision, seen=outcome.seen)
    text = ngettext("%(num)s item was changed.", "%(num)s items were changed.", outcome.done)
    return _said(gallery_id, text, outcome.gone, undo)


def _said(gallery_id: UUID, text: str, gone: int = 0, undo: str = "") -> Response:
    """Lead back to the grid and say what was done, and to how many it was not."""
    if gone:
        text += " " + ngettext("%(num)s had gone meanwhile.", "%(num)s had gone meanwhile.", gone)
    said: Any = {"text": text, "action_url": undo, "action_label": _("Undo")} if undo else text
    flash(said, "undo" if undo else "message")
    return hx.redirect(back(gallery_id, item=""))
