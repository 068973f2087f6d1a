"""What the editor's templates draw, of what the domain read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import Field

from webapp.domain import editing
from webapp.domain.completeness import Progress
from webapp.domain.editing import Desk, Panel, Segment, Sheet, Tongues
from webapp.domain.models import Gallery, Item, Language
from webapp.domain.permissions import Actor, allow, allow_language
from webapp.domain.texts import LIMITS
from webapp.domain.tiles import Chunk, Tile
from webapp.web import phrases
from webapp.web.categories.drawing import choices
from webapp.web.editor import kinds
from webapp.web.editor.addresses import editor_url
from webapp.web.editor.forms import MOMENTS, GalleryTextForm, ItemForm, SettingsForm, TextForm
from webapp.web.files.addresses import rendition_url
from webapp.web.shots import Shot, shot

PANEL_WIDTH: Final = 1280
"""The widest rendition that the panel's picture needs."""

FIELD_WORDS: Final = {
    "title": _l("Title"),
    "description": _l("Description"),
    "meta_title": _l("Title for search engines"),
    "meta_description": _l("Description for search engines"),
    "caption": _l("Caption"),
    "alt": _l("Alt text"),
    "credit": _l("Credit"),
    "decorative": _l("Decorative"),
    "link_url": _l("Link"),
    "link_text": _l("Link text"),
    "tags": _l("Tags"),
    "focal_x": _l("Focal point from the left"),
    "focal_y": _l("Focal point from the top"),
    "note": _l("Note for translators"),
    "html": _l("Text"),
    "video_url": _l("Address of the video"),
    "video_duration": _l("Duration"),
    "shape": _l("Shape"),
    "padding": _l("Padding in pixels"),
    "background": _l("Background"),
    "alignment": _l("Alignment"),
    "slug": _l("Address"),
    "standing": _l("Status"),
    "publish_at": _l("Public from"),
    "unpublish_at": _l("Public until"),
    "category_uri": _l("Category"),
    "author": _l("Author"),
    "source_language": _l("Written first in"),
    "layout": _l("Layout"),
    "tile_size": _l("Size"),
    "tile_shape": _l("Shape of the tiles"),
}


@dataclass(frozen=True)
class May:
    """What whoever looks at the editor may do there."""

    edit: bool
    write: bool
    upload: bool

    @classmethod
    def of(cls, actor: Actor, language: Language) -> "May":
        """Ask once for the whole page."""
        return cls(
            edit=allow(actor, "galleries:update"),
            write=allow_language(actor, language.id),
            upload=allow(actor, "galleries:update") and allow(actor, "media:upload"),
        )


@dataclass(frozen=True)
class Part:
    """A text with its field; `drafted_by` is who typed what is in it, where that was somebody else.

    `offer` is what the file says for a text that is empty.
    """

    field: Field
    segment: Segment
    limit: int
    drafted_by: str | None
    offer: str = ""


@dataclass(frozen=True)
class TileView:
    """An item as `ui/tile.html` draws it."""

    id: UUID
    name: str
    position: int
    url: str
    kind: str
    picture: Shot | None
    is_cover: bool
    no_alt: bool
    untranslated: bool
    failed: bool
    missing: bool
    retry_url: str
    waiting: str | None
    duration: str
    moves: bool


def parts(
    form: TextForm, sheet: Sheet, actor: Actor, *, offers: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Part]:
    """Return each text of a sheet with its field, who drafted it, and what its file offers."""
    people = editing.names(each.draft.by for each in sheet.segments.values() if each.draft)
    made: dict[str, Part] = {}
    for name, segment in sheet.segments.items():
        by = segment.draft.by if segment.draft else None
        drafted_by = people.get(by) if by and by != actor.id else None
        made[name] = Part(form[name], segment, LIMITS[name][1], drafted_by, offers.get(name, ""))
    return made


def gallery_text_form(desk: Desk) -> GalleryTextForm:
    """Return the form of the gallery's texts as they stand, drafts in the place of values."""
    sheet = desk.sheet
    shown = {name: segment.shown for name, segment in sheet.segments.items()}
    return GalleryTextForm(data=shown | {"version": sheet.version})


def item_form(panel: Panel, *, own: Mapping[str, str] | None = None) -> ItemForm:
    """Return the form of an item as it stands, drafts in the place of values; `own` fields as they were typed."""
    shown: dict[str, Any] = {name: segment.shown for name, segment in panel.sheet.segments.items()}
    shown |= {**own_values(panel.item, panel.tags), **(own or {})}
    shown["decorative"] = bool(shown["decorative"])
    return ItemForm(data={**shown, "version": panel.sheet.version, "item_version": panel.item.version})


def own_values(item: Item, tags: Sequence[str]) -> dict[str, str]:
    """Return an item's own fields as its form says them."""
    return {
        "decorative": "yes" if item.decorative else "",
        "link_url": item.link_url or "",
        "link_text": item.link_text or "",
        "tags": ", ".join(tags),
        "focal_x": "" if item.focal_x is None else f"{item.focal_x:.2f}",
        "focal_y": "" if item.focal_y is None else f"{item.focal_y:.2f}",
        "note": item.note or "",
        **kinds.own_values(item),
    }


def settings_values(gallery: Gallery, slug: str) -> dict[str, str]:
    """Return a gallery's own fields as its form says them."""
    return {
        "slug": slug,
        "standing": gallery.status,
        "publish_at": moment_value(gallery.publish_at),
        "unpublish_at": moment_value(gallery.unpublish_at),
        "category_uri": gallery.category_uri or "",
        "author": str(gallery.author_id or ""),
        "source_language": str(gallery.source_language_id),
        **{name: getattr(gallery, name) for name in SettingsForm.LOOKS},
    }


def moment_value(at: datetime | None) -> str:
    """Return a moment as its field says it, in UTC."""
    return at.strftime(MOMENTS[0]) if at else ""


def settings_form(desk: Desk, formdata: Any = None) -> SettingsForm:
    """Return the form of the gallery's own fields, as they stand or as they were sent."""
    gallery = desk.gallery
    shown: dict[str, Any] = {**settings_values(gallery, desk.slug), "version": gallery.version}
    shown |= {"publish_at": gallery.publish_at, "unpublish_at": gallery.unpublish_at}
    form = SettingsForm(formdata, data=shown)
    languages = [(str(each.id), phrases.tongue(each)) for each in desk.tongues.offered]
    categories = choices(desk.tongues.offered)
    return form.offer(authors=editing.authors(desk.gallery), languages=languages, categories=categories)


def tabs(desk: Desk, item_id: UUID | None) -> list[dict[str, Any]]:
    """Return the languages with how far they are; the item in the panel stays in it."""
    return [
        {
            "code": language.code,
            "name": phrases.tongue(language),
            "url": editor_url(desk.gallery.id, lang=language.code, item=item_id),
            "percent": desk.tally.progress(language.id).percent,
            "word": _word(desk.tally.progress(language.id)),
            "is_source": language is desk.tongues.source,
        }
        for language in desk.tongues.offered
    ]


def _word(progress: Progress) -> str:
    if not progress.left:
        return str(_l("done"))
    return str(ngettext("%(num)s left", "%(num)s left", progress.left))


def tiles(gallery_id: UUID, tongues: Tongues, found: Sequence[Tile]) -> list[TileView]:
    """Return tiles to draw."""
    base, code = f"/galleries/{gallery_id}/", tongues.current.code
    lang = "" if tongues.in_source else f"lang={code}&"
    return [_tile(tile, base, f"?{lang}item={tile.id}#editor-inspector", code) for tile in found]


def next_url(gallery_id: UUID, tongues: Tongues, chunk: Chunk, *, path: str = "tiles") -> str:
    """Return where the tiles behind these are, or nothing."""
    if chunk.after is None:
        return ""
    return f"/galleries/{gallery_id}/{path}?lang={tongues.current.code}&after={chunk.after}"


def panel_picture(panel: Panel) -> Shot | None:
    """Return the picture of the item in the panel."""
    if panel.picture is None:
        return None
    seen, item = panel.picture, panel.item
    focal = None if item.focal_x is None or item.focal_y is None else (item.focal_x, item.focal_y)
    sizes = {"width": seen.width, "height": seen.height, "colour": seen.colour}
    files = {"files": seen.files, "moving": seen.moving[:1]}
    return shot(seen.sha256, focal=focal, widest=PANEL_WIDTH, **files, **sizes)  # type: ignore[arg-type]


def _tile(tile: Tile, base: str, query: str, code: str) -> TileView:
    seen = tile.thumbnail
    pending = tile.awaited == "pending" or (seen is not None and seen.state == "pending")
    failed = seen is not None and seen.state == "failed"
    missing = tile.awaited == "missing"
    return TileView(
        id=tile.id,
        name=tile.name or str(_l("Empty text")),
        position=tile.number,
        url=base + query,
        kind=tile.kind,
        picture=_thumbnail(tile),
        is_cover=tile.is_cover,
        no_alt=tile.no_alt,
        untranslated=tile.untranslated,
        failed=failed,
        missing=missing,
        retry_url=f"{base}items/{tile.id}/renditions" if failed or missing else "",
        waiting=f"{base}tiles?lang={code}&only={tile.id}" if pending else None,
        duration=tile.duration,
        moves=tile.moves,
    )


def _thumbnail(tile: Tile) -> Shot | None:
    seen = tile.thumbnail
    if seen is None:
        return None
    x, y = seen.focal or (None, None)
    src = rendition_url(seen.sha256, seen.name) if seen.state == "ready" else ""
    return Shot(src, seen.width, seen.height, (), seen.colour, x, y)
