"""The pages of visitors by a link: the door, the gallery with what is asked for beside it, and one item."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from flask import Flask, Response, current_app, request

from webapp.domain import approving, notes, showing, site, visiting
from webapp.domain.approving import Approved
from webapp.domain.errors import NotFound
from webapp.domain.notes import Noted
from webapp.domain.showing import Showing
from webapp.domain.transaction import DatabaseError, transaction
from webapp.domain.visiting import Shared
from webapp.web import hx
from webapp.web.editor.drawing import FIELD_WORDS
from webapp.web.public.routes import after, draw_page, one_item
from webapp.web.shares.addresses import ShareAddresses
from webapp.web.shares.forms import AnswerForm, EnterForm, NoteForm

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Beside:
    """What stands beside a shared gallery: notes, approvals, and the forms for more of them.

    `at` is the note whose answer was refused, `seen` the token of what would be approved.
    """

    noted: list[Noted]
    approvals: list[Approved]
    seen: str
    form: NoteForm
    answer: AnswerForm | None = None
    at: UUID | None = None
    problem: str = ""

    @property
    def waiting(self) -> int:
        """How many notes still wait."""
        return sum(each.is_open for each in self.noted)


def door(found: Shared, form: EnterForm | None = None) -> Response:
    """Ask who comes, before anything is shown; a link with a password does not even name its gallery.

    Raises LinkGone where nobody can come in any more, unless a form that was sent says so.
    """
    if form is None:
        visiting.check_door(found)
    form = form or EnterForm(formdata=None)
    locked = found.share.password is not None
    title = None if locked else _shown(found, found.code, limit=1).title
    status = 200 if form.errors == {} else form.status
    context: dict[str, Any] = {"found": found, "form": form, "locked": locked, "title": title}
    return hx.render("shares/enter.html", status=status, site_name=site.get().name, **context)


def gallery(found: Shared, token: str, *, status: int = 200, **refused: Any) -> Response:
    """Show a page of the gallery; `refused` are forms that stand in it as they were sent."""
    shown = _within(found, _shown(found, _code(found), after=after()))
    addresses = _addresses(found, token, shown)
    beside = _beside(found, shown, **refused)
    answer = _drawn("public/gallery.html", found, shown, addresses, beside=beside)
    answer.status_code = status
    return answer


def item(found: Shared, token: str, item_id: UUID) -> Response:
    """Show one item."""
    shown, ways = one_item(found.gallery, found.slug, item_id, code=_code(found), **_reading(found))
    shown = _within(found, shown)
    return _drawn("public/item.html", found, shown, _addresses(found, token, shown), beside=None, **ways)


def code_of(found: Shared) -> str:
    """Return the language that is read: the link's, the one asked for, or the gallery's own. Raises NotFound."""
    return _shown(found, _code(found), limit=1).language.code


def _code(found: Shared) -> str | None:
    """Return the code of the language asked for. Raises NotFound for one that the link does not show."""
    asked = request.args.get("lang") or None
    if found.code is None:
        return asked
    if asked is not None and asked != found.code:
        raise NotFound("Language")
    return found.code


def _shown(found: Shared, code: str | None, **asked: Any) -> Showing:
    return showing.show(found.gallery, found.slug, code=code, **asked, **_reading(found))


def _reading(found: Shared) -> dict[str, Any]:
    return {"working": found.working, "drafts": found.drafts}


def _within(found: Shared, shown: Showing) -> Showing:
    """Leave out the languages that the link does not show."""
    if found.code is None:
        return shown
    only = tuple(each for each in shown.tongues if each.code == found.code)
    return replace(shown, tongues=only, source_code=shown.language.code)


def _addresses(found: Shared, token: str, shown: Showing) -> ShareAddresses:
    return ShareAddresses(token, shown.language.code, shown.source_code, found.code)


def _beside(found: Shared, shown: Showing, form: NoteForm | None = None, **refused: Any) -> Beside:
    form = form or NoteForm(formdata=None, about=request.args.get("about", ""))
    form.offer(_things(found, shown, str(form.about.data or "")))
    prints = approving.prints(found.gallery, found.share)
    return Beside(
        noted=notes.of_share(found),
        approvals=approving.of_share(found.share, prints),
        seen=approving.token(prints),
        form=form,
        **refused,
    )


def _things(found: Shared, shown: Showing, about: str) -> list[tuple[str, str]]:
    """Return the items that a change can be asked for here: those of the page, and the one that is named."""
    things = [(str(each.id), drawn_name(each)) for each in shown.items]
    if about and about not in dict(things):
        order = [str(each) for each in visiting.order(found)]
        things += [(about, str(order.index(about) + 1))] if about in order else []
    return things


def drawn_name(item: showing.Shown) -> str:
    """Name an item for a list: its number and what it says."""
    said = item.caption or item.title or item.alt
    return f"{item.number} · {str(said)[:60]}" if said else str(item.number)


def _drawn(template: str, found: Shared, shown: Showing, addresses: ShareAddresses, **context: Any) -> Response:
    assert found.visit is not None  # noqa: S101  without one there is only the door
    around = {"layout": "layouts/share.html", "gallery": found.gallery, "found": found}
    around |= {"draw": addresses.draw, "below": addresses.below}
    words = {"names": FIELD_WORDS, "visitor_url": visitor_url}
    answer = draw_page(template, shown, addresses, **around, **words, **context)
    app, visit_id = current_app._get_current_object(), found.visit.id  # type: ignore[attr-defined]
    answer.call_on_close(partial(_note_page, app, visit_id))
    return answer


def visitor_url(addresses: ShareAddresses) -> Any:
    """Return the function that gives the address of a visitor's deed on a note."""
    return lambda deed, note_id: addresses.deed(deed, note_id=note_id)


def _note_page(app: Flask, visit_id: UUID) -> None:
    """Write it after the answer; a busy database is no reason to trouble anybody."""
    with app.app_context():
        try:
            with transaction():
                visiting.note_page(visit_id)
        except DatabaseError:
            log.info("page not noted", visit=str(visit_id))
