"""Where a gallery's pages are: the public ones by slug and language, the preview by id."""

from typing import Any, Protocol
from uuid import UUID

from flask import url_for


class Addresses(Protocol):
    """The addresses that a gallery's template asks for."""

    def gallery(self, code: str | None = None, after: UUID | None = None) -> str:
        """Give the gallery in a language (default: this one), after an item."""

    def item(self, item_id: UUID, *, play: bool = False) -> str:
        """Give one item in this language, its video playing where that was asked for."""


class PublicAddresses:
    """`/g/<slug>` in the source language, `/<code>/g/<slug>` in another."""

    def __init__(self, slug: str, code: str, source_code: str) -> None:
        self.slug, self.code, self.source_code = slug, code, source_code

    def gallery(self, code: str | None = None, after: UUID | None = None) -> str:
        """Give the gallery in a language (default: this one), after an item."""
        return url_for("public.gallery", slug=self.slug, code=self._prefix(code or self.code), after=after)

    def item(self, item_id: UUID, *, play: bool = False) -> str:
        """Give one item in this language, its video playing where that was asked for."""
        code, asked = self._prefix(self.code), "1" if play else None
        return url_for("public.item", slug=self.slug, code=code, item_id=item_id, play=asked)

    @property
    def prefix(self) -> str | None:
        """What the addresses of this language begin with."""
        return self._prefix(self.code)

    def _prefix(self, code: str) -> str | None:
        return None if code == self.source_code else code


class PreviewAddresses:
    """`/galleries/<id>/preview?lang=`, with the state that is shown, how wide, and whether in a frame."""

    def __init__(self, gallery_id: UUID, code: str, state: str = "", width: str = "", *, bare: bool = False) -> None:
        self.gallery_id, self.code = gallery_id, code
        self.state, self.width, self.bare = state, width, bare
        self.states: tuple[str, ...] = ("", "public")

    def gallery(self, code: str | None = None, after: UUID | None = None) -> str:
        """Give the gallery in a language (default: this one), after an item."""
        where: dict[str, Any] = {"gallery_id": self.gallery_id, "lang": code or self.code, "after": after}
        return url_for("preview.show", **where, **self._said())

    def item(self, item_id: UUID, *, play: bool = False) -> str:
        """Give one item in this language, its video playing where that was asked for."""
        where: dict[str, Any] = {"gallery_id": self.gallery_id, "item_id": item_id, "lang": self.code}
        return url_for("preview.item", play="1" if play else None, **where, **self._said())

    def look(self, *, state: str | None = None, width: str | None = None) -> str:
        """Give the same in another state or at another width."""
        other = (self.state if state is None else state, self.width if width is None else width)
        return PreviewAddresses(self.gallery_id, self.code, *other).gallery()

    def _said(self) -> dict[str, Any]:
        """Return what of the look is not the usual one."""
        return {"state": self.state or None, "as": self.width or None, "bare": "1" if self.bare else None}
