"""Where files answer: renditions by what they are made of, originals by the name that the CMS dialect gives (D23).

A rendition's address holds the SHA-256 of the original, so nobody guesses it and what it leads to never changes.
Addresses are put together by hand: `url_for` costs more than a tile.
"""

from typing import Protocol

from webapp.domain.catalogue import ORIGINALS
from webapp.domain.making import RENDITIONS

__all__ = ["ORIGINALS", "RENDITIONS", "Named", "original_url", "rendition_url"]


class Named(Protocol):
    """Whatever has a media's file name."""

    @property
    def filename(self) -> str:
        """The name that Vitrine gave: a random UUID and the ending of the format."""


def rendition_url(sha256: str, name: str) -> str:
    """Return the address of a file made of a picture, such as `w320.webp`."""
    return f"/{RENDITIONS}/{sha256}/{name}"


def original_url(media: Named) -> str:
    """Return the address of an original without its metadata."""
    return f"/{ORIGINALS}/{media.filename}"
