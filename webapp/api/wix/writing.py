"""What requests of the Wix dialect mean in the words of the domain: names and merges, no rules.

The SDK reads an item, changes one thing and sends all of it back, having lost most of what stood beside ids: a
picture or video whose id is the stored one keeps all that is stored of it (contract, finding 9).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import unquote, urlsplit

from webapp.api.wix import answers
from webapp.api.wix.schemas import Image, ImageInfo, Item, Poster, Text, Video
from webapp.domain import fetching, videos
from webapp.domain.catalogue import ORIGINALS
from webapp.domain.contents import Piece
from webapp.domain.errors import Invalid
from webapp.domain.fetching import Named
from webapp.domain.permissions import Actor
from webapp.domain.pieces import PieceFields
from webapp.infra.outbound import Way

STATIC: Final = "https://static.wixstatic.com/media/"
"""Where Wix keeps the pictures whose ids its clients name."""

DIALECT: Final = "wix"
NOTHING: Final = "undefined"
"""What the SDK makes of a name that it has not got."""

TEXTS: Final = ("title", "description")
EXTRAS: Final = ("type", "exif", "quality", "unsharpMasking")
TEXT_EXTRAS: Final = ("editorHtml", "editorFontId")
OURS: Final = "wix:"


@dataclass(frozen=True)
class Desk:
    """Who writes, the site's own address, and how far pictures may be fetched from."""

    actor: Actor
    root: str
    way: Way


def fields(given: Item, stored: Piece | None, *, desk: Desk) -> PieceFields:
    """Return what is written of an item; `stored` is what is there of it. Raises Invalid, Forbidden."""
    found: dict[str, Any] = {name: getattr(given, name) for name in TEXTS if name in given.model_fields_set}
    if given.sortOrder is not None:
        found["sort_order"] = given.sortOrder
    if "link" in given.model_fields_set:
        found |= _link(given)
    if given.tags is not None:
        found["tags"] = [tag.strip() for tag in given.tags.values]
    branch = given.branch
    if branch is not None:
        found |= {"kind": branch} | BRANCHES[branch](getattr(given, branch), stored, desk)
    if given.secondaryMedia is not None:
        kept = found.get("given") or _kept(stored)
        found["given"] = kept | {"secondaryMedia": given.secondaryMedia}
    return cast(PieceFields, found)


def _link(given: Item) -> dict[str, Any]:
    if given.link is None:
        return {"link_url": None, "link_text": None}
    names = {"url": "link_url", "text": "link_text"}
    return {names[name]: getattr(given.link, name) for name in given.link.model_fields_set if name in names}


def _image(given: Image, stored: Piece | None, desk: Desk) -> dict[str, Any]:
    info = given.imageInfo
    is_same = stored is not None and stored.file is not None and info.id == answers.image_id(stored.file)
    found: dict[str, Any] = {} if is_same else {"media_id": _picture(info, desk)}
    alt = info.altText
    if alt is not None and alt not in (info.filename, NOTHING) and (alt or not is_same):
        found["alt"] = alt
    if given.focalPoint is not None:
        found |= {"focal_x": given.focalPoint.x, "focal_y": given.focalPoint.y}
    elif "focalPoint" in given.model_fields_set:
        found |= {"focal_x": None, "focal_y": None}
    extras = given.model_dump(include=set(EXTRAS), exclude_unset=True, exclude_none=True)
    if extras.get("type") == answers.IMAGE_TYPE and "type" not in (_kept(stored).get("image") or {}):
        del extras["type"]
    return found | _merged(stored, "image", extras)


def _video(given: Video, stored: Piece | None, desk: Desk) -> dict[str, Any]:
    info, before = given.videoInfo, (_kept(stored).get("video") or {})
    was: Mapping[str, Any] = before.get("videoInfo") or {}
    named = info.model_dump(exclude_unset=True)
    is_same = bool(stored) and (info.id or "") == was.get("id", "") and (bool(info.id) or info.url == was.get("url"))
    told = {"id": "", "url": "", "resolutions": [], "posters": []}
    kept_info = dict(was) if is_same else told | {name: value for name, value in named.items() if value is not None}
    kept = dict(before) | given.model_dump(include={"type"}, exclude_unset=True, exclude_none=True)
    kept["videoInfo"] = kept_info
    if given.durationInMillis is not None:
        kept["durationInMillis"] = given.durationInMillis
    found: dict[str, Any] = _merged(stored, "video", kept)
    if is_same:
        return found
    found["video"] = _elsewhere(info.url, given.durationInMillis)
    found["poster_id"] = _poster(info.posters or [], desk)
    return found


def _text(given: Text, stored: Piece | None, _desk: Desk) -> dict[str, Any]:
    found: dict[str, Any] = {"html": given.html}
    if given.css is not None:
        found["style"] = given.css
    extras = given.model_dump(include=set(TEXT_EXTRAS), exclude_unset=True, exclude_none=True)
    return found | _merged(stored, "text", extras)


Branch = Callable[[Any, Piece | None, Desk], dict[str, Any]]
BRANCHES: Final[Mapping[str, Branch]] = {
    "image": _image,
    "video": _video,
    "text": _text,
}


def _merged(stored: Piece | None, branch: str, extras: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of a branch with what has been given of it now; nothing where neither says anything."""
    kept = _kept(stored)
    if not extras or kept.get(branch) == extras:
        return {}
    return {"given": kept | {branch: {**(kept.get(branch) or {}), **extras}}}


def _kept(stored: Piece | None) -> dict[str, Any]:
    return dict((stored.fields.get("given") if stored else None) or {})


def _picture(info: ImageInfo | Poster, desk: Desk) -> Any:
    """Return the media that is meant: of the library, by its id or address here, or one that is fetched."""
    media_id, url = info.id or "", info.url or ""
    url = "" if url.startswith(OURS) else url
    if not media_id and url.startswith(f"{desk.root}/{ORIGINALS}/"):
        media_id = unquote(urlsplit(url).path.rpartition("/")[2])
    named = Named(
        id=media_id,
        url=url or f"{STATIC}{media_id}",
        width=int(info.width or 0),
        height=int(info.height or 0),
        filename="" if info.filename in (None, NOTHING) else str(info.filename),
    )
    return fetching.picture(named, dialect=DIALECT, way=desk.way, actor=desk.actor)


def _poster(posters: list[Poster], desk: Desk) -> Any:
    first = posters[0] if posters else None
    return _picture(first, desk) if first and (first.id or first.url) else None


def _elsewhere(url: str | None, millis: float | None) -> dict[str, Any] | None:
    """Return a video of a provider that is known, or None: then it is kept as it was given."""
    if not url or url.startswith(OURS):
        return None
    try:
        kept = videos.recognise(url).kept()
    except Invalid:
        return None
    return kept | ({"duration": min(int(millis // 1000), videos.LONGEST)} if millis else {})
