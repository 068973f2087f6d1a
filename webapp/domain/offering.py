"""What a file says of itself, as people are offered it beside texts that are empty: nothing is taken unasked.

Where a file was taken is for editors alone, and only where the site allows it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from webapp.domain import metadata, site
from webapp.domain.editing import Panel, Sheet, Tongues
from webapp.domain.models import Blob
from webapp.domain.permissions import Actor, allow


@dataclass(frozen=True)
class Place:
    """Where a file says that it was taken: degrees, positive to the north and east, and names."""

    latitude: float | None
    longitude: float | None
    names: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """What a file says: its texts as name, code of the language ("" where none is named) and text, and the rest."""

    texts: tuple[tuple[str, str, str], ...]
    creator: str
    copyright: str
    keywords: tuple[str, ...]
    labels: tuple[str, ...]
    """The keywords that can be tags."""
    place: Place | None


def told(blob: Blob | None, *, actor: Actor) -> Told | None:
    """Return what a file says of itself as this person may see it, None where it says nothing."""
    said = blob.said if blob else None
    if not said:
        return None
    place = said.get("place") if allow(actor, "media:update") and site.get().shows_places else None
    found = Told(
        texts=tuple((name, code, text) for name in metadata.TEXTS for code, text in said.get(name, {}).items()),
        creator=said.get("creator", ""),
        copyright=said.get("copyright", ""),
        keywords=tuple(said.get("keywords", ())),
        labels=tuple(metadata.labels(said)),
        place=_place(place) if place else None,
    )
    return found if found != Told((), "", "", (), (), None) else None


def offers(
    said: Mapping[str, Any] | None, sheet: Sheet, tongues: Tongues, *, but: Collection[str] = ()
) -> dict[str, str]:
    """Return what the file says for each text that is empty in the language that is edited."""
    if not said:
        return {}
    texts = [(name, sheet.segments[name]) for name in metadata.TEXTS if name in sheet.segments and name not in but]
    empty = [name for name, segment in texts if not segment.value and segment.draft is None]
    found = {name: metadata.text_in(said, name, tongues.current, unnamed=tongues.in_source) for name in empty}
    return {name: text for name, text in found.items() if text}


def for_item(panel: Panel, tongues: Tongues) -> dict[str, str]:
    """Return what is offered for an item: nothing where visitors read the library's text in this language."""
    given = {name for name, text in panel.inherited.items() if text.language.id == tongues.current.id}
    return offers(panel.said, panel.sheet, tongues, but=given | ({"alt"} if panel.item.decorative else set()))


def _place(said: Mapping[str, Any]) -> Place:
    names = tuple(said[name] for name in ("city", "region", "country") if said.get(name))
    return Place(said.get("latitude"), said.get("longitude"), names)
