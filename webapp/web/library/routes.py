"""The library's pages: all files, the trash, and one file."""

from typing import Any
from uuid import UUID

from flask import Response, get_template_attribute, make_response, request, url_for

from webapp.domain import library, offering, videos, workload
from webapp.domain.errors import NotFound
from webapp.domain.library import Folio
from webapp.domain.permissions import allow_language
from webapp.doors import actor, allows
from webapp.infra.video import LADDER
from webapp.web import hx
from webapp.web.jobs.drawing import told_of
from webapp.web.library import asked, blueprint, captioning, drawing, keeping
from webapp.web.library.drawing import picks
from webapp.web.library.forms import CaptionsForm, MediaTextForm, NameForm, ReplaceForm, TagsForm


@blueprint.get("/")
@allows("media:read")
def index() -> Response:
    """List the files that are asked for, the newest first."""
    through, view = asked.read(), asked.view()
    page = library.sifted(through, after=request.args.get("after") or None)
    following = asked.url(through, after=page.after) if page.after else ""
    uses = library.used_in([entry.id for entry in page.rows]) if view == "table" else None
    context = asked.offered(through) | {"cards": drawing.cards(page.rows, uses), "next_url": following, "view": view}
    context["picks"] = picks()
    if not hx.wants_fragment():
        return asked.remember(hx.render("library/index.html", **context))
    return hx.replace_url(hx.render("library/_list.html", **context), asked.url(through))


@blueprint.get("/trash")
@allows("media:delete")
def trash() -> Response:
    """List the files in the trash, the last thrown away first."""
    page = library.thrown_away(after=request.args.get("after") or None)
    following = url_for("library.trash", after=page.after) if page.after else ""
    return hx.render("library/trash.html", "library/_trash.html", cards=drawing.cards(page.rows), next_url=following)


@blueprint.get("/<uuid:media_id>")
@allows("media:read")
def show(media_id: UUID) -> Response:
    """Show a file, what is said of it in a language, and where it is used."""
    return answer(library.open_file(media_id, request.args.get("lang")))


@blueprint.get("/<uuid:media_id>/tile")
@allows("media:read")
def tile(media_id: UUID) -> Response:
    """Show a file's tile again where a list waits for its picture; nothing once the file has gone."""
    if not hx.wants_fragment():
        return hx.redirect(url_for("library.show", media_id=media_id))
    try:
        card = drawing.card(library.entry(media_id), looks=request.args.get("looks", drawing.LOOKS, type=int))
    except NotFound:
        return hx.vary(make_response(""))
    return hx.vary(make_response(get_template_attribute("ui/file.html", "file")(card, picks=picks())))


def answer(
    folio: Folio,
    *,
    texts: MediaTextForm | None = None,
    name: NameForm | None = None,
    replacing: ReplaceForm | None = None,
    tags: TagsForm | None = None,
    caption: CaptionsForm | None = None,
    in_use: bool = False,
    status: int = 200,
) -> Response:
    """Answer with a file's page; a form that was refused stands in it as it was sent."""
    media = folio.media
    own: dict[str, Any] = context_of(folio, texts) | keeping.context_of(folio, replacing)
    own |= captioning.context_of(folio, caption)
    own |= {
        "in_use": in_use,
        "failures": told_of(workload.reasons_of(media.id)),
        "name_form": name or NameForm(formdata=None, name=media.original_filename, version=media.version),
        "tags_form": tags or TagsForm(formdata=None, tags=", ".join(folio.tags), version=media.version),
    }
    return hx.render("library/show.html", status=status, **own)


def context_of(folio: Folio, texts: MediaTextForm | None = None) -> dict[str, Any]:
    """Return what a file's page and its regions draw, but for its own forms."""
    form = texts or drawing.text_form(folio)
    return {
        "folio": folio,
        "form": form,
        "parts": drawing.text_parts(form, folio, actor()),
        "tabs": drawing.tabs(folio),
        "picture": drawing.draw(folio.picture, widest=drawing.PREVIEW) if folio.picture else None,
        "lasts": videos.clock(folio.film.seconds) if folio.film and folio.film.seconds else "",
        "steps": LADDER,
        "told": offering.told(folio.blob, actor=actor()),
        "may_write": allow_language(actor(), folio.tongues.current.id),
    }
