"""Items that are no pictures on their way into a gallery, and the picture that stands for a video."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from webapp import jobs
from webapp.domain import editing, films, item_kinds, items, library, media, stills
from webapp.domain.errors import Invalid
from webapp.domain.models import Item
from webapp.domain.models.translation import TITLE
from webapp.domain.permissions import demand
from webapp.domain.transaction import release, transaction
from webapp.domain.videos import URL, seconds
from webapp.doors import actor, allows
from webapp.infra.storage import Storage
from webapp.web import hx
from webapp.web.editor import blueprint, kinds, pages
from webapp.web.editor.addresses import back
from webapp.web.editor.asked import fraction, one_id
from webapp.web.editor.forms import ItemForm, sent, words
from webapp.web.forms import Form
from webapp.web.library.drawing import cards


class VideoForm(Form):
    """A video somewhere else, by its address; how long it lasts is typed, for nobody is asked."""

    url = StringField(
        _l("Address of the video"), [InputRequired(_l("Paste the address of the video.")), Length(max=URL[1])]
    )
    title = words(_l("Title"), TITLE[1])
    duration = StringField(_l("Duration"))


@blueprint.post("/items/text")
@allows("galleries:update")
def add_text(gallery_id: UUID) -> Response:
    """Add a text at the end, to be written in the panel."""
    with transaction():
        item_id = item_kinds.add_text(gallery_id, actor=actor()).id
    return hx.redirect(back(gallery_id, item=item_id, arrange="") + "#editor-inspector")


@blueprint.get("/items/video")
@allows("galleries:update")
def new_video(gallery_id: UUID) -> Response:
    """Ask for the address of a video."""
    return _ask_for_video(gallery_id, VideoForm(formdata=None))


@blueprint.post("/items/video")
@allows("galleries:update")
def add_video(gallery_id: UUID) -> Response:
    """Add a video by its address at the end."""
    form, made = VideoForm(), list[UUID]()

    def add() -> None:
        said: Any = {"title": form.given("title").strip() or None, "duration": seconds(form.given("duration"))}
        made.append(item_kinds.add_video(gallery_id, form.given("url"), actor=actor(), **said).id)

    if not form.carry_out(add):
        return _ask_for_video(gallery_id, form)
    return hx.redirect(back(gallery_id, item=made[0], arrange="") + "#editor-inspector")


@blueprint.post("/items/<uuid:item_id>/preview")
@allows("translations:update")
def preview_text(gallery_id: UUID, item_id: UUID) -> Response:
    """Show how a text will look, before it is saved."""
    item, form = items.get(gallery_id, item_id), ItemForm(sent())
    form.status = 200
    try:
        style = kinds.styled(item, form.typed(kinds.BOX)) if item.kind == "text" else None
    except Invalid as refused:
        form.refuse(refused.field, refused.message)
        style = item.style
    if hx.wants_fragment():
        return hx.render("editor/_preview.html", seen=kinds.text_view(form.html.data or "", style))
    return pages.item_again(editing.open_desk(gallery_id, request.args.get("lang")), item_id, form)


@blueprint.get("/items/<uuid:item_id>/poster")
@allows("galleries:update")
def poster(gallery_id: UUID, item_id: UUID) -> Response:
    """Offer the pictures of the library, or a file, to stand for a video."""
    item = _video(gallery_id, item_id)
    query = " ".join(request.args.get("q", "")[: library.QUERY].split())
    found = library.page(query, after=request.args.get("after") or None)
    context: dict[str, Any] = {"desk": editing.open_desk(gallery_id), "url": back(gallery_id, item=item_id)}
    context |= {"cards": [each for each in cards(found.rows) if each.picture], "query": query, "after": found.after}
    film = films.of([item.media_id]).get(item.media_id) if item.media_id else None
    return hx.render("editor/poster.html", item_id=item_id, film=film, **context)


@blueprint.post("/items/<uuid:item_id>/poster")
@allows("galleries:update")
def set_poster(gallery_id: UUID, item_id: UUID) -> Response:
    """Let a picture stand for a video: one of the library, a file that is sent, what it shows itself, or none."""
    item, chosen = _video(gallery_id, item_id), one_id("media")
    intake = _file() if request.files.get("file") else _still(item) if "at" in request.form else None
    with transaction():
        found = media.add(intake, actor=actor()).id if intake else chosen
        items.change(item, {"poster_id": found}, actor=actor())
    jobs.ring(current_app)
    return hx.redirect(back(gallery_id, item=item_id))


def _video(gallery_id: UUID, item_id: UUID) -> Item:
    item = items.get(gallery_id, item_id)
    if item.kind != "video":
        raise Invalid("item", _("Only a video needs a picture to stand for it."), code="no_video")
    return item


def _file() -> media.Intake:
    """Take in the file of the form; no transaction is open meanwhile."""
    demand(actor(), "media:upload")
    release()
    file = request.files["file"]
    storage: Storage = current_app.extensions["vitrine-storage"]
    return media.take_in(file.stream, file.filename or "", storage=storage, only="image")


def _still(item: Item) -> media.Intake:
    """Take the picture out of the video that it shows at the second of the form."""
    demand(actor(), "media:upload")
    storage: Storage = current_app.extensions["vitrine-storage"]
    if item.media_id is None:
        raise Invalid("item", _("This video is somewhere else: choose a picture of the library."), code="no_video")
    return stills.take(item.media_id, fraction("at"), storage=storage)


def _ask_for_video(gallery_id: UUID, form: VideoForm) -> Response:
    desk = editing.open_desk(gallery_id, request.args.get("lang"))
    status = form.status if form.errors else 200
    return hx.render("editor/video.html", status=status, desk=desk, form=form, url=back(gallery_id))
