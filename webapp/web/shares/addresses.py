"""Where what a link shows answers: all below `/s/<token>`, so that its cookie goes nowhere else."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from flask import url_for

from webapp.web.public.routes import draw_picture


@dataclass(frozen=True)
class ShareAddresses:
    """The pages of a link in a language; `only` is that of a link that shows no other."""

    token: str
    code: str
    source_code: str
    only: str | None = None

    def gallery(self, code: str | None = None, after: UUID | None = None) -> str:
        """Give the gallery in a language (default: this one), after an item."""
        return url_for("shared.show", token=self.token, lang=self._said(code or self.code), after=after)

    def item(self, item_id: UUID, *, play: bool = False) -> str:
        """Give one item in this language, its video playing where that was asked for."""
        where: dict[str, Any] = {"token": self.token, "item_id": item_id, "lang": self._said(self.code)}
        return url_for("shared.item", play="1" if play else None, **where)

    def deed(self, endpoint: str, **named: Any) -> str:
        """Give the address of something that a visitor does, in this language."""
        return url_for(f"shared.{endpoint}", token=self.token, lang=self._said(self.code), **named)

    @property
    def below(self) -> str:
        """What stands before the addresses of files that this link alone opens."""
        return f"/s/{self.token}"

    @property
    def draw(self) -> Any:
        """How pictures are drawn whose files this link alone opens."""
        return partial(draw_picture, below=self.below)

    def _said(self, code: str) -> str | None:
        return None if self.only or code == self.source_code else code
