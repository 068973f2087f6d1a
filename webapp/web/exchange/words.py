"""What became of a text, in words."""

from collections.abc import Mapping
from typing import Any, Final

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.domain.exchange.judging import Verdict
from webapp.web.changes.words import label
from webapp.web.editor.addresses import editor_url
from webapp.web.phrases import told

OUTCOMES: Final[Mapping[str, Any]] = {
    "change": _l("Changed"),
    "same": _l("As it was"),
    "empty": _l("Not translated"),
    "refused": _l("Refused"),
}
REASONS: Final[Mapping[str, Any]] = {
    "damaged": _l("It cannot be read."),
    "unknown": _l("No text of this site has this id."),
    "gone": _l("What it belongs to is in the trash."),
    "language": _l("The site has no such language."),
    "source": _l("This is the language that the text was written in first."),
    "forbidden": _l("You may not write texts in this language."),
    "twice": _l("It stands in the file twice."),
    "unfinished": _l("The file says that it is not finished."),
    "stale": _l("The source has changed since the file was made."),
    "codes": _l("Placeholders, links or tags differ from the source."),
    "too_long": _l("It is too long."),
    "characters": _l("It holds characters that cannot be stored."),
    "drafted": _l("Somebody has typed here and not saved yet."),
    "person": _l("A person has written this text."),
}
TELLING: Final = frozenset({"damaged", "language", "forbidden", "codes", "too_long"})
"""Reasons whose detail says more to people."""


def row(verdict: Verdict) -> dict[str, Any]:
    """Return a text as the report shows it."""
    return {
        "place": verdict.place or verdict.id,
        "field": label(verdict.field) if verdict.field else "",
        "language": verdict.language,
        "url": _url(verdict),
        "reason": str(REASONS.get(verdict.reason, "")),
        "detail": told(verdict.detail) if verdict.reason in TELLING else "",
        "before": verdict.before,
        "after": verdict.after,
    }


def cells(verdict: Verdict) -> list[str]:
    """Return a text as a row of the report's table."""
    said = row(verdict)
    outcome = str(OUTCOMES[verdict.outcome])
    why = " ".join(part for part in (said["reason"], said["detail"]) if part)
    return [verdict.id, verdict.language, str(said["place"]), str(said["field"]), outcome, why, verdict.after]


def columns() -> list[str]:
    """Return what stands above those cells."""
    said = (_("Language"), _("Where"), _("Text"), _("Outcome"), _("Why"), _("New text"))
    return ["id", *map(str, said)]


def _url(verdict: Verdict) -> str:
    if verdict.gallery_id is not None:
        return editor_url(verdict.gallery_id, lang=verdict.language, item=verdict.item_id)
    thing, _, rest = verdict.id.partition(".")
    return url_for("library.show", media_id=rest.partition(".")[0]) if thing == "media" and verdict.place else ""
