"""How a gallery comes onto another page: what is copied, what that page has to allow, and how it looks there."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, current_app, json, url_for
from flask_babel import lazy_gettext as _l

from webapp.domain import embedding as domain
from webapp.domain import headings
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.embed import embedding
from webapp.web.embed.oembed import SIZE, frame_of
from webapp.web.public.heads import absolute

MOST: Final = 1000
"""Items that are shown to be copied; programs get all of them, window by window."""

REASONS: Final = {
    "TEXT_ITEM": _l("There are no text items in $w.Gallery."),
    "LINK_TEXT": _l("Its link has a text, for which links of $w.Gallery have no place."),
    "NO_ADDRESS": _l("Nothing is known yet of where its file is."),
}
LOST: Final = {
    "description": _l("descriptions after their hundredth letter"),
    "tags": _l("tags"),
    "secondaryMedia": _l("second media"),
    "image.imageInfo.altText": _l("alt texts"),
    "image.focalPoint": _l("focal points"),
    "image.exif": _l("camera data"),
    "image.unsharpMasking": _l("sharpening"),
}
"""What `$w.Gallery` has no place for, by the paths of the Wix dialect."""


@embedding.get("")
@allows("galleries:read")
def show(gallery_id: UUID) -> Response:
    """Show what to copy, and the gallery as it would look."""
    heading = headings.of(gallery_id)
    return hx.render("embed/show.html", heading=heading, **_snippets(heading), **_velo(gallery_id))


def _snippets(heading: headings.Heading) -> dict[str, Any]:
    script = absolute(url_for("embed.script"))
    element = f'<vitrine-gallery gallery="{heading.id}"></vitrine-gallery>'
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(script))
    return {
        "is_shown": domain.is_shown(heading.id),
        "element": f'<script type="module" src="{script}"></script>\n{element}',
        "frame": frame_of(heading.id, heading.title, *SIZE),
        "page_url": absolute(url_for("public.gallery", slug=heading.slug)),
        "oembed_url": absolute(url_for("embed.oembed")),
        "policy": "; ".join(f"{name} {origin}" for name in ("script-src", "img-src", "connect-src")),
    }


def _velo(gallery_id: UUID) -> dict[str, Any]:
    """Return the items of `$w.Gallery`, those left out with their reasons, and what is lost of the others."""
    found = current_app.extensions["vitrine-velo"](gallery_id, actor=actor(), limit=MOST)
    report: Sequence[Mapping[str, Any]] = found["report"]
    lost = Counter(path for note in report for path in note["lost"])
    return {
        "velo": json.dumps(found["items"], ensure_ascii=False, indent=2, sort_keys=False),
        "velo_count": len(found["items"]),
        "beyond": max(0, found["totalItems"] - MOST),
        "left_out": [
            (note["orderIndex"] + 1, note["itemId"], REASONS[note["code"]]) for note in report if "code" in note
        ],
        "lost": [(LOST[path], count) for path, count in lost.items()],
    }
