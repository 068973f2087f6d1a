"""Arrange mode: the items alone over the whole width, in a size that is remembered."""

from dataclasses import dataclass
from typing import Any, Final

from flask import Response, current_app, request

from webapp.config import Settings
from webapp.domain.editing import Desk
from webapp.web import hx
from webapp.web.editor import pages
from webapp.web.editor.addresses import back

SIZES: Final = ("s", "m", "l")
COOKIE: Final = "vitrine-tiles"
COOKIE_PATH: Final = "/galleries/"
COOKIE_SECONDS: Final = 365 * 24 * 3600


@dataclass(frozen=True)
class Size:
    """A size of tiles that can be chosen."""

    name: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Fold:
    """What of the gallery's texts is said where they are folded away; counts are of fields to be worked on."""

    title: str
    description: str
    stale: int
    missing: int
    url: str


def is_wide() -> bool:
    """Say whether the items are wanted alone."""
    return request.args.get("arrange") == "wide"


def page(desk: Desk) -> Response:
    """Answer with Arrange mode; a size that was chosen is kept for the next visit."""
    size = _size()
    lang = "" if desk.tongues.in_source else desk.tongues.current.code
    sizes = [Size(name, back(desk.gallery.id, size=name), name == size) for name in SIZES]
    done_url = back(desk.gallery.id, lang=lang, arrange="", after="", size="")
    context: dict[str, Any] = {"size": size, "sizes": sizes, "done_url": done_url}
    context["fold"] = _fold(desk, f"{done_url}#editor-texts")
    answer = hx.render("editor/arrange.html", **pages.around(desk), **pages.grid_region(desk), **context)
    return _remember(answer, size)


def _fold(desk: Desk, url: str) -> Fold:
    segments = desk.sheet.segments
    missing = sum(each.state == "missing" and bool(each.source) for each in segments.values())
    return Fold(
        title=segments["title"].value,
        description=segments["description"].value,
        stale=sum(each.state == "stale" for each in segments.values()),
        missing=0 if desk.tongues.in_source else missing,
        url=url,
    )


def _size() -> str:
    chosen = (request.args.get("size"), request.cookies.get(COOKIE))
    return next((each for each in chosen if each in SIZES), "m")


def _remember(answer: Response, size: str) -> Response:
    if "size" in request.args and size != request.cookies.get(COOKIE):
        settings: Settings = current_app.extensions["vitrine-settings"]
        kept = {"max_age": COOKIE_SECONDS, "path": COOKIE_PATH, "secure": settings.https}
        answer.set_cookie(COOKIE, size, httponly=True, samesite="Lax", **kept)  # type: ignore[arg-type]
    return answer
