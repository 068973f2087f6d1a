"""The list as a page, and as what a page that is open needs to become so."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, get_flashed_messages, get_template_attribute, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _

from webapp.domain import languages, listing, presence
from webapp.domain.models import Language
from webapp.doors import actor
from webapp.infra import kept
from webapp.infra.clock import now
from webapp.web import hx, paths
from webapp.web.categories import drawing
from webapp.web.galleries import asked, choices
from webapp.web.galleries.asked import Asked
from webapp.web.galleries.cards import Card, cards, peopled, tag_of
from webapp.web.galleries.views import Tab, tabs


@dataclass(frozen=True)
class Found:
    """What a list holds until somebody writes, and where it goes on."""

    cards: tuple[Card, ...]
    tabs: tuple[Tab, ...]
    next_url: str


def context(wanted: Asked) -> dict[str, Any]:
    """Return all that the list shows; as many statements for one gallery as for fifty."""
    known = languages.all_languages(active_only=True)
    code = next((each.code for each in known if each.code == request.cookies.get(paths.LANGUAGE)), "")
    as_seen = (wanted, actor().id, str(get_locale()), code, now().replace(second=0, microsecond=0))
    found = kept.until_written(as_seen, lambda: _found(wanted, known, code))
    shown = peopled(found.cards, presence.others([card.id for card in found.cards], actor=actor()))
    return {
        "asked": wanted,
        "cards": shown,
        "tabs": found.tabs,
        "tag": tag_of(shown, found.tabs),
        "next_url": found.next_url,
        "languages": known,
        "sorts": _sorts(wanted),
        "chips": choices.chips(wanted, known),
        "categories": drawing.choices(known),
        "filters": choices.sections(wanted, known),
        "faults": [choices.complaint(each) for each in wanted.line.faults],
    }


def fragment(shown: dict[str, Any]) -> Response:
    """Answer with the list alone, and with what changes with it: the views, and how many galleries there are."""
    answer = hx.render("galleries/_list.html", **shown)
    for name in ("views", "total"):
        hx.part(answer, f"#gallery-{name}", render_template(f"galleries/_{name}.html", **shown))
    return answer


def after_deed() -> Response:
    """Answer with the list as it is after something was done to it, and with what is to be said of that."""
    answer = fragment(context(asked.read()))
    toast = get_template_attribute("ui/toast.html", "toast")
    said: Any = get_flashed_messages(with_categories=True)
    for kind, message in said:
        words = {"text": message} if isinstance(message, str) else message
        hx.part(answer, "#toasts", toast(kind=kind, **words), swap="beforeend")
    return answer


def _found(wanted: Asked, known: Sequence[Language], code: str) -> Found:
    page = listing.page(wanted.wanted, after=wanted.after, size=wanted.rows)
    next_url = wanted.url(after=page.after) if page.after else ""
    return Found(tuple(cards(page.rows, known, code)), tuple(tabs(wanted)), next_url)


def _sorts(wanted: Asked) -> list[tuple[str, str, bool]]:
    """Return what the list can be sorted by: words, address, whether it is."""
    words = {"edited": _("Last edited"), "created": _("Newest"), "title": _("Title")}
    return [(words[order], wanted.url(order=order), order == wanted.order) for order in listing.ORDERS]
