"""Items in two other formats: those of Velo's `$w.Gallery`, with what is lost (seed 003), and those of the viewer.

Both are made of an Item as this dialect answers it; nothing here knows a gallery, a request or a database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

DESCRIPTION: Final = 100
"""Letters of a description that `$w.Gallery` shows; it cuts the rest."""

KINDS: Final = {"IMAGE": "image", "VIDEO": "video", "TEXT": "text"}
EXTERNAL: Final = frozenset({"YOUTUBE", "VIMEO"})
WIDE: Final = (1280, 720)
"""The size of a video of which nothing is known."""

SQUARE: Final = (420, 420)
"""The size of a text that says none."""

SAID_APART: Final = frozenset({"id", "title", "description", "link", "tags", "secondaryMedia"})
"""What a viewer's item says in words of its own; all else of an item is kept beside, as it is."""

REASONS: Final = {
    "TEXT_ITEM": "There are no text items in $w.Gallery.",
    "LINK_TEXT": "The link has a text, for which links of $w.Gallery have no place.",
    "NO_ADDRESS": "Nothing is known yet of where its file is.",
}
"""Why an item is left out, by a code to compare."""

Item = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Note:
    """What was not converted of an item: all of it, for a reason, or the fields named; places count from 0."""

    item_id: str
    place: int
    reason: str | None
    lost: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Converted:
    """The items that `$w.Gallery` can show, and a note on each that is not there whole."""

    items: tuple[dict[str, Any], ...]
    notes: tuple[Note, ...]


def convert(items: Sequence[Item], *, first: int = 0) -> Converted:
    """Return items as `$w.Gallery` takes them; `first` is the place of the first of them."""
    rows, notes = [], []
    for place, each in enumerate(items, first):
        reason = _reason(each)
        if reason is None:
            rows.append(_row(each))
        lost = () if reason else _lost(each)
        if reason or lost:
            notes.append(Note(item_id=each["id"], place=place, reason=reason, lost=lost))
    return Converted(items=tuple(rows), notes=tuple(notes))


def viewer_items(items: Sequence[Item], *, first: int = 0) -> list[dict[str, Any]]:
    """Return items as the viewer takes them; nothing is lost, and `first` is the place of the first of them."""
    return [_viewer_item(each, first + step) for step, each in enumerate(items)]


def _reason(item: Item) -> str | None:
    if item["type"] == "TEXT":
        return "TEXT_ITEM"
    if (item.get("link") or {}).get("text"):
        return "LINK_TEXT"
    return None if _address(item) else "NO_ADDRESS"


def _lost(item: Item) -> tuple[str, ...]:
    """Return the paths of what `$w.Gallery` has no place for."""
    image: Mapping[str, Any] = item.get("image") or {}
    found = {
        "description": len(item.get("description") or "") > DESCRIPTION,
        "tags": item.get("tags"),
        "secondaryMedia": item.get("secondaryMedia"),
        "image.imageInfo.altText": (image.get("imageInfo") or {}).get("altText"),
        "image.focalPoint": image.get("focalPoint"),
        "image.exif": image.get("exif"),
        "image.unsharpMasking": image.get("unsharpMasking"),
    }
    return tuple(path for path, is_lost in found.items() if is_lost)


def _row(item: Item) -> dict[str, Any]:
    said = {
        "type": KINDS[item["type"]],
        "slug": item["id"],
        "src": _address(item),
        "title": item.get("title"),
        "description": (item.get("description") or "")[:DESCRIPTION],
        "link": (item.get("link") or {}).get("url"),
        "thumbnail": _poster(item).get("url") if item["type"] == "VIDEO" else None,
    }
    return {name: value for name, value in said.items() if value}


def _address(item: Item) -> str:
    """Return where the file of an item is: of a video where it is watched, else its largest file."""
    if item["type"] == "IMAGE":
        return str(((item.get("image") or {}).get("imageInfo") or {}).get("url") or "")
    info: Mapping[str, Any] = (item.get("video") or {}).get("videoInfo") or {}
    return str(info.get("url") or next((each["url"] for each in _sizes(info)), ""))


def _sizes(info: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the files of a video, the largest first."""
    known = [each for each in info.get("resolutions") or () if each.get("url")]
    return sorted(known, key=lambda each: each.get("width") or 0, reverse=True)


def _poster(item: Item) -> Mapping[str, Any]:
    """Return the picture that stands for a video: the first that has an address."""
    info: Mapping[str, Any] = (item.get("video") or {}).get("videoInfo") or {}
    return next((each for each in info.get("posters") or () if each.get("url")), {})


def _viewer_item(item: Item, place: int) -> dict[str, Any]:
    branch: Mapping[str, Any] = item.get(KINDS[item["type"]]) or {}
    about = {
        "type": KINDS[item["type"]],
        "title": item.get("title"),
        "description": item.get("description"),
        "link": _link(item.get("link") or {}),
        "tags": item.get("tags"),
        **ABOUT[item["type"]](item, branch),
        "source": {name: value for name, value in item.items() if name not in SAID_APART},
    }
    made = {
        "itemId": item["id"],
        "mediaUrl": "" if item["type"] == "TEXT" else _address(item),
        "orderIndex": place,
        "secondaryMedia": item.get("secondaryMedia"),
        "metaData": {name: value for name, value in about.items() if value is not None},
    }
    return {name: value for name, value in made.items() if value is not None}


def _link(link: Mapping[str, Any]) -> dict[str, Any]:
    if not link.get("url"):
        return {"type": "none", **link}
    return {"type": "web", "target": "_blank", **link}


def _about_image(_item: Item, image: Mapping[str, Any]) -> dict[str, Any]:
    info: Mapping[str, Any] = image.get("imageInfo") or {}
    point = image.get("focalPoint")
    return {
        "width": info.get("width") or SQUARE[0],
        "height": info.get("height") or SQUARE[1],
        "alt": info.get("altText"),
        "fileName": info.get("filename"),
        "focalPoint": [point["x"], point["y"]] if point else None,
        "exif": image.get("exif"),
        "sharpParams": image.get("unsharpMasking"),
    }


def _about_video(item: Item, video: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a video; the viewer shows the last of its posters."""
    info: Mapping[str, Any] = video.get("videoInfo") or {}
    chosen, sizes = _poster(item), _sizes(info)
    others = [each for each in info.get("posters") or () if each is not chosen]
    known = [each for each in (*sizes, chosen) if each.get("width") and each.get("height")]
    width, height = (known[0]["width"], known[0]["height"]) if known else WIDE
    return {
        "width": width,
        "height": height,
        "fileName": info.get("filename"),
        "isExternal": video.get("type") in EXTERNAL,
        "videoUrl": _address(item),
        "posters": [dict(each) for each in (*others, chosen) if each],
        "qualities": [] if video.get("type") in EXTERNAL else [_quality(each) for each in sizes],
    }


def _quality(size: Mapping[str, Any]) -> dict[str, Any]:
    formats = [str(size.get("format") or "mp4").lower()]
    return {
        "width": size.get("width") or 0,
        "height": size.get("height") or 0,
        "formats": formats,
        "url": size["url"],
    }


def _about_text(_item: Item, text: Mapping[str, Any]) -> dict[str, Any]:
    style: Mapping[str, Any] = text.get("css") or {}
    return {
        "width": style.get("width") or SQUARE[0],
        "height": style.get("height") or SQUARE[1],
        "html": text.get("html"),
        "textStyle": dict(style),
    }


ABOUT: Final = {"IMAGE": _about_image, "VIDEO": _about_video, "TEXT": _about_text}
