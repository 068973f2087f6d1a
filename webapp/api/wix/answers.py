"""What the Wix dialect answers with: status 200 and JSON, whatever the verb; the SDK takes nothing else (finding 1).

`root` is the site's own address, for pictures that anybody can fetch.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from flask import Response, request

from webapp import request_ids
from webapp.api import http
from webapp.domain import videos
from webapp.domain.catalogue import ORIGINALS
from webapp.domain.contents import Collection, File, Piece
from webapp.domain.errors import Stale
from webapp.domain.making import RENDITIONS

JSON: Final = "application/json"
READING: Final = ("GET", "HEAD")
HELD: Final = "X-Vitrine-Held"
REQUEST_ID: Final = "X-Wix-Request-Id"
TYPES: Final = {"image": "IMAGE", "video": "VIDEO", "text": "TEXT"}
PROVIDERS: Final = {"youtube": "YOUTUBE", "vimeo": "VIMEO"}
FORMATS: Final = {"youtube": "Youtube", "vimeo": "Vimeo"}
IMAGE_TYPE: Final = "WIX_MEDIA"
"""What pictures are said to be, where nobody has said otherwise."""

LATENT: Final = {"urlExpirationDate": None, "sizeInBytes": None}


def send(content: Any, status: int = 200, *, held: bool = False) -> Response:
    """Answer with JSON that nobody keeps; `held` tells a program that its change waits (D9)."""
    answer = Response(pack(content), status=status, mimetype=JSON)
    answer.cache_control.no_store = True
    if held:
        answer.headers[HELD] = "true"
    return answer


def send_gallery(found: Collection, *, root: str) -> Response:
    """Answer with a gallery; its tag says what is shown, and how the whole of it stands, whatever the window."""
    if request.method in READING:
        demand_gallery(found)
    return send_tagged({"gallery": gallery(found, root=root)}, held=found.held, state=state(found))


def send_items(found: Collection, *, root: str) -> Response:
    """Answer with a window of a gallery's items, whose tag says too how the whole of it stands."""
    demand_gallery(found)
    return send_tagged({"items": [item(each, root=root) for each in found.pieces]}, state=state(found))


def demand_gallery(found: Collection) -> None:
    """Refuse what is wanted of a gallery only as it was when the client read some window of it. Raises Stale."""
    tags = request.if_match
    known = tags.star_tag or any(str(each).rpartition(".")[2] == state(found) for each in tags.as_set())
    if http.on_condition() and not known:
        raise Stale("Somebody else changed this since you read it.")


def state(found: Collection) -> str:
    """Return how a gallery and all its items stand: any change of them notes its moment."""
    moments = f"{found.id} {found.updated_at} {found.sort_order} {found.total} {found.name}"
    return http.tag(moments.encode())[:16]


def send_tagged(content: Any, *, held: bool = False, state: str = "") -> Response:
    """Answer with JSON and its entity tag, which ends in `state`; a GET that names the tag gets 304.

    `held` tells a program that its change waits (D9). Raises Stale for a condition on reading that fails.
    """
    shown = pack(content)
    is_reading = request.method in READING
    if is_reading and not state:
        http.demand_match(shown)
    tag = f"{http.tag(shown)}.{state}" if state else http.tag(shown)
    known = is_reading and request.if_none_match.contains_weak(tag)
    answer = http.tagged(Response(b"" if known else shown, status=304 if known else 200, mimetype=JSON), shown)
    answer.set_etag(tag)
    if held and not is_reading:
        answer.headers[HELD] = "true"
    return answer


def name(answer: Response) -> Response:
    """Say the request's id under the name that the SDK reads it by."""
    answer.headers[REQUEST_ID] = request_ids.current()
    return answer


def pack(content: Any) -> bytes:
    """Write JSON."""
    return orjson.dumps(content)


def gallery(found: Collection, *, root: str) -> dict[str, Any]:
    """Return a Gallery with the window of items that was read."""
    shown = {
        "id": str(found.id),
        "name": found.name or "",
        "totalItems": found.total,
        "items": [item(each, root=root) for each in found.pieces],
        "sortOrder": number(found.sort_order),
        "createdDate": moment(found.created_at),
    }
    return {name: value for name, value in shown.items() if value is not None}


def galleries(found: Sequence[Collection], total: int, *, root: str) -> dict[str, Any]:
    """Return a list of galleries under the SDK's names and under the seed's (finding 5)."""
    rows = [gallery(each, root=root) for each in found]
    return {"totalGalleries": total, "galleries": rows, "totalGalleriesCount": total, "gallery": rows}


def item(piece: Piece, *, root: str) -> dict[str, Any]:
    """Return an Item."""
    given: Mapping[str, Any] = piece.fields.get("given") or {}
    shown = {
        "id": str(piece.id),
        "sortOrder": number(piece.sort_order),
        "title": piece.texts.get("title"),
        "description": piece.texts.get("description"),
        "link": _link(piece.fields),
        "type": TYPES[piece.kind],
        piece.kind: BRANCHES[piece.kind](piece, given.get(piece.kind) or {}, root),
        "secondaryMedia": given.get("secondaryMedia"),
        "createdDate": moment(piece.created_at),
        "updatedDate": moment(piece.updated_at or piece.created_at),
        "tags": {"values": list(piece.tags)} if piece.tags else None,
    }
    return {name: value for name, value in shown.items() if value is not None}


def image_id(file: File) -> str:
    """Return the id of a picture as the SDK can carry it in `wix:image://`: a file name, without a slash."""
    return file.alias or file.filename


def image_url(file: File, *, root: str) -> str:
    """Return where a picture can be fetched: here, or where it is said to be until it has come."""
    return f"{root}/{ORIGINALS}/{file.filename}" if file.ready else file.source_url or ""


def number(value: float | None) -> float | int | None:
    """Write a number as it was given: a whole one without a fraction."""
    return int(value) if value is not None and value.is_integer() else value


def moment(when: datetime) -> str:
    """Write a moment as ISO 8601 in UTC, to the millisecond."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _link(fields: Mapping[str, Any]) -> dict[str, Any] | None:
    shown = {"text": fields.get("link_text"), "url": fields.get("link_url")}
    return {name: value for name, value in shown.items() if value is not None} or None


def _image(piece: Piece, given: Mapping[str, Any], root: str) -> dict[str, Any]:
    x, y = piece.fields.get("focal_x"), piece.fields.get("focal_y")
    shown = {
        "type": IMAGE_TYPE,
        "imageInfo": _image_info(piece.file, piece.alt, root) if piece.file else None,
        "focalPoint": None if x is None or y is None else {"x": x, "y": y},
        **given,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _image_info(file: File, alt: str | None, root: str) -> dict[str, Any]:
    shown = {
        "id": image_id(file),
        "url": image_url(file, root=root),
        "height": file.height,
        "width": file.width,
        "altText": alt,
        "filename": file.original_filename,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _video(piece: Piece, given: Mapping[str, Any], root: str) -> dict[str, Any]:
    """Return a video as it was given; where it was made or changed here since, that wins."""
    video = videos.of(piece.fields.get("video"))
    info: Mapping[str, Any] = given.get("videoInfo") or {}
    if video is not None and info.get("url") != video.url:
        info = _video_info(video, piece.poster, root)
    if piece.file is not None:
        info = {**info, **_film_info(piece.file, root)} if piece.file.ready else _coming(piece.file, info, root)
    millis = piece.file.film.duration if piece.file and piece.file.film else given.get("durationInMillis")
    if video is not None and int((millis or 0) // 1000) != video.duration:
        millis = video.duration * 1000
    shown = {
        "type": PROVIDERS[video.provider] if video else given.get("type") or "WIX_MEDIA",
        "videoInfo": {**info, "posters": _posters(info.get("posters") or [], piece.poster, root)},
        "durationInMillis": number(float(millis)) if millis else None,
        "duration": str(number(float(millis))) if millis else None,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _video_info(video: videos.Video, poster: File | None, root: str) -> dict[str, Any]:
    url = video.url or video.page_url
    sizes = {"height": 0, "width": 0, "format": FORMATS[video.provider], "quality": None, "filename": None}
    return {
        "id": "",
        "resolutions": [{"url": url, **sizes}],
        "url": url,
        "posters": [_image_info(poster, None, root) | LATENT] if poster else [],
    }


def _coming(file: File, info: Mapping[str, Any], root: str) -> dict[str, Any]:
    """Return a video whose bytes are not here yet, or cannot be had: as it was given, by the id that it has here."""
    told = {"url": image_url(file, root=root), "filename": file.original_filename, "resolutions": [], "posters": []}
    return {**told, **info, "id": image_id(file)}


def _film_info(file: File, root: str) -> dict[str, Any]:
    """Return a video of the library, with the steps that can be played."""
    film = file.film
    steps = (
        [
            {"url": f"{root}/{RENDITIONS}/{film.sha256}/{step.name}", "height": step.height, "width": step.width}
            | {"format": "mp4", "quality": step.name.removesuffix(".mp4"), "filename": step.name}
            for step in film.steps
        ]
        if film
        else []
    )
    shown = {"id": image_id(file), "url": image_url(file, root=root), "filename": file.original_filename}
    return shown | {"resolutions": steps}


def _posters(given: Sequence[Mapping[str, Any]], poster: File | None, root: str) -> list[dict[str, Any]]:
    """Return the posters as given, unless another has been chosen here; the address of one that has come is ours."""
    if poster is None:
        return []
    if not given or given[0].get("id", image_id(poster)) != image_id(poster):
        return [_image_info(poster, None, root)]
    return [dict(given[0]) | {"url": image_url(poster, root=root)}, *(dict(each) for each in given[1:])]


def _text(piece: Piece, given: Mapping[str, Any], _root: str) -> dict[str, Any]:
    shown = {"html": piece.texts.get("html") or "", "css": piece.fields.get("style"), **given}
    return {name: value for name, value in shown.items() if value is not None}


BRANCHES: Final = {"image": _image, "video": _video, "text": _text}
