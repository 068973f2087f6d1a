"""What the table of a gallery's texts shows, put together of what was read."""

from typing import Any

from flask import request
from flask_babel import gettext as _

from webapp.domain import completeness, editing, headings, queues, translating
from webapp.domain.editing import Tongues
from webapp.domain.headings import Heading
from webapp.domain.models import Gallery
from webapp.domain.translating import ONLY, Counts, Wanted
from webapp.doors import actor
from webapp.web import phrases
from webapp.web.translations import addresses, drawing
from webapp.web.translations.drawing import May, RowView


def page(heading: Heading, tongues: Tongues, **refused: Any) -> dict[str, Any]:
    """Return what the page shows; as many statements for one item as for fifty."""
    asked, after = wanted(), request.args.get("after") or None
    found = translating.page(heading.gallery, tongues, asked, after=after)
    own = [] if after else [each for each in (translating.own(heading.gallery, tongues),) if _belongs(each, asked)]
    here = addresses.here(after=found.after or "")
    return {
        "heading": heading,
        "rows": drawn([*own, *found.rows], heading.gallery, tongues),
        "asked": asked,
        "next_url": addresses.table(heading.id, tongues.current.code, **here) if found.after else "",
        "first_url": addresses.table(heading.id, tongues.current.code, **addresses.here(after="")) if after else "",
        "following": _following(heading, tongues),
        "tabs": _tabs(heading.gallery, tongues),
        "query": addresses.query(),
        **around(heading.gallery, tongues),
        **counted(heading.gallery, tongues),
        **refused,
    }


def wanted() -> Wanted:
    """Read what is asked of the table; what makes no sense is left out."""
    only = request.args.get("only", "")
    return Wanted(only if only in ONLY else "", request.args.get("first") == "missing")


def drawn(rows: list[translating.Row], gallery: Gallery, tongues: Tongues) -> list[RowView]:
    """Return rows to draw."""
    people = editing.names(drawing.drafters(rows))
    return [drawing.row(each, gallery.id, tongues, actor(), people) for each in rows]


def around(gallery: Gallery, tongues: Tongues) -> dict[str, Any]:
    """Return what every row needs."""
    source = None if tongues.in_source else tongues.source
    return {"gallery": gallery, "target": tongues.current, "source": source, "may": May.of(actor(), tongues.current)}


def counted(gallery: Gallery, tongues: Tongues) -> dict[str, Any]:
    """Return how the texts stand, in numbers and as a bar."""
    counts: Counts = translating.counts(gallery.id, tongues.current.id)
    url = addresses.table(gallery.id, tongues.current.code)
    return {"counts": counts, "bar": drawing.counted(counts), "table_url": url}


def _belongs(row: translating.Row, asked: Wanted) -> bool:
    if asked.only == "stale":
        return any(row.stands(name) == "stale" for name in row.sheet.segments)
    if asked.only == "review":
        return any(each.for_review for each in row.sheet.segments.values())
    return row.is_open or not asked.only


def _following(heading: Heading, tongues: Tongues) -> tuple[str, str] | None:
    """Return what comes next in the queue of the language: its title and the way there."""
    found = None if tongues.in_source else queues.following(tongues.current.id, after=heading.id)
    if found is None:
        return None
    return headings.of(found.id).title, addresses.following(tongues.current.code, heading.id)


def _tabs(gallery: Gallery, tongues: Tongues) -> list[dict[str, Any]]:
    """Return the languages of the gallery with how far they are."""
    tally = completeness.of([gallery.id])[gallery.id]
    kept = addresses.here(after="")
    return [
        {
            "name": phrases.tongue(each),
            "url": addresses.table(gallery.id, each.code, **kept),
            "percent": tally.progress(each.id).percent,
            "said": _("%(number)s left", number=tally.progress(each.id).left),
            "is_current": each is tongues.current,
        }
        for each in tongues.offered
    ]
