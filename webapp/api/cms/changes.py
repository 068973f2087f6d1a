"""Changes over the CMS dialect: one transaction each, on conditions, and once however often they are sent."""

from collections.abc import Callable
from uuid import UUID

from flask import Response

from webapp.api import http
from webapp.api.cms import answers
from webapp.api.cms.routing import Unprocessable, fault
from webapp.api.once import KEY, UnusableKey
from webapp.api.once import once as sent_once
from webapp.api.sending import JSON
from webapp.domain import catalogue, galleries, media
from webapp.domain.catalogue import Whole
from webapp.domain.models import Gallery, Media
from webapp.domain.transaction import transaction
from webapp.doors import actor


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
        if http.on_condition():
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
    """Run a change in its transaction, once however often it is sent (`webapp.api.once`). Raises Unprocessable."""
    try:
        return sent_once(change, mimetype=JSON, content=content)
    except UnusableKey as wrong:
        raise Unprocessable([fault("string_length", ("header", KEY), wrong.message, wrong.key)]) from None


def _unchanged(gallery_id: UUID) -> Gallery:
    gallery = galleries.locked(gallery_id)
    if http.on_condition():
        answers.demand_match(answers.gallery(catalogue.gallery(gallery_id, actor=actor())))
    return gallery
