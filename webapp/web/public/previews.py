"""The preview of a gallery for people with an account: the state they choose, as wide as they choose.

A page in a frame is one of our own and may be framed by our own pages alone; the page around it frames nothing else.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, render_template, request

from webapp.domain import galleries, showing, site, slugs
from webapp.domain.errors import NotFound
from webapp.domain.models import Gallery
from webapp.domain.permissions import allow, demand
from webapp.doors import actor, allows
from webapp.web.headers import POLICY
from webapp.web.public.addresses import PreviewAddresses
from webapp.web.public.routes import after, draw_page, one_item

preview = Blueprint("preview", __name__)

STATES: Final = ("working", "drafts", "public")
"""What editors work on, that with drafts that are not saved, and what visitors see or would see now."""
WIDTHS: Final = ("phone", "tablet", "desktop", "beside")
"""As wide as these, or the chosen state beside what visitors see."""


@dataclass(frozen=True)
class Look:
    """What of a gallery is looked at, and how wide; `bare` is the page that stands in a frame."""

    state: str
    width: str
    bare: bool

    @property
    def reading(self) -> dict[str, Any]:
        """What the domain is asked for."""
        return {"working": self.state != "public", "drafts": self.state == "drafts"}

    def addresses(self, gallery_id: UUID, code: str) -> PreviewAddresses:
        """Return where the same look leads."""
        state = "" if self.state == STATES[0] else self.state
        made = PreviewAddresses(gallery_id, code, state, "" if self.bare else self.width, bare=self.bare)
        if allow(actor(), "galleries:update"):
            made.states = ("", "drafts", "public")
        return made


@preview.get("/galleries/<uuid:gallery_id>/preview")
@allows("galleries:read")
def show(gallery_id: UUID) -> Response:
    """Show a gallery as visitors would see it, or the frame round that."""
    look, found = _look(), galleries.get(gallery_id)
    if look.width and not look.bare:
        return _frames(found, look)
    shown = showing.show(found, slugs.of(found.id), code=request.args.get("lang"), after=after(), **look.reading)
    return _drawn("public/gallery.html", found, shown, look)


@preview.get("/galleries/<uuid:gallery_id>/preview/<uuid:item_id>", endpoint="item")
@allows("galleries:read")
def preview_item(gallery_id: UUID, item_id: UUID) -> Response:
    """Show one item as visitors would see it."""
    look, found = _look(), galleries.get(gallery_id)
    code = request.args.get("lang")
    shown, ways = one_item(found, slugs.of(found.id), item_id, code=code, **look.reading)
    return _drawn("public/item.html", found, shown, look, **ways)


def _look() -> Look:
    """Read what is asked for. Raises NotFound for what there is not, Forbidden for drafts of others (D13)."""
    state, width = request.args.get("state") or STATES[0], request.args.get("as", "")
    if state not in STATES or (width and width not in WIDTHS):
        raise NotFound("Preview")
    if state == "drafts":
        demand(actor(), "galleries:update")
    return Look(state, width, request.args.get("bare") == "1")


def _drawn(template: str, found: Gallery, shown: showing.Showing, look: Look, **context: Any) -> Response:
    addresses = look.addresses(found.id, shown.language.code)
    layout = "layouts/framed.html" if look.bare else "layouts/preview.html"
    answer = draw_page(template, shown, addresses, layout=layout, gallery=found, **context)
    if look.bare:
        policy = answer.headers.get("Content-Security-Policy", POLICY)
        answer.headers["Content-Security-Policy"] = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
        answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def _frames(found: Gallery, look: Look) -> Response:
    """Answer with the page round one frame, or two beside each other."""
    shown = showing.show(found, slugs.of(found.id), code=request.args.get("lang"), limit=1, **look.reading)
    code, states = shown.language.code, [look.state, "public"] if look.width == "beside" else [look.state]
    frames = [(state, Look(state, "", bare=True).addresses(found.id, code).gallery()) for state in states]
    addresses = look.addresses(found.id, code)
    context = {"gallery": found, "shown": shown, "addresses": addresses, "width": look.width, "frames": frames}
    answer = Response(render_template("public/frames.html", **context, site_name=site.get().name))
    answer.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return answer
