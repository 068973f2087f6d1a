"""The question before galleries are public whose texts are not complete, where the site asks for that."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from flask import Response, request

from webapp.domain import galleries, gates, headings
from webapp.web import hx

SHOWN: Final = 50
"""Galleries that the question names; of all others it says how many they are."""


def ask(gallery_id: UUID, back: str, kept: Mapping[str, str]) -> Response | None:
    """Answer with what is left and the way there; None where nothing is in the way of what was asked.

    `kept` is sent again, to the same address, by whoever goes on all the same.
    """
    if request.form.get("status") != "published" or request.form.get("anyway"):
        return None
    lacks = gates.lacks(galleries.get(gallery_id))
    if not lacks:
        return None
    context = {"heading": headings.of(gallery_id), "lacks": lacks, "back": back, "kept": kept}
    return _asked("gate", **context)


def ask_about_many(deed: str, gallery_ids: Sequence[UUID], back: str, kept: Mapping[str, str]) -> Response | None:
    """Answer with which of these galleries lack what; None where nothing is in the way of the deed.

    Offered are all of them, where the site only warns, and those that are complete.
    """
    if deed != "publish" or request.form.get("anyway"):
        return None
    others, found = gates.sift(gallery_ids)
    if not found:
        return None
    context = {"found": found, "shown": SHOWN, "chosen": gallery_ids, "others": others, "back": back, "kept": kept}
    return _asked("incomplete", **context)


def _asked(name: str, **context: Any) -> Response:
    strict, action = gates.strictness() == "refuse", request.full_path if request.query_string else request.path
    pages = (f"translations/{name}.html", f"translations/_{name}.html")
    answer = hx.render(*pages, status=409, strict=strict, action=action, **context)
    return hx.show_in(answer, "#main", "innerHTML") if hx.wants_fragment() else answer
