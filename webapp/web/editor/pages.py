"""The editor's page and its regions, put together of what was read."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, flash, render_template, request
from flask_babel import gettext as _

from webapp.domain import editing, notes, offering, site_order, tiles
from webapp.domain.editing import Desk, Panel, Tongues
from webapp.domain.errors import NotFound
from webapp.domain.permissions import allow
from webapp.domain.pictures import Picture
from webapp.domain.pictures import of as pictures_of
from webapp.domain.videos import Video
from webapp.doors import actor
from webapp.infra.clock import now
from webapp.web import hx
from webapp.web.editor import drawing, kinds
from webapp.web.editor.addresses import back, editor_url, here, note_url
from webapp.web.editor.drawing import May, Part, TileView
from webapp.web.editor.forms import GalleryTextForm, ItemForm, SettingsForm
from webapp.web.editor.kinds import TextView
from webapp.web.filters import size
from webapp.web.shots import Shot, shot

LAYOUTS = ("table", "wide")
"""How the items can be shown instead of beside the panel: by numbers, or alone."""


@dataclass(frozen=True)
class TextRegion:
    """The gallery's texts; `to_do` is how many of the folded ones are still to be translated."""

    form: GalleryTextForm
    parts: dict[str, Part]
    to_do: int


@dataclass(frozen=True)
class GridRegion:
    """The tiles of the page, and where the ones behind them are: for a script, and for people without one."""

    tiles: list[TileView]
    next_url: str
    more_url: str
    layout: str
    current: UUID | None


@dataclass(frozen=True)
class ItemRegion:
    """The item in the panel."""

    form: ItemForm
    parts: dict[str, Part]
    own: dict[str, str]
    text: TextView | None
    video: Video | None
    picture: Shot | None
    kind: str
    size: str


@dataclass(frozen=True)
class SettingsRegion:
    """The gallery's own fields in the panel."""

    form: SettingsForm
    values: dict[str, str]
    cover: Shot | None
    place: tuple[int, int] | None
    now: str


def page(
    desk: Desk,
    *,
    item_id: UUID | None = None,
    texts: GalleryTextForm | None = None,
    item: ItemForm | None = None,
    settings: SettingsForm | None = None,
    status: int = 200,
) -> Response:
    """Answer with the whole editor; a form that was refused stands in it as it was sent."""
    panel = editing.panel(desk, item_id) if item_id else None
    context = {
        **around(desk),
        **text_region(desk, texts),
        **grid_region(desk, item_id),
        **inspector(desk, panel, item=item, settings=settings),
        "errors": any(form and form.errors for form in (texts, item, settings)),
    }
    return hx.render("editor/show.html", status=status, **context)


def around(desk: Desk) -> dict[str, Any]:
    """Return what every region needs."""
    return {"desk": desk, "may": May.of(actor(), desk.tongues.current), "query": here()}


def text_region(desk: Desk, form: GalleryTextForm | None = None) -> dict[str, Any]:
    """Return what the gallery's texts need."""
    form = form or drawing.gallery_text_form(desk)
    parts = drawing.parts(form, desk.sheet, actor())
    folded = (parts["meta_title"].segment, parts["meta_description"].segment)
    to_do = sum(bool(each.source) and each.state in ("missing", "stale") for each in folded)
    region = TextRegion(form, parts, 0 if desk.tongues.in_source else to_do)
    return {"text": region, "tabs": drawing.tabs(desk, wanted("item"))}


def grid_region(desk: Desk, current: UUID | None = None) -> dict[str, Any]:
    """Return what the grid needs: the first tiles, or those behind the one that the address names."""
    found = tiles.chunk(desk.gallery, desk.tongues.chain, after=wanted("after"))
    drawn = drawing.tiles(desk.gallery.id, desk.tongues, found.tiles)
    asked = request.args.get("arrange", "")
    layout = asked if asked in LAYOUTS else ""
    lang = "" if desk.tongues.in_source else desk.tongues.current.code
    more = editor_url(desk.gallery.id, lang=lang, arrange=layout, after=found.after) if found.after else ""
    next_url = drawing.next_url(desk.gallery.id, desk.tongues, found)
    region = GridRegion(drawn, next_url, more, layout, current)
    return {"grid": region, "trash": _trash(desk)}


def inspector(
    desk: Desk, panel: Panel | None, *, item: ItemForm | None = None, settings: SettingsForm | None = None
) -> dict[str, Any]:
    """Return what the panel needs: one item, or the gallery's own fields."""
    if panel is None:
        form = settings or drawing.settings_form(desk)
        values = drawing.settings_values(desk.gallery, desk.slug)
        return {"panel": None, "selection": None, "settings": _settings_region(desk, form, values)}
    region = _item_region(panel, item or drawing.item_form(panel), desk.tongues)
    return {"panel": panel, "selection": None, "item": region, "inks": kinds.INKS, **_asked(desk, panel)}


def _asked(desk: Desk, panel: Panel) -> dict[str, Any]:
    """Return what people with a share link asked to be changed of an item; nothing is read where nobody waits."""
    if not desk.asked or not allow(actor(), "galleries:update"):
        return {"noted": ()}
    noted = notes.of_gallery(desk.gallery.id, item_id=panel.item.id)
    return {"noted": noted, "note_url": note_url(desk.gallery.id), "names": drawing.FIELD_WORDS}


def selected(desk: Desk, region: Any, *, status: int = 200) -> Response:
    """Answer with several items in the panel."""
    around_it = {**around(desk), "panel": None, "selection": region}
    if hx.wants_fragment():
        return hx.render("editor/_inspector.html", status=status, **around_it)
    refused = bool(region.problem or (region.form and region.form.errors))
    context = {**text_region(desk), **grid_region(desk), **around_it, "errors": refused}
    return hx.render("editor/show.html", status=status, **context)


def _settings_region(desk: Desk, form: SettingsForm, values: dict[str, str]) -> SettingsRegion:
    return SettingsRegion(
        form,
        values,
        cover=_cover(desk),
        place=site_order.place(desk.gallery),
        now=now().strftime("%Y-%m-%d %H:%M"),
    )


def texts_saved(desk: Desk) -> Response:
    """Answer that the gallery's texts are saved: they and what stands above them are shown anew."""
    url = back(desk.gallery.id, lang="" if desk.tongues.in_source else desk.tongues.current.code)
    if not hx.wants_fragment():
        flash(_("Saved."))
        return hx.redirect(url)
    context = {**around(desk), **text_region(desk), "saved_at": now()}
    return also(hx.render("editor/_texts.html", **context), "editor/_top.html", **context)


def texts_again(desk: Desk, form: GalleryTextForm) -> Response:
    """Show the gallery's texts as they were sent, with what is wrong."""
    if not hx.wants_fragment():
        return page(desk, item_id=wanted("item"), texts=form, status=form.status)
    return hx.render("editor/_texts.html", status=form.status, **around(desk), **text_region(desk, form))


def item_saved(desk: Desk, item_id: UUID) -> Response:
    """Answer that an item is saved: its panel and its tile are shown anew."""
    if not hx.wants_fragment():
        flash(_("Saved."))
        return hx.redirect(back(desk.gallery.id, item=item_id))
    panel = editing.panel(desk, item_id)
    context = {**around(desk), **inspector(desk, panel), "saved_at": now()}
    context["tiles"] = drawing.tiles(
        desk.gallery.id, desk.tongues, tiles.one(desk.gallery, desk.tongues.chain, item_id).tiles
    )
    return also(hx.render("editor/_inspector.html", **context), "editor/_top.html", "editor/_tiles.html", **context)


def item_again(desk: Desk, item_id: UUID, form: ItemForm) -> Response:
    """Show an item as it was sent, with what is wrong."""
    if not hx.wants_fragment():
        return page(desk, item_id=item_id, item=form, status=form.status)
    region = inspector(desk, editing.panel(desk, item_id), item=form)
    return hx.render("editor/_inspector.html", status=form.status, **around(desk), **region)


def moved(gallery_id: UUID) -> Response:
    """Answer that an order has changed: the panel says where its item is now."""
    item_id = wanted("item")
    if not hx.wants_fragment() or item_id is None:
        return hx.redirect(back(gallery_id))
    desk = editing.open_desk(gallery_id, request.args.get("lang"))
    return hx.render("editor/_inspector.html", **around(desk), **inspector(desk, editing.panel(desk, item_id)))


def settings_saved(desk: Desk) -> Response:
    """Answer that the gallery's own fields are saved."""
    if not hx.wants_fragment():
        flash(_("Saved."))
        return hx.redirect(back(desk.gallery.id))
    context = {**around(desk), **inspector(desk, None), "saved_at": now()}
    return also(hx.render("editor/_inspector.html", **context), "editor/_top.html", **context)


def settings_again(desk: Desk, form: SettingsForm) -> Response:
    """Show the gallery's own fields as they were sent, with what is wrong."""
    if not hx.wants_fragment():
        return page(desk, settings=form, status=form.status)
    region = inspector(desk, None, settings=form)
    return hx.render("editor/_inspector.html", status=form.status, **around(desk), **region)


def also(answer: Response, *templates: str, **context: Any) -> Response:
    """Have htmx show further regions of the page anew, each in its place; tiles where the grid looks for them."""
    for template in templates:
        target = template.removesuffix(".html").replace("/_", "-")
        where = 'items-renewed" hx-swap="innerHTML' if target == "editor-tiles" else f'{target}" hx-swap="outerHTML'
        part = render_template(template, **context)
        answer.data += f'<hx-partial hx-target="#{where}">{part}</hx-partial>'.encode()
    return answer


def wanted(name: str) -> UUID | None:
    """Return the item that the address names. Raises NotFound for what is no id."""
    given = request.args.get(name)
    try:
        return UUID(given) if given else None
    except ValueError:
        raise NotFound("Item") from None


def _item_region(panel: Panel, form: ItemForm, tongues: Tongues) -> ItemRegion:
    kinds.offer(form, panel.item)
    return ItemRegion(
        form=form,
        parts=drawing.parts(form, panel.sheet, actor(), offers=offering.for_item(panel, tongues)),
        own=drawing.own_values(panel.item, panel.tags),
        text=kinds.text_view(form.html.data or "", panel.item.style) if panel.item.kind == "text" else None,
        video=kinds.video_of(panel.item),
        picture=drawing.panel_picture(panel),
        kind=panel.mime_type.partition("/")[2].upper(),
        size=size(panel.size),
    )


def _cover(desk: Desk) -> Shot | None:
    media_id = desk.gallery.cover_media_id
    found: Picture | None = pictures_of([media_id]).get(media_id) if media_id else None
    if found is None:
        return None
    sizes = {"width": found.width, "height": found.height, "colour": found.colour}
    return shot(found.sha256, files=found.files, widest=drawing.PANEL_WIDTH, **sizes)  # type: ignore[arg-type]


def _trash(desk: Desk) -> list[TileView] | None:
    """Return what was removed, where the address asks for it."""
    if not request.args.get("trash"):
        return None
    found = tiles.trashed(desk.gallery, desk.tongues.chain)
    return drawing.tiles(desk.gallery.id, desk.tongues, found)
