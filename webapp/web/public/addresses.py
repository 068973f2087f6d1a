"""Where a gallery's pages are: the public ones by slug and language, the preview by id."""

from typing import Protocol
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

    def _prefix(self, code: str) -> str | None:
        return None if code == self.source_code else code


class PreviewAddresses:
    """`/galleries/<id>/preview?lang=`."""

    def __init__(self, gallery_id: UUID, code: str) -> None:
        self.gallery_id, self.code = gallery_id, code

    def gallery(self, code: str | None = None, after: UUID | None = None) -> str:
        """Give the gallery in a language (default: this one), after an item."""
        return url_for("preview.show", gallery_id=self.gallery_id, lang=code or self.code, after=after)

    def item(self, item_id: UUID, *, play: bool = False) -> str:
        """Give one item in this language, its video playing where that was asked for."""
        asked = "1" if play else None
        return url_for("preview.item", gallery_id=self.gallery_id, item_id=item_id, lang=self.code, play=asked)
