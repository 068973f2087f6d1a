"""Changes over the CMS dialect: one transaction each, on conditions, and once however often they are sent."""

import hashlib
from collections.abc import Callable
from typing import Final
from uuid import UUID

from flask import Response, request

from webapp.api import http
from webapp.api.cms import answers
from webapp.api.cms.errors import JSON
from webapp.api.cms.routing import Unprocessable, fault
from webapp.domain import catalogue, galleries, idempotency, media
from webapp.domain.catalogue import Whole
from webapp.domain.idempotency import AnsweredBefore, Kept
from webapp.domain.models import Gallery, Media
from webapp.domain.transaction import transaction
from webapp.doors import actor

KEY: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"


def change_gallery(gallery_id: UUID, act: Callable[[Gallery], object], *, status: int = 200) -> Response:
    """Do something to a gallery, if it still is what the client read, and answer with all it is then."""

    def change() -> Response:
        gallery = _unchanged(gallery_id)
        act(gallery)
        return show_changed(catalogue.gallery(gallery_id, actor=actor()), status=status)

    return once(change)


def delete_gallery(gallery_id: UUID) -> Response:
    """Put a gallery into the trash, if it still is what the client read."""
    with transaction():
        galleries.trash(_unchanged(gallery_id), actor=actor())
    return answers.nothing()


def change_media(media_id: UUID, act: Callable[[Media], object], *, gone: bool = False) -> Response:
    """Do something to a media, if it still is what the client read, and answer with what it is then."""

    def change() -> Response:
        found = media.locked(media_id)
        answers.demand_match(answers.media_detail(catalogue.entry(media_id)))
        act(found)
        return answers.send(None) if gone else answers.send_tagged(answers.media_detail(catalogue.entry(media_id)))

    return once(change)


def show_changed(whole: Whole, *, status: int) -> Response:
    """Answer with a gallery after a change, and say whether visitors see the change (D9)."""
    answer = answers.send_tagged(answers.gallery(whole), status)
    if whole.held:
        answer.headers[answers.HELD] = "true"
    return answer


def once(change: Callable[[], Response], *, content: bytes | None = None) -> Response:
    """Run a change in its transaction; a POST with an `Idempotency-Key` is done once and answered alike.

    `content` stands for the body where that has been read already.
    """
    key = request.headers.get(KEY) if request.method == "POST" else None
    if key is None:
        with transaction():
            return change()
    _check_key(key)
    try:
        with transaction():
            note = idempotency.begin(actor(), key, _fingerprint(content))
            answer = change()
            idempotency.finish(note, Kept(answer.status_code, JSON, answer.get_data()))
            return answer
    except AnsweredBefore as before:
        return _again(before.answer)


def _unchanged(gallery_id: UUID) -> Gallery:
    gallery = galleries.locked(gallery_id)
    if http.on_condition():
        answers.demand_match(answers.gallery(catalogue.gallery(gallery_id, actor=actor())))
    return gallery


def _check_key(key: str) -> None:
    shortest, longest = idempotency.KEY
    if not shortest <= len(key) <= longest or not key.isprintable():
        raise Unprocessable(
            [fault("string_length", ("header", KEY), f"An {KEY} has {shortest} to {longest} characters", key)]
        )


def _fingerprint(content: bytes | None) -> str:
    """Hash what makes two requests the same: method, address and body."""
    address = f"{request.method} {request.full_path}\n".encode()
    return hashlib.sha256(address + (http.raw_body() if content is None else content)).hexdigest()


def _again(kept: Kept) -> Response:
    answer = Response(kept.body, status=kept.status, mimetype=kept.content_type, headers={REPLAYED: "true"})
    answer.cache_control.no_store = True
    return answer
