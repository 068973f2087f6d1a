"""oEmbed 1.0 (oembed.com): the address of a gallery's page in, a frame with the gallery out."""

import re
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, json, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from webapp.domain import embedding, showing, site
from webapp.domain.errors import NotFound
from webapp.domain.models import Gallery
from webapp.domain.showing import Showing
from webapp.doors import PUBLIC, allows
from webapp.web.embed import embed
from webapp.web.embed.routes import ANYWHERE
from webapp.web.public import heads
from webapp.web.public.addresses import PublicAddresses
from webapp.web.public.routes import lasting

SIZE: Final = (960, 640)
"""Width and height of a frame, in pixels, where no less is asked for."""

LEAST: Final = 120
PATHS: Final = re.compile(
    r"(?:/(?P<code>[A-Za-z][A-Za-z0-9-]*))?/g/(?P<slug>[^/]+)/?|/embed/(?P<id>[0-9a-fA-F-]{36})"
)


@embed.get("/oembed")
@allows(PUBLIC)
def oembed() -> AnyResponse:
    """Say how a gallery is shown on another page."""
    if request.args.get("format", "json") != "json":
        return _refused(501, "format: json alone is spoken here")
    sides = [_side(name, most) for name, most in zip(("maxwidth", "maxheight"), SIZE, strict=True)]
    if None in sides:
        return _refused(400, "maxwidth, maxheight: whole numbers of pixels")
    found, slug, code = _find(request.args.get("url", ""))
    told = _told(showing.show(found, slug, code=embedding.spoken(code)), *sides)
    return lasting(Response(json.dumps(told), mimetype="application/json", headers=ANYWHERE))


def frame_of(gallery_id: UUID, title: object, width: int, height: int, *, code: str | None = None) -> str:
    """Return the element that shows a gallery in a frame; `code` is that of a language."""
    src = heads.absolute(url_for("embed.frame", gallery_id=gallery_id, lang=code))
    return str(
        Markup(
            '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" allow="fullscreen"'
            ' referrerpolicy="strict-origin-when-cross-origin"></iframe>'
        ).format(src, title, width, height)
    )


def _find(url: str) -> tuple[Gallery, str, str]:
    """Return the gallery of a page of ours, its slug and the language that is asked for. Raises NotFound."""
    named = PATHS.fullmatch(_path(url))
    if named is None:
        raise NotFound("Gallery")
    if named["id"]:
        try:
            return *embedding.find(UUID(named["id"])), ""
        except ValueError:
            raise NotFound("Gallery") from None
    return *showing.find(named["slug"]), named["code"] or ""


def _path(url: str) -> str:
    """Return the path of an address of this site, nothing for any other."""
    ours = urlsplit(heads.absolute(""))
    try:
        asked = urlsplit(url)
    except ValueError:
        return ""
    if asked.netloc.lower() != ours.netloc.lower() or asked.scheme not in ("http", "https"):
        return ""
    return asked.path.removeprefix(ours.path)


def _side(name: str, most: int) -> int | None:
    """Return the pixels of a side, none for what is no number."""
    given = request.args.get(name, str(most))
    return max(LEAST, min(int(given), most)) if re.fullmatch(r"[0-9]{1,6}", given) else None


def _told(shown: Showing, width: int | None, height: int | None) -> dict[str, Any]:
    addresses = PublicAddresses(shown.slug, shown.language.code, shown.source_code)
    head = heads.of_gallery(shown, addresses, after=None, placed=False)
    code = None if shown.language.code == shown.source_code else shown.language.code
    about = {
        "version": "1.0",
        "type": "rich",
        "title": str(shown.title),
        "author_name": shown.author or "",
        "provider_name": site.get().name,
        "provider_url": heads.absolute(url_for("public.index")),
        "html": frame_of(shown.id, shown.title, width or SIZE[0], height or SIZE[1], code=code),
        "width": width,
        "height": height,
        "cache_age": 3600,
    }
    if card := head.card:
        about |= {"thumbnail_url": card.url, "thumbnail_width": card.width, "thumbnail_height": card.height}
    return {name: value for name, value in about.items() if value}


def _refused(status: int, why: str) -> Response:
    return Response(json.dumps({"message": why}), status=status, mimetype="application/json", headers=ANYWHERE)
