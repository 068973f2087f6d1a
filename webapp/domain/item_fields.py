"""An item's own fields: what they may hold, whichever door they came by."""

from typing import Any, Final, TypedDict
from urllib.parse import urlsplit
from uuid import UUID

from webapp.domain import boxes, texts, videos
from webapp.domain.errors import Invalid
from webapp.domain.models.item import LINK, LINK_TEXT, NOTE

GIVEN_BYTES: Final = 64_000
"""Bytes of what programs keep with an item."""

LINK_SCHEMES: Final = ("http", "https", "mailto", "tel")


class ItemFields(TypedDict, total=False):
    """An item's own fields; an absent one is left alone. Focal points are fractions of width and height.

    `given` is what a program keeps with it (webapp/domain/models/item.py).
    """

    link_url: str | None
    link_text: str | None
    focal_x: float | None
    focal_y: float | None
    decorative: bool
    note: str | None
    style: dict[str, Any] | None
    video: dict[str, Any] | None
    poster_id: UUID | None
    media_id: UUID | None
    given: dict[str, Any] | None


def clean(fields: ItemFields) -> dict[str, Any]:
    """Return the fields as they are kept, an empty text as none. Raises Invalid."""
    cleaned: dict[str, Any] = dict(fields)
    for name, most in (("link_url", LINK[1]), ("link_text", LINK_TEXT[1]), ("note", NOTE[1])):
        if name in cleaned:
            cleaned[name] = (texts.clean(name, cleaned[name], most=most) or "").strip() or None
    if "style" in cleaned:
        cleaned["style"] = boxes.check_style(cleaned["style"])
    if cleaned.get("given") is not None:
        cleaned["given"] = boxes.check_map("given", cleaned["given"], most=GIVEN_BYTES)
    if "video" in cleaned and videos.of(cleaned["video"]) is None and not cleaned.get("given"):
        raise Invalid("video", "A video by link needs its address.", code="missing")
    if cleaned.get("link_url"):
        check_link(cleaned["link_url"])
    for name in ("focal_x", "focal_y"):
        if cleaned.get(name) is not None and not 0 <= cleaned[name] <= 1:
            raise Invalid(name, "A focal point lies between 0 and 1.", code="focal")
    return cleaned


def check_link(url: str) -> None:
    """Raise Invalid unless a link is an absolute web, mail or phone address, or a path of this site."""
    plain = not any(letter.isspace() or ord(letter) < 32 or letter == "\\" for letter in url)
    try:
        parts = urlsplit(url)
    except ValueError:
        plain, parts = False, urlsplit("")
    absolute = parts.scheme in LINK_SCHEMES and (parts.netloc or parts.scheme in ("mailto", "tel"))
    local = url.startswith("/") and not url.startswith("//")
    if not plain or not (absolute or local):
        raise Invalid("link_url", "Write a link as https://…, mailto:…, tel:… or /path.", code="link")
