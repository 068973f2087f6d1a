"""Where a gallery is worked on and shown; put together by hand, because `url_for` costs more than a card."""

from uuid import UUID


def editor(gallery_id: UUID, code: str = "") -> str:
    """Return where a gallery is edited, in the language with a code or in its own."""
    return f"/galleries/{gallery_id}/{f'?lang={code}' if code else ''}"


def below(gallery_id: UUID, verb: str) -> str:
    """Return where something is done to a gallery, such as `copies`."""
    return f"/galleries/{gallery_id}/{verb}"


def public(slug: str) -> str:
    """Return where visitors find a gallery."""
    return f"/g/{slug}"
