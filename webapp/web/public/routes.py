"""Public pages: `/g/<slug>`, `/<code>/g/<slug>`, and one item of it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from webapp.domain import published, showing, site
from webapp.domain.errors import NotFound
from webapp.domain.models import Gallery
from webapp.domain.pictures import Picture
from webapp.domain.published import Listed
from webapp.domain.showing import Showing
from webapp.domain.videos import PLAYERS, Video
from webapp.doors import PUBLIC, allows
from webapp.infra import styles
from webapp.web import phrases
from webapp.web.headers import POLICY
from webapp.web.public import heads, layouts
from webapp.web.public.addresses import Addresses, PublicAddresses
from webapp.web.shots import Shot, shot

public = Blueprint("public", __name__)

THUMBNAIL = 320
SPEAKING = ("layouts/public.html", "layouts/framed.html")
"""Layouts whose pages are in the language of their gallery, not in the reader's."""

STRIP = 12
"""Items before and after the one shown, in the strip below it."""


@public.get("/g/<slug>")
@public.get("/<code>/g/<slug>")
@allows(PUBLIC)
def gallery(slug: str, code: str | None = None) -> AnyResponse:
    """Show a page of a published gallery, or lead from a former slug to the current one."""
    found, current = showing.find(slug)
    if slug != current:
        return redirect(url_for("public.gallery", slug=current, code=code), 301)
    shown = showing.show(found, current, code=code, after=after())
    if code is not None and code == shown.source_code:
        return redirect(url_for("public.gallery", slug=current), 301)
    addresses = PublicAddresses(current, shown.language.code, shown.source_code)
    return lasting(draw_page("public/gallery.html", shown, addresses, **_around(found, shown, addresses)))


@public.get("/g/<slug>/<uuid:item_id>")
@public.get("/<code>/g/<slug>/<uuid:item_id>")
@allows(PUBLIC)
def item(slug: str, item_id: UUID, code: str | None = None) -> AnyResponse:
    """Show one item of a published gallery, full height, with the ways on and back."""
    found, current = showing.find(slug)
    if slug != current:
        return redirect(url_for("public.item", slug=current, code=code, item_id=item_id), 301)
    shown, ways = one_item(found, current, item_id, code=code)
    addresses = PublicAddresses(current, shown.language.code, shown.source_code)
    return lasting(draw_page("public/item.html", shown, addresses, head=heads.of_item(shown, addresses), **ways))


def after() -> UUID | None:
    """Return the item that the page comes after; raises NotFound for what is no id."""
    given = request.args.get("after")
    try:
        return UUID(given) if given else None
    except ValueError:
        raise NotFound("Item") from None


def one_item(
    found: Gallery, slug: str, item_id: UUID, *, code: str | None, working: bool = False, drafts: bool = False
) -> tuple[Showing, dict[str, Any]]:
    """Read one item with the ways on and back, and the strip below it. Raises NotFound."""
    previous, following = showing.neighbours(found, item_id, working=working)
    shown = showing.show(found, slug, code=code, working=working, drafts=drafts, only=item_id, limit=1)
    strip = showing.strip(found, item_id, working=working, reach=STRIP)
    return shown, {"previous": previous, "following": following, "strip": strip}


def _around(found: Gallery, shown: Showing, addresses: PublicAddresses) -> dict[str, Any]:
    """Return what stands around a page: its head, and the gallery that comes next where this one has a place."""
    placed = found.sort_order is not None
    return {
        "head": heads.of_gallery(shown, addresses, after=after(), placed=placed),
        "home": _home(shown),
        "following": published.following(found.id, code=shown.language.code) if placed else None,
    }


def draw_page(template: str, shown: Showing, addresses: Addresses, **context: Any) -> Response:
    """Draw a page of a gallery; what `context` says of its layout and of how pictures are drawn comes first."""
    context = {"draw": draw_picture, "layout": "layouts/public.html", "head": None, "following": None} | context
    if context["layout"] in SPEAKING:
        phrases.speak(shown.language.code)
    playing = _playing(shown)
    page = render_template(
        template,
        shown=shown,
        addresses=addresses,
        address_of=address_of,
        hung=layouts.hang(shown),
        playing=playing is not None,
        kinds={item.kind for item in shown.items} - {"image"},
        sheets=stylesheets([each for item in shown.items for each in item.declarations]),
        words_lang=phrases.language(),
        words_dir=phrases.direction(),
        page_lang=shown.language.code,
        page_dir=shown.language.direction,
        site_name=site.get().name,
        base_url=current_app.extensions["vitrine-settings"].base_url,
        **context,
    )
    answer = make_response(page)
    if playing is not None:
        answer.headers["Content-Security-Policy"] = f"{POLICY}; frame-src {PLAYERS[playing.provider]}"
    return answer


def _home(shown: Showing) -> str:
    """Return the list of the site's galleries in the page's language; the site's own comes first among them."""
    code = shown.language.code
    return url_for("public.index", code=None if code == shown.tongues[0].code else code)


def address_of(listed: Listed) -> str:
    """Return the page of another gallery, in the language that it is listed in."""
    return PublicAddresses(listed.slug, listed.code, listed.source_code).gallery()


def _playing(shown: Showing) -> Video | None:
    """Return the video that somebody has asked to watch: only its page may show a frame."""
    asked = request.args.get("play") == "1" and len(shown.items) == 1
    return shown.items[0].video if asked else None


def stylesheets(declarations: Sequence[str]) -> list[str]:
    """Return the addresses of the stylesheets that texts need."""
    return [url_for("public.stylesheet", name=name) for name in styles.addresses(declarations)]


def draw_picture(
    picture: Picture,
    focal: tuple[float, float] | None = None,
    *,
    small: bool = False,
    shape: str = "",
    below: str = "",
) -> Shot:
    """Return a picture as the templates draw it; `below` is what a share link's addresses begin with.

    `shape` is a ratio, such as 1:1, to which it was cut, if it was: else all of it is drawn round its focal point.
    """
    cut = picture.cut(shape, focal) if shape else ()
    return shot(
        picture.sha256,
        width=cut[-1].width if cut else picture.width,
        height=cut[-1].height if cut else picture.height,
        colour=picture.colour,
        files=cut or picture.files,
        focal=None if cut else focal,
        widest=THUMBNAIL if small else None,
        moving=picture.moving,
        below=below,
    )


def lasting(answer: Response) -> AnyResponse:
    """Let caches keep a public page, asking each time whether it has changed."""
    answer.cache_control.public = True
    answer.cache_control.no_cache = True
    answer.add_etag()
    return answer.make_conditional(request)
