"""The board: every gallery in every language, and the ways into the work."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response, flash, request
from flask_babel import gettext as _

from webapp.domain import languages, listing, queues
from webapp.domain.asking import Filter, Line
from webapp.domain.errors import NotFound
from webapp.domain.listing import Wanted
from webapp.domain.permissions import allow
from webapp.doors import actor, allows
from webapp.web import hx, phrases
from webapp.web.editor.pages import wanted as named
from webapp.web.galleries import choices
from webapp.web.galleries.asked import line_of
from webapp.web.translations import addresses, blueprint, drawing


@dataclass(frozen=True)
class Asked:
    """The board as it is asked for; `mine` leaves out languages that the actor does not translate into."""

    line: Line
    mine: bool
    after: str | None

    @property
    def typed(self) -> str:
        """Return the line as it stands in the field, with what is no filter."""
        return " ".join([*(str(fault.filter) for fault in self.line.faults), str(self.line)]).strip()

    def url(self, **changes: Any) -> str:
        """Return the address of this board, changed; without a cursor unless one is given."""
        mine = changes.get("mine", self.mine)
        query = {"q": str(changes.get("line", self.line)), "mine": "1" if mine else "", "after": changes.get("after")}
        written = urlencode({name: value for name, value in query.items() if value})
        return f"{addresses.BOARD}?{written}" if written else addresses.BOARD

    def toggled(self, name: str, value: str, *, only: bool = False) -> str:
        """Return the address with a filter more, or without it where it is asked for."""
        found = Filter(name, value)
        if found in self.line.filters:
            return self.url(line=self.line.without(found))
        return self.url(line=self.line.with_filter(name, value, only=only))


@blueprint.get("/translations/")
@allows("galleries:read")
def index() -> Response:
    """Show how far each gallery is in each language."""
    asked = Asked(line_of(request.args), request.args.get("mine") == "1", request.args.get("after") or None)
    shown = _context(asked)
    if hx.wants_fragment():
        return hx.replace_url(hx.render("translations/_board.html", **shown), asked.url(after=asked.after))
    return hx.render("translations/index.html", **shown, **_above())


@blueprint.get("/translations/<code>/next")
@allows("galleries:read")
def following(code: str) -> Response:
    """Lead to the gallery that comes next in a language's queue, or back to the board where nothing is left."""
    language = languages.find_by_code(code)
    if language is None:
        raise NotFound("Language")
    found = queues.following(language.id, after=named("after"))
    if found is None:
        flash(_("Nothing is left to translate into %(language)s.", language=phrases.tongue(language, inside=True)))
        return hx.redirect(addresses.BOARD)
    return hx.redirect(addresses.table(found.id, language.code, only="open"))


def _context(asked: Asked) -> dict[str, Any]:
    """Return what the board shows; as many statements for one gallery as for fifty."""
    known, spoken = languages.all_languages(active_only=True), queues.spoken(actor())
    columns = spoken if asked.mine and spoken else known
    page = listing.page(Wanted(asked.line, by=actor().id), after=asked.after)
    return {
        "asked": asked,
        "lines": [drawing.line(row, columns) for row in page.rows],
        "columns": drawing.columns(columns, spoken if len(spoken) < len(known) else ()),
        "next_url": asked.url(after=page.after) if page.after else "",
        "may_choose": 0 < len(spoken) < len(known),
        "chips": choices.chips(asked, known),
        "filters": choices.sections(asked, known)[:3],
        "faults": [choices.complaint(each) for each in asked.line.faults],
    }


def _above() -> dict[str, Any]:
    """Return what stands above the board: the queues of whoever looks."""
    spoken = queues.spoken(actor())
    return {
        "queues": drawing.cards(spoken),
        "changed": drawing.changed(queues.changed(spoken)) if spoken else None,
        "reviews": drawing.reviews(queues.for_review()) if allow(actor(), "galleries:update") else None,
        "galleries": len(queues.standings()),
        "tongues": len(languages.all_languages(active_only=True)),
        "spoken": [phrases.tongue(each, inside=True) for each in spoken] if actor().languages is not None else [],
    }
