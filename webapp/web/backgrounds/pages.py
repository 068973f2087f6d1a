"""The pages of backgrounds: what stands on them."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain import audit, languages, library
from webapp.domain.backgrounds import comparing, contents, keeping, listing, typed
from webapp.domain.backgrounds.comparing import Merged
from webapp.domain.backgrounds.listing import Wanted
from webapp.domain.errors import Invalid
from webapp.domain.models import Background, Language
from webapp.domain.permissions import allow
from webapp.domain.sieve import sifting
from webapp.doors import actor
from webapp.web import hx
from webapp.web.backgrounds import asked, drawing, sheets, words
from webapp.web.backgrounds.forms import BackgroundForm
from webapp.web.backgrounds.sheets import Sheet
from webapp.web.library.drawing import FileCard, cards
from webapp.web.phrases import number

SIZE: Final = 24
OFFERED: Final = 12
"""Pictures of the library that the form shows at once."""


@dataclass(frozen=True)
class Chosen:
    """A picture of the form, counted from 0; without a card it is no longer in the library."""

    number: int
    media_id: UUID
    card: FileCard | None


@dataclass(frozen=True)
class PlaceRow:
    """A row of the form's places: what its fields begin with, and the circle that it says, for the map."""

    name: str
    number: int
    is_circle: bool
    opened: bool
    place: drawing.Place | None


@dataclass(frozen=True)
class Offer:
    """Pictures of the library to choose from: what they were searched by, and where this page and the next begin."""

    cards: list[FileCard]
    query: str
    at: str
    after: str
    opened: bool


def index() -> Response:
    """Answer with the list; a constant number of statements."""
    wanted = asked.read(may_see_deleted=allow(actor(), "backgrounds:update"))
    found, total = listing.page(wanted.wanted, first=(wanted.page - 1) * SIZE, size=SIZE)
    counts = listing.per_zone()
    more = wanted.page * SIZE < total
    context: dict[str, Any] = {
        "asked": wanted,
        "rows": drawing.rows(found),
        "total": ngettext("%(number)s background", "%(number)s backgrounds", total, number=number(total)),
        "zones": asked.zones(wanted, counts),
        "labels": asked.LABELS,
        "any": bool(counts),
        "next_url": wanted.url(page=wanted.page + 1) if more else "",
        "first_url": wanted.url() if wanted.page > 1 else "",
    }
    return hx.render("backgrounds/index.html", **context)


def trash(page: int) -> Response:
    """Answer with the backgrounds in the trash."""
    found, total = listing.page(Wanted(only_deleted=True), first=(page - 1) * SIZE, size=SIZE)
    next_url = url_for("backgrounds.trash", page=page + 1) if page * SIZE < total else ""
    first_url = url_for("backgrounds.trash") if page > 1 else ""
    return hx.render("backgrounds/trash.html", rows=drawing.rows(found), next_url=next_url, first_url=first_url)


def show(found: Background) -> Response:
    """Answer with a background: its form for those who may change it, else what it says."""
    if allow(actor(), "backgrounds:update"):
        tongues = languages.all_languages(active_only=True)
        kept = contents.of([found.id])[found.id]
        return form_page(BackgroundForm(sheets.of(found, kept, tongues), tongues), found)
    kept, tongues = contents.of([found.id])[found.id], languages.all_languages()
    captions = [(each, (kept.captions or {})[each.id]) for each in tongues if each.id in (kept.captions or {})]
    context: dict[str, Any] = {
        "row": drawing.row(found),
        "pictures": cards(library.entries(kept.media_ids)),
        "captions": captions,
    }
    turns = words.TURN_WORDS[found.turns]
    return hx.render("backgrounds/show.html", turns=turns, metadata=sheets.pretty(found.metadatas), **context)


def form_page(form: BackgroundForm, found: Background | None, *, status: int = 200, focus: str = "") -> Response:
    """Answer with the form of a background, or of one that is to be made."""
    sheet = form.sheet
    chosen = sheets.media_ids(sheet)
    known = {card.id: card for card in cards(library.entries(chosen))}
    context: dict[str, Any] = {
        "form": form,
        "found": found,
        "row": drawing.row(found) if found else None,
        "chosen": [Chosen(at, each, known.get(each)) for at, each in enumerate(chosen)],
        "places": [_place_row(form, name, at) for at, name in enumerate(sheets.rows(sheet))],
        "captions": [(each, form[f"caption-{each.code}"]) for each in form.languages],
        "offer": _offer(sheet, chosen),
        "focus": focus,
        "action": url_for("backgrounds.change", background_id=found.id) if found else url_for("backgrounds.make"),
    }
    return hx.render("backgrounds/form.html", status=status, **context)


def conflict(background_id: UUID, merged: Merged, sheet: Sheet, tongues: list[Language]) -> Response:
    """Answer with what two people have changed, each beside the other; what only they changed is taken over."""
    found = keeping.get(background_id)
    theirs = sheets.of(found, contents.of([found.id])[found.id], tongues)
    codes = {f"{comparing.CAPTION}{each.id}": f"caption-{each.code}" for each in tongues}
    for each in merged.theirs:
        sheets.take(sheet, theirs, codes.get(each.name, each.name))
    sheet["version"] = str(merged.version)
    by = audit.latest("background", found.id)
    context: dict[str, Any] = {
        "row": drawing.row(found),
        "both": drawing.sides(merged.both, tongues),
        "theirs": drawing.sides(merged.theirs, tongues),
        "name": (by[0] if by else "") or _("Somebody else"),
        "at": by[1] if by else None,
        "sent": [pair for pair in sheet.items(multi=True) if _is_sent_again(pair[0])],
    }
    return hx.render("backgrounds/conflict.html", status=409, **context)


def chosen_between(background_id: UUID, sheet: Sheet, tongues: list[Language]) -> None:
    """Put theirs into a sheet wherever that was chosen on the page of a conflict."""
    choices = {name: value for name, value in sheet.items() if name.startswith("choice_")}
    if not choices:
        return
    found = keeping.get(background_id)
    theirs = sheets.of(found, contents.of([found.id])[found.id], tongues)
    codes = {f"caption-{each.id}": f"caption-{each.code}" for each in tongues}
    for name, value in choices.items():
        field = name.removeprefix("choice_")
        if sheet.get("all", value) == "theirs":
            sheets.take(sheet, theirs, codes.get(field, field))


def _is_sent_again(name: str) -> bool:
    return name not in ("csrf_token", "do", "all") and not name.startswith("choice_")


def _place_row(form: BackgroundForm, name: str, at: int) -> PlaceRow:
    sheet = form.sheet
    rare = ("complementaryStreetAddress", "name", "originId", "latitude", "longitude", "radius")
    wrong = any(form[f"{name}-{part}"].errors for part in rare)
    opened = wrong or any(sheet.get(f"{name}-{part}") for part in rare)
    is_circle = sheet.get(f"{name}-kind") == "circle"
    return PlaceRow(name, at, is_circle, opened, _circle(sheet, name))


def _circle(sheet: Sheet, name: str) -> drawing.Place | None:
    """Return the circle that a row says, None where it says none yet."""
    try:
        place = typed.place(sheet.get(f"{name}-latitude", ""), sheet.get(f"{name}-longitude", ""))
        distance = typed.distance(sheet.get(f"{name}-radius", ""), sheet.get(f"{name}-unit", ""))
    except Invalid:
        return None
    return drawing.circle(place, distance) if place else None


def _offer(sheet: Sheet, chosen: list[UUID]) -> Offer:
    """Return the pictures to choose from, without those that are chosen."""
    query, at = sheet.get("library-q", ""), sheet.get("library-at", "")
    through = sifting(query, {"kind": "image"})
    try:
        found = library.sifted(through, after=at or None, size=OFFERED)
    except Invalid:
        found, at = library.sifted(through, size=OFFERED), ""
    offered = [card for card in cards(found.rows) if card.id not in chosen]
    opened = not chosen or sheet.get("do", "") in ("find", "next")
    return Offer(offered, query, at, found.after or "", opened)
