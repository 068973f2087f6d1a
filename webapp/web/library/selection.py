"""Several files of the library: what is done to all that are chosen, at once or on a page that asks first."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain import batches, galleries, languages, library, search, selections, tags
from webapp.domain.batches import Alt
from webapp.domain.errors import Invalid, NotFound, Stale
from webapp.domain.models import Language
from webapp.domain.permissions import allow_language
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx, paths
from webapp.web.library import blueprint, drawing
from webapp.web.phrases import told

OFFERED: Final = 12
"""Galleries that are offered at once."""

NOBODY: Final = UUID(int=0)


@blueprint.post("/selection/tags")
@allows("media:update")
def label_files() -> Response:
    """Put tags on all chosen files, or take them off."""
    off = request.form.get("deed") == "remove"
    try:
        with transaction():
            done = batches.label(chosen_ids(), tags.parse(request.form.get("tags", "")), off=off, actor=actor())
    except Invalid as refused:
        flash(told(refused), "error")
    else:
        flash(ngettext("%(num)s file has its tags.", "%(num)s files have their tags.", done))
    return hx.redirect(back())


@blueprint.route("/selection/alts", methods=["GET", "POST"])
@allows("translations:update")
def show_alts() -> Response:
    """Show the chosen files with their alt texts in a language, to be written all at once."""
    return _alts({}, {})


@blueprint.post("/selection/alts/changes")
@allows("translations:update")
def write_alts() -> Response:
    """Write the alt texts of all chosen files; those that were not taken stand there again with the reason."""
    language, wanted = _language(), {each: _alt(each) for each in chosen_ids()}
    with transaction():
        done, refused = batches.describe(wanted, language.id, actor=actor())
    said = ngettext("%(num)s alt text was saved.", "%(num)s alt texts were saved.", done)
    if refused:
        return _alts_again(wanted, refused, said)
    flash(said)
    return hx.redirect(back())


@blueprint.route("/selection/trash", methods=["GET", "POST"])
@allows("media:delete")
def ask_about_trash() -> Response:
    """Say how many files would go, and which are used, before they are thrown away."""
    files = batches.chosen(chosen_ids())
    uses = library.used_in([file.id for file in files])
    return hx.render("library/discard.html", files=_drawn(files), uses=uses, next=back())


@blueprint.post("/selection/trash/deed")
@allows("media:delete")
def discard_files() -> Response:
    """Put all chosen files into the trash; those that galleries show stay, and it is said where."""
    with transaction():
        thrown = batches.trash(chosen_ids(), actor=actor())
    said = ngettext("%(num)s file is in the trash.", "%(num)s files are in the trash.", thrown.done)
    if thrown.used:
        return hx.render("library/kept.html", used=thrown.used, said=said, next=back(), status=409)
    flash(said)
    return hx.redirect(back())


@blueprint.route("/selection/gallery", methods=["GET", "POST"])
@allows("galleries:update")
def choose_gallery() -> Response:
    """Ask which gallery the chosen files are to be added to, and where."""
    return _ask_where()


@blueprint.post("/selection/gallery/deed")
@allows("galleries:update")
def add_to_gallery() -> Response:
    """Add all chosen files to a gallery, in their order."""
    try:
        into = _one_gallery()
        with transaction():
            place, position = request.form.get("place", "end"), request.form.get("position", type=int)
            seen = request.form.get(f"order-{into}", type=int)
            done = batches.place(chosen_ids(), into, place, position, actor=actor(), order_version=seen)
    except Stale as elsewhere:
        return _ask_where(told(elsewhere), status=409)
    except Invalid as refused:
        return _ask_where(told(refused), status=422)
    flash(ngettext("%(num)s file was added.", "%(num)s files were added.", done))
    return hx.redirect(url_for("editor.show", gallery_id=into))


def chosen_ids() -> list[UUID]:
    """Return the files that were sent, each once, in the order of the list. Raises Invalid."""
    try:
        return list(dict.fromkeys(UUID(each) for each in request.values.getlist("ids")))
    except ValueError:
        raise Invalid("ids", _("Choose files of the list."), code="ids") from None


def back() -> str:
    """Return where the form says that it stood, if that is one of our own pages; else the library."""
    return paths.own(request.values.get("next")) or url_for("library.index")


def _alts(typed: dict[UUID, str], refused: dict[UUID, str], *, said: str = "", status: int = 200) -> Response:
    language = _language()
    ids = list(refused) or chosen_ids()
    rows = [
        (row, typed.get(row.file.id, row.alt), told(refused.get(row.file.id, "")))
        for row in batches.alts(ids, language.id)
    ]
    spoken = [each for each in languages.all_languages(active_only=True) if allow_language(actor(), each.id)]
    shots = {row.file.id: drawing.draw(row.file.picture, widest=320) for row, *_rest in rows if row.file.picture}
    context: dict[str, Any] = {"rows": rows, "shots": shots, "language": language, "languages": spoken, "said": said}
    return hx.render("library/alts.html", status=status, next=back(), **context)


def _alts_again(wanted: dict[UUID, Alt], refused: dict[UUID, str], said: str) -> Response:
    """Show what was not taken, with the reason; of files that have gone meanwhile the reason alone."""
    try:
        there = {file.id for file in batches.chosen(list(refused))}
    except Invalid as gone:
        flash(said)
        flash(told(gone), "error")
        return hx.redirect(back())
    for reason in {refused[each] for each in refused if each not in there}:
        flash(told(reason), "error")
    return _alts({each: wanted[each].text for each in refused}, refused, said=said, status=409)


def _alt(media_id: UUID) -> Alt:
    version = request.form.get(f"version-{media_id}", 0, type=int)
    return Alt(request.form.get(f"alt-{media_id}", ""), version)


def _mine() -> list[Language]:
    """Return the languages of the site that the actor may write."""
    spoken = languages.all_languages(active_only=True)
    return [each for each in spoken if allow_language(actor(), each.id, of="media")]


def _language() -> Language:
    """Return the language that is asked for, else the first that the actor may write. Raises NotFound."""
    code = request.values.get("language", "").lower()
    mine = _mine()
    found = next((each for each in mine if each.code.lower() == code), None if code else next(iter(mine), None))
    if found is None:
        raise NotFound("Language")
    return found


def _ask_where(problem: str = "", *, status: int = 200) -> Response:
    query = " ".join(request.values.get("q", "").split())[: search.QUERY]
    hits = search.page(query, kinds=("gallery",), size=OFFERED).rows if query else ()
    found = [(hit.id, hit.words.text) for hit in hits] if query else selections.others(NOBODY, limit=OFFERED)
    files = _drawn(batches.chosen(chosen_ids()))
    orders = galleries.order_versions([gallery_id for gallery_id, _title in found])
    context: dict[str, Any] = {"files": files, "found": found, "orders": orders, "query": query}
    sent = {name: request.values.get(name, "") for name in ("into", "place", "position")}
    return hx.render("library/placing.html", status=status, sent=sent, problem=problem, next=back(), **context)


def _one_gallery() -> UUID:
    try:
        return UUID(request.form.get("into", ""))
    except ValueError:
        raise Invalid("into", _("Choose a gallery."), code="missing") from None


def _drawn(files: Sequence[batches.Chosen]) -> list[dict[str, Any]]:
    return [
        {"id": each.id, "name": each.name, "shot": drawing.draw(each.picture, widest=320) if each.picture else None}
        for each in files
    ]
