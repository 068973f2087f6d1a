"""What visitors by a link write: changes they ask for, answers, what is solved, and approvals."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, flash, request
from flask_babel import gettext as _

from webapp.domain import approving, notes
from webapp.domain.visiting import Shared
from webapp.doors import PUBLIC, allows
from webapp.web import hx
from webapp.web.shares import cookies, pages, shared
from webapp.web.shares.forms import AnswerForm, ApprovalForm, NameForm, NoteForm


@shared.post("/notes")
@allows(PUBLIC)
def ask(token: str) -> Response:
    """Write down a change that is asked for."""
    found, form = cookies.inside(token), NoteForm()
    code = pages.code_of(found)
    form.offer([(each, each) for each in [request.form.get("about", "")] if each])
    if not form.carry_out(lambda: notes.ask(found, form.fields(code))):
        return pages.gallery(cookies.inside(token), token, status=form.status, form=form)
    return _back(token, _("Sent. The editors see it beside the picture or text."))


@shared.post("/notes/<uuid:note_id>/answers")
@allows(PUBLIC)
def reply(token: str, note_id: UUID) -> Response:
    """Answer a note."""
    found, form = cookies.inside(token), AnswerForm()
    told = {"name": form.given("name")}
    if not form.carry_out(lambda: notes.answer_as_visitor(found, note_id, form.given("words"), **told)):
        return pages.gallery(cookies.inside(token), token, status=form.status, answer=form, at=note_id)
    return _back(token, _("Sent."))


@shared.post("/notes/<uuid:note_id>/solution")
@allows(PUBLIC)
def settle(token: str, note_id: UUID) -> Response:
    """Say that a note is done with, or open it again."""
    solved = request.form.get("solved") != "no"
    told = {"solved": solved}
    return _named(token, NameForm(), lambda found, name: notes.solve_as_visitor(found, note_id, name=name, **told))


@shared.post("/approvals")
@allows(PUBLIC)
def approve(token: str) -> Response:
    """Approve what the link shows."""
    form = ApprovalForm()
    said = _("Approved. Thank you: the editors see it.")
    return _named(token, form, lambda found, name: approving.approve(found, seen=form.given("seen"), name=name), said)


def _named(token: str, form: NameForm, do: Callable[[Shared, str], Any], said: str = "") -> Response:
    """Do what needs nothing but a visitor with a name."""
    found = cookies.inside(token)
    if not form.carry_out(lambda: do(found, form.given("name"))):
        problem = " ".join(str(each) for errors in form.errors.values() for each in errors)
        return pages.gallery(cookies.inside(token), token, status=form.status, problem=problem)
    return _back(token, said or _("Done."))


def _back(token: str, said: str) -> Response:
    """Lead back to what stands beside the gallery."""
    flash(said)
    lang = request.args.get("lang", "")
    return hx.redirect(f"/s/{token}{f'?lang={lang}' if lang.replace('-', '').isalnum() else ''}#shares-beside")
