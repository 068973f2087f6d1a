"""What requests of the Wix dialect mean in the words of the domain: names and merges, no rules.

The SDK reads an item, changes one thing and sends all of it back, having lost most of what stood beside ids: a
picture or video whose id is the stored one keeps all that is stored of it (contract, finding 9).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

from webapp.api.wix import answers, uris
from webapp.api.wix.schemas import Image, ImageInfo, Item, Poster, Resolution, Text, Video, VideoInfo
from webapp.domain import fetching, pieces, videos
from webapp.domain.catalogue import ORIGINALS
from webapp.domain.contents import Piece
from webapp.domain.errors import Invalid
from webapp.domain.fetching import Named
from webapp.domain.naming import Naming
from webapp.domain.permissions import Actor
from webapp.domain.pieces import PieceFields
from webapp.infra.outbound import Way

STATIC: Final = "https://static.wixstatic.com/media/"
"""Where Wix keeps the pictures whose ids its clients name."""

VIDEOS: Final = "https://video.wixstatic.com/video/{}/1080p/mp4/file.mp4"
"""Where it keeps videos."""

DIALECT: Final = "wix"
NOTHING: Final = "undefined"
"""What the SDK makes of a name that it has not got."""

LINKED: Final = ("YOUTUBE", "VIMEO")
"""Types of videos that play at their provider's, whose addresses are never fetched."""

TEXTS: Final = ("title", "description")
PICTURES: Final = ("media_id", "poster_id")
EXTRAS: Final = ("type", "exif", "quality", "unsharpMasking")
TEXT_EXTRAS: Final = ("editorHtml", "editorFontId")
OURS: Final = ("wix:", "image://", "video://")
"""How addresses begin that only the SDK understands."""


@dataclass(frozen=True)
class Desk:
    """Who writes, the site's own address, and how far pictures may be fetched from; `naming` are those named."""

    actor: Actor
    root: str
    way: Way
    naming: Naming


@dataclass(frozen=True)
class Order:
    """One item that is written: what is given, what is there of it, and its number where there are many."""

    given: Item
    stored: Piece | None = None
    number: int | None = None


def desk(actor: Actor, *, root: str, way: Way) -> Desk:
    """Set up for one request."""
    return Desk(actor, root, way, Naming(DIALECT, way, actor))


def rows(orders: Sequence[Order], *, desk: Desk) -> list[PieceFields]:
    """Return what is written of items; pictures that they name are there from now on. Raises Invalid, Forbidden."""
    desk.naming.look_up(named.id for each in orders for named in _all_named(each.given, desk))
    found = []
    for each in orders:
        with nullcontext() if each.number is None else pieces.numbered(each.number):
            found.append(fields(each.given, each.stored, desk=desk))
    others = desk.naming.write()
    return [_standing_in(row, others) for row in found] if others else found


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
    if alt and alt not in (info.filename, NOTHING):
        found["alt"] = alt
    elif not alt and stored is not None and "altText" in info.model_fields_set:
        found["alt"] = None
    if given.focalPoint is not None:
        found |= {"focal_x": given.focalPoint.x, "focal_y": given.focalPoint.y}
    elif "focalPoint" in given.model_fields_set:
        found |= {"focal_x": None, "focal_y": None}
    extras = given.model_dump(include=set(EXTRAS), exclude_unset=True, exclude_none=True)
    if extras.get("type") == answers.IMAGE_TYPE and "type" not in (_kept(stored).get("image") or {}):
        del extras["type"]
    return found | _merged(stored, "image", extras)


def _video(given: Video, stored: Piece | None, desk: Desk) -> dict[str, Any]:
    info = _spelt_out(given.videoInfo)
    for address in filter(None, (info.url, *(file.url for file in info.resolutions or ()))):
        fetching.check_address(address, field="video", way=desk.way)
    shown: Mapping[str, Any] = answers.item(stored, root=desk.root).get("video", {}) if stored else {}
    was: Mapping[str, Any] = shown.get("videoInfo") or {}
    if stored is not None and _is_same(info, stored, was):
        return _same_video(given, info, stored, shown, desk)
    return _other_video(given, info, stored, shown, desk)


def _is_same(info: VideoInfo, stored: Piece, was: Mapping[str, Any]) -> bool:
    """Say whether a video is the one that is there: by its id, else by its address here or where it came from."""
    if not was or info.id:
        return bool(was) and info.id == was["id"]
    known = (was["url"], stored.file.source_url if stored.file else None)
    return bool(info.url) and info.url in known


def _same_video(given: Video, info: VideoInfo, stored: Piece, shown: Mapping[str, Any], desk: Desk) -> dict[str, Any]:
    """Return what is said beside the video that is there: its type, its length, another picture for it."""
    found: dict[str, Any] = {}
    extras: dict[str, Any] = {"type": given.type} if given.type not in (None, shown["type"]) else {}
    millis, kept = given.durationInMillis, stored.fields.get("video")
    if millis is not None and millis != shown.get("durationInMillis"):
        extras["durationInMillis"] = millis
        found |= {"video": kept | {"duration": _seconds(millis)}} if kept else {}
    known = {each.get("id") for each in shown["videoInfo"]["posters"]}
    if any((each.id or each.url) not in known for each in info.posters or ()):
        posters = info.model_dump(include={"posters"}, exclude_unset=True)
        extras["videoInfo"] = {**shown["videoInfo"], **posters}
        found["poster_id"] = _poster(info.posters or [], desk)
    return found | _merged(stored, "video", extras)


def _other_video(
    given: Video, info: VideoInfo, stored: Piece | None, shown: Mapping[str, Any], desk: Desk
) -> dict[str, Any]:
    """Return another video; the picture and the length that stood with the one before stay where none are given."""
    told = {"id": "", "url": "", "resolutions": [], "posters": []}
    named = {name: value for name, value in info.model_dump(exclude_unset=True).items() if value is not None}
    kept: dict[str, Any] = {"type": given.type} if given.type else {}
    millis = shown.get("durationInMillis") if given.durationInMillis is None else given.durationInMillis
    kept |= {"videoInfo": told | named} | ({"durationInMillis": millis} if millis is not None else {})
    link = _elsewhere(info.url, millis)
    found: dict[str, Any] = {"given": _kept(stored) | {"video": kept}, "video": link}
    found["media_id"] = None if link or given.type in LINKED else desk.naming.file(_film(info, desk))
    if stored is None or "posters" in info.model_fields_set:
        found["poster_id"] = _poster(info.posters or [], desk)
    return found


def _spelt_out(info: VideoInfo) -> VideoInfo:
    """Return what an address of the SDK's says, in fields."""
    said = uris.read(info.url or "") if not info.id else None
    if said is None:
        return info.model_copy(update={"url": None}) if (info.url or "").startswith(OURS) else info
    posters = [Poster(id=said.poster, width=said.width, height=said.height)] if said.poster else []
    return VideoInfo(id=said.id, filename=said.filename or None, posters=info.posters or posters)


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


def _standing_in(row: PieceFields, others: Mapping[UUID, UUID]) -> PieceFields:
    """Return what is written of an item, with the pictures that others named at the same moment."""
    found: dict[str, Any] = dict(row)
    found |= {name: others[found[name]] for name in PICTURES if found.get(name) in others}
    return cast(PieceFields, found)


def _all_named(given: Item, desk: Desk) -> Iterator[Named]:
    """Give the files that an item may name."""
    if given.image is not None:
        yield _named(given.image.imageInfo, desk)
    if given.video is not None:
        info = _spelt_out(given.video.videoInfo)
        yield _film(info, desk)
        yield from (_named(each, desk) for each in (info.posters or ())[:1])


def _picture(info: ImageInfo | Poster, desk: Desk) -> Any:
    return desk.naming.file(_named(info, desk))


def _film(info: VideoInfo, desk: Desk) -> Named:
    """Say which video is meant: of the library, by its id or address here, or one that is fetched."""
    url, here = info.url or "", f"{desk.root}/{ORIGINALS}/"
    largest = max(info.resolutions or [Resolution(url="")], key=lambda each: each.height or 0)
    media_id = info.id or (url.removeprefix(here) if url.startswith(here) else "")
    return Named(
        id=media_id,
        url=url or largest.url or (VIDEOS.format(media_id) if media_id else ""),
        width=int(largest.width or 0),
        height=int(largest.height or 0),
        filename="" if info.filename in (None, NOTHING) else str(info.filename),
        kind="video",
    )


def _named(info: ImageInfo | Poster, desk: Desk) -> Named:
    """Say which media is meant: of the library, by its id or address here, or one that is fetched."""
    url, here = info.url or "", f"{desk.root}/{ORIGINALS}/"
    said = uris.read(url) if not info.id else None
    media_id = info.id or (said.id if said else "") or (url.removeprefix(here) if url.startswith(here) else "")
    return Named(
        id=media_id,
        url=url if url and not said and not url.startswith(OURS) else f"{STATIC}{media_id}" if media_id else url,
        width=int(info.width or (said.width if said else 0)),
        height=int(info.height or (said.height if said else 0)),
        filename=(said.filename if said else "") if info.filename in (None, NOTHING) else str(info.filename),
    )


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
    return kept | ({"duration": _seconds(millis)} if millis else {})


def _seconds(millis: float) -> int:
    return min(int(millis // 1000), videos.LONGEST)
