"""Two versions of one thing, shown side by side: nothing is overwritten, nothing that was typed is lost (D25)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, request
from flask_babel import gettext as _

from webapp.domain import audit, editing
from webapp.domain.editing import Desk
from webapp.domain.merging import Difference, Merged
from webapp.domain.models import Language
from webapp.doors import actor
from webapp.web import hx
from webapp.web.editor.addresses import back
from webapp.web.editor.drawing import FIELD_WORDS

WRITTEN = ("title", "description", "meta_title", "meta_description", "caption", "alt", "credit", "link_text", "note")
"""Fields that two versions can be written together in."""


@dataclass(frozen=True)
class Choice:
    """A field that both have changed; `language` is that of a text."""

    difference: Difference
    label: Any
    language: Language | None
    together: bool

    @property
    def field(self) -> str:
        """The name of the field."""
        return self.difference.field


@dataclass(frozen=True)
class Theirs:
    """Who saved meanwhile, and when, where that is known."""

    name: str
    at: datetime | None


def show(
    desk: Desk,
    merged: Merged,
    *,
    what: Any,
    tokens: Mapping[str, int],
    theirs: Theirs,
    spoken: tuple[str, ...],
    action: str = "",
) -> Response:
    """Answer with both versions of something of a gallery.

    `spoken` are the fields that are texts in the language that is edited.
    """
    steps = [(_("Galleries"), "/galleries/"), (desk.title, back(desk.gallery.id))]
    return ask(
        merged,
        what=what,
        tokens=tokens,
        theirs=theirs,
        spoken=spoken,
        language=desk.tongues.current,
        steps=steps,
        action=action,
    )


def ask(
    merged: Merged,
    *,
    what: Any,
    tokens: Mapping[str, int],
    theirs: Theirs,
    spoken: tuple[str, ...],
    language: Language,
    steps: Sequence[tuple[str, str]],
    action: str = "",
) -> Response:
    """Answer with both versions; what is chosen is sent to `action`, or where the form was sent, with new tokens.

    `steps` are the way here: words and addresses.
    """
    context = {
        "what": what,
        "steps": [*steps, (_("Two versions"), "")],
        "choices": [_choice(each, language, spoken) for each in merged.choices],
        "taken": [_choice(each, language, spoken) for each in merged.taken],
        "values": merged.values,
        "tokens": tokens,
        "theirs": theirs,
        "mine": actor().name,
        "seen": dict(_seen()),
        "bases": {each: request.form.get(f"base_{each}", "") for each in merged.values},
        "action": action or (request.full_path if request.query_string else request.path),
    }
    answer = hx.render("editor/conflict.html", "editor/_conflict.html", status=409, **context)
    return hx.show_in(answer, "#main", "innerHTML") if hx.wants_fragment() else answer


def of_text(row: Any, merged: Merged) -> Theirs:
    """Say who saved a text of a row meanwhile: whoever wrote the first field that differs."""
    kept = [row.kept[each.field] for each in merged.choices if row and each.field in row.kept]
    if not kept:
        return Theirs("", None)
    by = UUID(kept[0]["by"]) if kept[0]["by"] else None
    return Theirs(editing.names([by]).get(by, "") if by else "", datetime.fromisoformat(kept[0]["at"]))


def of_thing(thing: str, thing_id: UUID) -> Theirs:
    """Say who changed an item or a gallery last."""
    found = audit.latest(thing, thing_id)
    return Theirs(found[0], found[1]) if found else Theirs("", None)


def _choice(difference: Difference, language: Language, spoken: tuple[str, ...]) -> Choice:
    field = difference.field
    return Choice(difference, FIELD_WORDS[field], language if field in spoken else None, field in WRITTEN)


def _seen() -> Iterator[tuple[str, str]]:
    """Give the drafts that were shown, so that they go with what is saved."""
    for name, value in request.form.items():
        if name.startswith("seen_"):
            yield name, value
