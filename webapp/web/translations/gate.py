"""The question before a gallery is public whose texts are not complete, where the site asks for that."""

from collections.abc import Mapping
from uuid import UUID

from flask import Response, request

from webapp.domain import galleries, gates, headings
from webapp.web import hx


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
    strict, action = gates.strictness() == "refuse", request.full_path if request.query_string else request.path
    answer = hx.render(
        "translations/gate.html", "translations/_gate.html", status=409, strict=strict, action=action, **context
    )
    return hx.show_in(answer, "#main", "innerHTML") if hx.wants_fragment() else answer
