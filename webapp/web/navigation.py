"""What every page of the dashboard shows around itself: where one can go, and who one is."""

from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final

from flask import Flask, current_app, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from webapp.domain import queues
from webapp.domain.permissions import Actor
from webapp.doors import SIGNED_IN
from webapp.web import door, hx, paths
from webapp.web.endings import Ending
from webapp.web.filters import initials, role_name
from webapp.web.phrases import number


@dataclass(frozen=True)
class Place:
    """Somewhere to go, for those who have the permission, or for all who have signed in."""

    section: Any
    label: Any
    icon: str
    endpoint: str
    permission: str


PLACES: Final = (
    Place("", _l("Galleries"), "images", "galleries.index", "galleries:read"),
    Place("", _l("Library"), "image", "library.index", "media:read"),
    Place("", _l("Backgrounds"), "panels-top-left", "backgrounds.index", "backgrounds:read"),
    Place("", _l("Jobs"), "clock", "jobs.index", "media:upload"),
    Place("", _l("Translations"), "languages", "translations.index", "galleries:read"),
    Place("", _l("Trash"), "trash-2", "galleries.trash", "galleries:delete"),
    Place(_l("Site"), _l("Languages"), "globe", "languages.index", "languages:read"),
    Place(_l("Site"), _l("Categories"), "tag", "categories.index", "galleries:read"),
    Place(_l("Site"), _l("Share links"), "link", "shares.site", "settings:update"),
    Place(_l("Site"), _l("Webhooks"), "webhook", "webhooks.index", "webhooks:read"),
    Place(_l("Site"), _l("Users"), "users", "users.index", "users:read"),
    Place(_l("Site"), _l("Keys"), "key-round", "keys.index", SIGNED_IN),
    Place(_l("Site"), _l("Settings"), "settings", "site.show", "settings:update"),
)
"""In the order they are shown. Every page that lists things stands here."""

BELOW: Final = {
    **dict.fromkeys(("editor", "changes", "revisions", "shares", "embedding", "history"), "galleries.index"),
    "galleries.ask": "galleries.trash",
    "imports": "jobs.index",
    "reference": "keys.index",
    **dict.fromkeys(("exchange", "machine", "suggestions"), "translations.index"),
}
"""Blueprints and pages that stand below a place of another name."""


def init(app: Flask) -> None:
    """Give every template what the layouts ask for."""
    app.context_processor(around)


def around() -> dict[str, Any]:
    """Return `navigation`, `me`, the looks, `may(permission)` and what the sign-in tells, for whoever asks."""
    actor: Actor | None = g.get("actor")
    if actor is None or not actor.known:
        return {"navigation": [], "me": None, "theme": "system", "density": "", "may": lambda _permission: False}
    me = {
        "name": actor.name,
        "initials": initials(actor.name),
        "role": role_name(actor.role),
        "profile_url": url_for("accounts.profile"),
        "sign_out_url": url_for("accounts.sign_out"),
        "shortcuts": actor.shortcuts,
        "search_url": url_for("searching.index") if "galleries:read" in actor.permissions else "",
    }
    looks = {"theme": actor.theme, "density": actor.density}
    places = _counted(sections(actor), actor)
    return {"navigation": places, "me": me, "may": actor.permissions.__contains__} | looks | _told_by_sign_in()


def _told_by_sign_in() -> dict[str, Any]:
    """Return the site's name, how the sign-in ends, and the way back to this page."""
    found = door.found_sign_in()
    if found is None:
        return {}
    back = paths.here() if request.method == "GET" and not hx.wants_fragment() else paths.HOME
    return {"site_name": found.site_name, "ending": Ending.of(found), "back": back}


def sections(actor: Actor) -> list[dict[str, Any]]:
    """Return the places open to the actor, by section."""
    made: dict[str, list[dict[str, Any]]] = {}
    for place in PLACES:
        if place.endpoint in current_app.view_functions and place.permission in (SIGNED_IN, *actor.permissions):
            made.setdefault(str(place.section), []).append(_item(place))
    return [{"label": label, "items": items} for label, items in made.items()]


def _counted(made: list[dict[str, Any]], actor: Actor) -> list[dict[str, Any]]:
    """Say beside the translations how many are left, which is asked only where the rail is drawn."""
    for item in (item for section in made for item in section["items"] if item["url"] == "/translations/"):
        item |= {"count": LazyString(cache(partial(_to_do, actor))), "hot": True}
    return made


def _to_do(actor: Actor) -> str:
    left = queues.to_do(actor) if "translations:update" in actor.permissions else 0
    return str(_("%(number)s to do", number=number(left))) if left else ""


def _item(place: Place) -> dict[str, Any]:
    return {
        "label": place.label,
        "url": url_for(place.endpoint),
        "icon": place.icon,
        "current": place.endpoint == _here(),
    }


def _here() -> str:
    """Return the place that the page is, or the one that it stands below."""
    endpoint, blueprint = request.endpoint or "", request.blueprint or ""
    listed = [place.endpoint for place in PLACES]
    if endpoint in listed:
        return endpoint
    if endpoint in BELOW or blueprint in BELOW:
        return BELOW.get(endpoint) or BELOW[blueprint]
    return next((each for each in listed if each.partition(".")[0] == blueprint), "")
