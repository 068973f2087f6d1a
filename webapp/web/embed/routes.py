"""What anybody's page may ask for: the script of the element, what it reads, and a page that may stand in a frame."""

from typing import Final
from uuid import UUID

from flask import Response, current_app, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from webapp.domain import embedding, showing, site
from webapp.domain.errors import NotFound
from webapp.domain.showing import Showing
from webapp.doors import PUBLIC, allows
from webapp.infra import kept
from webapp.static_files import encoded
from webapp.web import phrases
from webapp.web.embed import drawing, embed
from webapp.web.headers import FRAMED
from webapp.web.public.addresses import PublicAddresses
from webapp.web.public.heads import absolute
from webapp.web.public.routes import after, draw_picture, lasting

SCRIPT: Final = "js/element.js"
ANYWHERE: Final = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
READABLE: Final = {"Access-Control-Expose-Headers": "ETag"}


@embed.get("/element.js")
@allows(PUBLIC)
def script() -> AnyResponse:
    """Give the script of the element, at an address that never changes and is asked for again each time."""
    asset = current_app.extensions["vitrine-static"][SCRIPT]
    encoding, body = encoded(asset, request.headers.get("Accept-Encoding", ""))
    answer = Response(body, content_type=asset.content_type, headers=ANYWHERE)
    if encoding:
        answer.headers["Content-Encoding"] = encoding
    answer.vary.add("Accept-Encoding")
    answer.set_etag(f"{asset.tag}-{encoding or 'plain'}")
    return lasting(answer)


@embed.get("/embed/<uuid:gallery_id>.json")
@allows(PUBLIC)
def gallery(gallery_id: UUID) -> AnyResponse:
    """Give a page of a published gallery to the element, on a page of any origin."""
    found, slug = embedding.find(gallery_id)
    code, place = embedding.spoken(request.args.get("lang", "")), after()

    def make() -> bytes:
        return drawing.packed(showing.show(found, slug, code=code, after=place))

    body = make() if place else kept.until_written(("embed", gallery_id, code), make)
    return lasting(Response(body, mimetype="application/json", headers=ANYWHERE | READABLE))


@embed.get("/embed/<uuid:gallery_id>")
@allows(PUBLIC)
def frame(gallery_id: UUID) -> AnyResponse:
    """Show a published gallery and nothing round it: a page for a frame in a page of any origin."""
    found, slug = embedding.find(gallery_id)
    code = embedding.spoken(request.args.get("lang", ""))
    return lasting(_framed(showing.show(found, slug, code=code, after=after())))


@embed.errorhandler(NotFound)
def say_nothing_is_here(_error: NotFound) -> Response:
    """Say that nothing is here to whoever asked: a script, or somebody before a frame."""
    if code := embedding.spoken(request.args.get("lang", "")):
        phrases.speak(code)
    if request.endpoint != "embed.frame":
        headers = ANYWHERE | {"Cache-Control": "no-store"}
        return Response(drawing.nothing(), status=404, mimetype="application/json", headers=headers)
    return _as_frame(render_template("embed/frame.html", shown=None, **_around(), site_name=site.get().name), 404)


def _framed(shown: Showing) -> Response:
    phrases.speak(shown.language.code)
    addresses = PublicAddresses(shown.slug, shown.language.code, shown.source_code)
    page = render_template(
        "embed/frame.html",
        shown=shown,
        addresses=addresses,
        canonical=absolute(addresses.gallery()),
        draw=draw_picture,
        site_name=site.get().name,
        **_around() | {"page_lang": shown.language.code, "page_dir": shown.language.direction},
    )
    return _as_frame(page)


def _around() -> dict[str, str]:
    return {"page_lang": phrases.language(), "page_dir": phrases.direction()}


def _as_frame(page: str, status: int = 200) -> Response:
    answer = make_response(page, status)
    answer.headers["Content-Security-Policy"] = FRAMED
    if status != 200:
        answer.cache_control.no_store = True
    return answer
