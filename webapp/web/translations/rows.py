"""What is done to one row of the table: saved, confirmed, its draft discarded, marked decorative."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, flash, get_template_attribute, make_response, render_template, request
from flask_babel import gettext as _

from webapp.domain import checks, editing, galleries, headings, items, translating, translations
from webapp.domain.editing import Tongues
from webapp.domain.errors import NotFound
from webapp.domain.merging import Merged
from webapp.domain.models import Gallery, Item
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx, phrases
from webapp.web.editor import conflicts, kinds
from webapp.web.editor.forms import sent
from webapp.web.editor.saving import Values, or_none, save
from webapp.web.translations import addresses, blueprint, table
from webapp.web.translations.forms import RowForm

BASE = "/galleries/<uuid:gallery_id>/translations/<code>"


@dataclass(frozen=True)
class At:
    """A row: a gallery or one of its items, in a language."""

    gallery_id: UUID
    item_id: UUID | None
    language_id: UUID
    code: str

    @classmethod
    def of(cls, gallery_id: UUID, code: str, item_id: UUID | None) -> "At":
        """Find it. Raises NotFound."""
        language = editing.speak(galleries.get(gallery_id), code).current
        if item_id is not None:
            items.get(gallery_id, item_id)
        return cls(gallery_id, item_id, language.id, language.code)

    def owner(self) -> Gallery | Item:
        """Return whose texts they are, read anew. Raises NotFound."""
        gallery = galleries.get(self.gallery_id)
        return gallery if self.item_id is None else items.get(gallery.id, self.item_id)

    def row(self, gallery: Gallery, tongues: Tongues) -> translating.Row:
        """Return it as it is now. Raises NotFound."""
        if self.item_id is None:
            return translating.own(gallery, tongues)
        return translating.one(gallery, tongues, self.item_id)

    def present(self) -> translating.Row:
        """Return it as it is now, read anew. Raises NotFound."""
        gallery = galleries.get(self.gallery_id)
        return self.row(gallery, editing.speak(gallery, self.code))

    @property
    def back(self) -> str:
        """Return the way back to the row in its table."""
        url = addresses.table(self.gallery_id, self.code, **addresses.here())
        return f"{url}#{addresses.id_of(self.item_id)}"


@blueprint.post(f"{BASE}/texts")
@blueprint.post(f"{BASE}/items/<uuid:item_id>")
@allows("translations:update")
def keep(gallery_id: UUID, code: str, item_id: UUID | None = None) -> Response:
    """Make what was typed the values that visitors see."""
    at, form = At.of(gallery_id, code, item_id), RowForm(sent())
    outcome: list[Merged | None] = []
    if not (form.validate() and form.attempt(lambda: outcome.append(_save(at, form)))):
        return _again(at, form)
    return _ask(at, outcome[0]) if outcome[0] else _shown(at)


@blueprint.post(f"{BASE}/texts/confirmation")
@blueprint.post(f"{BASE}/items/<uuid:item_id>/confirmation")
@allows("translations:update")
def confirm(gallery_id: UUID, code: str, item_id: UUID | None = None) -> Response:
    """Say that a text is still right although its source has changed, and keep what was typed elsewhere."""
    return _said_of_fields(At.of(gallery_id, code, item_id), translations.still_right)


@blueprint.post(f"{BASE}/texts/approval")
@blueprint.post(f"{BASE}/items/<uuid:item_id>/approval")
@allows("galleries:update")
def approve(gallery_id: UUID, code: str, item_id: UUID | None = None) -> Response:
    """Say that an editor has looked at a text, and keep what was typed elsewhere."""
    return _said_of_fields(At.of(gallery_id, code, item_id), translations.approve)


@blueprint.post(f"{BASE}/texts/discard")
@blueprint.post(f"{BASE}/items/<uuid:item_id>/discard")
@allows("translations:update")
def discard(gallery_id: UUID, code: str, item_id: UUID | None = None) -> Response:
    """Forget the draft of a field, and keep what was typed in the others."""
    at, form, fields = At.of(gallery_id, code, item_id), RowForm(sent()), request.form.getlist("field")
    with transaction():
        _draft(at, form, but=fields)
        translations.discard_drafts(at.owner(), at.language_id, actor=actor(), fields=fields)
    return _shown(at)


@blueprint.post(f"{BASE}/texts/dismissal")
@blueprint.post(f"{BASE}/items/<uuid:item_id>/dismissal")
@allows("translations:update")
def dismiss(gallery_id: UUID, code: str, item_id: UUID | None = None) -> Response:
    """Say why a text is right although it differs from its source, and keep what was typed elsewhere."""
    at, form, field = At.of(gallery_id, code, item_id), RowForm(sent()), request.form.get("field", "")
    reason = request.form.get(f"reason_{field}", "")
    with transaction():
        _draft(at, form, but=[field])
        segment = at.present().sheet.segments.get(field)
        if segment is None:
            raise NotFound("Text")
        checks.dismiss(at.owner(), segment, at.language_id, reason=reason, actor=actor())
    return _shown(at)


@blueprint.post(f"{BASE}/items/<uuid:item_id>/decorative")
@allows("galleries:update")
def decorate(gallery_id: UUID, code: str, item_id: UUID) -> Response:
    """Say that a picture needs no alt text, or that it does; what was typed is kept."""
    at, form = At.of(gallery_id, code, item_id), RowForm(sent())
    with transaction():
        _draft(at, form)
        item = items.get(gallery_id, item_id)
        items.change(item, {"decorative": request.form.get("decorative") == "yes"}, actor=actor())
    return _shown(at)


def _said_of_fields(at: At, say: Callable[..., object]) -> Response:
    """Say something of the fields whose button was pressed, and keep what was typed elsewhere."""
    form = RowForm(sent())
    with transaction():
        _draft(at, form)
        for field in request.form.getlist("field"):
            say(at.owner(), at.language_id, field, actor=actor())
    return _shown(at)


def _save(at: At, form: RowForm) -> Merged | None:
    """Write what was changed; a machine's text that is sent as it stands has been read by somebody."""
    typed, language_id = form.typed(), at.language_id

    def write(changed: Values, version: int | None) -> None:
        owner = at.owner()
        row = translations.find(owner, language_id)
        read = {name: text for name, text in typed.items() if translations.state(row, name) == "machine"}
        texts = {name: kinds.kept(name, text) for name, text in (read | dict(changed)).items()}
        translations.write(owner, language_id, or_none(texts), actor=actor(), version=version, seen=form.seen())

    def present() -> tuple[Values, int]:
        row = translations.find(at.owner(), language_id)
        return {name: (getattr(row, name, None) if row else None) or "" for name in typed}, row.version if row else 0

    return save(typed, form.base(), form.version.data, write=write, read=present)


def _draft(at: At, form: RowForm, *, but: list[str] | None = None) -> None:
    typed = {name: text for name, text in form.typed().items() if name not in (but or [])}
    over = {"base": form.base(), "seen": form.seen(), "version": form.version.data}
    translations.draft(at.owner(), at.language_id, typed, actor=actor(), **over)


def _shown(at: At) -> Response:
    """Answer with the row and the numbers anew, each in its place; browsers are led back to it."""
    if not hx.wants_fragment():
        flash(_("Saved."))
        return hx.redirect(at.back)
    return _renewed(at)


def _renewed(at: At, *, status: int = 200, errors: dict[str, Any] | None = None) -> Response:
    gallery = galleries.get(at.gallery_id)
    tongues = editing.speak(gallery, at.code)
    row = table.drawn([at.row(gallery, tongues)], gallery, tongues)[0]
    context = table.around(gallery, tongues)
    text_row = get_template_attribute("ui/text_row.html", "text_row")
    shown = {name: context[name] for name in ("target", "source", "may")}
    answer = hx.vary(make_response("", status))
    hx.part(answer, f"#{row.id}", text_row(row, query=addresses.query(), errors=errors or {}, **shown))
    counts = render_template("translations/_counts.html", asked=table.wanted(), **table.counted(gallery, tongues))
    hx.part(answer, "#translations-counts", counts)
    return answer


def _again(at: At, form: RowForm) -> Response:
    """Show the row as it was sent, with what is wrong."""
    errors = {name: (form.data[name], messages) for name, messages in form.errors.items() if name in form.FIELDS}
    problem = " ".join(str(each) for each in form.form_errors)
    if hx.wants_fragment():
        return _renewed(at, status=form.status, errors=errors)
    heading = headings.of(at.gallery_id)
    refused = {"errors": {addresses.id_of(at.item_id): errors}, "problem": problem}
    shown = table.page(heading, editing.speak(heading.gallery, at.code), **refused)
    return hx.render("translations/show.html", status=form.status, **shown)


def _ask(at: At, merged: Merged) -> Response:
    """Show both versions of what somebody else saved meanwhile."""
    heading, row = headings.of(at.gallery_id), translations.find(at.owner(), at.language_id)
    tongues = editing.speak(heading.gallery, at.code)
    number = at.row(heading.gallery, tongues).number
    title = _("Item %(n)s", n=number) if number else heading.title
    steps = [(_("Translations"), addresses.BOARD), (heading.title, addresses.table(at.gallery_id, at.code))]
    return conflicts.ask(
        merged,
        what=f"{title}, {phrases.tongue(tongues.current)}",
        tokens={"version": row.version if row else 0},
        theirs=conflicts.of_text(row, merged),
        spoken=RowForm.FIELDS,
        language=tongues.current,
        steps=steps,
    )
