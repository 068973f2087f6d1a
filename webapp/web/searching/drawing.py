"""What is found, as it is drawn: hits with their addresses, and what can be done from anywhere."""

from dataclasses import dataclass
from typing import Any, Final

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.domain.folding import fold
from webapp.domain.pictures import Picture
from webapp.domain.search import Hit
from webapp.doors import actor
from webapp.web import navigation
from webapp.web.galleries import addresses
from webapp.web.shots import Shot, shot

SMALL: Final = 320
GLYPHS: Final = {"gallery": "images", "item": "image", "media": "copy"}
MORE: Final = (
    (_l("New gallery"), "plus", "galleries.new", "galleries:create"),
    (_l("Site order"), "list-ordered", "galleries.site_order", "galleries:update"),
)
"""What can be done beside going where the rail leads: words, drawing, endpoint, permission."""


@dataclass(frozen=True)
class Row:
    """Something found; `beside` says what it is and where."""

    id: str
    url: str
    glyph: str
    text: str
    code: str
    direction: str
    beside: str
    picture: Shot | None


@dataclass(frozen=True)
class Action:
    """Something to do, or somewhere to go."""

    words: str
    glyph: str
    url: str


def row(hit: Hit) -> Row:
    """Return a hit as it is drawn."""
    return Row(
        id=f"{hit.kind}-{hit.id}",
        url=_url(hit),
        glyph=GLYPHS[hit.kind],
        text=hit.words.text,
        code=hit.words.code,
        direction=hit.words.direction,
        beside=_beside(hit),
        picture=_shot(hit.picture) if hit.picture else None,
    )


def actions(query: str) -> list[Action]:
    """Return what can be done whose words have those of the query."""
    asked = fold(query).split()
    return [each for each in _all_actions() if all(word in fold(each.words) for word in asked)]


def _all_actions() -> list[Action]:
    made = [
        Action(str(words), glyph, url_for(endpoint))
        for words, glyph, endpoint, permission in MORE
        if permission in actor().permissions
    ]
    places: list[dict[str, Any]] = [item for section in navigation.sections(actor()) for item in section["items"]]
    made += [Action(str(item["label"]), item["icon"], item["url"]) for item in places]
    made.append(Action(_("Profile"), "user", url_for("accounts.profile")))
    made.append(Action(_("Shortcuts"), "info", url_for("searching.shortcuts")))
    return made


def _shot(seen: Picture) -> Shot:
    return shot(seen.sha256, width=seen.width, height=seen.height, colour=seen.colour, files=seen.files, widest=SMALL)


def _url(hit: Hit) -> str:
    if hit.kind == "media":
        return url_for("library.show", media_id=hit.id)
    url = addresses.editor(hit.gallery_id or hit.id)
    return f"{url}?item={hit.id}" if hit.kind == "item" else url


def _beside(hit: Hit) -> str:
    if hit.kind == "item" and hit.where:
        return str(_("Item in %(gallery)s", gallery=f"\u2068{hit.where.text}\u2069"))
    return str(_("File") if hit.kind == "media" else _("Gallery"))
