"""What the worker has to do, as its page draws it: files with a small picture, kinds of work with words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.domain.making import CLEAN, CROP, LATER, MOVING
from webapp.domain.workload import FETCH, IMPORT, Failed, Workload
from webapp.infra.video import LADDER
from webapp.web.library.drawing import draw
from webapp.web.shots import Shot

THUMB: Final = 96
"""Pixels of width that a picture in a line needs."""

WORK: Final = (
    (_l("To be imported"), "archive", (IMPORT,)),
    (_l("To be fetched"), "link", (FETCH,)),
    (_l("Pictures in smaller sizes"), "image", ("web",)),
    (_l("Video sizes"), "video", tuple(LADDER)),
    (_l("Copies without metadata"), "copy", (CLEAN,)),
    (_l("Pictures as AVIF"), "images", ("avif",)),
)
"""Kinds of work in the order a file goes through them, and the batches that each is."""


@dataclass(frozen=True)
class Kind:
    """A kind of work, and how many files wait for it."""

    words: str
    icon: str
    count: int


@dataclass(frozen=True)
class Card:
    """A file that was given up: `reasons` pairs what was to be made of it with why it was not."""

    id: str
    name: str
    url: str
    kind: str
    picture: Shot | None
    reasons: tuple[tuple[str, str], ...]


def kinds(load: Workload) -> list[Kind]:
    """Return the kinds of work that are to be done, with how many files wait for each."""
    known = {batch for _words, _icon, batches in WORK for batch in batches}
    waiting: Counter[str] = Counter()
    for batch, count in load.waiting.items():
        waiting[batch.removesuffix(LATER)] += count
    others = (_("Other versions"), "images", tuple(set(waiting) - known))
    found = (
        Kind(str(words), icon, sum(waiting[batch] for batch in batches)) for words, icon, batches in (*WORK, others)
    )
    return [kind for kind in found if kind.count]


def cards(rows: Sequence[Failed]) -> list[Card]:
    """Return the files that were given up, as they are drawn."""
    return [
        Card(
            id=str(row.media_id),
            name=row.name,
            url=f"/library/{row.media_id}",
            kind=row.kind,
            picture=draw(row.picture, widest=THUMB) if row.picture else None,
            reasons=told_of(row.reasons),
        )
        for row in rows
    ]


def told_of(reasons: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return why what was given up of a file was, each with what was to be made."""
    return tuple((word(batch), reason) for batch, reason in reasons.items())


def word(batch: str) -> str:
    """Say what is made in a batch, for the first time or anew."""
    plain = batch.removesuffix(LATER)
    said = {
        FETCH: _("Fetch the file"),
        "web": _("Smaller sizes"),
        "avif": "AVIF",
        CLEAN: _("Without metadata"),
        MOVING: _("Animation"),
    }
    return str(_("Other versions") if plain.startswith(CROP) else said.get(plain, plain))
