"""What the panel draws of items that are no pictures: a text in its box, a video that is somewhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from webapp.domain import boxes, videos
from webapp.domain.boxes import Written
from webapp.domain.errors import Invalid
from webapp.domain.item_fields import ItemFields
from webapp.domain.models import Item
from webapp.domain.videos import Video
from webapp.infra.sanitising import is_plain, paragraphs
from webapp.web.forms import Choice
from webapp.web.public.routes import stylesheets

BOX: Final = ("shape", "padding", "background", "alignment")
"""Fields of a text's box."""

VIDEO: Final = ("video_url", "video_duration")
"""Fields of a video by link."""

SHAPES: Final = {
    "square": _l("Square"),
    "landscape": _l("Landscape"),
    "portrait": _l("Portrait"),
    "wide": _l("Wide"),
}
ALIGNMENTS: Final = {"top": _l("Top"), "middle": _l("Middle"), "bottom": _l("Bottom")}
BACKGROUNDS: Final = {
    "": _l("None"),
    "#eceeea": _l("Grey"),
    "#e9ebff": _l("Blue"),
    "#e0f3e8": _l("Green"),
    "#fdf0dc": _l("Amber"),
    "#fde9e7": _l("Red"),
}
INKS: Final = {
    "#4a514c": _l("Grey"),
    "#2f3fe0": _l("Blue"),
    "#136b43": _l("Green"),
    "#8a4b00": _l("Amber"),
    "#b3261e": _l("Red"),
}
"""The colours of words that the editor offers."""


@dataclass(frozen=True)
class TextView:
    """A text as visitors will see it, the stylesheets it needs, and what the script writes in."""

    written: Written
    sheets: list[str]
    empty: bool


def text_view(html: str, style: Mapping[str, Any] | None) -> TextView:
    """Return a text to be looked at, as it would be saved."""
    written = boxes.written(as_html(html), style)
    return TextView(written, stylesheets(written.declarations), empty=not written.text.text)


def as_html(typed: str) -> str:
    """Return what was typed as it is kept: plain text becomes paragraphs."""
    return paragraphs(typed) if typed and is_plain(typed) else typed


def kept(name: str, typed: str) -> str:
    """Return a text of an item as it is kept."""
    return as_html(typed) if name == "html" else typed


def own_values(item: Item) -> dict[str, str]:
    """Return the fields that items of this kind have beside those of all, as the form says them."""
    if item.kind == "text":
        box = boxes.box(item.style)
        values = (box.shape, str(box.padding), box.background, box.alignment)
        return dict(zip(BOX, values, strict=True))
    video = videos.of(item.video)
    if video is None:
        return {}
    return {"video_url": video.url or video.page_url, "video_duration": videos.clock(video.duration)}


def own_fields(item: Item, changed: Mapping[str, str], typed: Mapping[str, str]) -> ItemFields:
    """Return what the form says of the fields that items of this kind have. Raises Invalid."""
    fields: ItemFields = {}
    if item.kind == "text" and any(name in changed for name in BOX):
        fields["style"] = styled(item, {**typed, **changed})
    if item.kind == "video" and item.video and any(name in changed for name in VIDEO):
        fields["video"] = filmed(item, changed)
    return fields


def filmed(item: Item, said: Mapping[str, str]) -> dict[str, Any]:
    """Return an item's video with the address and the duration that a form says. Raises Invalid."""
    told = {**own_values(item), **{name: said[name] for name in VIDEO if name in said}}
    try:
        video = videos.recognise(told["video_url"])
        return replace(video, duration=videos.seconds(told["video_duration"])).kept()
    except Invalid as error:
        raise Invalid(f"video_{error.field}", error.message, code=error.code) from None


def styled(item: Item, said: Mapping[str, str]) -> dict[str, Any]:
    """Return an item's style with the box that a form says. Raises Invalid."""
    box = {**own_values(item), **{name: said[name] for name in BOX if name in said}}
    padding = box["padding"].strip()
    if not padding.isascii() or not padding.isdigit() or len(padding) > 4:
        raise Invalid("padding", "Write the padding as a number of pixels.", code="padding")
    made: dict[str, Any] = boxes.restyled(
        item.style,
        shape=box["shape"],
        padding=int(padding),
        background=box["background"],
        alignment=box["alignment"],
    )
    return made


def offer(form: Any, item: Item) -> None:
    """Say between what there is to choose; a colour or a shape of another program stays a choice."""
    values = own_values(item) if item.kind == "text" else {}
    other = values.get("background", "")
    backgrounds = BACKGROUNDS if other in BACKGROUNDS else {**BACKGROUNDS, other: other}
    shapes: Mapping[str, Any] = SHAPES if values.get("shape") else {"": _l("As it is"), **SHAPES}
    for field, words in ((form.shape, shapes), (form.background, backgrounds), (form.alignment, ALIGNMENTS)):
        field.choices = [Choice(value, word) for value, word in words.items()]


def video_of(item: Item) -> Video | None:
    """Return the video that an item keeps."""
    return videos.of(item.video)
